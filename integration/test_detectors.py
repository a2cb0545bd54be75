"""Detectors that end in NonMaxSuppression: it runs in float with rows of -1 behind the last box, or is cut off.

SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""

import re

import numpy as np
import onnx
import onnxruntime
import pytest
from onnx import TensorProto, helper, numpy_helper

SAMPLES = 8
CASES = {
    # images, classes, boxes, and what the node says beside its thresholds
    "corners": (1, 2, 60, dict(most=5, iou=0.4, score=0.3)),
    "centers": (1, 3, 40, dict(most=50, iou=0.5, score=0.5, center_point_box=1)),
    "images": (3, 2, 30, dict(most=4, iou=0.2, score=0.1)),
    "no_threshold": (1, 1, 20, dict(most=20, iou=0.3)),
    "none": (1, 2, 10, dict(most=3, iou=0.5, score=2.0)),
}


def save(path, images, classes, boxes, most, iou, score=None, center_point_box=0, tail=False):
    """Boxes and scores from one input each through a layer, NonMaxSuppression, and with `tail` the picked boxes."""
    constants = {"most": np.int64([most]), "iou": np.float32([iou]), "half": np.float32(0.5), "two": np.int64([2])}
    inputs = ["boxes", "scores", "most", "iou"]
    if score is not None:
        constants["score"] = np.float32([score])
        inputs.append("score")
    nodes = [helper.make_node("Relu", ["b"], ["boxes"], name="boxes_of"),
             helper.make_node("Sigmoid", ["s"], ["scores"], name="scores_of"),
             helper.make_node("NonMaxSuppression", inputs, ["selected"], name="select",
                              center_point_box=center_point_box)]
    outputs = [helper.make_tensor_value_info("selected", TensorProto.INT64, ["count", 3])]
    if tail:
        nodes += [helper.make_node("Gather", ["selected", "two"], ["column"], axis=1, name="column_of"),
                  helper.make_node("Squeeze", ["column", "axis"], ["index"], name="index_of"),
                  helper.make_node("Gather", ["boxes", "index"], ["picked"], axis=1, name="pick")]
        constants["axis"] = np.int64([1])
        outputs = [helper.make_tensor_value_info("picked", TensorProto.FLOAT, [images, "count", 4])]
    del constants["half"]
    graph = helper.make_graph(nodes, "detector",
                              [helper.make_tensor_value_info("b", TensorProto.FLOAT, [images, boxes, 4]),
                               helper.make_tensor_value_info("s", TensorProto.FLOAT, [images, classes, boxes])],
                              outputs, [numpy_helper.from_array(array, name) for name, array in constants.items()])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)])
    model.ir_version = 8
    onnx.save(model, path)


def draw(images, classes, boxes, center_point_box=0, **_):
    """Boxes in a field of 12 by 12 that overlap, with scores of which no two are equal."""
    generator = np.random.default_rng(3)
    places = generator.uniform(0, 10, (SAMPLES, images, boxes, 2))
    sizes = generator.uniform(1, 4, (SAMPLES, images, boxes, 2))
    other = sizes if center_point_box else places + sizes
    scores = generator.permuted(np.linspace(-3, 3, boxes)[None, None, None].repeat(SAMPLES, 0).repeat(images, 1)
                                .repeat(classes, 2), axis=-1)
    return {"b": np.concatenate([places, other], -1).astype(np.float32), "s": scores.astype(np.float32)}


def run_peer(path, samples):
    session = onnxruntime.InferenceSession(path)
    return [session.run(None, {name: array[i] for name, array in samples.items()}) for i in range(SAMPLES)]


@pytest.mark.parametrize("name", CASES)
def test_selection(qc, tmp_path, name):
    images, classes, boxes, more = CASES[name]
    save(tmp_path / "model.onnx", images, classes, boxes, **more)
    samples = draw(images, classes, boxes, **more)
    np.savez(tmp_path / "in.npz", **samples)
    expected = [outputs[0] for outputs in run_peer(tmp_path / "model.onnx", samples)]
    done = qc("run", tmp_path / "model.onnx", "--data", tmp_path / "in.npz", "-o", tmp_path / "out.npz")
    rows = images * classes * min(more["most"], boxes)
    assert f"'selected' has {rows} rows in the program" in done.stderr
    qc("compile", tmp_path / "model.onnx", "--data", tmp_path / "in.npz", "--precision", "float", "--quiet", "-o",
       tmp_path / "float")
    for source in ("model.onnx", "float/model.qcb"):
        qc("run", tmp_path / source, "--data", tmp_path / "in.npz", "-o", tmp_path / "out.npz")
        found = np.load(tmp_path / "out.npz")["selected"].reshape(SAMPLES, rows, 3)
        for array, rows_of_peer in zip(found, expected):
            count = len(rows_of_peer)
            assert np.array_equal(array[:count], rows_of_peer)
            assert np.all(array[count:] == -1)


def test_in_integers(qc, tmp_path):
    """The layers in front are integers; the selection stays on the CPU, without --allow-cpu."""
    save(tmp_path / "model.onnx", 1, 2, 60, 5, 0.4, 0.3)
    samples = draw(1, 2, 60)
    np.savez(tmp_path / "in.npz", **samples)
    qc("compile", tmp_path / "model.onnx", "--data", tmp_path / "in.npz", "--quiet", "-o", tmp_path / "out")
    qc("run", tmp_path / "out" / "model.qcb", "--data", tmp_path / "in.npz", "-o", tmp_path / "out.npz")
    found = np.load(tmp_path / "out.npz")["selected"].reshape(SAMPLES, -1, 3)
    same = 0
    expected = [outputs[0] for outputs in run_peer(tmp_path / "model.onnx", samples)]
    for array, rows in zip(found, expected):
        same += len({tuple(row) for row in array if row[0] >= 0} & {tuple(row) for row in rows})
    assert same >= 0.9 * sum(map(len, expected))
    # The float stage is an ONNX model again, with as many rows as there are.
    qc("compile", tmp_path / "model.onnx", "--data", tmp_path / "in.npz", "--quiet", "--emit", "float-onnx", "-o",
       tmp_path / "float")
    (file,) = (tmp_path / "float").glob("*.onnx")
    for outputs, rows in zip(run_peer(file, samples), expected):
        assert np.array_equal(outputs[0], rows)


def test_what_goes_on_with_a_selection_is_cut(qc, tmp_path):
    """Boxes picked by a selection of unknown length: one of two hints, as they are printed, ends the network before."""
    save(tmp_path / "model.onnx", 1, 2, 60, 5, 0.4, 0.3, tail=True)
    samples = draw(1, 2, 60)
    np.savez(tmp_path / "in.npz", **samples)
    refused = qc("run", tmp_path / "model.onnx", "--data", tmp_path / "in.npz", "-o", tmp_path / "out.npz", exit_code=1)
    assert "how many boxes 'selected' selects depends on the data" in refused.stderr
    hints = re.findall(r"--cut-at (\S+)", refused.stderr)
    assert hints == ["boxes,scores", "selected"]
    for hint in hints:
        qc("compile", tmp_path / "model.onnx", "--data", tmp_path / "in.npz", "--quiet", "--cut-at", hint, "-o",
           tmp_path / "cut")
        qc("run", tmp_path / "cut" / "model.qcb", "--data", tmp_path / "in.npz", "-o", tmp_path / "out.npz")
        assert set(np.load(tmp_path / "out.npz").files) == set(hint.split(","))


@pytest.mark.parametrize("words, more", [
    ("max_output_boxes_per_class = 0 selects nothing", dict(most=0, iou=0.4)),
    ("iou_threshold = 1.500000 is not in [0, 1]", dict(most=3, iou=1.5)),
])
def test_refused(qc, tmp_path, words, more):
    save(tmp_path / "model.onnx", 1, 2, 10, **more)
    refused = qc("inspect", tmp_path / "model.onnx", exit_code=1)
    assert words in refused.stderr and "'select'" in refused.stderr
