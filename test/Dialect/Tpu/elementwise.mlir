// Elementwise ops of two activations round-trip through text and bytecode.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: qc-opt %s | qc-opt | FileCheck %s
// RUN: qc-opt --emit-bytecode %s | qc-opt | FileCheck %s

// CHECK-LABEL: func.func @add_0(
func.func @add_0(%a: tensor<4x1x!quant.uniform<i8:f32, 0.5:3>>, %b: tensor<3x!quant.uniform<i8:f32, 0.5:3>>) {
  // CHECK: tpu.add %{{.*}}, %{{.*}} {requant = #tpu.requant<mul32, single , multipliers = [1, -2], shifts = [3]>} : (tensor<4x1x!quant.uniform<i8:f32, 5.000000e-01:3>>, tensor<3x!quant.uniform<i8:f32, 5.000000e-01:3>>) -> tensor<4x3x!quant.uniform<i8:f32, 5.000000e-01:3>>
  %0 = tpu.add %a, %b {requant = #tpu.requant<mul32, single, multipliers = [1, -2], shifts = [3]>} : (tensor<4x1x!quant.uniform<i8:f32, 0.5:3>>, tensor<3x!quant.uniform<i8:f32, 0.5:3>>) -> tensor<4x3x!quant.uniform<i8:f32, 0.5:3>>
  return
}

// CHECK-LABEL: func.func @sub(
func.func @sub(%a: tensor<4x!quant.uniform<i8:f32, 0.5:3>>, %b: tensor<4x!quant.uniform<i8:f32, 0.5:3>>) {
  // CHECK: tpu.sub %{{.*}}, %{{.*}} {clamp = array<i64: 0, 9>, requant = #tpu.requant<mul32, single , multipliers = [1, -2], shifts = [3]>} : (tensor<4x!quant.uniform<i8:f32, 5.000000e-01:3>>, tensor<4x!quant.uniform<i8:f32, 5.000000e-01:3>>) -> tensor<4x!quant.uniform<i8:f32, 5.000000e-01:3>>
  %0 = tpu.sub %a, %b {clamp = array<i64: 0, 9>, requant = #tpu.requant<mul32, single, multipliers = [1, -2], shifts = [3]>} : (tensor<4x!quant.uniform<i8:f32, 0.5:3>>, tensor<4x!quant.uniform<i8:f32, 0.5:3>>) -> tensor<4x!quant.uniform<i8:f32, 0.5:3>>
  return
}

// CHECK-LABEL: func.func @add_1(
func.func @add_1(%a: tensor<4x!quant.uniform<i8:f32, 0.5:3>>, %b: tensor<4x!quant.uniform<i8:f32, 0.5:3>>) {
  // CHECK: tpu.add %{{.*}}, %{{.*}} {requant = #tpu.requant<f32, half_even , scales = array<f32: 5.000000e-01, 2.500000e-01>>} : (tensor<4x!quant.uniform<i8:f32, 5.000000e-01:3>>, tensor<4x!quant.uniform<i8:f32, 5.000000e-01:3>>) -> tensor<4x!quant.uniform<i8:f32, 5.000000e-01:3>>
  %0 = tpu.add %a, %b {requant = #tpu.requant<f32, half_even, scales = array<f32: 0.5, 0.25>>} : (tensor<4x!quant.uniform<i8:f32, 0.5:3>>, tensor<4x!quant.uniform<i8:f32, 0.5:3>>) -> tensor<4x!quant.uniform<i8:f32, 0.5:3>>
  return
}

// CHECK-LABEL: func.func @mul(
func.func @mul(%a: tensor<4x!quant.uniform<i8:f32, 0.5:3>>, %b: tensor<4x!quant.uniform<u8:f32, 0.25:128>>) {
  // CHECK: tpu.mul %{{.*}}, %{{.*}} {requant = #tpu.requant<mul32, single , multipliers = [1073741824], shifts = [31]>} : (tensor<4x!quant.uniform<i8:f32, 5.000000e-01:3>>, tensor<4x!quant.uniform<u8:f32, 2.500000e-01:128>>) -> tensor<4x!quant.uniform<i16:f32, 5.000000e-01>>
  %0 = tpu.mul %a, %b {requant = #tpu.requant<mul32, single, multipliers = [1073741824], shifts = [31]>} : (tensor<4x!quant.uniform<i8:f32, 0.5:3>>, tensor<4x!quant.uniform<u8:f32, 0.25:128>>) -> tensor<4x!quant.uniform<i16:f32, 0.5>>
  return
}

// CHECK-LABEL: func.func @div(
func.func @div(%a: tensor<4x!quant.uniform<i8:f32, 0.5:3>>, %b: tensor<1x!quant.uniform<u8:f32, 0.25:128>>) {
  // CHECK: tpu.div %{{.*}}, %{{.*}} : (tensor<4x!quant.uniform<i8:f32, 5.000000e-01:3>>, tensor<1x!quant.uniform<u8:f32, 2.500000e-01:128>>) -> tensor<4x!quant.uniform<i8:f32, 5.000000e-01:3>>
  %0 = tpu.div %a, %b : (tensor<4x!quant.uniform<i8:f32, 0.5:3>>, tensor<1x!quant.uniform<u8:f32, 0.25:128>>) -> tensor<4x!quant.uniform<i8:f32, 0.5:3>>
  return
}

// CHECK-LABEL: func.func @min(
func.func @min(%a: tensor<4x!quant.uniform<i8:f32, 0.5:3>>, %b: tensor<1x!quant.uniform<u8:f32, 0.25:128>>) {
  // CHECK: tpu.min %{{.*}}, %{{.*}} : (tensor<4x!quant.uniform<i8:f32, 5.000000e-01:3>>, tensor<1x!quant.uniform<u8:f32, 2.500000e-01:128>>) -> tensor<4x!quant.uniform<i8:f32, 5.000000e-01:3>>
  %0 = tpu.min %a, %b : (tensor<4x!quant.uniform<i8:f32, 0.5:3>>, tensor<1x!quant.uniform<u8:f32, 0.25:128>>) -> tensor<4x!quant.uniform<i8:f32, 0.5:3>>
  return
}

// CHECK-LABEL: func.func @max(
func.func @max(%a: tensor<4x!quant.uniform<i8:f32, 0.5:3>>, %b: tensor<1x!quant.uniform<u8:f32, 0.25:128>>) {
  // CHECK: tpu.max %{{.*}}, %{{.*}} : (tensor<4x!quant.uniform<i8:f32, 5.000000e-01:3>>, tensor<1x!quant.uniform<u8:f32, 2.500000e-01:128>>) -> tensor<4x!quant.uniform<i8:f32, 5.000000e-01:3>>
  %0 = tpu.max %a, %b : (tensor<4x!quant.uniform<i8:f32, 0.5:3>>, tensor<1x!quant.uniform<u8:f32, 0.25:128>>) -> tensor<4x!quant.uniform<i8:f32, 0.5:3>>
  return
}

// CHECK-LABEL: func.func @pow(
func.func @pow(%a: tensor<4x!quant.uniform<i8:f32, 0.5:3>>, %b: tensor<1x!quant.uniform<u8:f32, 0.25:128>>) {
  // CHECK: tpu.pow %{{.*}}, %{{.*}} {clamp = array<i64: 0, 9>} : (tensor<4x!quant.uniform<i8:f32, 5.000000e-01:3>>, tensor<1x!quant.uniform<u8:f32, 2.500000e-01:128>>) -> tensor<4x!quant.uniform<i8:f32, 5.000000e-01:3>>
  %0 = tpu.pow %a, %b {clamp = array<i64: 0, 9>} : (tensor<4x!quant.uniform<i8:f32, 0.5:3>>, tensor<1x!quant.uniform<u8:f32, 0.25:128>>) -> tensor<4x!quant.uniform<i8:f32, 0.5:3>>
  return
}
