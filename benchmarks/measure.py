"""The measurements of benchmarks/run. Every one is taken in a child process, so that its memory is its own.

SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""

import json
import os
import pathlib
import platform
import resource
import subprocess
import sys
import time

import numpy as np

HERE = pathlib.Path(__file__).resolve().parent
PEER = HERE / "peer.py"


def describe_machine():
    model = next((line.split(":")[1].strip() for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines()
                  if line.startswith("model name")), platform.processor())
    import onnxruntime
    return {"cpu": model, "cores": os.cpu_count(), "onnxruntime": onnxruntime.__version__}


def run(*command):
    """Standard output, seconds and peak resident MB of a child process."""
    # A process in between, because RUSAGE_CHILDREN is the largest of all children so far.
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reader)
        started = time.perf_counter()
        done = subprocess.run(list(map(str, command)), capture_output=True, text=True)
        seconds = time.perf_counter() - started
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
        with os.fdopen(writer, "w") as pipe:
            json.dump([done.returncode, done.stdout, done.stderr, seconds, peak], pipe)
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader) as pipe:
        text = pipe.read()
    os.waitpid(child, 0)
    code, output, errors, seconds, peak = json.loads(text)
    if code:
        raise SystemExit(f"exit code {code}: {' '.join(map(str, command))}\n{errors[-2000:]}")
    return output, seconds, peak


class Bench:
    """One model, in a folder of its own. Each section's method returns figures by name."""

    def __init__(self, qc, model, kit, folder, threads, quick):
        self.qc, self.threads, self.quick = qc, threads, quick
        self.data = model.prepare(kit, folder)
        self.folder = folder / model.file
        self.folder.mkdir()
        self.sample = self.folder / "sample.npy"
        np.save(self.sample, np.random.default_rng(0).uniform(-1, 1, self.data.shape()).astype(np.float32))
        self.rounds, self.repeat = (3, 20) if quick else (7, 50)

    # ---- speed -------------------------------------------------------------------------------------------------------

    def float(self):
        return self.speed(self.data.path, self.data.path)

    def int8(self):
        return self.speed(self.compiled(), self.peer_model())

    def speed(self, ours, theirs):
        best = {"qc_ms": float("inf"), "ort_ms": float("inf")}
        for _ in range(self.rounds):
            output, _, _ = run(self.qc, "run", ours, "--data", self.sample, "--threads", self.threads,
                               "--repeat", self.repeat, "--json")
            best["qc_ms"] = min(best["qc_ms"], json.loads(output)["milliseconds_best"])
            output, _, _ = run(sys.executable, PEER, "speed", theirs, self.threads, self.repeat)
            best["ort_ms"] = min(best["ort_ms"], json.loads(output)["milliseconds_best"])
        return best | {"speed_ratio": best["ort_ms"] / best["qc_ms"]}

    # ---- compiling ---------------------------------------------------------------------------------------------------

    def compile(self, name, *options, samples=100):
        out = self.folder / name
        _, seconds, peak = run(self.qc, "compile", self.data.path, "--target", "generic", "-o", out, "--quiet",
                               "--report-samples", 0, "--threads", self.threads,
                               *self.data.compile_options(samples), *options)
        return out / "model.qcb", seconds, peak

    def compiled(self):
        path = self.folder / "default" / "model.qcb"
        return path if path.exists() else self.compile("default")[0]

    def peer_samples(self):
        """Calibration samples for the peer, preprocessed beforehand: decoding is not on its clock."""
        path = self.folder / "calibration.npy"
        if not path.exists():
            np.save(path, np.stack(self.data.calibration_samples()))
        return path

    def quantize_peer(self, method):
        path = self.folder / f"{method}.onnx"
        _, seconds, peak = run(sys.executable, PEER, "quantize", self.data.path, path, self.peer_samples(), method)
        return path, seconds, peak

    def peer_model(self):
        path = self.folder / "MinMax.onnx"
        return path if path.exists() else self.quantize_peer("MinMax")[0]

    def calibration(self):
        """Seconds and MB of the whole process, from the float file to the written int8 one. Methods are compared without
        corrections, which the peer has none of; `default` has them."""
        figures = {}
        ours = {"minmax": "minmax", "percentile": "percentile=0.9999", "kl": "kl", "mse": "mse"}
        for _ in range(1 if self.quick else 3):
            for name, method in ours.items():
                keep_best(figures, f"qc_{name}", *self.compile(name, "--method", method, "--correct", "none")[1:])
            keep_best(figures, "qc_default", *self.compile("default")[1:])
            for method in ["MinMax"] if self.quick else ["MinMax", "Percentile", "Entropy"]:
                keep_best(figures, f"ort_{method.lower()}", *self.quantize_peer(method)[1:])
        for mine, theirs in [("minmax", "minmax"), ("percentile", "percentile"), ("kl", "entropy")]:
            if f"ort_{theirs}_s" in figures:
                for unit in "s", "mb":
                    figures[f"{mine}_ratio_{unit}"] = figures[f"ort_{theirs}_{unit}"] / figures[f"qc_{mine}_{unit}"]
        return figures

    def memory(self):
        """Peak MB of a compile by the number of samples: it must not grow."""
        figures = {}
        for samples in 10, 1000:
            _, _, peak = run(self.qc, "compile", self.data.path, "--target", "generic", "-o", self.folder / "memory",
                             "--quiet", "--report-samples", 0, "--threads", self.threads,
                             "--data", f"random:{samples}", "--method", "percentile=0.9999")
            figures[f"qc_{samples}_samples_mb"] = peak
        figures["growth"] = figures["qc_1000_samples_mb"] / figures["qc_10_samples_mb"]
        return figures

    # ---- accuracy ----------------------------------------------------------------------------------------------------

    def accuracy(self):
        figures = {}
        base = [*self.data.eval_options(), "--threads", self.threads, "--json"]
        figures["float_top1"] = 100 * json.loads(run(self.qc, "eval", self.data.path, *base)[0])["top1"]
        result = json.loads(run(self.qc, "eval", self.compiled(), *base, "--against", self.data.path)[0])
        figures["qc_top1"], figures["qc_agreement"] = 100 * result["top1"], 100 * result["agreement"]
        figures["qc_sqnr_db"] = result["outputs"][0]["sqnr_db_median"]
        samples = self.folder / "evaluation.npy"
        np.save(samples, np.stack(self.data.evaluation_samples()))
        output, _, _ = run(sys.executable, PEER, "agree", self.data.path, self.peer_model(), samples)
        return figures | {f"ort_{name}": value for name, value in json.loads(output).items()}


def keep_best(figures, name, seconds, peak):
    figures[f"{name}_s"] = min(figures.get(f"{name}_s", seconds), seconds)
    figures[f"{name}_mb"] = min(figures.get(f"{name}_mb", peak), peak)


def as_lines(section, figures):
    """A section as text, a pair of figures a line where they belong together."""
    if section in ("float", "int8"):
        yield (f"{section:12} qc {figures['qc_ms']:8.2f} ms   onnxruntime {figures['ort_ms']:8.2f} ms   "
               f"{figures['speed_ratio']:5.2f} x its speed")
    elif section == "calibration":
        for name in sorted(key[:-2] for key in figures if key.endswith("_s") and "ratio" not in key):
            yield f"calibration  {name:15} {figures[name + '_s']:8.2f} s {figures[name + '_mb']:8.0f} MB"
        for name in ("minmax", "percentile", "kl"):
            if f"{name}_ratio_s" in figures:
                yield (f"calibration  {name:15} {figures[name + '_ratio_s']:8.2f} x faster, "
                       f"{figures[name + '_ratio_mb']:.2f} x less memory")
    elif section == "memory":
        yield (f"memory       {figures['qc_10_samples_mb']:.0f} MB with 10 samples, "
               f"{figures['qc_1000_samples_mb']:.0f} MB with 1000")
    else:
        yield f"accuracy     float top-1 {figures['float_top1']:.1f} %"
        yield (f"accuracy     qc          top-1 {figures['qc_top1']:5.1f} %  agreement {figures['qc_agreement']:5.1f} %  "
               f"SQNR {figures['qc_sqnr_db']:.1f} dB")
        yield (f"accuracy     onnxruntime agreement {figures['ort_agreement']:5.1f} %  "
               f"SQNR {figures['ort_sqnr_db']:.1f} dB")
