// A function of no op of ours, in a file that names none: calibration still says what it lacks.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: qc-opt %s --calibrate="data=random:2 quiet" --verify-diagnostics
// RUN: not qc compile %s --data random:2 --quiet -o %t 2>&1 | FileCheck %s

// CHECK: error: an activation has no name, by which its range would be found: give arguments `qc.name`
// expected-error @below {{an activation has no name, by which its range would be found}}
func.func @main(%x: tensor<4xf32>) -> tensor<4xf32> {
  return %x : tensor<4xf32>
}
