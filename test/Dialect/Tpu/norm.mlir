// Softmax and normalisations round-trip through text and bytecode.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: qc-opt %s | qc-opt | FileCheck %s
// RUN: qc-opt --emit-bytecode %s | qc-opt | FileCheck %s

// CHECK-LABEL: func.func @softmax(
func.func @softmax(%a: tensor<2x4x!quant.uniform<i8:f32, 0.5:3>>) {
  // CHECK: tpu.softmax %{{.*}} {axis = 1 : i64} : (tensor<2x4x!quant.uniform<i8:f32, 5.000000e-01:3>>) -> tensor<2x4x!quant.uniform<u8:f32, 2.500000e-01:128>>
  %0 = tpu.softmax %a {axis = 1 : i64} : (tensor<2x4x!quant.uniform<i8:f32, 0.5:3>>) -> tensor<2x4x!quant.uniform<u8:f32, 0.25:128>>
  return
}

// CHECK-LABEL: func.func @log_softmax(
func.func @log_softmax(%a: tensor<2x4x!quant.uniform<i8:f32, 0.5:3>>) {
  // CHECK: tpu.log_softmax %{{.*}} {axis = 0 : i64} : (tensor<2x4x!quant.uniform<i8:f32, 5.000000e-01:3>>) -> tensor<2x4x!quant.uniform<u8:f32, 2.500000e-01:128>>
  %0 = tpu.log_softmax %a {axis = 0 : i64} : (tensor<2x4x!quant.uniform<i8:f32, 0.5:3>>) -> tensor<2x4x!quant.uniform<u8:f32, 0.25:128>>
  return
}

// CHECK-LABEL: func.func @layer_norm(
func.func @layer_norm(%a: tensor<2x4x!quant.uniform<i8:f32, 0.5:3>>, %b: tensor<4xf32>, %c: tensor<4xf32>) {
  // CHECK: tpu.layer_norm %{{.*}}, %{{.*}}, %{{.*}} {axis = 1 : i64, epsilon = 5.000000e-01 : f64} : (tensor<2x4x!quant.uniform<i8:f32, 5.000000e-01:3>>, tensor<4xf32>, tensor<4xf32>) -> tensor<2x4x!quant.uniform<i16:f32, 5.000000e-01>>
  %0 = tpu.layer_norm %a, %b, %c {axis = 1 : i64, epsilon = 0.5 : f64} : (tensor<2x4x!quant.uniform<i8:f32, 0.5:3>>, tensor<4xf32>, tensor<4xf32>) -> tensor<2x4x!quant.uniform<i16:f32, 0.5>>
  return
}
