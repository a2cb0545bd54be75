// Arithmetic on two tensors round-trips through text and bytecode.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: qc-opt %s | qc-opt | FileCheck %s
// RUN: qc-opt --emit-bytecode %s | qc-opt | FileCheck %s

// CHECK-LABEL: func.func @add
func.func @add(%a: tensor<1x8x4x4xf32>, %b: tensor<8x1x1xf32>) -> tensor<1x8x4x4xf32> {
  // CHECK: top.add %{{.*}}, %{{.*}} {act_max = 1.000000e+00 : f32} : (tensor<1x8x4x4xf32>, tensor<8x1x1xf32>) -> tensor<1x8x4x4xf32>
  %y = top.add %a, %b {act_max = 1.0 : f32} : (tensor<1x8x4x4xf32>, tensor<8x1x1xf32>) -> tensor<1x8x4x4xf32>
  return %y : tensor<1x8x4x4xf32>
}

// CHECK-LABEL: func.func @sub
func.func @sub(%a: tensor<1x8x4x4xf32>, %b: tensor<8x1x1xf32>) -> tensor<1x8x4x4xf32> {
  // CHECK: top.sub %{{.*}}, %{{.*}} {act_max = 1.000000e+00 : f32} : (tensor<1x8x4x4xf32>, tensor<8x1x1xf32>) -> tensor<1x8x4x4xf32>
  %y = top.sub %a, %b {act_max = 1.0 : f32} : (tensor<1x8x4x4xf32>, tensor<8x1x1xf32>) -> tensor<1x8x4x4xf32>
  return %y : tensor<1x8x4x4xf32>
}

// CHECK-LABEL: func.func @mul
func.func @mul(%a: tensor<1x8x4x4xf32>, %b: tensor<8x1x1xf32>) -> tensor<1x8x4x4xf32> {
  // CHECK: top.mul %{{.*}}, %{{.*}} {act_max = 1.000000e+00 : f32} : (tensor<1x8x4x4xf32>, tensor<8x1x1xf32>) -> tensor<1x8x4x4xf32>
  %y = top.mul %a, %b {act_max = 1.0 : f32} : (tensor<1x8x4x4xf32>, tensor<8x1x1xf32>) -> tensor<1x8x4x4xf32>
  return %y : tensor<1x8x4x4xf32>
}

// CHECK-LABEL: func.func @div
func.func @div(%a: tensor<1x8x4x4xf32>, %b: tensor<8x1x1xf32>) -> tensor<1x8x4x4xf32> {
  // CHECK: top.div %{{.*}}, %{{.*}} {act_max = 1.000000e+00 : f32} : (tensor<1x8x4x4xf32>, tensor<8x1x1xf32>) -> tensor<1x8x4x4xf32>
  %y = top.div %a, %b {act_max = 1.0 : f32} : (tensor<1x8x4x4xf32>, tensor<8x1x1xf32>) -> tensor<1x8x4x4xf32>
  return %y : tensor<1x8x4x4xf32>
}

// Both sides broadcast.
// CHECK-LABEL: func.func @min
func.func @min(%a: tensor<4x1xf32>, %b: tensor<1x8xf32>, %c: tensor<f32>) -> (tensor<4x8xf32>, tensor<4x1xf32>) {
  // CHECK: top.min %{{.*}}, %{{.*}} : (tensor<4x1xf32>, tensor<1x8xf32>) -> tensor<4x8xf32>
  %y = top.min %a, %b : (tensor<4x1xf32>, tensor<1x8xf32>) -> tensor<4x8xf32>
  // CHECK: top.min %{{.*}}, %{{.*}} : (tensor<f32>, tensor<4x1xf32>) -> tensor<4x1xf32>
  %z = top.min %c, %a : (tensor<f32>, tensor<4x1xf32>) -> tensor<4x1xf32>
  return %y, %z : tensor<4x8xf32>, tensor<4x1xf32>
}

// Both sides broadcast.
// CHECK-LABEL: func.func @max
func.func @max(%a: tensor<4x1xf32>, %b: tensor<1x8xf32>, %c: tensor<f32>) -> (tensor<4x8xf32>, tensor<4x1xf32>) {
  // CHECK: top.max %{{.*}}, %{{.*}} : (tensor<4x1xf32>, tensor<1x8xf32>) -> tensor<4x8xf32>
  %y = top.max %a, %b : (tensor<4x1xf32>, tensor<1x8xf32>) -> tensor<4x8xf32>
  // CHECK: top.max %{{.*}}, %{{.*}} : (tensor<f32>, tensor<4x1xf32>) -> tensor<4x1xf32>
  %z = top.max %c, %a : (tensor<f32>, tensor<4x1xf32>) -> tensor<4x1xf32>
  return %y, %z : tensor<4x8xf32>, tensor<4x1xf32>
}

// Both sides broadcast.
// CHECK-LABEL: func.func @pow
func.func @pow(%a: tensor<4x1xf32>, %b: tensor<1x8xf32>, %c: tensor<f32>) -> (tensor<4x8xf32>, tensor<4x1xf32>) {
  // CHECK: top.pow %{{.*}}, %{{.*}} : (tensor<4x1xf32>, tensor<1x8xf32>) -> tensor<4x8xf32>
  %y = top.pow %a, %b : (tensor<4x1xf32>, tensor<1x8xf32>) -> tensor<4x8xf32>
  // CHECK: top.pow %{{.*}}, %{{.*}} : (tensor<f32>, tensor<4x1xf32>) -> tensor<4x1xf32>
  %z = top.pow %c, %a : (tensor<f32>, tensor<4x1xf32>) -> tensor<4x1xf32>
  return %y, %z : tensor<4x8xf32>, tensor<4x1xf32>
}
