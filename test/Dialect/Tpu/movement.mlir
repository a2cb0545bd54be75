// Ops that only move data round-trip through text and bytecode.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: qc-opt %s | qc-opt | FileCheck %s
// RUN: qc-opt --emit-bytecode %s | qc-opt | FileCheck %s

// CHECK-LABEL: func.func @concat(
func.func @concat(%a: tensor<4x!quant.uniform<i8:f32, 0.5:3>>, %b: tensor<3x!quant.uniform<i8:f32, 0.5:3>>) {
  // CHECK: tpu.concat %{{.*}}, %{{.*}} {axis = 0 : i64} : (tensor<4x!quant.uniform<i8:f32, 5.000000e-01:3>>, tensor<3x!quant.uniform<i8:f32, 5.000000e-01:3>>) -> tensor<7x!quant.uniform<i8:f32, 5.000000e-01:3>>
  %0 = tpu.concat %a, %b {axis = 0 : i64} : (tensor<4x!quant.uniform<i8:f32, 0.5:3>>, tensor<3x!quant.uniform<i8:f32, 0.5:3>>) -> tensor<7x!quant.uniform<i8:f32, 0.5:3>>
  return
}

// CHECK-LABEL: func.func @slice(
func.func @slice(%a: tensor<4x!quant.uniform<i8:f32, 0.5:3>>) {
  // CHECK: tpu.slice %{{.*}} {offsets = array<i64: 3>, sizes = array<i64: 2>, strides = array<i64: -2>} : (tensor<4x!quant.uniform<i8:f32, 5.000000e-01:3>>) -> tensor<2x!quant.uniform<i8:f32, 5.000000e-01:3>>
  %0 = tpu.slice %a {offsets = array<i64: 3>, sizes = array<i64: 2>, strides = array<i64: -2>} : (tensor<4x!quant.uniform<i8:f32, 0.5:3>>) -> tensor<2x!quant.uniform<i8:f32, 0.5:3>>
  return
}

// CHECK-LABEL: func.func @pad(
func.func @pad(%a: tensor<4x!quant.uniform<i8:f32, 0.5:3>>) {
  // CHECK: tpu.pad %{{.*}} {mode = "constant", pads = array<i64: 1, 2>, value = -3 : i64} : (tensor<4x!quant.uniform<i8:f32, 5.000000e-01:3>>) -> tensor<7x!quant.uniform<i8:f32, 5.000000e-01:3>>
  %0 = tpu.pad %a {mode = "constant", pads = array<i64: 1, 2>, value = -3 : i64} : (tensor<4x!quant.uniform<i8:f32, 0.5:3>>) -> tensor<7x!quant.uniform<i8:f32, 0.5:3>>
  return
}

// CHECK-LABEL: func.func @reshape(
func.func @reshape(%a: tensor<4x!quant.uniform<i8:f32, 0.5:3>>) {
  // CHECK: tpu.reshape %{{.*}} : (tensor<4x!quant.uniform<i8:f32, 5.000000e-01:3>>) -> tensor<2x2x!quant.uniform<i8:f32, 5.000000e-01:3>>
  %0 = tpu.reshape %a : (tensor<4x!quant.uniform<i8:f32, 0.5:3>>) -> tensor<2x2x!quant.uniform<i8:f32, 0.5:3>>
  return
}

// CHECK-LABEL: func.func @transpose_0(
func.func @transpose_0(%a: tensor<2x4x!quant.uniform<i8:f32, 0.5:3>>) {
  // CHECK: tpu.transpose %{{.*}} {perm = array<i64: 1, 0>} : (tensor<2x4x!quant.uniform<i8:f32, 5.000000e-01:3>>) -> tensor<4x2x!quant.uniform<i8:f32, 5.000000e-01:3>>
  %0 = tpu.transpose %a {perm = array<i64: 1, 0>} : (tensor<2x4x!quant.uniform<i8:f32, 0.5:3>>) -> tensor<4x2x!quant.uniform<i8:f32, 0.5:3>>
  return
}

// CHECK-LABEL: func.func @transpose_1(
func.func @transpose_1(%a: tensor<2x4xf32>) {
  // CHECK: tpu.transpose %{{.*}} {perm = array<i64: 1, 0>} : (tensor<2x4xf32>) -> tensor<4x2xf32>
  %0 = tpu.transpose %a {perm = array<i64: 1, 0>} : (tensor<2x4xf32>) -> tensor<4x2xf32>
  return
}

// CHECK-LABEL: func.func @expand(
func.func @expand(%a: tensor<1x4x!quant.uniform<i8:f32, 0.5:3>>) {
  // CHECK: tpu.expand %{{.*}} : (tensor<1x4x!quant.uniform<i8:f32, 5.000000e-01:3>>) -> tensor<3x4x!quant.uniform<i8:f32, 5.000000e-01:3>>
  %0 = tpu.expand %a : (tensor<1x4x!quant.uniform<i8:f32, 0.5:3>>) -> tensor<3x4x!quant.uniform<i8:f32, 0.5:3>>
  return
}

// CHECK-LABEL: func.func @gather(
func.func @gather(%a: tensor<4x2x!quant.uniform<i8:f32, 0.5:3>>, %b: tensor<3xi64>) {
  // CHECK: tpu.gather %{{.*}}, %{{.*}} {axis = 0 : i64} : (tensor<4x2x!quant.uniform<i8:f32, 5.000000e-01:3>>, tensor<3xi64>) -> tensor<3x2x!quant.uniform<i8:f32, 5.000000e-01:3>>
  %0 = tpu.gather %a, %b {axis = 0 : i64} : (tensor<4x2x!quant.uniform<i8:f32, 0.5:3>>, tensor<3xi64>) -> tensor<3x2x!quant.uniform<i8:f32, 0.5:3>>
  return
}
