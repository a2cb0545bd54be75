"""ONNX's own tests of single nodes in `qc run`, and the page that says which of them are refused and why.

SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

    python integration/onnx_node_tests.py             writes docs/OnnxNodeTests.md anew
    python integration/onnx_node_tests.py test_relu   runs only tests whose names hold that, and tells each

Every test of onnx.backend.test's kind "node" runs, in a process of its own. Where qc's words are among CONSTANT or LEFT_OUT, the test
is changed as they say and runs again. What is refused in the end must be one of REASONS, by qc's own words.
"""

import argparse
import collections
import concurrent.futures
import dataclasses
import os
import pathlib
import re
import sys
import tempfile
import textwrap
import warnings

import ml_dtypes
import numpy as np
import onnx
import onnx.defs
from fork_server import ForkServers
from onnx import helper, numpy_helper

WHOLE = {onnx.TensorProto.DataType.Value(name) for name in (
    "INT8", "INT16", "INT32", "INT64", "UINT8", "UINT16", "UINT32", "UINT64", "BOOL")}
ROOT = pathlib.Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "OnnxNodeTests.md"
COMMAND = "build/venv/bin/python integration/onnx_node_tests.py"

# Why something is refused: what qc says, and the heading of the page. The first that fits counts.
REASONS = [
    (r"operator domain '.*' is not supported|does not say its operator set version",
     "Operator sets of other domains"),
    (r"has element type \w+, which is not supported|: element type \w+ is not supported"
     r"|operand #\d must be |samples need a static tensor of|a base that is not float"
     r"|only constants of numbers|arithmetic on booleans|computes with unsigned integers of", "Element types"),
    (r"is not a tensor, but a sequence, map or optional|op (SequenceConstruct|Optional): not supported", "Sequences, maps and optional values"),
    (r"is not positive|has no elements|over no elements|the result is empty|a part of size 0", "Tensors without elements"),
    (r"is computed when the model runs .*, but must be constant|integers that are computed when the model runs"
     r"|goes on for as long as",
     "Operands that must be constant, but are computed"),
    (r"output '.*' is not supported|training_mode( = 1)? is not supported", "Results that only training needs, and indices"),
    (r"a part of the definition of", "Ops defined by others that qc does not list"),
    (r"mode = '\w+' is not supported|reduction = '\w+' is not supported|peepholes are not supported|spatial dimensions are (not )?supported|not supported; 1 and 2 are",
     "Forms of listed ops"),
    (r"its form of operator set \d+ is not supported", "Forms of listed ops of newer operator sets"),
    (r"chooses scales while the network runs|quantizes integers"
     r"|computes with the integers of|casts the integers of",
     "Quantized forms without scales of their own"),
    (r"operator set version \d+ is not supported", "Operator sets before 7"),
    (r"holds NaN at element", "Samples that hold NaN"),
]
UNLISTED = "Ops that qc does not list"
# What makes an input an initializer: shapes, axes and bounds are that in real models, and integers are only computed with
# in the arithmetic of shapes. Samples without elements and with NaN are no samples to qc.
CONSTANT = [r"is computed when the model runs \(input '([^']*)'\), but must be constant",
            r"input '([^']*)' is [\dx]*: dimension \d+ is not positive", r"holds NaN at element \d+ of input '([^']*)'"]
INTEGERS = r"operand #\d must be .*float values"
# What drops an output: optional ones that inference does not need.
LEFT_OUT = r"output '([^']*)' is not supported"


@dataclasses.dataclass
class Outcome:
    """How a test ended: "passed", "refused", or what is wrong."""

    name: str
    ops: list
    end: str = "passed"
    text: str = ""
    constants: list = dataclasses.field(default_factory=list)
    left_out: list = dataclasses.field(default_factory=list)

    def reason(self, unlisted):
        if unlisted & set(self.ops):
            return UNLISTED
        return next((heading for pattern, heading in REASONS if re.search(pattern, self.text, re.DOTALL)), None)

    @property
    def op(self):
        return self.ops[0] if len(self.ops) == 1 else "(several nodes)"

    def said(self):
        """What qc said, less what is different in each test."""
        notes = re.findall(r"note: (op .*?)(?:; nodes? .*)?$", self.text, re.MULTILINE)
        text = "; ".join(notes) if notes else re.sub(r"^.*?error: ", "", self.text.strip())
        text = re.sub(r"'tensor<[^>]*>+'|'\w+_function_\w+'", "'...'", text.replace("\n", "; "))
        return re.sub(r"''...''", "'...'", text)


def collect(part=""):
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        from onnx.backend.test.loader import load_model_tests
        return [test for test in load_model_tests(kind="node") if part in test.name]


def as_array(value):
    return numpy_helper.to_array(value) if isinstance(value, onnx.TensorProto) else np.asarray(value)


def as_sample(value):
    """What an npz can hold; nothing that qc could take for lists, strings and narrow types."""
    try:
        array = as_array(value)
    except ValueError:
        return np.zeros(1, np.float32)
    if array.dtype == ml_dtypes.bfloat16:
        return array.astype(np.float32)
    return array if array.dtype.kind in "fiub" and array.dtype.isbuiltin == 1 else np.zeros(1, np.float32)


def adapt(test, constants, left_out):
    """The model with these inputs as initializers and without those outputs, and the samples for the other inputs."""
    model = onnx.ModelProto()
    model.CopyFrom(test.model)
    given = dict(zip((info.name for info in model.graph.input), test.data_sets[0][0]))
    for name in constants:
        model.graph.initializer.append(numpy_helper.from_array(as_array(given.pop(name)), name))
    for node in model.graph.node:
        node.output[:] = ["" if name in left_out else name for name in node.output]
    kept = [info for info in model.graph.output if info.name not in left_out]
    del model.graph.output[:]
    model.graph.output.extend(kept)
    if not given:
        # qc run needs something to feed.
        given["qc_unused"] = np.zeros((1, 1), np.float32)
        info = helper.make_tensor_value_info("qc_unused", onnx.TensorProto.FLOAT, [1, 1])
        model.graph.input.append(info)
        info.name = "qc_passed"
        model.graph.output.append(info)
        model.graph.node.append(helper.make_node("Identity", ["qc_unused"], ["qc_passed"]))
    return model, {name: as_sample(value) for name, value in given.items()}


def as_real(model, integers):
    """What the integers that QuantizeLinear or a QLinear op gives out stand for."""
    node = model.graph.node[-1]
    names = [name for name in node.input if name.endswith(("y_scale", "y_zero_point"))]
    if node.output[0] != model.graph.output[0].name or len(names) != 2:
        return integers
    known = {tensor.name: as_array(tensor) for tensor in model.graph.initializer}
    scale, zero = (known[name].astype(np.float64) for name in names)
    return (integers.astype(np.float64) - zero) * scale


def judge(test, model, left_out, found):
    """What is wrong with the outputs, or nothing."""
    for info, value in zip(test.model.graph.output, test.data_sets[0][1]):
        if info.name in left_out:
            continue
        expected, actual = as_array(value), found[info.name]
        if expected.dtype.kind in "iu" and actual.dtype == np.float32:
            expected = as_real(model, expected)
        if test.model.graph.node[-1].op_type == "NonMaxSuppression":
            # Rows of -1 stand behind the last box: docs/GettingStarted.md.
            actual, rest = actual[:len(expected)], actual[len(expected):]
            if np.any(rest != -1):
                return f"output {info.name} has more boxes than {len(expected)}"
        # Outputs of samples are stacked: a scalar becomes a row of one.
        if actual.shape != (expected.shape or (1,)):
            return f"output {info.name} has shape {actual.shape}, expected {expected.shape}"
        if expected.dtype.kind in "iub" and actual.dtype != expected.dtype:
            return f"output {info.name} is {actual.dtype}, expected {expected.dtype}"
        # Roundings to 16 bits inside, which qc leaves out: some steps.
        tolerance = max(test.rtol, 2 ** -6 if expected.dtype == ml_dtypes.bfloat16 else 0,
                        2 ** -9 if expected.dtype == np.float16 else 0)
        expected = expected if expected.dtype != np.float16 else expected.astype(np.float32)
        # Masks are the largest numbers, so that a row of nothing else still has a softmax.
        if expected.dtype.kind == "f":
            expected = np.where((expected == -np.inf) & (actual.reshape(expected.shape) < -1e38),
                                actual.reshape(expected.shape), expected.astype(np.float64))
        try:
            np.testing.assert_allclose(actual.reshape(expected.shape).astype(np.float64), expected.astype(np.float64),
                                       rtol=tolerance, atol=test.atol)
        except AssertionError as error:
            return f"output {info.name}: {error}"
    return None


def change(test, outcome):
    """What qc's words ask for, if it has not been done; False when there is nothing."""
    inputs = [info.name for info in test.model.graph.input if info.name not in outcome.constants]
    for pattern in CONSTANT:
        found = re.search(pattern, outcome.text)
        if found and found[1] in inputs:
            outcome.constants.append(found[1])
            return True
    if re.search(INTEGERS, outcome.text):
        whole = [info.name for info in test.model.graph.input
                 if info.name in inputs and info.type.tensor_type.elem_type in WHOLE]
        outcome.constants += whole
        return bool(whole)
    found = re.search(LEFT_OUT, outcome.text)
    outputs = [info.name for info in test.model.graph.output if info.name not in outcome.left_out]
    if found and found[1] in outputs and len(outputs) > 1:
        outcome.left_out.append(found[1])
        return True
    return False


def dummy(attribute):
    """Any value of the type that a required attribute has."""
    graph = helper.make_graph([], "none", [], [])
    kinds = onnx.defs.OpSchema.AttrType
    values = {kinds.INT: 1, kinds.FLOAT: 1.0, kinds.STRING: "none", kinds.INTS: [1], kinds.FLOATS: [1.0],
              kinds.STRINGS: ["none"], kinds.GRAPH: graph, kinds.TENSOR: numpy_helper.from_array(np.zeros(1, np.float32))}
    return values[attribute.type]


def find_unlisted(servers, folder, ops):
    """Which of these ops the importer has no handler for: models with one node of each are imported."""
    gone = {op for op in ops if onnx.defs.get_schema(op).deprecated}
    unlisted = set()
    # What later operator sets have dropped was in 9.
    for opset, names in ((onnx.defs.onnx_opset_version(), set(ops) - gone), (9, gone)):
        nodes = []
        for op in sorted(names):
            schema = onnx.defs.get_schema(op, opset)
            nodes.append(helper.make_node(
                op, ["x"] * max(schema.min_input, min(schema.max_input, 1)),
                [f"{op}{i}" for i in range(max(schema.min_output, 1))],
                **{name: dummy(attribute) for name, attribute in schema.attributes.items() if attribute.required}))
        graph = helper.make_graph(
            nodes, "all", [helper.make_tensor_value_info("x", onnx.TensorProto.FLOAT, [1])],
            [helper.make_tensor_value_info(node.output[0], onnx.TensorProto.FLOAT, [1]) for node in nodes])
        onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)]), folder / "all.onnx")
        done = servers.run("inspect", folder / "all.onnx")
        assert done.code == 0 or not names or "cannot import" in done.err, done.err
        unlisted |= set(re.findall(r"op (\w+): not supported;", done.err))
    return unlisted


def run(test, servers, folder):
    outcome = Outcome(test.name, [node.op_type for node in test.model.graph.node])
    model_path, data, out = (str(folder / f"{test.name}{end}") for end in (".onnx", ".npz", ".out.npz"))
    while True:
        model, samples = adapt(test, outcome.constants, outcome.left_out)
        onnx.save(model, model_path)
        np.savez(data, **samples)
        done = servers.run("run", model_path, "--data", data, "-o", out)
        outcome.text = done.err.replace(f"{folder}{os.sep}", "")
        if done.code != 1 or not change(test, outcome):
            break
    if done.code == 1:
        located = re.search(rf"^({re.escape(test.name)}\.\w+: )?error: .", outcome.text, re.MULTILINE)
        outcome.end = "refused" if located else "refused without a location"
    elif done.code != 0:
        outcome.end = "no end within the time" if done.code is None else f"exit code {done.code}"
    elif wrong := judge(test, model, outcome.left_out, np.load(out)):
        outcome.end, outcome.text = "wrong", wrong
    return outcome


def run_all(qc, part=""):
    """Outcomes in the order of names, and the ops in them that qc does not list."""
    tests = collect(part)
    ops = sorted({node.op_type for test in tests for node in test.model.graph.node if onnx.defs.has(node.op_type)})
    with tempfile.TemporaryDirectory(prefix="onnx-node-tests-") as folder, ForkServers(qc) as servers, \
            concurrent.futures.ThreadPoolExecutor(len(servers.all)) as threads:
        folder = pathlib.Path(folder)
        servers.warm_up(folder)
        unlisted = find_unlisted(servers, folder, ops)
        outcomes = list(threads.map(lambda test: run(test, servers, folder), tests))
    return sorted(outcomes, key=lambda outcome: outcome.name), unlisted


#
# The page
#

HEAD = f"""# ONNX's node tests

Made by `{COMMAND}`; `integration/test_onnx_node_tests.py` runs all of them and compares this page with what it sees.

onnx {onnx.__version__} brings {{total}} tests of single nodes (and of the functions that some ops are defined by, as `..._expanded`). Each runs through `qc run` in
float, within the tolerance that onnx gives (results in bf16, which qc computes in f32, may differ by their own rounding). {{passed}} pass; {{refused}} are refused with exit code 1 and an error that says why; none crashes, hangs or gives another value.

Of those that pass, {{changed}} were changed first, each as qc's error asked for: an input became an initializer (shapes, axes and bounds, which
the tests give as inputs and real models as initializers; integers, that are only computed with in the arithmetic of shapes; tensors
without elements and with NaN, which are no samples), or an optional output was left out that inference does not need.

"Listed" is an op that the importer has a handler for. Some are evaluated on constants only: all their tests pass with changes.
"""


def code(text):
    return "`" + text.replace("|", "\\|").replace("`", "'") + "`"


def table(header, rows):
    return "\n".join(["| " + " | ".join(header) + " |", "|" + "---|" * len(header),
                      *("| " + " | ".join(map(str, row)) + " |" for row in rows)])


def is_changed(outcome):
    return outcome.end == "passed" and bool(outcome.constants or outcome.left_out)


def table_of_ops(outcomes, unlisted):
    """How the tests of one node end, for each listed op."""
    ends = collections.defaultdict(collections.Counter)
    for outcome in outcomes:
        if not unlisted & set(outcome.ops) and all(onnx.defs.has(op) for op in outcome.ops):
            ends[outcome.op]["changed" if is_changed(outcome) else outcome.end] += 1
    return table(["op", "pass", "pass with changes", "refused"],
                 [[op, *(count[end] or "" for end in ("passed", "changed", "refused"))]
                  for op, count in sorted(ends.items())])


def page(outcomes, unlisted):
    refused = [outcome for outcome in outcomes if outcome.end == "refused"]
    passed = [outcome for outcome in outcomes if outcome.end == "passed"]
    text = [HEAD.format(total=len(outcomes), passed=len(passed), refused=len(refused),
                        changed=sum(map(is_changed, passed))),
            "## Tests of listed ops\n", table_of_ops(outcomes, unlisted),
            f"\n## Refused: {UNLISTED[0].lower()}{UNLISTED[1:]}\n",
            "A test counts for each such op in it.\n"]
    counts = collections.Counter(op for outcome in refused for op in unlisted & set(outcome.ops))
    text.append("\n".join(textwrap.wrap(", ".join(f"{op} {count}" for op, count in sorted(counts.items())), 140)))
    for _, heading in REASONS:
        groups = collections.defaultdict(list)
        for outcome in refused:
            if outcome.reason(unlisted) == heading:
                groups[outcome.said()].append(outcome.name.removeprefix("test_"))
        if groups:
            text += [f"\n## Refused: {heading[0].lower()}{heading[1:]}\n",
                     table(["qc says", "tests"],
                           [[code(said), ", ".join(names)] for said, names in sorted(groups.items())])]
    return "\n".join(text) + "\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("part", nargs="?", help="run only tests whose names hold this, and write no page")
    parser.add_argument("--qc", default=os.path.join(os.environ.get("QC_BIN_DIR") or ROOT / "build/release/bin", "qc"))
    options = parser.parse_args()
    outcomes, unlisted = run_all(options.qc, options.part or "")
    bad = [outcome for outcome in outcomes if outcome.end not in ("passed", "refused") or
           (outcome.end == "refused" and not outcome.reason(unlisted))]
    for outcome in outcomes if options.part else bad:
        print(f"{outcome.name}: {outcome.end} {', '.join(outcome.constants + outcome.left_out)}\n{textwrap.indent(outcome.text, '  ')}")
    if not options.part:
        PAGE.write_text(page(outcomes, unlisted))
    print(collections.Counter(outcome.end for outcome in outcomes))
    return bool(bad)


if __name__ == "__main__":
    sys.exit(main())
