"""qc check --prequantized: TI's table of what a QDQ model may have, on models of ours and of onnxruntime.

SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""

import json

import numpy as np
import onnx
import pytest
from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType, quantize_static
from onnxruntime.quantization.shape_inference import quant_pre_process

PREPROCESS = "color=rgb mean=127.5 std=127.5"


class Samples(CalibrationDataReader):
    def __init__(self, name):
        rng = np.random.default_rng(0)
        self.samples = iter([{name: rng.uniform(-1, 0.7, (1, 3, 48, 48)).astype(np.float32)} for _ in range(4)])

    def get_next(self):
        return next(self.samples, None)


def quantized(model, path, **options):
    """A QDQ model that onnxruntime's tools have made."""
    prepared = path.with_suffix(".prepared.onnx")
    quant_pre_process(str(model), str(prepared), skip_symbolic_shape=True)
    name = onnx.load(prepared).graph.input[0].name
    quantize_static(str(prepared), str(path), Samples(name), quant_format=QuantFormat.QDQ, **options)
    return path


def check(qc, path, exit_code, *arguments):
    done = qc("check", path, "--target", "tda4", "--prequantized", "--json", *arguments, exit_code=exit_code)
    return {fault["tensor"]: fault for fault in json.loads(done.stdout)["faults"]}


def ours(qc, example, out, *arguments):
    qc("compile", example / "shapes.onnx", "--target", "tda4", "--data", example / "calib", "--samples", "4",
       "--preprocess", PREPROCESS, "--emit", "onnx", *arguments, "-o", out)
    return out / "model.qdq.onnx"


def test_ours_for_tda4vm(qc, example, tmp_path):
    path = ours(qc, example, tmp_path)
    assert check(qc, path, 0) == {}
    assert "every tensor is as the table" in qc("check", path, "--target", "tda4", "--prequantized").stdout


def test_ours_with_zero_points(qc, example, tmp_path):
    """Affine activations, symmetric where the table wants them so; a program of both is what onnxruntime makes of it."""
    path = ours(qc, example, tmp_path, "--target-option", "chip=am62a")
    assert check(qc, path, 0, "--target-option", "chip=am62a") == {}
    constants = {tensor.name: onnx.numpy_helper.to_array(tensor) for tensor in onnx.load(path).graph.initializer}
    zeros = {name: value for name, value in constants.items() if name.endswith("zero_point") and value.size == 1}
    assert any(value.dtype == np.uint8 for value in zeros.values())
    image = next(value for name, value in zeros.items() if name.startswith("image"))
    assert image.dtype == np.int8 and image == 0
    # Symmetric scales are what the table takes, a scale a channel in convolutions included.
    path = ours(qc, example, tmp_path / "symmetric", "--target-option", "chip=am62a", "--target-option",
                "quantization_scale_type=0")
    assert check(qc, path, 0, "--target-option", "chip=am62a") == {}


def test_a_strangers_model(qc, example, tmp_path):
    affine = quantized(example / "shapes.onnx", tmp_path / "affine.onnx", activation_type=QuantType.QUInt8,
                       weight_type=QuantType.QInt8, per_channel=True)
    faults = check(qc, affine, 3, "--target-option", "chip=am62a")
    assert "TIDL_DataLayer" in faults[onnx.load(affine).graph.input[0].name]["rule"]
    on_first = check(qc, affine, 3)
    assert any("have one scale a tensor" in fault["rule"] for fault in on_first.values())
    symmetric = quantized(example / "shapes.onnx", tmp_path / "symmetric.onnx", activation_type=QuantType.QInt8,
                          weight_type=QuantType.QInt8, extra_options={"ActivationSymmetric": True})
    assert check(qc, symmetric, 0) == {}


def test_not_quantized_and_no_table(qc, example, tmp_path):
    done = qc("check", example / "shapes.onnx", "--target", "tda4", "--prequantized", exit_code=1)
    assert "is not quantized" in done.stderr
    done = qc("check", ours(qc, example, tmp_path), "--target", "generic", "--prequantized", exit_code=2)
    assert "no published rules" in done.stderr


@pytest.mark.parametrize("options", [(), ("--target-option", "quantization_scale_type=0")], ids=["affine", "symmetric"])
def test_hand_off_keeps_to_the_table(qc, example, tmp_path, options):
    qc("compile", example / "shapes.onnx", "--target", "tda4", "--data", example / "calib", "--samples", "4",
       "--preprocess", PREPROCESS, "--target-option", "chip=am62a", *options, "-o", tmp_path)
    assert "no QDQ model" not in (tmp_path / "hand-off" / "README.md").read_text()
    check(qc, tmp_path / "hand-off" / "model.qdq.onnx", 0, "--target-option", "chip=am62a")


def test_what_others_quantized_against_the_table(qc, example, tmp_path):
    """A model with a zero point at its input is not compiled for AM6xA as it is."""
    qc("compile", example / "shapes.onnx", "--target", "generic", "--data", example / "calib", "--samples", "4",
       "--preprocess", "color=rgb mean=100 std=127.5", "--emit", "onnx", "-o", tmp_path)
    compile = ("compile", tmp_path / "model.qdq.onnx", "--target", "tda4", "--target-option", "chip=am62a", "-o",
               tmp_path / "out")
    done = qc(*compile, exit_code=1)
    assert "'image' is " in done.stderr and "(zero point 0) where this one stands" in done.stderr
