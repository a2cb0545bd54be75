"""What qc exports as QDQ, read back: the same program, to the byte.

SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""

import kitdata
import numpy as np
import onnx
import pytest
from test_float_execution import MODELS, shape_options

TARGETS = ["generic", "tda4", "horizon", "mtk", "sigmastar"]

def there_and_back(qc, model, target, folder, options):
    """Whether the programs of `model` and of its export are the same file."""
    qc("compile", model, "--target", target, "--emit", "qcb,onnx", "--quiet", "--allow-cpu", *options, "-o", folder / "there")
    qc("compile", folder / "there" / "model.qdq.onnx", "--target", target, "--emit", "qcb", "--quiet", "--allow-cpu",
       "-o", folder / "back")
    return (folder / "there" / "model.qcb").read_bytes() == (folder / "back" / "model.qcb").read_bytes()


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("name", MODELS)
def test_every_network_for_every_target(qc, kit, name, target, tmp_path):
    assert there_and_back(qc, kit.model(name), target, tmp_path,
                          ["--data", "random:2", "--correct", "none", *shape_options(name)])


@pytest.mark.parametrize("name,target", [("mlperftiny_resnet8_cifar10_fp32", "generic"), ("mlperftiny_resnet8_cifar10_fp32", "tda4"),
                                         ("mlperftiny_kws_dscnn_fp32_bn", "mtk"), ("vit_mnist_d64_fp32_op17ln", "generic")])
def test_after_all_corrections(qc, kit, name, target, tmp_path):
    assert there_and_back(qc, kit.model(name), target, tmp_path, ["--data", "random:8"])


@pytest.mark.parametrize("model", kitdata.QUANTIZED, ids=lambda model: model.file)
def test_quantized_models(qc, kit, model, tmp_path):
    """What comes quantized and goes as QDQ, too."""
    assert there_and_back(qc, kit.model(model.file), "generic", tmp_path, ["--data", "random:2"])


def test_layers_in_float_need_no_samples(qc, tmp_path):
    """What only layers without an integer form make and read has no range, and is asked for none."""
    weight = np.random.default_rng(0).standard_normal((4, 3, 3, 3)).astype(np.float32)
    grid = np.random.default_rng(1).uniform(-1, 1, (1, 6, 6, 2)).astype(np.float32)
    nodes = [onnx.helper.make_node("Conv", ["x", "w"], ["c"], pads=[1, 1, 1, 1]),
             onnx.helper.make_node("GridSample", ["c", "g"], ["s"]),
             onnx.helper.make_node("TopK", ["s", "k"], ["values", "indices"])]
    info = onnx.helper.make_tensor_value_info
    graph = onnx.helper.make_graph(
        nodes, "sampled", [info("x", onnx.TensorProto.FLOAT, [1, 3, 8, 8])],
        [info("values", onnx.TensorProto.FLOAT, [1, 4, 6, 2]), info("indices", onnx.TensorProto.INT64, [1, 4, 6, 2])],
        [onnx.numpy_helper.from_array(array, name) for name, array in
         [("w", weight), ("g", grid), ("k", np.array([2], np.int64))]])
    onnx.save(onnx.helper.make_model(graph, opset_imports=[onnx.helper.make_opsetid("", 20)]), str(tmp_path / "sampled.onnx"))
    assert there_and_back(qc, tmp_path / "sampled.onnx", "generic", tmp_path, ["--data", "random:2", "--correct", "none"])


def test_a_changed_file_says_nothing_of_its_past(qc, kit, tmp_path):
    """Names and provenance are those of the file itself where the graph is no longer what qc wrote."""
    qc("compile", kit.model("mlperftiny_resnet8_cifar10_fp32"), "--data", "random:2", "--emit", "onnx", "--correct", "none",
       "-o", tmp_path / "there")
    model = onnx.load(str(tmp_path / "there" / "model.qdq.onnx"))
    scale = next(constant for constant in model.graph.initializer if constant.name.endswith("_scale"))
    scale.CopyFrom(onnx.numpy_helper.from_array(onnx.numpy_helper.to_array(scale) * np.float32(1.5), scale.name))
    onnx.save(model, str(tmp_path / "changed.onnx"))
    for path, source in [(tmp_path / "changed.onnx", "changed.onnx"),
                         (tmp_path / "there" / "model.qdq.onnx", "mlperftiny_resnet8_cifar10_fp32.onnx")]:
        qc("compile", path, "--emit", "qcb", "-o", tmp_path / "back")
        text = qc("inspect", tmp_path / "back" / "model.qcb").stdout
        assert f"source = {source}" in text
        assert ("calibration = " in text) == (source != "changed.onnx")
        assert ("_quantized" in text) == (source == "changed.onnx")
