"""Import of models that are damaged, unsupported or not models at all: one clear message, never a crash.

SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""

import os
import random
import subprocess

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper
from onnx_cases import all_cases, model_of, values
from onnx_cases.refused import REFUSALS


def refuse(qc_translate, path, *options):
    """What is said about a model that is refused."""
    done = qc_translate("--import-onnx", path, *options, exit_code=1)
    assert done.stdout == "" and done.stderr
    return done.stderr


def save(model, folder, name="model.onnx", **options):
    onnx.save(model, folder / name, **options)
    return folder / name


@pytest.mark.parametrize("refusal", REFUSALS, ids=lambda refusal: refusal.name)
def test_refuses(qc_translate, tmp_path, refusal):
    said = refuse(qc_translate, save(refusal.model, tmp_path))
    missing = [message for message in refusal.messages if message not in said]
    assert not missing, f"{missing} not in\n{said}"


# Files that are not models.


def test_no_such_file(qc_translate, tmp_path):
    assert "does not exist" in refuse(qc_translate, tmp_path / "none.onnx")


def test_folder(qc_translate, tmp_path):
    assert "directory" in refuse(qc_translate, tmp_path)


def test_empty_file(qc_translate, tmp_path):
    (tmp_path / "m.onnx").write_bytes(b"")
    assert "the file is empty" in refuse(qc_translate, tmp_path / "m.onnx")


def test_text_file(qc_translate, tmp_path):
    (tmp_path / "m.onnx").write_text("This is not a model at all.\n")
    assert "not an ONNX model" in refuse(qc_translate, tmp_path / "m.onnx")


def small_model():
    nodes = [helper.make_node("Conv", ["x", "w"], ["c"], name="conv", pads=[1, 1, 1, 1]),
             helper.make_node("Relu", ["c"], ["y"], name="relu")]
    return model_of(nodes, {"x": values(1, 2, 4, 4)}, {"w": values(3, 2, 3, 3)}, ["y"], 13)


def mutations(count):
    """Seeded truncations and flipped bytes of a small model."""
    data = small_model().SerializeToString()
    random_source = random.Random(20)
    for index in range(count):
        if index % 2 == 0:
            yield data[:random_source.randrange(len(data))]
            continue
        changed = bytearray(data)
        for _ in range(random_source.randint(1, 4)):
            changed[random_source.randrange(len(data))] = random_source.randrange(256)
        yield bytes(changed)


def test_damaged_files_never_crash(qc_translate, tmp_path):
    path = tmp_path / "m.onnx"
    for data in mutations(120):
        path.write_bytes(data)
        done = subprocess.run([qc_translate.path, "--import-onnx", path], capture_output=True, timeout=60)
        assert done.returncode in (0, 1), f"{data!r}\n{done.stderr.decode()}"
        # A changed weight is still a model; whatever else must be explained.
        assert done.returncode == 0 or b"error: " in done.stderr


def test_weights_that_the_file_does_not_hold(qc_translate, tmp_path):
    model = small_model()
    model.graph.initializer[0].dims[0] = 1 << 40
    assert "error" in refuse(qc_translate, save(model, tmp_path))
    model.graph.initializer[0].dims[0] = 1 << 62
    assert "error" in refuse(qc_translate, save(model, tmp_path))


def test_constant_of_an_absurd_shape(qc_translate, tmp_path):
    nodes = [helper.make_node("ConstantOfShape", ["s"], ["c"], name="huge"),
             helper.make_node("Add", ["x", "c"], ["y"])]
    model = model_of(nodes, {"x": values(1)}, {"s": np.array([1 << 20, 1 << 20], np.int64)}, ["y"], 13)
    assert "larger than 1 GiB; node 'huge'" in refuse(qc_translate, save(model, tmp_path))


# Shapes.


def open_model(*dims):
    model = model_of([helper.make_node("Relu", ["x"], ["y"])], {"x": values(1, 3, 4)}, {}, ["y"], 13)
    for info in (model.graph.input[0], model.graph.output[0]):
        info.CopyFrom(helper.make_tensor_value_info(info.name, TensorProto.FLOAT, dims))
    return model


def test_batch_becomes_one(qc_translate, tmp_path):
    done = qc_translate("--import-onnx", save(open_model("batch", 3, 4), tmp_path))
    assert "tensor<1x3x4xf32>" in done.stdout
    assert "remark: input 'x' is batchx3x4: batch of 1 assumed" in done.stderr


def test_open_dimension_names_the_flag(qc_translate, tmp_path):
    said = refuse(qc_translate, save(open_model("batch", 3, "width"), tmp_path))
    assert "dimension 2 of input 'x' (batchx3xwidth) is open" in said and "--input-shape" in said


def test_bound_dimensions(qc_translate, tmp_path):
    path = save(open_model("batch", 3, "width"), tmp_path)
    done = qc_translate("--import-onnx", path, "--input-shape=x=2x3x7")
    assert "tensor<2x3x7xf32>" in done.stdout and done.stderr == ""


@pytest.mark.parametrize("shape, message", [
    ("x=2x5x7", "only symbolic dimensions can be bound, and dimension 1 is 3"),
    ("x=2x3", "the number of dimensions differs"),
    ("z=2x3x7", "the model has no input 'z'; its inputs are 'x'"),
    ("x=2x3xq", "'x=2x3xq' is not of the form name=1x3x224x224"),
    ("x=0x3x4", "is not of the form"),
    ("x", "is not of the form"),
])
def test_wrong_input_shapes(qc_translate, tmp_path, shape, message):
    path = save(open_model("batch", 3, "width"), tmp_path)
    assert message in refuse(qc_translate, path, f"--input-shape={shape}")


# Cutting.


def chain():
    nodes = [helper.make_node("Relu", ["x"], ["middle"], name="a"), helper.make_node("RandomNormalLike", ["middle"], ["y"]),
             helper.make_node("Neg", ["middle"], ["z"])]
    return model_of(nodes, {"x": values(2, 3)}, {}, ["y", "z"], 13)


def test_cut_leaves_the_rest_unread(qc_translate, tmp_path):
    text = qc_translate("--import-onnx", save(chain(), tmp_path), "--cut-at=z,middle").stdout
    assert text.index('qc.name = "z"') < text.index('qc.name = "middle"')


def test_cut_at_an_unknown_tensor(qc_translate, tmp_path):
    said = refuse(qc_translate, save(chain(), tmp_path), "--cut-at=midle")
    assert "--cut-at: the model has no tensor 'midle'; did you mean 'middle'" in said


# External data.


def external(folder, location="weights.bin", **entries):
    """A model whose weights are 360 floats in a file beside it."""
    weights = values(20, 2, 3, 3)
    model = model_of([helper.make_node("Conv", ["x", "w"], ["y"], name="conv")], {"x": values(1, 2, 4, 4)},
                     {"w": weights}, ["y"], 13)
    tensor = model.graph.initializer[0]
    tensor.ClearField("raw_data")
    tensor.data_location = TensorProto.EXTERNAL
    for key, value in {"location": location, "offset": "64", "length": str(weights.nbytes), **entries}.items():
        tensor.external_data.add(key=key, value=value)
    (folder / "weights.bin").write_bytes(bytes(64) + weights.tobytes())
    path = folder / "model.onnx"
    path.write_bytes(model.SerializeToString())
    return path, weights


def test_external_data(qc_translate, tmp_path):
    path, weights = external(tmp_path)
    text = qc_translate("--import-onnx", path).stdout
    assert weights.tobytes().hex().upper() in text.upper()
    # The folder of the model counts, not that of the caller.
    assert qc_translate("--import-onnx", "model.onnx", cwd=tmp_path).stdout == text


def test_external_file_too_short(qc_translate, tmp_path):
    path, _ = external(tmp_path)
    (tmp_path / "weights.bin").write_bytes(bytes(100))
    assert "'weights.bin' has 100 bytes, but 1440 from byte 64 on are asked for" in refuse(qc_translate, path)


def test_external_file_missing(qc_translate, tmp_path):
    path, _ = external(tmp_path)
    (tmp_path / "weights.bin").unlink()
    assert "weights.bin" in refuse(qc_translate, path)


@pytest.mark.parametrize("location", ["../secret.bin", "/etc/passwd", "link.bin", "inner/../../secret.bin"])
def test_external_data_stay_in_the_folder(qc_translate, tmp_path, location):
    folder = tmp_path / "model"
    folder.mkdir()
    (tmp_path / "secret.bin").write_bytes(bytes(1000))
    os.symlink(tmp_path / "secret.bin", folder / "link.bin")
    path, _ = external(folder, location=location)
    refuse(qc_translate, path)


@pytest.mark.parametrize("entries, message", [
    ({"offset": "many"}, "'offset' is 'many', not a number"),
    ({"offset": "18446744073709551615"}, "are asked for"),
    ({"length": "12"}, "have 12 bytes, but 20x2x3x3 elements of f32 take 1440"),
    ({"colour": "red"}, "unknown key 'colour'"),
])
def test_wrong_external_entries(qc_translate, tmp_path, entries, message):
    path, _ = external(tmp_path, **entries)
    assert message in refuse(qc_translate, path)


def test_every_case_survives_truncation(qc_translate, tmp_path):
    """The head of any model is no model."""
    path = tmp_path / "m.onnx"
    for case in all_cases()[::25]:
        data = case.model.SerializeToString()
        path.write_bytes(data[:len(data) * 2 // 3])
        done = subprocess.run([qc_translate.path, "--import-onnx", path], capture_output=True, timeout=60)
        assert done.returncode == 1 and b"error: " in done.stderr
