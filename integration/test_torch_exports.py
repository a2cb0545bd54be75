"""Networks as they come out of torch, by both of its exporters: in float like onnxruntime, in int8 as near as its own.

onnxruntime quantizes the same file with extremes as ranges ("MinMax"), a scale a channel, on the same samples, and both
are judged on others. It is asked to do so with every op: by itself it leaves recurrent layers, Einsum, LogSoftmax,
ScatterND, ... in float.

SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""

import logging

import numpy as np
import onnx
import onnxruntime
import pytest
import torch
from harness import relative_difference
from onnxruntime import quantization
from torch_networks import NETWORKS, attention, convolutional, detection, recurrent  # noqa: F401 (these register)

torch.set_num_threads(1)  # What is exported is too small for more.
SAMPLES = 16
# What a rounding here or there makes of some hundred outputs, in dB.
LUCK = 1


def make(network):
    """The module with weights, and statistics of its batch norms, that are none of them trivial."""
    torch.manual_seed(0)
    module = network.make().eval()
    generator = torch.Generator().manual_seed(1)

    def draw(like, low, high):
        return torch.rand(like.shape, generator=generator) * (high - low) + low
    with torch.no_grad():
        for norm in module.modules():
            if isinstance(norm, (torch.nn.BatchNorm1d, torch.nn.BatchNorm2d)):
                for tensor, low, high in ((norm.running_mean, -0.2, 0.2), (norm.running_var, 0.75, 1.25),
                                          (norm.weight, 0.8, 1.2), (norm.bias, -0.2, 0.2)):
                    tensor.copy_(draw(tensor, low, high))
    return module


def export(network, exporter, path):
    """Writes the network's file."""
    example = tuple(torch.from_numpy(array) for array in network.draw(0).values())
    more = {"dynamo": dict(dynamo=True, external_data=False, verbose=False),
            "torchscript": dict(dynamo=False, opset_version=17)}[exporter]
    with torch.no_grad():
        torch.onnx.export(make(network), example, path, input_names=list(network.inputs), **more)


def draw(network, first, path):
    """Samples from number `first` on, written to a file as well."""
    samples = [network.draw(first + i) for i in range(SAMPLES)]
    np.savez(path, **{name: np.stack([sample[name] for sample in samples]) for name in samples[0]})
    return samples


def open_quietly(path, optimized=True):
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    options.intra_op_num_threads = 2
    if not optimized:
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    return onnxruntime.InferenceSession(path, options)


def run_peer(session, samples):
    runs = [session.run(None, sample) for sample in samples]
    return {output.name: np.stack(arrays) for output, arrays in zip(session.get_outputs(), zip(*runs))}


def run_ours(qc, model, folder, expected):
    qc("run", model, "--data", folder / "in.npz", "-o", folder / "out.npz")
    found = np.load(folder / "out.npz")
    assert set(found.files) == set(expected)
    return {name: found[name].reshape(value.shape) for name, value in expected.items()}


def quantize_peer(source, target, samples):
    """onnxruntime's own quantization, in pairs of QuantizeLinear and DequantizeLinear around every op."""
    class Reader(quantization.CalibrationDataReader):
        def __init__(self):
            self.rest = iter(samples)

        def get_next(self):
            return next(self.rest, None)
    prepared = str(target) + ".prepared.onnx"
    quantization.shape_inference.quant_pre_process(str(source), prepared, skip_symbolic_shape=True)
    ops = {node.op_type for node in onnx.load(prepared).graph.node} - {"Constant", "ConstantOfShape"}
    quantization.quantize_static(prepared, str(target), Reader(), quant_format=quantization.QuantFormat.QDQ,
                                 per_channel=True, activation_type=quantization.QuantType.QUInt8,
                                 weight_type=quantization.QuantType.QInt8, op_types_to_quantize=sorted(ops),
                                 calibrate_method=quantization.CalibrationMethod.MinMax)


def signal_to_error(found, expected):
    expected = expected.astype(np.float64)
    error = np.sum((found - expected) ** 2)
    return 10 * np.log10(np.sum(expected ** 2) / error) if error else np.inf


@pytest.fixture(autouse=True)
def quiet():
    """The exporters and onnxruntime's quantization talk a lot."""
    logging.disable(logging.WARNING)
    yield
    logging.disable(logging.NOTSET)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("exporter", ["dynamo", "torchscript"])
@pytest.mark.parametrize("network", NETWORKS, ids=lambda network: network.name)
def test_network(qc, tmp_path, network, exporter):
    model = tmp_path / "model.onnx"
    export(network, exporter, model)
    samples = draw(network, SAMPLES, tmp_path / "in.npz")
    expected = run_peer(open_quietly(model), samples)
    for name, value in run_ours(qc, model, tmp_path, expected).items():
        assert relative_difference(value, expected[name]) <= 1e-4, name
    # The graphs of the two differ in names and in what is folded: in integers one of them will do.
    if exporter == "torchscript":
        return
    calibration = draw(network, 0, tmp_path / "calibration.npz")
    qc("compile", model, "--data", tmp_path / "calibration.npz", "--quiet", "--emit", "qcb", "-o", tmp_path / "int8")
    found = run_ours(qc, tmp_path / "int8" / "model.qcb", tmp_path, expected)
    quantize_peer(model, tmp_path / "peer.onnx", calibration)
    theirs = run_peer(open_quietly(tmp_path / "peer.onnx", optimized=False), samples)
    for name, value in expected.items():
        ours, peer = signal_to_error(found[name], value), signal_to_error(theirs[name], value)
        print(f"{network.name} {name}: {ours:.1f} dB, onnxruntime's {peer:.1f} dB")
        assert ours >= peer - LUCK, name
