"""examples/detection: a detector from files to hand-over, and its mean average precision.

SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""

import importlib.util
import json
import subprocess
import sys

import numpy as np
import pytest


@pytest.fixture(scope="module")
def coco(root):
    spec = importlib.util.spec_from_file_location("coco", root / "examples" / "detection" / "coco.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def truth(coco, tmp_path):
    """Two pictures: two boxes of category 1 in the first, one and a crowd in the second; none of category 2."""
    def label(image, box, crowd=0):
        return {"image_id": image, "category_id": 1, "bbox": box, "iscrowd": crowd}
    content = {"images": [{"id": 1, "file_name": "a"}, {"id": 2, "file_name": "b"}], "categories": [{"id": 1}, {"id": 2}],
               "annotations": [label(1, [0, 0, 10, 10]), label(1, [50, 50, 10, 10]), label(2, [0, 0, 20, 20]),
                               label(2, [100, 100, 50, 50], crowd=1)]}
    path = tmp_path / "labels.json"
    path.write_text(json.dumps(content))
    return coco.Truth(path)


def found(*boxes):
    rows = np.array([box for box, _ in boxes], float).reshape(-1, 4)
    return rows, np.array([score for _, score in boxes], float), np.ones(len(rows), int)


@pytest.mark.parametrize("first, second, expected, at_half", [
    ([([0, 0, 10, 10], .9), ([50, 50, 10, 10], .8)], [([0, 0, 20, 20], .7)], 1, 1),
    ([], [], 0, 0),
    # What lies in a crowd, or is of no picture's category, takes nothing away.
    ([([0, 0, 10, 10], .9), ([50, 50, 10, 10], .8)], [([0, 0, 20, 20], .7), ([110, 110, 5, 5], .95)], 1, 1),
    # Two of three found: precision is 1 up to a recall of 2/3, which is 67 of 101 recalls.
    ([([0, 0, 10, 10], .9), ([50, 50, 10, 10], .8)], [], 67 / 101, 67 / 101),
    # A wrong one before all: 1/2 at a recall of 1/3 (34 recalls), then 2/3, at last 3/4, which stands for all before.
    ([([200, 0, 9, 9], .99), ([0, 0, 10, 10], .9), ([50, 50, 10, 10], .8)], [([0, 0, 20, 20], .7)], 3 / 4, 3 / 4),
    # A box found twice is wrong once, behind it.
    ([([0, 0, 10, 10], .9), ([0, 0, 10, 10], .8), ([50, 50, 10, 10], .7)], [([0, 0, 20, 20], .6)],
     (34 * 1 + 67 * 3 / 4) / 101, (34 * 1 + 67 * 3 / 4) / 101),
    # An overlap of 80 of 120: found at 0.5, 0.55, 0.6 and 0.65 of ten.
    ([([2, 0, 10, 10], .9)], [], 34 / 101 * 4 / 10, 34 / 101),
])
def test_precision_is_as_counted_by_hand(coco, truth, first, second, expected, at_half):
    precision = coco.mean_average_precision(truth, {1: found(*first), 2: found(*second)})
    assert precision == pytest.approx((expected, at_half))


def test_from_files_to_hand_over(qc, kit, root, tmp_path):
    done = subprocess.run([sys.executable, root / "examples" / "detection" / "run.py", "--kit", kit.path, "--qc", qc.path,
                           "-o", tmp_path, "--images", "12", "--samples", "16", "--effort", "low", "--report-samples", "1"],
                          capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
    measured = json.loads((tmp_path / "map.json").read_text())
    assert len(measured["heads"]) == 9 and measured["images"] == 12
    assert measured["float"]["map50"] > 0.4
    # Eight bits cost this network much; what the figures are on all pictures says the example's page.
    assert measured["program"]["map50"] > 0.6 * measured["float"]["map50"]
    assert f"hand-over: {tmp_path / 'compiled' / 'model.qcb'}" in done.stdout
