// Convolutions and matrix products round-trip through text and bytecode.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: qc-opt %s | qc-opt | FileCheck %s
// RUN: qc-opt --emit-bytecode %s | qc-opt | FileCheck %s

// CHECK-LABEL: func.func @conv2d_0(
func.func @conv2d_0(%a: tensor<1x4x4x2x!quant.uniform<i8:f32, 0.5:3>>, %b: tensor<2x1x1x2x!quant.uniform<i8<-127:127>:f32:0, {0.5, 0.25}>>, %c: tensor<2xi32>) {
  // CHECK: tpu.conv2d %{{.*}}, %{{.*}}, %{{.*}} {dilations = array<i64: 1, 1>, group = 1 : i64, pads = array<i64: 0, 1, 2, 3>, requant = #tpu.requant<mul32, half_even , multipliers = [1073741824, 1073741825], shifts = [31, 32]>, strides = array<i64: 1, 2>} : (tensor<1x4x4x2x!quant.uniform<i8:f32, 5.000000e-01:3>>, tensor<2x1x1x2x!quant.uniform<i8<-127:127>:f32:0, {5.000000e-01,2.500000e-01}>>, tensor<2xi32>) -> tensor<1x6x4x2x!quant.uniform<i8:f32, 5.000000e-01:3>>
  %0 = tpu.conv2d %a, %b, %c {strides = array<i64: 1, 2>, pads = array<i64: 0, 1, 2, 3>, dilations = array<i64: 1, 1>, group = 1 : i64, requant = #tpu.requant<mul32, half_even, multipliers = [1073741824, 1073741825], shifts = [31, 32]>} : (tensor<1x4x4x2x!quant.uniform<i8:f32, 0.5:3>>, tensor<2x1x1x2x!quant.uniform<i8<-127:127>:f32:0, {0.5, 0.25}>>, tensor<2xi32>) -> tensor<1x6x4x2x!quant.uniform<i8:f32, 0.5:3>>
  return
}

// CHECK-LABEL: func.func @conv2d_1(
func.func @conv2d_1(%a: tensor<1x4x4x2x!quant.uniform<i16:f32, 0.5>>, %b: tensor<2x1x1x2x!quant.uniform<i8<-127:127>:f32:0, {0.5, 0.25}>>, %c: tensor<2xi64>) {
  // CHECK: tpu.conv2d %{{.*}}, %{{.*}}, %{{.*}} {clamp = array<i64: 0, 9>, dilations = array<i64: 1, 1>, group = 1 : i64, pads = array<i64: 0, 1, 2, 3>, requant = #tpu.requant<mul32, single , multipliers = [1073741824], shifts = [31]>, strides = array<i64: 1, 2>} : (tensor<1x4x4x2x!quant.uniform<i16:f32, 5.000000e-01>>, tensor<2x1x1x2x!quant.uniform<i8<-127:127>:f32:0, {5.000000e-01,2.500000e-01}>>, tensor<2xi64>) -> tensor<1x6x4x2x!quant.uniform<i16:f32, 5.000000e-01>>
  %0 = tpu.conv2d %a, %b, %c {clamp = array<i64: 0, 9>, strides = array<i64: 1, 2>, pads = array<i64: 0, 1, 2, 3>, dilations = array<i64: 1, 1>, group = 1 : i64, requant = #tpu.requant<mul32, single, multipliers = [1073741824], shifts = [31]>} : (tensor<1x4x4x2x!quant.uniform<i16:f32, 0.5>>, tensor<2x1x1x2x!quant.uniform<i8<-127:127>:f32:0, {0.5, 0.25}>>, tensor<2xi64>) -> tensor<1x6x4x2x!quant.uniform<i16:f32, 0.5>>
  return
}

// CHECK-LABEL: func.func @deconv2d(
func.func @deconv2d(%a: tensor<1x4x4x2x!quant.uniform<i8:f32, 0.5:3>>, %b: tensor<2x2x2x2x!quant.uniform<i8<-127:127>:f32:0, {0.5, 0.25}>>, %c: tensor<2xi32>) {
  // CHECK: tpu.deconv2d %{{.*}}, %{{.*}}, %{{.*}} {dilations = array<i64: 1, 1>, group = 1 : i64, pads = array<i64: 0, 1, 2, 3>, requant = #tpu.requant<mul32, half_even , multipliers = [1073741824, 1073741825], shifts = [31, 32]>, strides = array<i64: 1, 2>} : (tensor<1x4x4x2x!quant.uniform<i8:f32, 5.000000e-01:3>>, tensor<2x2x2x2x!quant.uniform<i8<-127:127>:f32:0, {5.000000e-01,2.500000e-01}>>, tensor<2xi32>) -> tensor<1x3x6x2x!quant.uniform<i8:f32, 5.000000e-01:3>>
  %0 = tpu.deconv2d %a, %b, %c {strides = array<i64: 1, 2>, pads = array<i64: 0, 1, 2, 3>, dilations = array<i64: 1, 1>, group = 1 : i64, requant = #tpu.requant<mul32, half_even, multipliers = [1073741824, 1073741825], shifts = [31, 32]>} : (tensor<1x4x4x2x!quant.uniform<i8:f32, 0.5:3>>, tensor<2x2x2x2x!quant.uniform<i8<-127:127>:f32:0, {0.5, 0.25}>>, tensor<2xi32>) -> tensor<1x3x6x2x!quant.uniform<i8:f32, 0.5:3>>
  return
}

// CHECK-LABEL: func.func @fully_connected(
func.func @fully_connected(%a: tensor<2x4x!quant.uniform<i8:f32, 0.5:3>>, %b: tensor<2x4x!quant.uniform<i8<-127:127>:f32:0, {0.5, 0.25}>>, %c: tensor<2xi32>) {
  // CHECK: tpu.fully_connected %{{.*}}, %{{.*}}, %{{.*}} {clamp = array<i64: 3, 9>, requant = #tpu.requant<mul32, half_even , multipliers = [1073741824, 1073741825], shifts = [31, 32]>} : (tensor<2x4x!quant.uniform<i8:f32, 5.000000e-01:3>>, tensor<2x4x!quant.uniform<i8<-127:127>:f32:0, {5.000000e-01,2.500000e-01}>>, tensor<2xi32>) -> tensor<2x2x!quant.uniform<u8:f32, 2.500000e-01:128>>
  %0 = tpu.fully_connected %a, %b, %c {clamp = array<i64: 3, 9>, requant = #tpu.requant<mul32, half_even, multipliers = [1073741824, 1073741825], shifts = [31, 32]>} : (tensor<2x4x!quant.uniform<i8:f32, 0.5:3>>, tensor<2x4x!quant.uniform<i8<-127:127>:f32:0, {0.5, 0.25}>>, tensor<2xi32>) -> tensor<2x2x!quant.uniform<u8:f32, 0.25:128>>
  return
}

// CHECK-LABEL: func.func @matmul(
func.func @matmul(%a: tensor<2x4x3x!quant.uniform<i8:f32, 0.5:3>>, %b: tensor<3x4x!quant.uniform<u8:f32, 0.25:128>>) {
  // CHECK: tpu.matmul %{{.*}}, %{{.*}} {clamp = array<i64: 3, 9>, requant = #tpu.requant<mul32, single , multipliers = [1073741824], shifts = [31]>, transpose_lhs = true, transpose_rhs = true} : (tensor<2x4x3x!quant.uniform<i8:f32, 5.000000e-01:3>>, tensor<3x4x!quant.uniform<u8:f32, 2.500000e-01:128>>) -> tensor<2x3x3x!quant.uniform<i8:f32, 5.000000e-01:3>>
  %0 = tpu.matmul %a, %b {clamp = array<i64: 3, 9>, requant = #tpu.requant<mul32, single, multipliers = [1073741824], shifts = [31]>, transpose_lhs = true, transpose_rhs = true} : (tensor<2x4x3x!quant.uniform<i8:f32, 0.5:3>>, tensor<3x4x!quant.uniform<u8:f32, 0.25:128>>) -> tensor<2x3x3x!quant.uniform<i8:f32, 0.5:3>>
  return
}
