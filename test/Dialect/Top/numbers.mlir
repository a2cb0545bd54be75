// Ops on numbers as they are round-trip through text and bytecode.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: qc-opt %s | qc-opt | FileCheck %s
// RUN: qc-opt --emit-bytecode %s | qc-opt | FileCheck %s

// CHECK-LABEL: func.func @logic
func.func @logic(%a: tensor<4x8xf32>, %b: tensor<8xf32>, %i: tensor<8xi64>) -> (tensor<4x8xf32>, tensor<8xi64>) {
  // CHECK: top.compare %{{.*}} {kind = "less"} : (tensor<4x8xf32>, tensor<8xf32>) -> tensor<4x8xi1>
  %c = top.compare %a, %b {kind = "less"} : (tensor<4x8xf32>, tensor<8xf32>) -> tensor<4x8xi1>
  // CHECK: top.select %{{.*}} : (tensor<4x8xi1>, tensor<4x8xf32>, tensor<8xf32>) -> tensor<4x8xf32>
  %y = top.select %c, %a, %b : (tensor<4x8xi1>, tensor<4x8xf32>, tensor<8xf32>) -> tensor<4x8xf32>
  // CHECK: top.integer %{{.*}} {kind = "mod"} : (tensor<8xi64>, tensor<8xi64>) -> tensor<8xi64>
  %m = top.integer %i, %i {kind = "mod"} : (tensor<8xi64>, tensor<8xi64>) -> tensor<8xi64>
  return %y, %m : tensor<4x8xf32>, tensor<8xi64>
}

// CHECK-LABEL: func.func @search
func.func @search(%x: tensor<2x9xf32>, %boxes: tensor<1x9x4xf32>, %scores: tensor<1x2x9xf32>) -> (tensor<2x1xi64>, tensor<2x3xf32>, tensor<2x3xi64>) {
  // CHECK: top.arg_max %{{.*}} {axis = 1 : i64} : (tensor<2x9xf32>) -> tensor<2x1xi64>
  %i = top.arg_max %x {axis = 1 : i64} : (tensor<2x9xf32>) -> tensor<2x1xi64>
  // CHECK: top.nms %{{.*}}, %{{.*}} {center_point_box = false, iou_threshold = 5.000000e-01 : f32, max_output = 3 : i64, score_threshold = 0.000000e+00 : f32} : (tensor<1x9x4xf32>, tensor<1x2x9xf32>) -> tensor<6x3xi64>
  %n = top.nms %boxes, %scores {max_output = 3 : i64, iou_threshold = 0.5 : f32, score_threshold = 0.0 : f32, center_point_box = false} : (tensor<1x9x4xf32>, tensor<1x2x9xf32>) -> tensor<6x3xi64>
  // CHECK: top.top_k %{{.*}} {axis = 1 : i64, k = 3 : i64} : (tensor<2x9xf32>) -> (tensor<2x3xf32>, tensor<2x3xi64>)
  %v, %k = top.top_k %x {axis = 1 : i64, k = 3 : i64} : (tensor<2x9xf32>) -> (tensor<2x3xf32>, tensor<2x3xi64>)
  return %i, %v, %k : tensor<2x1xi64>, tensor<2x3xf32>, tensor<2x3xi64>
}
