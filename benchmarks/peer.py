"""onnxruntime's side of benchmarks/run, one action a process.

SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

  peer.py speed MODEL THREADS REPEAT
  peer.py quantize MODEL RESULT SAMPLES.npy MinMax|Percentile|Entropy
  peer.py agree FLOAT QUANTIZED SAMPLES.npy
"""

import json
import pathlib
import sys
import tempfile
import time

import numpy as np
import onnxruntime

# The oldest opset in which a quantized model's per-channel scales load.
LOWEST_OPSET = 13


def open_session(path, threads=2):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


def speed(path, threads, repeat):
    session = open_session(path, int(threads))
    info = session.get_inputs()[0]
    feeds = {info.name: np.random.default_rng(0).uniform(-1, 1, info.shape).astype(np.float32)}
    times = []
    for _ in range(int(repeat) + 1):
        started = time.perf_counter()
        session.run(None, feeds)
        times.append(time.perf_counter() - started)
    return {"milliseconds_best": 1e3 * min(times)}


def quantize(path, result, samples, method):
    import onnx
    from onnxruntime.quantization import CalibrationMethod, QuantFormat, QuantType, quantize_static
    from onnxruntime.quantization.calibrate import CalibrationDataReader
    from onnxruntime.quantization.shape_inference import quant_pre_process

    class Reader(CalibrationDataReader):
        def __init__(self, name):
            self.feeds = ({name: sample} for sample in np.load(samples, mmap_mode="r"))

        def get_next(self):
            return next(self.feeds, None)

    model = onnx.load(path)
    if model.opset_import[0].version < LOWEST_OPSET:
        model = onnx.version_converter.convert_version(model, LOWEST_OPSET)
    with tempfile.TemporaryDirectory() as folder:
        prepared = pathlib.Path(folder) / "prepared.onnx"
        # Shapes are static: onnx's own inference finds them all, and sympy is not needed.
        quant_pre_process(model, prepared, skip_symbolic_shape=True)
        quantize_static(prepared, result, Reader(open_session(prepared).get_inputs()[0].name),
                        quant_format=QuantFormat.QDQ, per_channel=True, activation_type=QuantType.QUInt8,
                        weight_type=QuantType.QInt8, calibrate_method=CalibrationMethod[method])
    return {}


def agree(reference, quantized, samples):
    sessions = [open_session(path) for path in (reference, quantized)]
    same, sqnr = [], []
    for sample in np.load(samples, mmap_mode="r"):
        expected, found = (session.run(None, {session.get_inputs()[0].name: sample})[0].astype(np.float64)
                           for session in sessions)
        same.append(expected.argmax() == found.argmax())
        noise = ((expected - found) ** 2).sum()
        sqnr.append(10 * np.log10((expected ** 2).sum() / noise) if noise else np.inf)
    return {"agreement": 100 * np.mean(same), "sqnr_db": np.median(sqnr)}


if __name__ == "__main__":
    action = {"speed": speed, "quantize": quantize, "agree": agree}[sys.argv[1]]
    print(json.dumps(action(*sys.argv[2:])))
