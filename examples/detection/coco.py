"""COCO's mean average precision in numpy: boxes of pictures against those that people drew.

SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

As https://cocodataset.org/#detection-eval defines it: average precision of each category at 101 recalls, over overlaps of
0.5 to 0.95 in steps of 0.05, at most 100 boxes a picture; crowds are neither found nor missed.
"""

import json

import numpy as np

OVERLAPS = np.arange(10) * 0.05 + 0.5
RECALLS = np.linspace(0, 1, 101)
MOST = 100


class Truth:
    """The labels of some pictures, from a file in COCO's format."""

    def __init__(self, path):
        content = json.loads(path.read_text())
        self.files = {image["file_name"]: image for image in content["images"]}
        self.categories = sorted(category["id"] for category in content["categories"])
        self.boxes = {}
        for label in content["annotations"]:
            self.boxes.setdefault((label["image_id"], label["category_id"]), []).append(label)

    def of(self, image, category):
        """[N, 4] as left, top, width, height; which of them are crowds."""
        labels = self.boxes.get((image, category), [])
        boxes = np.array([label["bbox"] for label in labels], float).reshape(-1, 4)
        return boxes, np.array([bool(label.get("iscrowd")) for label in labels], bool)


def overlap(found, drawn, crowds=None):
    """[N, M]: the shared area over that of both, over that of `found` alone where `drawn` is a crowd."""
    begin = np.maximum(found[:, None, :2], drawn[None, :, :2])
    end = np.minimum((found[:, :2] + found[:, 2:])[:, None], (drawn[:, :2] + drawn[:, 2:])[None])
    shared = np.clip(end - begin, 0, None).prod(-1)
    own, others = found[:, 2:].prod(-1)[:, None], drawn[:, 2:].prod(-1)[None]
    together = own + others - shared
    if crowds is not None:
        together = np.where(crowds[None], own, together)
    return shared / np.maximum(together, 1e-9)


def match(boxes, drawn, crowds):
    """Of boxes of one picture and category, best first, [10, N]: whether each is right, and whether it does not count."""
    right = np.zeros((len(OVERLAPS), len(boxes)), bool)
    ignored = np.zeros_like(right)
    shares = overlap(boxes, drawn, crowds)
    for t, least in enumerate(OVERLAPS):
        free = np.ones(len(drawn), bool)
        for i in range(len(boxes)):
            # The nearest free box; a crowd, which is never used up, only where there is none.
            for kind in (~crowds & free, crowds):
                candidates = np.where(kind & (shares[i] >= least), shares[i], -1)
                if candidates.size and candidates.max() >= 0:
                    best = int(candidates.argmax())
                    free[best] = False
                    (ignored if crowds[best] else right)[t, i] = True
                    break
    return right, ignored


def average_precision(right, ignored, scores, count):
    """[10] of one category over all pictures, where people drew `count` boxes."""
    order = np.argsort(-scores, kind="stable")
    right, counted = right[:, order], ~ignored[:, order]
    found = np.cumsum(right & counted, 1)
    wrong = np.cumsum(~right & counted, 1)
    result = []
    for hits, misses in zip(found, wrong):
        precision = hits / np.maximum(hits + misses, 1e-9)
        precision = np.maximum.accumulate(precision[::-1])[::-1]
        at = np.searchsorted(hits / count, RECALLS, side="left")
        result.append(np.append(precision, 0)[np.minimum(at, len(precision))].mean())
    return np.array(result)


def mean_average_precision(truth, detections):
    """Over all overlaps, and at 0.5. `detections`: of each picture's id boxes [N, 4], scores [N], categories [N]."""
    best = {}
    for image, (boxes, scores, kinds) in detections.items():
        first = np.argsort(-scores, kind="stable")[:MOST]
        best[image] = boxes[first], scores[first], kinds[first]
    found = []
    for category in truth.categories:
        parts, count = [], 0
        for image, (boxes, scores, kinds) in best.items():
            drawn, crowds = truth.of(image, category)
            count += int((~crowds).sum())
            mine = kinds == category
            parts.append((*match(boxes[mine], drawn, crowds), scores[mine]))
        if count:
            right, ignored, scores = (np.concatenate(part, -1) for part in zip(*parts))
            found.append(average_precision(right, ignored, scores, count))
    found = np.array(found)
    return float(found.mean()), float(found[:, 0].mean())
