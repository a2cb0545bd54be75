#!/usr/bin/env bash
# The demonstration: quantizes the shapes classifier for one target and shows that the result still sees the shapes.
#
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
#   scripts/demo.sh [TARGET] [OUT]    default: generic, out/demo-TARGET
#
# Environment: QC_BIN_DIR, where qc was built (default build/release/bin).
set -euo pipefail
cd "$(dirname "$0")/.."
target=${1:-generic}
out=${2:-out/demo-$target}
qc=${QC_BIN_DIR:-build/release/bin}/qc
example=examples/shapes
# The pixel range that the network was trained on: -1..1.
preprocess="color=rgb mean=127.5 std=127.5"

step() { printf '\n== %s\n' "$1"; }

step "compile for $target, calibrated on the images in $example/calib"
"$qc" compile $example/shapes.onnx --target "$target" --data $example/calib \
  --preprocess "$preprocess" -o "$out"

step "accuracy of the float network on the images in $example/test"
"$qc" eval $example/shapes.onnx --data $example/test --labels $example/labels.txt \
  --preprocess "$preprocess"

step "accuracy of what was compiled, against the float network"
"$qc" eval "$out/model.qcb" --data $example/test --labels $example/labels.txt \
  --against $example/shapes.onnx

step "files"
ls -l "$out"
printf '\nthe program is %s/model.qcb, the report %s/report.json; every option: %s compile --help\n' "$out" "$out" "$qc"
