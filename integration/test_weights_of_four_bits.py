"""Weights of 4 bits: where they are, how they are packed, and that every form of the network computes the same.

SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""

import json

import numpy as np
import onnx
import pytest
from harness import Peer
from onnx_cases import graph, values
from qdq import compare_outputs

# The layers of the network and what their weights are stored as.
LAYERS = {"first": "i8", "window": "i4", "depthwise": "i8", "small": "i8", "odd": "i4", "grouped": "i4", "hidden": "i4",
          "last": "i8"}


def spread(*shape, seed):
    """Weights whose inputs differ in size, so that groups of them have something to gain."""
    found = values(*shape, seed=seed, low=-1, high=1)
    sizes = np.random.default_rng(seed).uniform(0.1, 1, shape[1]).astype(np.float32)
    sizes = sizes.reshape(1, -1, *[1] * (len(shape) - 2))
    return (3 * found * sizes / np.sqrt(np.prod(shape[1:]))).astype(np.float32)


@pytest.fixture(scope="module")
def network(tmp_path_factory):
    weights = {"w_first": spread(32, 3, 3, 3, seed=1), "w_window": spread(48, 32, 3, 3, seed=2),
               "w_depthwise": spread(48, 1, 3, 3, seed=3), "w_small": spread(74, 48, 1, 1, seed=4),
               "w_odd": spread(60, 74, 1, 1, seed=5), "w_grouped": spread(40, 30, 3, 3, seed=6),
               "w_hidden": spread(100, 40, seed=7), "w_last": spread(10, 100, seed=8),
               "axes": np.array([2, 3], np.int64)}
    nodes = []
    for name, source, attributes in (
            ("first", "x", {"pads": [1, 1, 1, 1]}), ("window", "first", {"pads": [1, 1, 1, 1], "strides": [2, 2]}),
            ("depthwise", "window", {"pads": [1, 1, 1, 1], "group": 48}), ("small", "depthwise", {}),
            ("odd", "small", {}), ("grouped", "odd", {"group": 2})):
        nodes += [("Conv", [source, f"w_{name}"], [f"{name}_conv"], attributes), ("Relu", [f"{name}_conv"], [name], {})]
    nodes += [("ReduceMean", ["grouped", "axes"], ["pooled"], {"keepdims": 0}),
              ("Gemm", ["pooled", "w_hidden"], ["hidden_gemm"], {"transB": 1}), ("Relu", ["hidden_gemm"], ["hidden"], {}),
              ("Gemm", ["hidden", "w_last"], ["last"], {"transB": 1})]
    case = graph("halves", 18, nodes, {"x": values(1, 3, 16, 16, seed=9)}, weights, ["last"])
    folder = tmp_path_factory.mktemp("network")
    onnx.save(case.model, folder / "model.onnx")
    for name, seed in (("calibration", 10), ("test", 60)):
        np.savez(folder / f"{name}.npz", x=np.concatenate([values(1, 3, 16, 16, seed=seed + i) for i in range(16)]))
    return folder


def compile_network(qc, network, out, precision, *options, **keywords):
    return qc("compile", network / "model.onnx", "--data", network / "calibration.npz", "--quiet", "--precision",
              precision, "--emit", "qcb,report,onnx", "-o", out, *options, **keywords)


def sqnr(qc, network, model):
    peer = Peer(network / "model.onnx")
    expected = np.concatenate([peer.run({"x": x[None]})["last"] for x in np.load(network / "test.npz")["x"]])
    qc("run", model, "--data", network / "test.npz", "-o", model.parent / "out.npz")
    found = np.load(model.parent / "out.npz")["last"].reshape(expected.shape)
    return 10 * np.log10((expected.astype(np.float64) ** 2).sum() / ((found - expected) ** 2).sum())


def inspect(qc, model):
    return json.loads(qc("inspect", model, "--json").stdout)


@pytest.fixture(scope="module", params=["a8w4", "a16w4"])
def compiled(qc, network, tmp_path_factory, request):
    folder = tmp_path_factory.mktemp(request.param)
    compile_network(qc, network, folder, request.param)
    return folder


def test_the_same_from_every_form(qc, network, compiled):
    done = qc("verify", compiled / "quantize.mlirbc", compiled / "model.qcb", "--data", network / "test.npz")
    assert "PASSED" in done.stdout


def test_half_the_bytes(qc, network, compiled, tmp_path):
    wide = "a16w8" if "a16" in compiled.name else "int8"
    compile_network(qc, network, tmp_path, wide)
    sizes = [inspect(qc, folder / "model.qcb")["constants"]["bytes"] for folder in (compiled, tmp_path)]
    assert sizes[0] < 0.65 * sizes[1]
    # A few dB less than with 8 bits, and far more than chance.
    assert sqnr(qc, network, compiled / "model.qcb") > 17


def test_which_layers(qc_opt, network, compiled):
    text = qc_opt(compiled / "quantize.mlirbc", "--mlir-print-debuginfo", "--mlir-print-local-scope").stdout
    for name, kind in LAYERS.items():
        layer = next(line for line in text.splitlines() if f'"{name}"' in line and ("tpu.conv2d" in line or "tpu.fully_connected" in line))
        assert f"!quant.uniform<{kind}<" in layer.split(") ->")[0], layer


def test_as_onnx(qc, network, compiled, tmp_path):
    """INT4 with a scale a group in operator set 21; onnxruntime computes the same."""
    model = onnx.load(compiled / "model.qdq.onnx")
    assert model.opset_import[0].version == 21
    halves = [tensor.name for tensor in model.graph.initializer if tensor.data_type == onnx.TensorProto.INT4]
    blocks = [attribute.i for node in model.graph.node if node.input[0] in halves for attribute in node.attribute
              if attribute.name == "block_size"]
    # All of 30 and 32 inputs, half of 40; 74 have no divisor that would do.
    assert len(halves) == 4 and sorted(blocks) == [20, 30, 32]
    samples = dict(np.load(network / "test.npz"))
    ours, plain, fused = compare_outputs(qc, compiled, samples, tmp_path)
    for peer in (plain, fused):
        if "a16" in compiled.name:
            assert np.abs(ours - peer).max() <= 1e-3 * np.abs(ours).max()
        else:
            np.testing.assert_array_equal(ours, peer)


# Activations of 16 bits need operator set 21 as well.
@pytest.mark.parametrize("compiled", ["a8w4"], indirect=True)
def test_as_older_onnx_and_back(qc, network, compiled, tmp_path):
    """Operator sets without 4 bits have the products in 8; both come back as the same program."""
    qc("compile", network / "model.onnx", "--data", network / "calibration.npz", "--quiet", "--precision", "a8w4",
       "--emit", "qcb,onnx:opset=13", "-o", tmp_path / "older")
    model = onnx.load(tmp_path / "older/model.qdq.onnx")
    assert model.opset_import[0].version == 13
    assert not any(tensor.data_type == onnx.TensorProto.INT4 for tensor in model.graph.initializer)
    samples = dict(np.load(network / "test.npz"))
    for peer in compare_outputs(qc, tmp_path / "older", samples, tmp_path)[1:]:
        np.testing.assert_array_equal(peer, np.load(tmp_path / "out.npz")["last"].reshape(peer.shape))
    for folder, kind in ((compiled, "i4"), (tmp_path / "older", "i8")):
        back = tmp_path / f"back-{kind}"
        qc("compile", folder / "model.qdq.onnx", "--quiet", "--emit", "qcb", "-o", back)
        assert f'"type": "{kind}"' in qc("inspect", folder / "model.qcb", "--json").stdout or kind == "i8"
        qc("run", back / "model.qcb", "--data", network / "test.npz", "-o", back / "out.npz")
        qc("run", folder / "model.qcb", "--data", network / "test.npz", "-o", back / "first.npz")
        np.testing.assert_array_equal(np.load(back / "out.npz")["last"], np.load(back / "first.npz")["last"])


def test_weights_first_is_understood(qc, network, tmp_path):
    for precision in ("a8w4", "w4a8"):
        qc("compile", network / "model.onnx", "--data", network / "calibration.npz", "--quiet", "--precision", precision,
           "--correct", "none", "--emit", "qcb", "-o", tmp_path / precision)
    one, other = ((tmp_path / name / "model.qcb").read_bytes() for name in ("a8w4", "w4a8"))
    assert len(one) == len(other) and (np.frombuffer(one, np.uint8) == np.frombuffer(other, np.uint8)).all()


def test_other_targets_have_none(qc, network, tmp_path):
    done = compile_network(qc, network, tmp_path, "a8w4", "--target", "horizon", exit_code=1)
    assert "the target has no precision 'a8w4'" in done.stderr


@pytest.fixture
def one_layer(network, tmp_path):
    """An encodings file with 4 bits and a scale a channel for one weight."""
    weight = next(onnx.numpy_helper.to_array(tensor) for tensor in onnx.load(network / "model.onnx").graph.initializer
                  if tensor.name == "w_window")
    scales = np.abs(weight).max(axis=(1, 2, 3)) / 7
    entry = {"name": "w_window", "role": "weight", "type": "i4", "qmin": -7, "qmax": 7, "block": [1, 32, 3, 3],
             "scale": scales.tolist()}
    path = tmp_path / "one.json"
    path.write_text(json.dumps({"format": "qc-encodings", "version": 1, "encodings": [entry]}))
    return path


def test_one_layer_by_name(qc, network, one_layer, tmp_path):
    compile_network(qc, network, tmp_path / "out", "int8", "--encodings-in", one_layer, "--allow-missing")
    weights = [kind["type"] for instruction in inspect(qc, tmp_path / "out/model.qcb")["instructions"]
               for kind in instruction["inputs"] if kind["memory"] == "constant" and len(kind["shape"]) in (2, 4)]
    assert weights.count("i4") == 1 and weights.count("i8") == 7
    done = qc("verify", tmp_path / "out/quantize.mlirbc", tmp_path / "out/model.qcb", "--data", network / "test.npz")
    assert "PASSED" in done.stdout


@pytest.mark.parametrize("target", ["horizon", "mtk", "sigmastar", "tda4"])
def test_targets_without_kernels_say_so(qc, network, one_layer, tmp_path, target):
    done = compile_network(qc, network, tmp_path / "out", "int8", "--encodings-in", one_layer, "--allow-missing",
                           "--target", target, exit_code=1)
    assert "w_window" in done.stderr and "i4" in done.stderr
