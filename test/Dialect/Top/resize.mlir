// Resampling round-trips through text and bytecode.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: qc-opt %s | qc-opt | FileCheck %s
// RUN: qc-opt --emit-bytecode %s | qc-opt | FileCheck %s

// CHECK-LABEL: func.func @resize
func.func @resize(%x: tensor<1x3x4x5xf32>) -> (tensor<1x3x8x7xf32>, tensor<1x3x2x5xf32>) {
  // CHECK: top.resize %{{.*}} {coordinate_transformation = "align_corners", mode = "linear", scales = array<f64: 1.000000e+00, 1.000000e+00, 2.000000e+00, 1.500000e+00>} : (tensor<1x3x4x5xf32>) -> tensor<1x3x8x7xf32>
  %a = top.resize %x {mode = "linear", coordinate_transformation = "align_corners", scales = array<f64: 1.0, 1.0, 2.0, 1.5>}
    : (tensor<1x3x4x5xf32>) -> tensor<1x3x8x7xf32>
  // CHECK: nearest_mode = "floor"
  %b = top.resize %x {mode = "nearest", coordinate_transformation = "asymmetric", nearest_mode = "floor", scales = array<f64: 1.0, 1.0, 0.5, 1.0>}
    : (tensor<1x3x4x5xf32>) -> tensor<1x3x2x5xf32>
  return %a, %b : tensor<1x3x8x7xf32>, tensor<1x3x2x5xf32>
}
