// Softmax round-trips through text and bytecode.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: qc-opt %s | qc-opt | FileCheck %s
// RUN: qc-opt --emit-bytecode %s | qc-opt | FileCheck %s

// CHECK-LABEL: func.func @softmax
func.func @softmax(%x: tensor<2x10x4xf32>) -> (tensor<2x10x4xf32>, tensor<2x10x4xf32>) {
  // CHECK: top.softmax %{{.*}} {axis = 1 : i64} : (tensor<2x10x4xf32>) -> tensor<2x10x4xf32>
  %a = top.softmax %x {axis = 1 : i64} : (tensor<2x10x4xf32>) -> tensor<2x10x4xf32>
  // CHECK: top.log_softmax %{{.*}} {axis = 2 : i64} : (tensor<2x10x4xf32>) -> tensor<2x10x4xf32>
  %b = top.log_softmax %x {axis = 2 : i64} : (tensor<2x10x4xf32>) -> tensor<2x10x4xf32>
  return %a, %b : tensor<2x10x4xf32>, tensor<2x10x4xf32>
}
