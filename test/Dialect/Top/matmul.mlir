// Matrix products round-trip through text and bytecode.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: qc-opt %s | qc-opt | FileCheck %s
// RUN: qc-opt --emit-bytecode %s | qc-opt | FileCheck %s

// CHECK-LABEL: func.func @fully_connected
func.func @fully_connected(%x: tensor<8x64xf32>, %w: tensor<10x64xf32>, %b: tensor<10xf32>) -> tensor<8x10xf32> {
  // CHECK: top.matmul %{{.*}}, %{{.*}}, %{{.*}} {act_min = 0.000000e+00 : f32, transpose_rhs = true}
  %y = top.matmul %x, %w, %b {transpose_lhs = false, transpose_rhs = true, act_min = 0.0 : f32}
    : (tensor<8x64xf32>, tensor<10x64xf32>, tensor<10xf32>) -> tensor<8x10xf32>
  return %y : tensor<8x10xf32>
}

// CHECK-LABEL: func.func @batched
func.func @batched(%a: tensor<2x1x16x8xf32>, %b: tensor<4x16x32xf32>) -> tensor<2x4x8x32xf32> {
  // CHECK: top.matmul {{.*}} {transpose_lhs = true} : {{.*}} -> tensor<2x4x8x32xf32>
  %y = top.matmul %a, %b {transpose_lhs = true} : (tensor<2x1x16x8xf32>, tensor<4x16x32xf32>) -> tensor<2x4x8x32xf32>
  return %y : tensor<2x4x8x32xf32>
}
