// Reshape, expand, transpose and gather round-trip through text and bytecode.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: qc-opt %s | qc-opt | FileCheck %s
// RUN: qc-opt --emit-bytecode %s | qc-opt | FileCheck %s

// CHECK-LABEL: func.func @reshape
func.func @reshape(%x: tensor<1x8x4xf32>, %s: tensor<1x1xi64>) -> (tensor<2x16xf32>, tensor<i64>) {
  // CHECK: top.reshape %{{.*}} : (tensor<1x8x4xf32>) -> tensor<2x16xf32>
  %a = top.reshape %x : (tensor<1x8x4xf32>) -> tensor<2x16xf32>
  // CHECK: top.reshape %{{.*}} : (tensor<1x1xi64>) -> tensor<i64>
  %b = top.reshape %s : (tensor<1x1xi64>) -> tensor<i64>
  return %a, %b : tensor<2x16xf32>, tensor<i64>
}

// CHECK-LABEL: func.func @expand
func.func @expand(%x: tensor<8x1xf32>) -> tensor<2x8x4xf32> {
  // CHECK: top.expand %{{.*}} : (tensor<8x1xf32>) -> tensor<2x8x4xf32>
  %a = top.expand %x : (tensor<8x1xf32>) -> tensor<2x8x4xf32>
  return %a : tensor<2x8x4xf32>
}

// CHECK-LABEL: func.func @transpose
func.func @transpose(%x: tensor<1x8x4x6xf32>) -> tensor<1x4x6x8xf32> {
  // CHECK: top.transpose %{{.*}} {perm = array<i64: 0, 2, 3, 1>} : (tensor<1x8x4x6xf32>) -> tensor<1x4x6x8xf32>
  %a = top.transpose %x {perm = array<i64: 0, 2, 3, 1>} : (tensor<1x8x4x6xf32>) -> tensor<1x4x6x8xf32>
  return %a : tensor<1x4x6x8xf32>
}

// CHECK-LABEL: func.func @gather
func.func @gather(%x: tensor<5x8xf32>, %i: tensor<2x3xi64>, %j: tensor<i32>) -> (tensor<2x3x8xf32>, tensor<5xf32>) {
  // CHECK: top.gather %{{.*}}, %{{.*}} {axis = 0 : i64} : (tensor<5x8xf32>, tensor<2x3xi64>) -> tensor<2x3x8xf32>
  %a = top.gather %x, %i {axis = 0 : i64} : (tensor<5x8xf32>, tensor<2x3xi64>) -> tensor<2x3x8xf32>
  // CHECK: top.gather %{{.*}}, %{{.*}} {axis = 1 : i64} : (tensor<5x8xf32>, tensor<i32>) -> tensor<5xf32>
  %b = top.gather %x, %j {axis = 1 : i64} : (tensor<5x8xf32>, tensor<i32>) -> tensor<5xf32>
  return %a, %b : tensor<2x3x8xf32>, tensor<5xf32>
}
