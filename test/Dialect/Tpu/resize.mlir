// Resizing of images round-trip through text and bytecode.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: qc-opt %s | qc-opt | FileCheck %s
// RUN: qc-opt --emit-bytecode %s | qc-opt | FileCheck %s

// CHECK-LABEL: func.func @resize_nearest(
func.func @resize_nearest(%a: tensor<1x4x4x2x!quant.uniform<i8:f32, 0.5:3>>) {
  // CHECK: tpu.resize_nearest %{{.*}} {coordinate_transformation = "asymmetric", nearest_mode = "floor", scales = array<f64: 2.000000e+00, 2.000000e+00>} : (tensor<1x4x4x2x!quant.uniform<i8:f32, 5.000000e-01:3>>) -> tensor<1x8x8x2x!quant.uniform<i8:f32, 5.000000e-01:3>>
  %0 = tpu.resize_nearest %a {coordinate_transformation = "asymmetric", nearest_mode = "floor", scales = array<f64: 2.0, 2.0>} : (tensor<1x4x4x2x!quant.uniform<i8:f32, 0.5:3>>) -> tensor<1x8x8x2x!quant.uniform<i8:f32, 0.5:3>>
  return
}

// CHECK-LABEL: func.func @resize_linear(
func.func @resize_linear(%a: tensor<1x4x4x2x!quant.uniform<i8:f32, 0.5:3>>) {
  // CHECK: tpu.resize_linear %{{.*}} {clamp = array<i64: -5, 9>, coordinate_transformation = "align_corners", denominators = array<i64: 7, 7>, requant = #tpu.requant<mul32, half_even{{ *}}, multipliers = [1402437485], shifts = [36]>, scales = array<f64: 2.000000e+00, 2.000000e+00>} : (tensor<1x4x4x2x!quant.uniform<i8:f32, 5.000000e-01:3>>) -> tensor<1x8x8x2x!quant.uniform<i8:f32, 5.000000e-01:3>>
  %0 = tpu.resize_linear %a {coordinate_transformation = "align_corners", scales = array<f64: 2.0, 2.0>, denominators = array<i64: 7, 7>, requant = #tpu.requant<mul32, half_even, multipliers = [1402437485], shifts = [36]>, clamp = array<i64: -5, 9>} : (tensor<1x4x4x2x!quant.uniform<i8:f32, 0.5:3>>) -> tensor<1x8x8x2x!quant.uniform<i8:f32, 0.5:3>>
  return
}
