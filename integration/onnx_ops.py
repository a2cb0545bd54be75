"""docs/OnnxOps.md: which ops of ONNX are imported, in which forms, and where they run in integers.

    python integration/onnx_ops.py           writes the page anew (some minutes)

The forms are those that the importer registers. Where an op runs is what `qc check` says of a model of that op alone, the
first case in onnx_cases of which something is left in a program.

SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""

import argparse
import concurrent.futures
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

import onnx
from onnx_cases import all_cases

ROOT = pathlib.Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "OnnxOps.md"
COMMAND = "build/venv/bin/python integration/onnx_ops.py"
# Of each target a precision with activations of 8 bits and one of 16.
PRECISIONS = {"generic": ("int8", "int16"), "horizon": ("int8", "a16w8"), "mtk": ("int8", "a16w8"),
              "sigmastar": ("int8", "int16"), "tda4": ("int8", "int16")}

HEAD = f"""# Ops of ONNX

Written by `{COMMAND}`. *Forms*: the operator sets in which the op changed and whose form is read; a model of any operator set from 7 on has one of them. *Float*: every op runs in float, within 1e-5 of onnxruntime or of
ONNX's definition (`pytest integration/test_onnx_execution.py`); "constants": only where its operands are known at import; "definition": the importer takes the function that ONNX defines the op by.

The targets' columns say what `qc check` says of one model of the op alone, the first of `integration/onnx_cases` that leaves something to run: the activations' bits in which all of it runs on the device; "f": on the CPU, in float, by nature
([why](AddingAnOp.md)); "cpu": the target does not run some part of it, which `--allow-cpu` leaves to the CPU; "-": nothing of it is left in the program, or no sample can be drawn for it. Other shapes and attributes may end otherwise: ask
`qc check MODEL --target NAME` of your model. What of ONNX's own tests of single nodes passes and what is refused: [OnnxNodeTests.md](OnnxNodeTests.md).

"""


def read_forms():
    """{op: (operator sets of its forms, what holds of all of them)}, of what the importer's families register."""
    forms = {}
    for source in sorted((ROOT / "lib" / "Import" / "Onnx" / "Families").glob("*.cpp")):
        for name, sets, handler in re.findall(r'registry\.add\(\s*"([\w.]+)",\s*\{([\d,\s]*)\}\s*,\s*(\S+)', source.read_text()):
            kind = "constants" if handler.startswith(("{nullptr", "nullptr")) else "yes"
            numbers, old = {int(number) for number in sets.split(",")}, forms.get(name, (set(), kind))
            forms[name] = (numbers | old[0], "yes" if "yes" in (kind, old[1]) else kind)
    return forms


def find_cases():
    """The cases of one node for each op that is imported, a few of each."""
    cases = {}
    for case in all_cases():
        if len(case.model.graph.node) == 1:
            cases.setdefault(case.model.graph.node[0].op_type, []).append(case)
    return {name: found[:8] for name, found in cases.items()}


def describe(done):
    """What `qc check` says of where the ops run."""
    if done.returncode not in (0, 3):
        return "-"
    ops = [op for op in json.loads(done.stdout)["ops"] if op["op"] not in ("quantize", "dequantize", "requantize")]
    if any(op["reasons"] and op["placement"] != "npu" for op in ops):
        return "cpu"
    if any(op["placement"] != "npu" for op in ops):
        return "f"
    return "" if ops else "-"


def place(qc, path, target):
    """The cell of `target` for the model at `path`."""
    found = []
    for precision in PRECISIONS[target]:
        done = subprocess.run([str(qc), "check", str(path), "--target", target, "--precision", precision, "--json"],
                              capture_output=True, text=True)
        found.append(describe(done))
    if found[0] == found[1]:
        return "8, 16" if found[0] == "" else found[0]
    words = [bits if said == "" else f"{bits} {said}" for bits, said in zip(("8", "16"), found) if said != "-"]
    return ", ".join(words)


def make_row(qc, name, cases, forms):
    sets, kind = forms.get(name, (None, "definition"))
    first, *others = PRECISIONS
    cells = ["-"] * len(PRECISIONS)
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "case.onnx"
        for case in cases if kind != "constants" else []:
            onnx.save(case.model, path)
            if (cell := place(qc, path, first)) != "-":
                cells = [cell, *(place(qc, path, target) for target in others)]
                break
    shown = ", ".join(map(str, sorted(sets))) if sets else ""
    return f"| {name} | {shown} | {kind} | " + " | ".join(cells) + " |"


def make_rows(qc, wanted=None):
    """The rows of the page, or those of the ops that `wanted` takes."""
    forms, cases = read_forms(), find_cases()
    names = [name for name in sorted({*forms, *cases}) if wanted is None or wanted(name)]
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        return list(pool.map(lambda name: make_row(qc, name, cases.get(name, []), forms), names))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--qc", default=ROOT / "build" / "release" / "bin" / "qc")
    options = parser.parse_args()
    rows = make_rows(options.qc)
    head = "| op | forms | float | " + " | ".join(PRECISIONS) + " |\n" + "|---" * (3 + len(PRECISIONS)) + "|\n"
    PAGE.write_text(HEAD + head + "\n".join(rows) + "\n")
    print(f"{len(rows)} ops")


if __name__ == "__main__":
    sys.exit(main())
