"""examples/kit: trained networks from files to hand-over.

SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""

import json
import re
import subprocess
import sys

import pytest


@pytest.mark.parametrize("name, target, drop", [("keywords", "tda4", 3), ("vit", "generic", 3)])
def test_from_files_to_hand_over(qc, kit, root, tmp_path, name, target, drop):
    done = subprocess.run([sys.executable, root / "examples" / "kit" / "run.py", name, "--kit", kit.path, "--target",
                           target, "--qc", qc.path, "-o", tmp_path], capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
    found = re.search(r"float ([\d.]+) %, program ([\d.]+) %, agreement ([\d.]+) %", done.stdout)
    before, after, agreement = map(float, found.groups())
    assert before > 70 and before - after <= drop and agreement > 93, done.stdout
    measured = json.loads((tmp_path / "compiled" / "report.json").read_text())["evaluation"]
    assert 100 * measured["top1"] == pytest.approx(after, abs=0.06)
    assert f"{100 * measured['top1']:.2f} %" in (tmp_path / "compiled" / "report.html").read_text()
    assert ("hand-over: " in done.stdout) == (target != "generic")
