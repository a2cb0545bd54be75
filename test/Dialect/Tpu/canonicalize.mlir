// Folds and canonicalizations of tpu.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: qc-opt %s --canonicalize | FileCheck %s

!q = !quant.uniform<i8:f32, 0.5>

// CHECK-LABEL: func.func @reshape_to_itself(
// CHECK-SAME: %[[X:.*]]: tensor
// CHECK-NEXT: return %[[X]]
func.func @reshape_to_itself(%x: tensor<4x!q>) -> tensor<4x!q> {
  %0 = tpu.reshape %x : (tensor<4x!q>) -> tensor<4x!q>
  return %0 : tensor<4x!q>
}

// CHECK-LABEL: func.func @reshape_of_reshape(
// CHECK-SAME: %[[X:.*]]: tensor
// CHECK-NEXT: tpu.reshape %[[X]] : (tensor<4x
// CHECK-NOT: tpu.reshape
func.func @reshape_of_reshape(%x: tensor<4x!q>) -> tensor<4x1x!q> {
  %0 = tpu.reshape %x : (tensor<4x!q>) -> tensor<2x2x!q>
  %1 = tpu.reshape %0 : (tensor<2x2x!q>) -> tensor<4x1x!q>
  return %1 : tensor<4x1x!q>
}

// CHECK-LABEL: func.func @reshape_there_and_back(
// CHECK-SAME: %[[X:.*]]: tensor
// CHECK-NEXT: return %[[X]]
func.func @reshape_there_and_back(%x: tensor<4x!q>) -> tensor<4x!q> {
  %0 = tpu.reshape %x : (tensor<4x!q>) -> tensor<2x2x!q>
  %1 = tpu.reshape %0 : (tensor<2x2x!q>) -> tensor<4x!q>
  return %1 : tensor<4x!q>
}

// CHECK-LABEL: func.func @transpose_to_itself(
// CHECK-SAME: %[[X:.*]]: tensor
// CHECK-NEXT: return %[[X]]
func.func @transpose_to_itself(%x: tensor<2x4x!q>) -> tensor<2x4x!q> {
  %0 = tpu.transpose %x {perm = array<i64: 0, 1>} : (tensor<2x4x!q>) -> tensor<2x4x!q>
  return %0 : tensor<2x4x!q>
}

// CHECK-LABEL: func.func @transposes_merge(
// CHECK-SAME: %[[X:.*]]: tensor
// CHECK-NEXT: tpu.transpose %[[X]] {perm = array<i64: 2, 1, 0>}
// CHECK-NOT: tpu.transpose
func.func @transposes_merge(%x: tensor<2x3x4x!q>) -> tensor<4x3x2x!q> {
  %0 = tpu.transpose %x {perm = array<i64: 0, 2, 1>} : (tensor<2x3x4x!q>) -> tensor<2x4x3x!q>
  %1 = tpu.transpose %0 {perm = array<i64: 1, 2, 0>} : (tensor<2x4x3x!q>) -> tensor<4x3x2x!q>
  return %1 : tensor<4x3x2x!q>
}

// CHECK-LABEL: func.func @transposes_cancel(
// CHECK-SAME: %[[X:.*]]: tensor
// CHECK-NEXT: return %[[X]]
func.func @transposes_cancel(%x: tensor<1x3x4x5x!q>) -> tensor<1x3x4x5x!q> {
  %0 = tpu.transpose %x {perm = array<i64: 0, 2, 3, 1>} : (tensor<1x3x4x5x!q>) -> tensor<1x4x5x3x!q>
  %1 = tpu.transpose %0 {perm = array<i64: 0, 3, 1, 2>} : (tensor<1x4x5x3x!q>) -> tensor<1x3x4x5x!q>
  return %1 : tensor<1x3x4x5x!q>
}

// Only unit dimensions move: the elements keep their order.
// CHECK-LABEL: func.func @transpose_of_units(
// CHECK-NEXT: tpu.reshape
func.func @transpose_of_units(%x: tensor<1x8x1x1x!q>) -> tensor<1x1x1x8x!q> {
  %0 = tpu.transpose %x {perm = array<i64: 0, 2, 3, 1>} : (tensor<1x8x1x1x!q>) -> tensor<1x1x1x8x!q>
  return %0 : tensor<1x1x1x8x!q>
}

// Floats have no reshape in this dialect.
// CHECK-LABEL: func.func @transpose_of_float_units(
// CHECK-NEXT: tpu.transpose
func.func @transpose_of_float_units(%x: tensor<1x8xf32>) -> tensor<8x1xf32> {
  %0 = tpu.transpose %x {perm = array<i64: 1, 0>} : (tensor<1x8xf32>) -> tensor<8x1xf32>
  return %0 : tensor<8x1xf32>
}

// Constants of one value and one type are the same; other scales make others.
// CHECK-LABEL: func.func @constants(
// CHECK-COUNT-2: tpu.constant
// CHECK-NOT: tpu.constant
func.func @constants() -> (tensor<1x!q>, tensor<1x!q>, tensor<1x!quant.uniform<i8:f32, 0.25>>) {
  %0 = tpu.constant dense<1> : tensor<1xi8> -> tensor<1x!q>
  %1 = tpu.constant dense<1> : tensor<1xi8> -> tensor<1x!q>
  %2 = tpu.constant dense<1> : tensor<1xi8> -> tensor<1x!quant.uniform<i8:f32, 0.25>>
  return %0, %1, %2 : tensor<1x!q>, tensor<1x!q>, tensor<1x!quant.uniform<i8:f32, 0.25>>
}
