"""Where rounding adds up inside of one layer it happens in 16 bits; what is compared is not clipped; rows that were not
replaced are not as coarse as those that were.

SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""

import json

import numpy as np
import onnx
import onnx.reference
import pytest
from onnx_cases import graph, ints, values

SAMPLES = 16


def normal(*shape, seed=0, scale=1.0):
    return (np.random.default_rng(seed).standard_normal(shape) * scale).astype(np.float32)


def recurrent(kind, gates, results):
    size, width, steps = 16, 12, 10
    weights = {"w": normal(1, gates * size, width, scale=0.3), "r": normal(1, gates * size, size, seed=1, scale=0.3),
               "b": normal(1, 2 * gates * size, seed=2, scale=0.1)}
    return graph(kind.lower(), 14, [(kind, ["x", "w", "r", "b"], results, {"hidden_size": size}),
                                    ("Squeeze", ["y", "one"], ["z"], {}), ("MatMul", ["z", "m"], ["out"], {})],
                 {"x": normal(steps, 1, width)}, {**weights, "one": ints(1), "m": normal(size, 4, seed=3)}, ["out"])


def uneven(count):
    """Rows of different strength, as language models have them."""
    strength = np.exp(np.random.default_rng(5).normal(0, 0.8, (count, 1, 12, 1))).astype(np.float32)
    return normal(count, 1, 12, 32) * strength


EPSILON = np.float32(1e-6)
CASES = [
    # What it has to reach, and how much of that is due to 16 bits (dB).
    (recurrent("LSTM", 4, ["y", "h", "c"]), 36, 1.5),
    (recurrent("GRU", 3, ["y", "h"]), 36, 3),
    (recurrent("RNN", 1, ["y", "h"]), 36, 2),
    (graph("cubic_resize", 13, [("Resize", ["x", "", "s"], ["y"], {"mode": "cubic"})], {"x": normal(1, 3, 12, 12)},
           {"s": np.float32([1, 1, 2, 2])}, ["y"]), 36, 0.7),
    (graph("root_mean_square", 13,
           [("Mul", ["x", "x"], ["square"], {}), ("ReduceMean", ["square"], ["mean"], {"axes": [-1]}),
            ("Add", ["mean", "eps"], ["shifted"], {}), ("Sqrt", ["shifted"], ["root"], {}),
            ("Div", ["x", "root"], ["scaled"], {}), ("MatMul", ["scaled", "w"], ["y"], {})],
           {"x": uneven(1)[0]}, {"eps": EPSILON, "w": normal(32, 8, seed=1, scale=0.2)}, ["y"]), 20, 10),
    (graph("response_norm", 13,
           [("Pow", ["x", "two"], ["square"], {}), ("ReduceSum", ["square", "axis"], ["sum"], {}),
            ("Sqrt", ["sum"], ["root"], {}), ("Reciprocal", ["root"], ["factor"], {}),
            ("Mul", ["x", "factor"], ["y"], {})],
           {"x": uneven(1)[0]}, {"two": np.float32(2), "axis": ints(-1)}, ["y"]), 20, 10),
]


def run(qc, model, folder, case):
    qc("run", model, "--data", folder / "in.npz", "-o", folder / "out.npz")
    return {output.name: np.load(folder / "out.npz")[output.name] for output in case.model.graph.output}


def prepare(case, folder, samples=None):
    """Writes model and samples; what the outputs are."""
    if samples is None:
        samples = {name: uneven(SAMPLES) if array.shape == (1, 12, 32) else normal(SAMPLES, *array.shape, seed=9)
                   for name, array in case.samples.items()}
    onnx.save(case.model, folder / "case.onnx")
    np.savez(folder / "in.npz", **samples)
    peer = onnx.reference.ReferenceEvaluator(case.model)
    rows = [peer.run(None, {name: array[i] for name, array in samples.items()}) for i in range(SAMPLES)]
    return {output.name: np.stack(arrays).astype(np.float64) for output, arrays in zip(case.model.graph.output, zip(*rows))}


def signal_to_error(found, expected):
    error = np.sum((found.reshape(expected.shape) - expected) ** 2)
    return 10 * np.log10(np.sum(expected ** 2) / error) if error else np.inf


def compile_and_score(qc, folder, case, expected, *options):
    qc("compile", folder / "case.onnx", "--data", folder / "in.npz", "--quiet", "--emit", "qcb,report", "-o",
       folder / "out", *options)
    found = run(qc, folder / "out" / "model.qcb", folder, case)
    return {name: signal_to_error(found[name], value) for name, value in expected.items()}


@pytest.mark.parametrize("case, least, gain", CASES, ids=lambda part: getattr(part, "name", ""))
def test_inside_of_a_layer(qc, tmp_path, case, least, gain):
    expected = prepare(case, tmp_path)
    (wide,) = compile_and_score(qc, tmp_path, case, expected).values()
    (narrow,) = compile_and_score(qc, tmp_path, case, expected, "--inner-bits", 8).values()
    print(f"{case.name}: {wide:.1f} dB, {narrow:.1f} dB in 8 bits")
    assert wide >= least
    assert wide >= narrow + gain


def test_eight_bits_are_eight_bits(qc, tmp_path):
    """What is asked for holds in the whole program, and the stages in between say so."""
    case = CASES[0][0]
    prepare(case, tmp_path)
    out = tmp_path / "out"
    qc("compile", tmp_path / "case.onnx", "--data", tmp_path / "in.npz", "--quiet", "--inner-bits", 8, "-o", out)
    assert "i16" not in qc("inspect", out, "--ir", "schedule").stdout
    qc("compile", tmp_path / "case.onnx", "--data", tmp_path / "in.npz", "--quiet", "-o", out)
    assert "i16" in qc("inspect", out, "--ir", "schedule").stdout
    refused = qc("compile", tmp_path / "case.onnx", "--data", tmp_path / "in.npz", "--inner-bits", "12", "-o", out,
                 exit_code=2)
    assert "--inner-bits is 8 or 16, found '12'" in refused.stderr


def test_what_is_compared_is_not_clipped(qc, tmp_path):
    """A method that clips for the least error makes the largest scores equal, and picks any of them."""
    case = graph("best", 13, [("Sigmoid", ["x"], ["s"], {}), ("Mul", ["s", "x"], ["score"], {}),
                              ("TopK", ["score", "k"], ["v", "i"], {})], {"x": normal(1, 400)}, {"k": ints(1)}, ["v", "i"])
    generator = np.random.default_rng(0)
    x = generator.laplace(0, 1, (SAMPLES, 1, 400)).astype(np.float32)
    expected = prepare(case, tmp_path, {"x": x})
    compile_and_score(qc, tmp_path, case, expected)
    found = run(qc, tmp_path / "out" / "model.qcb", tmp_path, case)
    assert np.mean(found["i"].reshape(-1) == expected["i"].reshape(-1)) >= 0.8
    why = {layer["name"]: layer.get("method", "")
           for layer in json.loads((tmp_path / "out" / "report.json").read_text())["layers"]}
    assert "compared" in json.dumps(why)


def test_rows_that_are_not_replaced(qc, tmp_path):
    """Boxes written into the tensor of the scores, one part after the other, each read again from it."""
    places = np.stack(np.meshgrid(np.arange(1), np.arange(3), np.arange(20), np.arange(2), indexing="ij"), -1)
    case = graph("in_place", 13,
                 [("Sigmoid", ["x"], ["s"], {}), ("Slice", ["s", "0", "2", "axis"], ["xy"], {}),
                  ("Mul", ["xy", "stride"], ["position"], {}), ("ScatterND", ["s", "first", "position"], ["t"], {}),
                  ("Slice", ["t", "2", "4", "axis"], ["wh"], {}), ("Mul", ["wh", "wh"], ["square"], {}),
                  ("ScatterND", ["t", "second", "square"], ["u"], {}), ("Slice", ["u", "4", "6", "axis"], ["score"], {}),
                  ("Slice", ["u", "2", "4", "axis"], ["size"], {}), ("Slice", ["u", "0", "2", "axis"], ["center"], {})],
                 {"x": values(1, 3, 20, 6)},
                 {"0": ints(0), "2": ints(2), "4": ints(4), "6": ints(6), "axis": ints(3), "stride": np.float32(100),
                  "first": places, "second": places + np.array([0, 0, 0, 2])}, ["center", "size", "score"])
    expected = prepare(case, tmp_path)
    scores = compile_and_score(qc, tmp_path, case, expected)
    assert scores["center"] > 35 and scores["score"] > 35, scores
    assert scores["size"] > 30, scores
