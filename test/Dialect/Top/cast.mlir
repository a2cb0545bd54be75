// Casts round-trip through text and bytecode.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: qc-opt %s | qc-opt | FileCheck %s
// RUN: qc-opt --emit-bytecode %s | qc-opt | FileCheck %s

// CHECK-LABEL: func.func @cast
func.func @cast(%x: tensor<2xi64>, %h: tensor<f16>) -> (tensor<2xf32>, tensor<f32>, tensor<f16>) {
  // CHECK: top.cast %{{.*}} : (tensor<2xi64>) -> tensor<2xf32>
  %a = top.cast %x : (tensor<2xi64>) -> tensor<2xf32>
  // CHECK: top.cast %{{.*}} : (tensor<f16>) -> tensor<f32>
  %b = top.cast %h : (tensor<f16>) -> tensor<f32>
  // CHECK: top.cast %{{.*}} : (tensor<f32>) -> tensor<f16>
  %c = top.cast %b : (tensor<f32>) -> tensor<f16>
  return %a, %b, %c : tensor<2xf32>, tensor<f32>, tensor<f16>
}
