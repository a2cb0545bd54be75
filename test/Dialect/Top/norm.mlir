// Normalizations round-trip through text and bytecode.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: qc-opt %s | qc-opt | FileCheck %s
// RUN: qc-opt --emit-bytecode %s | qc-opt | FileCheck %s

// CHECK-LABEL: func.func @batch_norm
func.func @batch_norm(%x: tensor<1x8x4x4xf32>, %c: tensor<8xf32>) -> tensor<1x8x4x4xf32> {
  // CHECK: top.batch_norm %{{.*}}, %{{.*}}, %{{.*}}, %{{.*}}, %{{.*}} {epsilon = 9.99999974E-6 : f32}
  %y = top.batch_norm %x, %c, %c, %c, %c {epsilon = 1.0e-5 : f32}
    : (tensor<1x8x4x4xf32>, tensor<8xf32>, tensor<8xf32>, tensor<8xf32>, tensor<8xf32>) -> tensor<1x8x4x4xf32>
  return %y : tensor<1x8x4x4xf32>
}

// CHECK-LABEL: func.func @scale
func.func @scale(%x: tensor<1x8xf32>, %c: tensor<8xf32>) -> tensor<1x8xf32> {
  // CHECK: top.scale %{{.*}}, %{{.*}}, %{{.*}} {act_min = 0.000000e+00 : f32}
  %y = top.scale %x, %c, %c {act_min = 0.0 : f32} : (tensor<1x8xf32>, tensor<8xf32>, tensor<8xf32>) -> tensor<1x8xf32>
  return %y : tensor<1x8xf32>
}

// CHECK-LABEL: func.func @layer_norm
func.func @layer_norm(%x: tensor<1x4x6x8xf32>, %p: tensor<6x8xf32>) {
  // CHECK: top.layer_norm %{{.*}} scale %{{.*}} bias %{{.*}} {axis = 2 : i64, epsilon = 0.000000e+00 : f32}
  top.layer_norm %x scale %p bias %p {axis = 2 : i64, epsilon = 0.0 : f32}
    : (tensor<1x4x6x8xf32>, tensor<6x8xf32>, tensor<6x8xf32>) -> tensor<1x4x6x8xf32>
  // CHECK: top.layer_norm %{{[^ ]*}} scale %{{[^ ]*}} {axis
  top.layer_norm %x scale %p {axis = 2 : i64, epsilon = 0.0 : f32}
    : (tensor<1x4x6x8xf32>, tensor<6x8xf32>) -> tensor<1x4x6x8xf32>
  // CHECK: top.layer_norm %{{[^ ]*}} bias %{{[^ ]*}} {axis
  top.layer_norm %x bias %p {axis = 2 : i64, epsilon = 0.0 : f32}
    : (tensor<1x4x6x8xf32>, tensor<6x8xf32>) -> tensor<1x4x6x8xf32>
  // CHECK: top.layer_norm %{{[^ ]*}} {axis
  top.layer_norm %x {axis = 1 : i64, epsilon = 0.0 : f32} : (tensor<1x4x6x8xf32>) -> tensor<1x4x6x8xf32>
  return
}
