// Reductions round-trip through text and bytecode.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: qc-opt %s | qc-opt | FileCheck %s
// RUN: qc-opt --emit-bytecode %s | qc-opt | FileCheck %s

// CHECK-LABEL: func.func @mean
func.func @mean(%x: tensor<2x8x4x4xf32>) -> (tensor<2x8x1x1xf32>, tensor<2x4x4xf32>, tensor<f32>) {
  // CHECK: top.reduce_mean %{{.*}} {axes = array<i64: 2, 3>} : (tensor<2x8x4x4xf32>) -> tensor<2x8x1x1xf32>
  %a = top.reduce_mean %x {axes = array<i64: 2, 3>} : (tensor<2x8x4x4xf32>) -> tensor<2x8x1x1xf32>
  // CHECK: {axes = array<i64: 1>, keepdims = false} : (tensor<2x8x4x4xf32>) -> tensor<2x4x4xf32>
  %b = top.reduce_mean %x {axes = array<i64: 1>, keepdims = false} : (tensor<2x8x4x4xf32>) -> tensor<2x4x4xf32>
  // CHECK: keepdims = false} : (tensor<2x8x4x4xf32>) -> tensor<f32>
  %c = top.reduce_mean %x {axes = array<i64: 0, 1, 2, 3>, keepdims = false} : (tensor<2x8x4x4xf32>) -> tensor<f32>
  return %a, %b, %c : tensor<2x8x1x1xf32>, tensor<2x4x4xf32>, tensor<f32>
}

// CHECK-LABEL: func.func @sum
func.func @sum(%x: tensor<2x8x4x4xf32>) -> (tensor<2x8x1x1xf32>, tensor<2x4x4xf32>, tensor<f32>) {
  // CHECK: top.reduce_sum %{{.*}} {axes = array<i64: 2, 3>} : (tensor<2x8x4x4xf32>) -> tensor<2x8x1x1xf32>
  %a = top.reduce_sum %x {axes = array<i64: 2, 3>} : (tensor<2x8x4x4xf32>) -> tensor<2x8x1x1xf32>
  // CHECK: {axes = array<i64: 1>, keepdims = false} : (tensor<2x8x4x4xf32>) -> tensor<2x4x4xf32>
  %b = top.reduce_sum %x {axes = array<i64: 1>, keepdims = false} : (tensor<2x8x4x4xf32>) -> tensor<2x4x4xf32>
  // CHECK: keepdims = false} : (tensor<2x8x4x4xf32>) -> tensor<f32>
  %c = top.reduce_sum %x {axes = array<i64: 0, 1, 2, 3>, keepdims = false} : (tensor<2x8x4x4xf32>) -> tensor<f32>
  return %a, %b, %c : tensor<2x8x1x1xf32>, tensor<2x4x4xf32>, tensor<f32>
}

// CHECK-LABEL: func.func @max
func.func @max(%x: tensor<2x8x4x4xf32>) -> (tensor<2x8x1x1xf32>, tensor<2x4x4xf32>, tensor<f32>) {
  // CHECK: top.reduce_max %{{.*}} {axes = array<i64: 2, 3>} : (tensor<2x8x4x4xf32>) -> tensor<2x8x1x1xf32>
  %a = top.reduce_max %x {axes = array<i64: 2, 3>} : (tensor<2x8x4x4xf32>) -> tensor<2x8x1x1xf32>
  // CHECK: {axes = array<i64: 1>, keepdims = false} : (tensor<2x8x4x4xf32>) -> tensor<2x4x4xf32>
  %b = top.reduce_max %x {axes = array<i64: 1>, keepdims = false} : (tensor<2x8x4x4xf32>) -> tensor<2x4x4xf32>
  // CHECK: keepdims = false} : (tensor<2x8x4x4xf32>) -> tensor<f32>
  %c = top.reduce_max %x {axes = array<i64: 0, 1, 2, 3>, keepdims = false} : (tensor<2x8x4x4xf32>) -> tensor<f32>
  return %a, %b, %c : tensor<2x8x1x1xf32>, tensor<2x4x4xf32>, tensor<f32>
}

// CHECK-LABEL: func.func @min
func.func @min(%x: tensor<2x8x4x4xf32>) -> (tensor<2x8x1x1xf32>, tensor<2x4x4xf32>, tensor<f32>) {
  // CHECK: top.reduce_min %{{.*}} {axes = array<i64: 2, 3>} : (tensor<2x8x4x4xf32>) -> tensor<2x8x1x1xf32>
  %a = top.reduce_min %x {axes = array<i64: 2, 3>} : (tensor<2x8x4x4xf32>) -> tensor<2x8x1x1xf32>
  // CHECK: {axes = array<i64: 1>, keepdims = false} : (tensor<2x8x4x4xf32>) -> tensor<2x4x4xf32>
  %b = top.reduce_min %x {axes = array<i64: 1>, keepdims = false} : (tensor<2x8x4x4xf32>) -> tensor<2x4x4xf32>
  // CHECK: keepdims = false} : (tensor<2x8x4x4xf32>) -> tensor<f32>
  %c = top.reduce_min %x {axes = array<i64: 0, 1, 2, 3>, keepdims = false} : (tensor<2x8x4x4xf32>) -> tensor<f32>
  return %a, %b, %c : tensor<2x8x1x1xf32>, tensor<2x4x4xf32>, tensor<f32>
}
