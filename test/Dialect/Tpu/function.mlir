// Functions of one activation round-trip through text and bytecode.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: qc-opt %s | qc-opt | FileCheck %s
// RUN: qc-opt --emit-bytecode %s | qc-opt | FileCheck %s

// CHECK-LABEL: func.func @lut_0(
func.func @lut_0(%a: tensor<4x!quant.uniform<i8:f32, 0.5:3>>, %b: tensor<256xui8>) {
  // CHECK: tpu.lut %{{.*}}, %{{.*}} {frac_bits = 0 : i64, function = "leaky_relu", params = array<f64: 5.000000e-01>} : (tensor<4x!quant.uniform<i8:f32, 5.000000e-01:3>>, tensor<256xui8>) -> tensor<4x!quant.uniform<u8:f32, 2.500000e-01:128>>
  %0 = tpu.lut %a, %b {frac_bits = 0 : i64, function = "leaky_relu", params = array<f64: 0.5>} : (tensor<4x!quant.uniform<i8:f32, 0.5:3>>, tensor<256xui8>) -> tensor<4x!quant.uniform<u8:f32, 0.25:128>>
  return
}

// CHECK-LABEL: func.func @lut_1(
func.func @lut_1(%a: tensor<4x!quant.uniform<i16:f32, 0.5>>, %b: tensor<17xi32>) {
  // CHECK: tpu.lut %{{.*}}, %{{.*}} {frac_bits = 7 : i64, function = "tanh", params = array<f64>} : (tensor<4x!quant.uniform<i16:f32, 5.000000e-01>>, tensor<17xi32>) -> tensor<4x!quant.uniform<i16:f32, 5.000000e-01>>
  %0 = tpu.lut %a, %b {frac_bits = 7 : i64, function = "tanh", params = array<f64>} : (tensor<4x!quant.uniform<i16:f32, 0.5>>, tensor<17xi32>) -> tensor<4x!quant.uniform<i16:f32, 0.5>>
  return
}

// CHECK-LABEL: func.func @prelu(
func.func @prelu(%a: tensor<2x4x!quant.uniform<i8:f32, 0.5:3>>, %b: tensor<4x!quant.uniform<i8<-127:127>:f32, 0.5>>) {
  // CHECK: tpu.prelu %{{.*}}, %{{.*}} {requant = #tpu.requant<mul32, single , multipliers = [1073741824], shifts = [31]>, requant_negative = #tpu.requant<mul32, single , multipliers = [1073741824], shifts = [31]>} : (tensor<2x4x!quant.uniform<i8:f32, 5.000000e-01:3>>, tensor<4x!quant.uniform<i8<-127:127>:f32, 5.000000e-01>>) -> tensor<2x4x!quant.uniform<i8:f32, 5.000000e-01:3>>
  %0 = tpu.prelu %a, %b {requant = #tpu.requant<mul32, single, multipliers = [1073741824], shifts = [31]>, requant_negative = #tpu.requant<mul32, single, multipliers = [1073741824], shifts = [31]>} : (tensor<2x4x!quant.uniform<i8:f32, 0.5:3>>, tensor<4x!quant.uniform<i8<-127:127>:f32, 0.5>>) -> tensor<2x4x!quant.uniform<i8:f32, 0.5:3>>
  return
}

// CHECK-LABEL: func.func @clip(
func.func @clip(%a: tensor<4x!quant.uniform<i8:f32, 0.5:3>>) {
  // CHECK: tpu.clip %{{.*}} {clamp = array<i64: 0, 6>} : (tensor<4x!quant.uniform<i8:f32, 5.000000e-01:3>>) -> tensor<4x!quant.uniform<i8:f32, 5.000000e-01:3>>
  %0 = tpu.clip %a {clamp = array<i64: 0, 6>} : (tensor<4x!quant.uniform<i8:f32, 0.5:3>>) -> tensor<4x!quant.uniform<i8:f32, 0.5:3>>
  return
}
