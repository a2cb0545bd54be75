// Pooling and reductions round-trip through text and bytecode.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: qc-opt %s | qc-opt | FileCheck %s
// RUN: qc-opt --emit-bytecode %s | qc-opt | FileCheck %s

// CHECK-LABEL: func.func @max_pool(
func.func @max_pool(%a: tensor<1x4x4x2x!quant.uniform<i8:f32, 0.5:3>>) {
  // CHECK: tpu.max_pool %{{.*}} {dilations = array<i64: 1, 1>, kernel = array<i64: 2, 2>, pads = array<i64: 0, 0, 0, 0>, strides = array<i64: 2, 2>} : (tensor<1x4x4x2x!quant.uniform<i8:f32, 5.000000e-01:3>>) -> tensor<1x2x2x2x!quant.uniform<i8:f32, 5.000000e-01:3>>
  %0 = tpu.max_pool %a {dilations = array<i64: 1, 1>, kernel = array<i64: 2, 2>, pads = array<i64: 0, 0, 0, 0>, strides = array<i64: 2, 2>} : (tensor<1x4x4x2x!quant.uniform<i8:f32, 0.5:3>>) -> tensor<1x2x2x2x!quant.uniform<i8:f32, 0.5:3>>
  return
}

// CHECK-LABEL: func.func @avg_pool(
func.func @avg_pool(%a: tensor<1x4x4x2x!quant.uniform<i8:f32, 0.5:3>>) {
  // CHECK: tpu.avg_pool %{{.*}} {count_include_pad = true, dilations = array<i64: 1, 1>, divisors = array<i64: 2, 4>, kernel = array<i64: 2, 2>, pads = array<i64: 0, 0, 0, 0>, requant = #tpu.requant<mul32, half_even , multipliers = [1073741824, 1073741825], shifts = [31, 32]>, strides = array<i64: 2, 2>} : (tensor<1x4x4x2x!quant.uniform<i8:f32, 5.000000e-01:3>>) -> tensor<1x2x2x2x!quant.uniform<u8:f32, 2.500000e-01:128>>
  %0 = tpu.avg_pool %a {count_include_pad = true, dilations = array<i64: 1, 1>, divisors = array<i64: 2, 4>, kernel = array<i64: 2, 2>, pads = array<i64: 0, 0, 0, 0>, requant = #tpu.requant<mul32, half_even, multipliers = [1073741824, 1073741825], shifts = [31, 32]>, strides = array<i64: 2, 2>} : (tensor<1x4x4x2x!quant.uniform<i8:f32, 0.5:3>>) -> tensor<1x2x2x2x!quant.uniform<u8:f32, 0.25:128>>
  return
}

// CHECK-LABEL: func.func @reduce_mean(
func.func @reduce_mean(%a: tensor<1x4x4x2x!quant.uniform<i8:f32, 0.5:3>>) {
  // CHECK: tpu.reduce_mean %{{.*}} {axes = array<i64: 1, 2>, keepdims = true, requant = #tpu.requant<mul32, single , multipliers = [1073741824], shifts = [31]>} : (tensor<1x4x4x2x!quant.uniform<i8:f32, 5.000000e-01:3>>) -> tensor<1x1x1x2x!quant.uniform<u8:f32, 2.500000e-01:128>>
  %0 = tpu.reduce_mean %a {axes = array<i64: 1, 2>, keepdims = true, requant = #tpu.requant<mul32, single, multipliers = [1073741824], shifts = [31]>} : (tensor<1x4x4x2x!quant.uniform<i8:f32, 0.5:3>>) -> tensor<1x1x1x2x!quant.uniform<u8:f32, 0.25:128>>
  return
}

// CHECK-LABEL: func.func @reduce_sum(
func.func @reduce_sum(%a: tensor<1x4x4x2x!quant.uniform<i8:f32, 0.5:3>>) {
  // CHECK: tpu.reduce_sum %{{.*}} {axes = array<i64: 1, 2>, keepdims = true, requant = #tpu.requant<mul32, single , multipliers = [1073741824], shifts = [31]>} : (tensor<1x4x4x2x!quant.uniform<i8:f32, 5.000000e-01:3>>) -> tensor<1x1x1x2x!quant.uniform<u8:f32, 2.500000e-01:128>>
  %0 = tpu.reduce_sum %a {axes = array<i64: 1, 2>, keepdims = true, requant = #tpu.requant<mul32, single, multipliers = [1073741824], shifts = [31]>} : (tensor<1x4x4x2x!quant.uniform<i8:f32, 0.5:3>>) -> tensor<1x1x1x2x!quant.uniform<u8:f32, 0.25:128>>
  return
}

// CHECK-LABEL: func.func @reduce_max(
func.func @reduce_max(%a: tensor<1x4x4x2x!quant.uniform<i8:f32, 0.5:3>>) {
  // CHECK: tpu.reduce_max %{{.*}} {axes = array<i64: 1, 2>, keepdims = false} : (tensor<1x4x4x2x!quant.uniform<i8:f32, 5.000000e-01:3>>) -> tensor<1x2x!quant.uniform<i8:f32, 5.000000e-01:3>>
  %0 = tpu.reduce_max %a {axes = array<i64: 1, 2>, keepdims = false} : (tensor<1x4x4x2x!quant.uniform<i8:f32, 0.5:3>>) -> tensor<1x2x!quant.uniform<i8:f32, 0.5:3>>
  return
}

// CHECK-LABEL: func.func @reduce_min(
func.func @reduce_min(%a: tensor<1x4x4x2x!quant.uniform<i8:f32, 0.5:3>>) {
  // CHECK: tpu.reduce_min %{{.*}} {axes = array<i64: 1, 2>, keepdims = false} : (tensor<1x4x4x2x!quant.uniform<i8:f32, 5.000000e-01:3>>) -> tensor<1x2x!quant.uniform<i8:f32, 5.000000e-01:3>>
  %0 = tpu.reduce_min %a {axes = array<i64: 1, 2>, keepdims = false} : (tensor<1x4x4x2x!quant.uniform<i8:f32, 0.5:3>>) -> tensor<1x2x!quant.uniform<i8:f32, 0.5:3>>
  return
}
