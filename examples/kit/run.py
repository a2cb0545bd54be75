#!/usr/bin/env python3
"""From a trained network and its samples to the hand-over, by the program qc.

SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""

import argparse
import json
import pathlib
import subprocess

import numpy as np

PICTURES = "color=rgb mean=125.307,122.961,113.8575 std=51.5865,50.847,51.255"


def keywords(kit):
    """MFCC maps as float: the file stores the integers of the reference network's input."""
    stored = np.load(kit / "images" / "kws01" / "kws01_mfcc_int8.npz")
    maps = ((stored["x"].astype(np.float32) - 83) * np.float32(0.5847029))[:, None]
    return maps[:100], maps[100:], stored["y"][100:], []


def cifar(kit):
    """Pixels; the program qc does what the network was trained with."""
    folder = kit / "images" / "cifar10"
    calibration = np.load(folder / "cifar10_train1000_lossless.npz")["x"][:100]
    test = np.load(folder / "cifar10_test100_lossless.npz")
    return calibration, test["x"], test["y"], ["--raw", "--preprocess", PICTURES]


EXAMPLES = {"keywords": ("mlperftiny_kws_dscnn_fp32_bn", keywords), "vit": ("vit_cifar10_d128_fp32", cifar)}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("name", choices=EXAMPLES)
    parser.add_argument("--kit", type=pathlib.Path, required=True, help="folder with models/ and images/")
    parser.add_argument("--target", default="generic")
    parser.add_argument("--qc", default="qc", help="the program")
    parser.add_argument("-o", "--output", type=pathlib.Path, required=True)
    arguments = parser.parse_args()
    out = arguments.output
    out.mkdir(parents=True, exist_ok=True)
    name, load = EXAMPLES[arguments.name]
    model = arguments.kit / "models" / f"{name}.onnx"
    calibration, test, labels, options = load(arguments.kit)
    for file, array in (("calibration", calibration), ("test", test), ("labels", labels)):
        np.save(out / f"{file}.npy", array)

    def qc(*words):
        return subprocess.run([arguments.qc, *map(str, words)], check=True, capture_output=True, text=True).stdout

    compiled = out / "compiled"
    qc("compile", model, "--target", arguments.target, "--data", out / "calibration.npy", *options, "--allow-cpu",
       "--quiet", "-o", compiled)
    raw = ["--raw"] if "--raw" in options else []
    found = json.loads(qc("eval", compiled / "model.qcb", "--data", out / "test.npy", *raw, "--labels",
                          out / "labels.npy", "--against", compiled / "prepare.mlirbc", "--report", compiled, "--json"))
    print(f"{name} for {arguments.target}, {found['items']} samples: float {100 * found['against_top1']:.1f} %, "
          f"program {100 * found['top1']:.1f} %, agreement {100 * found['agreement']:.1f} %")
    print(f"report: {compiled / 'report.html'}")
    for path in sorted((compiled / "hand-off").rglob("*")):
        print(f"hand-over: {path}")


if __name__ == "__main__":
    main()
