"""Activations of 8 and of 16 bits in one network: mixed precisions of targets, and tensors that the user names.

SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""

import json
import re

import numpy as np
import onnx
import pytest
from harness import Peer
from onnx_cases import graph, values

TARGETS = {"generic": (), "tda4": ("--target-option", "chip=am62a"), "mtk": (), "horizon": (), "sigmastar": ()}
# Where an op has one width, what reads the named tensor works on 16 bits as well.
ALSO_WIDE = {"mtk": {"even": "i16"}}


@pytest.fixture(scope="module")
def network(tmp_path_factory):
    """A network with one tensor that 8 bits cannot hold well: the channels of 'spread' differ in size by hundreds,
    and what reads it makes them equal again."""
    sizes = np.geomspace(0.01, 8, 8).astype(np.float32)
    first = values(8, 3, 3, 3, seed=1, low=-0.4, high=0.4) * sizes[:, None, None, None]
    second = values(8, 1, 3, 3, seed=2, low=-0.5, high=1) / sizes[:, None, None, None]
    case = graph("widths", 13,
                 [("Conv", ["x", "first"], ["before"], {"pads": [1, 1, 1, 1]}), ("Relu", ["before"], ["spread"], {}),
                  ("Conv", ["spread", "second"], ["even"], {"group": 8, "pads": [1, 1, 1, 1]}),
                  ("Tanh", ["even"], ["gate"], {}), ("Mul", ["even", "gate"], ["gated"], {}),
                  ("AveragePool", ["gated"], ["pooled"], {"kernel_shape": [2, 2], "strides": [2, 2]}),
                  ("Conv", ["pooled", "third"], ["y"], {})],
                 {"x": values(1, 3, 16, 16, seed=3)},
                 {"first": first, "second": second, "third": values(4, 8, 1, 1, seed=4)}, ["y"])
    folder = tmp_path_factory.mktemp("network")
    onnx.save(case.model, folder / "model.onnx")
    for name, seed in (("calibration", 5), ("test", 50)):
        np.savez(folder / f"{name}.npz", x=np.concatenate([values(1, 3, 16, 16, seed=seed + i) for i in range(8)]))
    return folder


def compile_network(qc, network, out, *options, **keywords):
    """Without channels scaled across layers, which this network would need no 16 bits with."""
    return qc("compile", network / "model.onnx", "--data", network / "calibration.npz", "--quiet", "--emit",
              "qcb,report,onnx", "--correct", "inputs,bias", "-o", out, *options, **keywords)


def sqnr(qc, network, model):
    """In dB, of the output against onnxruntime on the float model."""
    peer = Peer(network / "model.onnx")
    test = np.load(network / "test.npz")["x"]
    expected = np.concatenate([peer.run({"x": x[None]})["y"] for x in test]).astype(np.float64)
    qc("run", model, "--data", network / "test.npz", "-o", model.parent / "out.npz")
    found = np.load(model.parent / "out.npz")["y"].reshape(expected.shape)
    return 10 * np.log10((expected ** 2).sum() / ((found - expected) ** 2).sum())


def types(qc_opt, stage):
    """The storage types of the network's own tensors, by name."""
    text = qc_opt(stage, "--mlir-print-debuginfo", "--mlir-print-local-scope").stdout
    return dict((name, kind) for kind, name in
                re.findall(r'-> tensor<[^ ]*quant\.uniform<([iu]\d+):[^\n]*loc\((?:fused\[)?"([^"]+)"', text)
                if "_" not in name)


def verify(qc, network, folder):
    done = qc("verify", folder / "quantize.mlirbc", folder / "model.qcb", "--data", network / "test.npz")
    assert "PASSED" in done.stdout


@pytest.mark.parametrize("target", TARGETS)
def test_a_named_tensor_raises_accuracy(qc, qc_opt, network, tmp_path, target):
    options = ("--target", target, *TARGETS[target])
    compile_network(qc, network, tmp_path / "narrow", *options)
    compile_network(qc, network, tmp_path / "wide", *options, "--int16-tensors", "spread")
    narrow, wide = (types(qc_opt, tmp_path / folder / "quantize.mlirbc") for folder in ("narrow", "wide"))
    assert narrow["spread"] in ("i8", "u8") and {**narrow, "spread": "i16", **ALSO_WIDE.get(target, {})} == wide
    verify(qc, network, tmp_path / "wide")
    assert sqnr(qc, network, tmp_path / "wide/model.qcb") > sqnr(qc, network, tmp_path / "narrow/model.qcb") + 6


def test_16_bits_where_listed(qc, qc_opt, network, tmp_path):
    """The average pool of this target has 8 bits; all else has 16."""
    done = compile_network(qc, network, tmp_path / "mixed", "--target", "horizon", "--precision", "a16w8")
    assert "remark" in done.stderr and "'pooled' (tpu.avg_pool) works on 8 bits" in done.stderr
    assert types(qc_opt, tmp_path / "mixed/quantize.mlirbc") == {
        "x": "i16", "spread": "i16", "even": "i16", "gate": "i16", "gated": "i8", "pooled": "i8", "y": "i16"}
    verify(qc, network, tmp_path / "mixed")
    compile_network(qc, network, tmp_path / "narrow", "--target", "horizon")
    assert sqnr(qc, network, tmp_path / "mixed/model.qcb") > sqnr(qc, network, tmp_path / "narrow/model.qcb") + 6


def test_16_bits_at_inputs_of_convolutions(qc, qc_opt, network, tmp_path):
    compile_network(qc, network, tmp_path / "inputs", "--target", "sigmastar", "--precision", "conv16")
    assert types(qc_opt, tmp_path / "inputs/quantize.mlirbc") == {
        "x": "i16", "spread": "i16", "even": "u8", "gate": "u8", "gated": "u8", "pooled": "i16", "y": "u8"}
    verify(qc, network, tmp_path / "inputs")
    compile_network(qc, network, tmp_path / "narrow", "--target", "sigmastar")
    assert sqnr(qc, network, tmp_path / "inputs/model.qcb") > sqnr(qc, network, tmp_path / "narrow/model.qcb") + 6


def test_conversions_are_counted(qc, network, tmp_path):
    """A tensor of 16 bits that an op of 8 bits reads as well."""
    done = compile_network(qc, network, tmp_path / "one", "--target", "horizon", "--int16-tensors", "gated",
                           exit_code=1)
    assert "'gated': read by only 'pooled' (tpu.avg_pool)" in done.stderr
    model = onnx.load(network / "model.onnx")
    model.graph.output.append(onnx.helper.make_tensor_value_info("gated", onnx.TensorProto.FLOAT, [1, 8, 16, 16]))
    onnx.save(model, tmp_path / "two.onnx")
    done = qc("compile", tmp_path / "two.onnx", "--data", network / "calibration.npz", "--target", "horizon", "--quiet",
              "--int16-tensors", "gated", "-o", tmp_path / "two")
    assert "for it 'gated' is requantized" in done.stderr
    stage = tmp_path / "two/quantize.mlirbc"
    assert "conversions between 8 and 16 bits: 1" in qc("inspect", stage).stdout
    assert json.loads(qc("inspect", stage, "--json").stdout)["width_conversions"] == 1
    verify(qc, network, tmp_path / "two")


def test_the_request_is_in_the_file(qc, qc_opt, network, tmp_path):
    """The same network from the compiler and from qc-opt; a swallowed name means what it became."""
    compile_network(qc, network, tmp_path / "once", "--int16-tensors", "before,gate")
    compile_network(qc, network, tmp_path / "stopped", "--int16-tensors", "before", "--int16-tensors", "gate",
                    "--stop-after", "correct")
    qc_opt("--quantize", tmp_path / "stopped/correct.mlirbc", "-o", tmp_path / "opt.mlir")
    found = types(qc_opt, tmp_path / "opt.mlir")
    assert found == types(qc_opt, tmp_path / "once/quantize.mlirbc")
    assert [name for name, kind in found.items() if kind == "i16"] == ["spread", "gate"]
    qc("verify", tmp_path / "opt.mlir", tmp_path / "once/model.qcb", "--data", network / "test.npz")


def test_the_request_comes_before_the_integers(qc, network, tmp_path):
    """What is quantized goes on with the tensors that it has, and takes no others."""
    compile_network(qc, network, tmp_path / "one", "--int16-tensors", "spread")
    stage = tmp_path / "one/quantize.mlirbc"
    qc("compile", stage, "--int16-tensors", "spread", "--quiet", "--emit", "qcb", "-o", tmp_path / "two")
    assert (tmp_path / "one/model.qcb").read_bytes() == (tmp_path / "two/model.qcb").read_bytes()
    done = qc("compile", stage, "--int16-tensors", "gate", "--quiet", "-o", tmp_path / "three", exit_code=1)
    assert "is quantized already: its tensors cannot change to 16 bits" in done.stderr


def test_the_request_is_in_the_job(qc, network, tmp_path):
    arguments = ("--int16-tensors", "spread,gate", "--report-samples", "0")
    text = compile_network(qc, network, tmp_path / "a", *arguments, "--write-config").stdout
    (tmp_path / "job.yaml").write_text(text)
    assert "int16-tensors: [spread, gate]" in text
    qc("compile", "--config", tmp_path / "job.yaml")
    compile_network(qc, network, tmp_path / "b", *arguments)
    assert (tmp_path / "a/model.qcb").read_bytes() == (tmp_path / "b/model.qcb").read_bytes()


def test_unknown_names_are_found_at_once(qc, network, tmp_path):
    done = compile_network(qc, network, tmp_path, "--int16-tensors", "sperad", exit_code=1)
    assert "unknown tensor 'sperad'" in done.stderr and "did you mean 'spread'?" in done.stderr
    assert not (tmp_path / "calibrate.mlirbc").exists()


MIXED = [("--int16-tensors", "spread,gate"), ("--target", "horizon", "--precision", "a16w8"),
         ("--target", "sigmastar", "--precision", "conv16")]


@pytest.mark.parametrize("options", MIXED, ids=" ".join)
def test_the_exported_model_agrees(qc, network, tmp_path, options):
    """onnxruntime on the QDQ model: as near to the float model as the integer program."""
    compile_network(qc, network, tmp_path, *options)
    peer = Peer(tmp_path / "model.qdq.onnx")
    test = np.load(network / "test.npz")["x"]
    qc("run", tmp_path / "model.qcb", "--data", network / "test.npz", "-o", tmp_path / "out.npz")
    found = np.load(tmp_path / "out.npz")["y"]
    expected = np.stack([peer.run({"x": x[None]})["y"] for x in test]).reshape(found.shape)
    step = np.ptp(expected) / 255
    assert np.abs(found - expected).max() <= 2 * step


@pytest.mark.parametrize("model", ["resnet20_cifar10_fp32_bn", "mobilenetv2_tv1_imagenet_fp32", "yolox_nano_416"])
def test_listed_ops_of_whole_models(qc, kit, tmp_path, model):
    """No op is refused for its width, and the program is the quantized network."""
    qc("compile", kit.model(model), "--target", "horizon", "--precision", "a16w8", "--data", "random:1", "--method",
       "minmax", "--report-samples", "0", "--quiet", "-o", tmp_path)
    qc("verify", tmp_path / "quantize.mlirbc", tmp_path / "model.qcb", "--data", "random:1")
