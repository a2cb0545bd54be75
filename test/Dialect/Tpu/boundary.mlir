// Constants and changes of parameters round-trip through text and bytecode.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: qc-opt %s | qc-opt | FileCheck %s
// RUN: qc-opt --emit-bytecode %s | qc-opt | FileCheck %s

// CHECK-LABEL: func.func @constant_0(
func.func @constant_0() {
  // CHECK: tpu.constant dense<[1, -2]> : tensor<2xi8> -> tensor<2x!quant.uniform<i8<-127:127>:f32, 5.000000e-01>>
  %0 = tpu.constant dense<[1, -2]> : tensor<2xi8> -> tensor<2x!quant.uniform<i8<-127:127>:f32, 0.5>>
  return
}

// CHECK-LABEL: func.func @constant_1(
func.func @constant_1() {
  // CHECK: tpu.constant dense<1.000000e+00> : tensor<2xf32> -> tensor<2xf32>
  %0 = tpu.constant dense<1.0> : tensor<2xf32> -> tensor<2xf32>
  return
}

// CHECK-LABEL: func.func @quantize(
func.func @quantize(%a: tensor<4xf32>) {
  // CHECK: tpu.quantize %{{.*}} : (tensor<4xf32>) -> tensor<4x!quant.uniform<u8:f32, 2.500000e-01:128>>
  %0 = tpu.quantize %a : (tensor<4xf32>) -> tensor<4x!quant.uniform<u8:f32, 0.25:128>>
  return
}

// CHECK-LABEL: func.func @dequantize(
func.func @dequantize(%a: tensor<4x!quant.uniform<i16:f32, 0.5>>) {
  // CHECK: tpu.dequantize %{{.*}} : (tensor<4x!quant.uniform<i16:f32, 5.000000e-01>>) -> tensor<4xf32>
  %0 = tpu.dequantize %a : (tensor<4x!quant.uniform<i16:f32, 0.5>>) -> tensor<4xf32>
  return
}

// CHECK-LABEL: func.func @requantize_0(
func.func @requantize_0(%a: tensor<4x!quant.uniform<i8:f32, 0.5:3>>) {
  // CHECK: tpu.requantize %{{.*}} {requant = #tpu.requant<mul32, single , multipliers = [1073741824], shifts = [31]>} : (tensor<4x!quant.uniform<i8:f32, 5.000000e-01:3>>) -> tensor<4x!quant.uniform<u8:f32, 2.500000e-01:128>>
  %0 = tpu.requantize %a {requant = #tpu.requant<mul32, single, multipliers = [1073741824], shifts = [31]>} : (tensor<4x!quant.uniform<i8:f32, 0.5:3>>) -> tensor<4x!quant.uniform<u8:f32, 0.25:128>>
  return
}

// CHECK-LABEL: func.func @requantize_1(
func.func @requantize_1(%a: tensor<4x!quant.uniform<i8:f32, 0.5:3>>) {
  // CHECK: tpu.requantize %{{.*}} {clamp = array<i64: 0, 9>, requant = #tpu.requant<pow2, double , shifts = [-3]>} : (tensor<4x!quant.uniform<i8:f32, 5.000000e-01:3>>) -> tensor<4x!quant.uniform<u8:f32, 2.500000e-01:128>>
  %0 = tpu.requantize %a {clamp = array<i64: 0, 9>, requant = #tpu.requant<pow2, double, shifts = [-3]>} : (tensor<4x!quant.uniform<i8:f32, 0.5:3>>) -> tensor<4x!quant.uniform<u8:f32, 0.25:128>>
  return
}

// CHECK-LABEL: func.func @requantize_2(
func.func @requantize_2(%a: tensor<4x!quant.uniform<i8:f32, 0.5:3>>) {
  // CHECK: tpu.requantize %{{.*}} {requant = #tpu.requant<f32, half_even , scales = array<f32: 5.000000e-01>>} : (tensor<4x!quant.uniform<i8:f32, 5.000000e-01:3>>) -> tensor<4x!quant.uniform<u8:f32, 2.500000e-01:128>>
  %0 = tpu.requantize %a {requant = #tpu.requant<f32, half_even, scales = array<f32: 0.5>>} : (tensor<4x!quant.uniform<i8:f32, 0.5:3>>) -> tensor<4x!quant.uniform<u8:f32, 0.25:128>>
  return
}

// CHECK-LABEL: func.func @requantize_3(
func.func @requantize_3(%a: tensor<4x!quant.uniform<i8:f32, 0.5:3>>) {
  // CHECK: tpu.requantize %{{.*}} {requant = #tpu.requant<mul16, single , multipliers = [16384], shifts = [15]>} : (tensor<4x!quant.uniform<i8:f32, 5.000000e-01:3>>) -> tensor<4x!quant.uniform<u8:f32, 2.500000e-01:128>>
  %0 = tpu.requantize %a {requant = #tpu.requant<mul16, single, multipliers = [16384], shifts = [15]>} : (tensor<4x!quant.uniform<i8:f32, 0.5:3>>) -> tensor<4x!quant.uniform<u8:f32, 0.25:128>>
  return
}
