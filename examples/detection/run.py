#!/usr/bin/env python3
"""A detector from its files to the hand-over, and what that costs in mean average precision.

SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""

import argparse
import json
import pathlib
import subprocess

import numpy as np
import onnx
from coco import Truth, mean_average_precision, overlap

SIDE, FILL = 416, 114
PREPROCESS = f"color=bgr letterbox={SIDE}:{FILL}"
LEAST_SCORE, LEAST_OVERLAP = 0.01, 0.65


def find_heads(path):
    """The tensors that the last concatenations join, three a level: boxes, whether there is one, and of what.

    Boxes are in pixels and go to 13 and more, scores to 1: in one tensor of 8 bits scores would have a few steps.
    """
    graph = onnx.load(path).graph
    made_by = {name: node for node in graph.node for name in node.output}

    def search(name):
        node = made_by[name]
        if node.op_type != "Concat" and node.op_type not in ("Transpose", "Reshape"):
            return None  # computes something
        inner = [search(part) for part in node.input if part in made_by]
        if node.op_type == "Concat" and not any(inner):
            return list(node.input)
        return [tensor for part in inner if part for tensor in part]
    return search(graph.output[0].name)


def decode(levels, sizes):
    """Boxes [N, 4], scores [N] and categories [N] (their numbers) of one picture, in its own pixels.

    `levels`: for each of the three, boxes [4, H, W], objectness [1, H, W], classes [80, H, W].
    """
    boxes, scores = [], []
    for regions, there, classes in levels:
        height, width = there.shape[-2:]
        stride = SIDE / height
        y, x = np.mgrid[:height, :width]
        center = np.stack([regions[0] + x, regions[1] + y]) * stride
        size = np.exp(regions[2:]) * stride
        boxes.append(np.concatenate([center - size / 2, size]).reshape(4, -1))
        scores.append((there * classes).reshape(len(classes), -1))
    ratio = min(SIDE / sizes[0], SIDE / sizes[1])
    boxes, scores = np.concatenate(boxes, 1).T / ratio, np.concatenate(scores, 1)
    kinds, at = np.nonzero(scores > LEAST_SCORE)
    return suppress(boxes[at], scores[kinds, at], kinds)


def suppress(boxes, scores, kinds):
    """Of boxes of one category that overlap the best alone."""
    kept = []
    for kind in np.unique(kinds):
        mine = np.flatnonzero(kinds == kind)
        mine = mine[np.argsort(-scores[mine], kind="stable")][:300]
        shares = overlap(boxes[mine], boxes[mine])
        alive = np.ones(len(mine), bool)
        for i in range(len(mine)):
            if alive[i]:
                kept.append(mine[i])
                alive[i + 1:] &= shares[i, i + 1:] <= LEAST_OVERLAP
    kept = np.array(kept, int)
    return boxes[kept], scores[kept], kinds[kept]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kit", type=pathlib.Path, required=True, help="folder with models/, images/ and labels/")
    parser.add_argument("--target", default="generic")
    parser.add_argument("--images", type=int, default=0, help="judge by so many (default: all)")
    parser.add_argument("--qc", default="qc", help="the program")
    parser.add_argument("-o", "--output", type=pathlib.Path, required=True)
    arguments, more = parser.parse_known_args()  # what is not known here is for qc compile
    out, compiled = arguments.output, arguments.output / "compiled"
    out.mkdir(parents=True, exist_ok=True)
    model = arguments.kit / "models" / "yolox_nano_416.onnx"
    heads = find_heads(model)

    def qc(*words):
        done = subprocess.run([arguments.qc, *map(str, words)], capture_output=True, text=True)
        if done.returncode:
            raise SystemExit(f"qc {words[0]}: {done.stderr}")
        return done.stdout

    qc("compile", model, "--cut-at", ",".join(heads), "--target", arguments.target, "--data",
       arguments.kit / "images" / "coco-calib-32", "--preprocess", PREPROCESS, "--allow-cpu", "--quiet", *more, "-o",
       compiled)

    truth = Truth(arguments.kit / "labels" / "coco_79.json")
    files = sorted(truth.files)[:arguments.images or None]
    folder = (arguments.kit / "images" / "coco-79").resolve()
    (out / "images.txt").write_text("".join(f"{folder / name}\n" for name in files))
    measured = {}
    for name, network in (("float", compiled / "prepare.mlirbc"), ("program", compiled / "model.qcb")):
        qc("run", network, "--data", out / "images.txt", "-o", out / f"{name}.npz")
        results = np.load(out / f"{name}.npz")
        found = {}
        for i, file in enumerate(files):
            image = truth.files[file]
            levels = [[results[heads[3 * level + part]][i].astype(float) for part in range(3)] for level in range(3)]
            boxes, scores, kinds = decode(levels, (image["height"], image["width"]))
            found[image["id"]] = boxes, scores, np.array(truth.categories)[kinds]
        precision, at_half = mean_average_precision(truth, found)
        measured[name] = {"map": precision, "map50": at_half}
        print(f"{name}: mAP {100 * precision:.1f} %, at an overlap of 0.5 {100 * at_half:.1f} %, {len(files)} pictures")
    (out / "map.json").write_text(json.dumps({"images": len(files), "heads": heads, **measured}, indent=1))
    for path in [compiled / "model.qcb", compiled / "report.html", *sorted((compiled / "hand-off").rglob("*"))]:
        if path.exists():
            print(f"hand-over: {path}")


if __name__ == "__main__":
    main()
