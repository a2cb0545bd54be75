"""Random networks through qc and beside onnxruntime; prints each fault and keeps the network that shows it.

SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

    python integration/differential.py --first 0 --last 10000     seeds 0 to 9999
    python integration/differential.py --first 77 --int8          also what int8 makes of it, beside onnxruntime's

For each seed of random_graphs.py:
  float      qc run of the model against onnxruntime; where they differ, onnx's reference implementation has the last word
  program    model.qcb of precision float against qc run of the model
  prepared   the network after fusing and folding (calibrate.mlirbc) against qc run of the model
  stored     model.qcb against quantize.mlirbc, to the byte
A refusal is a located error with exit code 1, counted and told at the end; anything else is a fault, as is a
signal or a run without an end. Networks with faults are written to --save: as they are, and as small as they got with
the fault still in it.
"""

import argparse
import collections
import concurrent.futures
import dataclasses
import os
import pathlib
import re
import shutil
import sys
import tempfile

import numpy as np
import onnx
import onnx.reference
import onnxruntime
import random_graphs
from fork_server import ForkServers
from onnx import TensorProto, helper

ROOT = pathlib.Path(__file__).resolve().parent.parent
TARGETS = ["generic", "horizon", "mtk", "sigmastar", "tda4"]
# Largest difference of any element, as a share of the tensor's largest magnitude.
TOLERANCE = 1e-4
# A tensor of smaller values than this is what is left of larger ones that cancel.
SMALLEST = 1e-2


@dataclasses.dataclass
class Fault:
    seed: int
    # "float", "program", "prepared", "stored", "run" or "compile".
    kind: str
    text: str


@dataclasses.dataclass
class Report:
    seed: int
    faults: list = dataclasses.field(default_factory=list)
    # Whether all three comparisons were made.
    compared: bool = False
    # What qc or the peer said instead of an answer.
    refusals: list = dataclasses.field(default_factory=list)
    # Ours and onnxruntime's signal to error in dB, by output.
    int8: dict = dataclasses.field(default_factory=dict)


def distance(found, expected):
    found, expected = np.asarray(found, np.float64).ravel(), np.asarray(expected, np.float64).ravel()
    if found.size != expected.size or np.isnan(found).any() != np.isnan(expected).any():
        return np.inf
    return np.nanmax(np.abs(found - expected), initial=0) / max(SMALLEST, np.nanmax(np.abs(expected), initial=0))


def worst(found, expected):
    """The output that differs most, and how much."""
    return max(((distance(found[name], value), name) for name, value in expected.items()), default=(0, ""))


def rows(samples):
    return [{name: data[i:i + 1] for name, data in samples.items()} for i in range(random_graphs.SAMPLES)]


def run_peer(model, samples):
    """onnxruntime as it is written, node by node."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.log_severity_level = 4
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    session = onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
    return stack([info.name for info in model.graph.output], [session.run(None, row) for row in rows(samples)])


def run_reference(model, samples):
    with np.errstate(all="ignore"):
        evaluator = onnx.reference.ReferenceEvaluator(model)
        return stack([info.name for info in model.graph.output], [evaluator.run(None, row) for row in rows(samples)])


def stack(names, results):
    return {name: np.stack([result[i] for result in results]) for i, name in enumerate(names)}


class Checker:
    """Checks networks in a folder of its own; one a thread."""

    def __init__(self, servers, folder, int8=False):
        self.servers, self.folder, self.int8 = servers, pathlib.Path(folder), int8

    def path(self, name):
        return self.folder / name

    def start(self, report, kind, *arguments):
        """Runs qc; True when it went well."""
        done = self.servers.run(*arguments)
        if done.code == 0:
            return True
        text = (done.err + done.out).replace(f"{self.folder}{os.sep}", "").strip()
        if done.code == 1 and "error: " in text:
            report.refusals.append(f"{kind}: {text}")
        else:
            ending = "no end within the time" if done.code is None else f"exit code {done.code}"
            report.faults.append(Fault(report.seed, kind, f"{ending}\n{text[-600:]}"))
        return False

    def run(self, report, model, out):
        if self.start(report, "run", "run", self.path(model), "--data", self.path("x.npz"), "-o", self.path(out)):
            return dict(np.load(self.path(out)))
        return None

    def check_float(self, report, network, ours):
        try:
            expected = run_peer(network.model, network.samples)
        except Exception as error:  # onnxruntime's own types, several of them.
            report.refusals.append(f"onnxruntime: {error}")
            return None
        difference, name = worst(ours, expected)
        if difference <= TOLERANCE:
            return expected
        try:
            last_word, _ = worst(ours, run_reference(network.model, network.samples))
        except Exception:  # It does not do everything either.
            last_word = np.inf
        if last_word <= TOLERANCE:
            report.refusals.append(f"onnxruntime is alone at {name}: {difference:.1e}")
        else:
            report.faults.append(Fault(report.seed, "float", f"{name} differs from onnxruntime by {difference:.1e}"))
        return expected

    def check_program(self, report, ours):
        """In float all through, by the kernels of the runtime."""
        if not self.start(report, "program", "compile", self.path("m.onnx"), "--precision", "float", "--quiet",
                          "--emit", "qcb", "-o", self.path("program")):
            return
        found = self.run(report, "program/model.qcb", "program.npz")
        if found is None:
            return
        difference, name = worst(found, ours)
        if difference > TOLERANCE:
            report.faults.append(Fault(report.seed, "program", f"{name} differs by {difference:.1e} as a float program"))

    def check(self, seed, network, stop_after=None):
        """All that is wrong with a network; `stop_after` a kind of fault leaves out the rest."""
        report = Report(seed)
        onnx.save(network.model, self.path("m.onnx"))
        np.savez(self.path("x.npz"), **network.samples)
        ours = self.run(report, "m.onnx", "float.npz")
        if ours is None:
            return report
        expected = self.check_float(report, network, ours)
        if stop_after in ("run", "float"):
            return report
        self.check_program(report, ours)
        if stop_after == "program":
            return report
        target = TARGETS[seed % len(TARGETS)]
        shutil.rmtree(self.path("out"), ignore_errors=True)
        if not self.start(report, "compile", "compile", self.path("m.onnx"), "--target", target, "--allow-cpu",
                          "--data", self.path("x.npz"), "--quiet", "-o", self.path("out")):
            return report
        prepared = self.run(report, "out/calibrate.mlirbc", "prepared.npz")
        if prepared is not None:
            difference, name = worst(prepared, ours)
            if difference > TOLERANCE:
                report.faults.append(Fault(seed, "prepared", f"{name} differs by {difference:.1e} once prepared"))
        stage = self.run(report, "out/quantize.mlirbc", "stage.npz")
        stored = self.run(report, "out/model.qcb", "stored.npz")
        if stage is not None and stored is not None:
            report.compared = expected is not None and prepared is not None
            unlike = [name for name, data in stage.items() if data.tobytes() != stored[name].tobytes()]
            if unlike or set(stage) != set(stored):
                report.faults.append(Fault(seed, "stored", f"{target}: {unlike} differ between model.qcb and quantize.mlirbc"))
            if self.int8 and expected:
                self.compare_int8(report, network, expected, stored)
        return report

    def compare_int8(self, report, network, expected, stored):
        peer = quantize_with_peer(self.path("m.onnx"), self.path("peer.onnx"), network.samples)
        for name, value in expected.items():
            report.int8[name] = (signal_to_error(stored[name], value),
                                 signal_to_error(peer[name], value) if peer else np.nan)


def signal_to_error(found, expected):
    found, expected = np.asarray(found, np.float64).ravel(), np.asarray(expected, np.float64).ravel()
    error, signal = np.sum((found - expected) ** 2), np.sum(expected ** 2)
    return np.inf if error == 0 else 10 * np.log10(max(signal, 1e-30) / error)


def quantize_with_peer(path, quantized, samples):
    """onnxruntime's static quantization to QDQ; None where it cannot."""
    import logging

    from onnxruntime import quantization
    logging.disable(logging.WARNING)

    class Reader(quantization.CalibrationDataReader):
        def __init__(self):
            self.left = iter(rows(samples))

        def get_next(self):
            return next(self.left, None)

    try:
        quantization.quantize_static(str(path), str(quantized), Reader(), quant_format=quantization.QuantFormat.QDQ,
                                     per_channel=True, activation_type=quantization.QuantType.QInt8)
        return run_peer(onnx.load(str(quantized)), samples)
    except Exception:  # Whatever comes to it.
        return None


#
# Making a network with a fault small
#

def cut(network, outputs, new_inputs=None):
    """What `outputs` need, with the tensors of `new_inputs` (samples by name) as inputs."""
    new_inputs = new_inputs or {}
    graph = network.model.graph
    wanted, nodes = set(outputs), []
    for node in reversed(graph.node):
        if any(name in wanted and name not in new_inputs for name in node.output):
            nodes.insert(0, node)
            wanted.update(name for name in node.input if name)
    used = {name for node in nodes for name in node.input}
    samples = {name: data for name, data in {**network.samples, **new_inputs}.items() if name in used}
    made = helper.make_graph(
        nodes, "small",
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, [1, *data.shape[1:]]) for name, data in samples.items()],
        [helper.make_empty_tensor_value_info(name) for name in outputs],
        [weight for weight in graph.initializer if weight.name in used])
    model = random_graphs.model_of(made, network.model.opset_import[0].version)
    shapes = {info.name: info for info in onnx.shape_inference.infer_shapes(model, data_prop=True).graph.output}
    for output in model.graph.output:
        output.CopyFrom(shapes[output.name])
    return random_graphs.Network(model, samples)


def shrink(checker, seed, network, kind):
    """The network made smaller, step by step, as long as a fault of that kind is in it."""
    def fails(candidate):
        try:
            return candidate.model.graph.node and any(
                fault.kind == kind for fault in checker.check(seed, candidate, stop_after=kind).faults)
        except Exception:  # Cutting can make what no one can run.
            return False

    for node in list(network.model.graph.node):
        candidate = cut(network, list(node.output)[:1])
        if fails(candidate):
            network = candidate
            break
    # From the front: what a node computes becomes an input.
    for node in list(network.model.graph.node)[:-1]:
        try:
            whole = onnx.ModelProto()
            whole.CopyFrom(network.model)
            whole.graph.output.extend(helper.make_empty_tensor_value_info(name) for name in node.output)
            values = run_peer(whole, network.samples)
            given = {name: values[name].reshape(-1, *values[name].shape[2:]) for name in node.output
                     if values[name].ndim > 2 and values[name].shape[1] == 1 and values[name].dtype == np.float32}
            candidate = cut(network, [info.name for info in network.model.graph.output], given)
        except Exception:  # As above.
            continue
        if given and len(candidate.model.graph.node) < len(network.model.graph.node) and fails(candidate):
            network = candidate
    return network


def describe(network):
    """One line a node, with shapes and attributes."""
    inferred = onnx.shape_inference.infer_shapes(network.model, data_prop=True).graph
    shapes = {info.name: [dim.dim_value for dim in info.type.tensor_type.shape.dim]
              for info in [*inferred.value_info, *inferred.input, *inferred.output]}
    shapes.update((weight.name, list(weight.dims)) for weight in inferred.initializer)

    def told(name):
        return f"{name}{shapes.get(name, '')}".replace(" ", "")

    lines = [f"  operator set {network.model.opset_import[0].version}"]
    for node in network.model.graph.node:
        attributes = {item.name: helper.get_attribute_value(item) for item in node.attribute}
        lines.append(f"  {', '.join(map(told, node.output))} = {node.op_type}({', '.join(map(told, node.input))}) {attributes or ''}")
    return "\n".join(lines)


#
# Many
#

def check_seed(servers, seed, save=None, int8=False):
    try:
        network = random_graphs.build(seed)
    except random_graphs.Unfit as unfit:
        return Report(seed, refusals=[f"not made: {unfit}"]), ""
    with tempfile.TemporaryDirectory(prefix="differential-") as folder:
        checker = Checker(servers, folder, int8)
        report = checker.check(seed, network)
        text = ""
        for fault in report.faults:
            small = shrink(checker, seed, network, fault.kind)
            text += f"seed {seed}, {fault.kind}: {fault.text}\n{describe(small)}\n"
            if save:
                for name, kept in (("whole", network), (f"small_{fault.kind}", small)):
                    place = pathlib.Path(save) / str(seed)
                    place.mkdir(parents=True, exist_ok=True)
                    onnx.save(kept.model, place / f"{name}.onnx")
                    np.savez(place / f"{name}.npz", **kept.samples)
        return report, text


def check_seeds(servers, seeds, save=None, int8=False, tell=lambda text: None):
    """Reports in the order of seeds; `tell` hears of faults as they are found."""
    def one(seed):
        report, text = check_seed(servers, seed, save, int8)
        if text:
            tell(text)
        return report

    with concurrent.futures.ThreadPoolExecutor(len(servers.all)) as threads:
        return list(threads.map(one, seeds))


def tell_refusals(reports):
    """How often, by what was said without names and numbers."""
    counts, examples = collections.Counter(), {}
    for report in reports:
        for text in report.refusals:
            plain = re.sub(r"'[^']*'|\d[\d.e+-]*|<[^>]*>+", "*", text)[:160]
            counts[plain] += 1
            examples.setdefault(plain, (report.seed, text))
    for plain, count in counts.most_common():
        seed, text = examples[plain]
        print(f"{count} times, e.g. seed {seed}: {text[:300]}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--last", type=int, help="behind the last seed; default: only the first")
    parser.add_argument("--save", default="out/differential", help="folder for networks with faults")
    parser.add_argument("--int8", action="store_true", help="list outputs below 10 dB that onnxruntime's int8 does well")
    parser.add_argument("--qc", default=os.path.join(os.environ.get("QC_BIN_DIR") or ROOT / "build/release/bin", "qc"))
    options = parser.parse_args()
    seeds = range(options.first, options.last if options.last is not None else options.first + 1)
    with tempfile.TemporaryDirectory(prefix="differential-") as folder, ForkServers(options.qc) as servers:
        servers.warm_up(folder)
        reports = check_seeds(servers, seeds, options.save, options.int8, lambda text: print(text, flush=True))
    tell_refusals(reports)
    bad = sorted((ours, peer, report.seed, name) for report in reports for name, (ours, peer) in report.int8.items()
                 if ours < 10 and peer > ours + 6)
    for ours, peer, seed, name in bad:
        print(f"int8: seed {seed}, {name}: {ours:.1f} dB, onnxruntime {peer:.1f} dB")
    faults = [fault for report in reports for fault in report.faults]
    print(f"{len(reports)} networks, {len(faults)} faults {dict(collections.Counter(fault.kind for fault in faults))}")
    return bool(faults)


if __name__ == "__main__":
    sys.exit(main())
