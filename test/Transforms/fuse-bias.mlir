// Constants that are added become biases.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: qc-opt %s --fuse-bias | FileCheck %s
// RUN: qc-opt %s --fuse-bias --mlir-print-debuginfo | FileCheck %s --check-prefix=NAMES
// RUN: %python %S/Inputs/same_results.py %s --fuse-bias | qc-opt --check-execute -o /dev/null

// CHECK-LABEL: func @matmul
// CHECK: %[[W:.*]] = top.constant {{.*}} : tensor<3x2xf32>
// CHECK: %[[B:.*]] = top.constant dense<[1.000000e+00, 2.000000e+00]>
// CHECK: %[[Y:.*]] = top.matmul %arg0, %[[W]], %[[B]] : (tensor<1x4x3xf32>, tensor<3x2xf32>, tensor<2xf32>)
// CHECK-NEXT: return %[[Y]]
// NAMES: top.constant {{.*}} : tensor<2xf32> loc(#[[B:.*]])
// NAMES: top.matmul {{.*}} loc(#[[Y:.*]])
// NAMES-DAG: #[[B]] = loc("b")
// NAMES-DAG: #[[LAST:.*]] = loc("sum")
// NAMES-DAG: #[[FIRST:.*]] = loc("product")
// NAMES-DAG: #[[Y]] = loc(fused[#[[LAST]], #[[FIRST]]])
func.func @matmul(%x: tensor<1x4x3xf32>) -> tensor<1x4x2xf32> {
  %w = top.constant dense<[[0.5, -1.0], [2.0, 0.25], [1.5, 3.0]]> : tensor<3x2xf32>
  %b = top.constant dense<[1.0, 2.0]> : tensor<2xf32> loc("b")
  %0 = top.matmul %x, %w : (tensor<1x4x3xf32>, tensor<3x2xf32>) -> tensor<1x4x2xf32> loc("product")
  %1 = top.add %b, %0 : (tensor<2xf32>, tensor<1x4x2xf32>) -> tensor<1x4x2xf32> loc("sum")
  return %1 : tensor<1x4x2xf32>
}

// Twice, with a bias already, subtracted, and clamped at the end.
// CHECK-LABEL: func @conv
// CHECK: %[[B:.*]] = top.constant dense<[-2.500000e+00, -5.000000e-01]>
// CHECK: %[[Y:.*]] = top.conv %arg0, %{{.*}}, %[[B]] {act_max = 2.000000e+00 : f32,
// CHECK-NEXT: return %[[Y]]
func.func @conv(%x: tensor<1x1x4x4xf32>) -> tensor<1x2x4x4xf32> {
  %w = top.constant dense<[[[[2.0]]], [[[-1.0]]]]> : tensor<2x1x1x1xf32>
  %b = top.constant dense<[0.5, 1.5]> : tensor<2xf32>
  %c = top.constant dense<[[[1.0]], [[0.0]]]> : tensor<2x1x1xf32>
  %d = top.constant dense<2.0> : tensor<f32>
  %0 = top.conv %x, %w, %b {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>}
    : (tensor<1x1x4x4xf32>, tensor<2x1x1x1xf32>, tensor<2xf32>) -> tensor<1x2x4x4xf32>
  %1 = top.sub %0, %c : (tensor<1x2x4x4xf32>, tensor<2x1x1xf32>) -> tensor<1x2x4x4xf32>
  %2 = top.sub %1, %d {act_max = 2.0 : f32} : (tensor<1x2x4x4xf32>, tensor<f32>) -> tensor<1x2x4x4xf32>
  return %2 : tensor<1x2x4x4xf32>
}

// CHECK-LABEL: func @deconv_and_scale
// CHECK: top.deconv %arg0, %{{.*}}, %{{.*}} {
// CHECK: %[[B:.*]] = top.constant dense<[1.250000e+00, 2.250000e+00]>
// CHECK: top.scale %{{.*}}, %{{.*}}, %[[B]]
// CHECK-NOT: top.add
func.func @deconv_and_scale(%x: tensor<1x1x4x4xf32>) -> tensor<1x2x4x4xf32> {
  %w = top.constant dense<[[[[2.0]], [[-1.0]]]]> : tensor<1x2x1x1xf32>
  %s = top.constant dense<[0.5, 1.5]> : tensor<2xf32>
  %b = top.constant dense<[1.0, 2.0]> : tensor<2xf32>
  %c = top.constant dense<[[[1.0]], [[0.5]]]> : tensor<2x1x1xf32>
  %d = top.constant dense<0.25> : tensor<1x1x1x1xf32>
  %0 = top.deconv %x, %w {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>, output_padding = array<i64: 0, 0>}
    : (tensor<1x1x4x4xf32>, tensor<1x2x1x1xf32>) -> tensor<1x2x4x4xf32>
  %1 = top.add %0, %c : (tensor<1x2x4x4xf32>, tensor<2x1x1xf32>) -> tensor<1x2x4x4xf32>
  %2 = top.relu %1 : (tensor<1x2x4x4xf32>) -> tensor<1x2x4x4xf32>
  %3 = top.scale %2, %s, %b : (tensor<1x2x4x4xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<1x2x4x4xf32>
  %4 = top.add %3, %d : (tensor<1x2x4x4xf32>, tensor<1x1x1x1xf32>) -> tensor<1x2x4x4xf32>
  return %4 : tensor<1x2x4x4xf32>
}

// Along rows, broadcasting up, not constant, of a used value, after a clamp,
// the wrong way round: none of these is a bias.
// CHECK-LABEL: func @stays
// CHECK-COUNT-5: top.add
// CHECK: top.sub
func.func @stays(%x: tensor<2x3xf32>, %y: tensor<2xf32>)
    -> (tensor<2x2xf32>, tensor<2x2x2xf32>, tensor<2x2xf32>, tensor<2x2xf32>, tensor<2x2xf32>, tensor<2x2xf32>, tensor<2x2xf32>) {
  %w = top.constant dense<[[0.5, -1.0], [2.0, 0.25], [1.5, 3.0]]> : tensor<3x2xf32>
  %rows = top.constant dense<[[1.0], [2.0]]> : tensor<2x1xf32>
  %up = top.constant dense<[[[1.0, 1.0]], [[2.0, 2.0]]]> : tensor<2x1x2xf32>
  %b = top.constant dense<[1.0, 2.0]> : tensor<2xf32>
  %0 = top.matmul %x, %w : (tensor<2x3xf32>, tensor<3x2xf32>) -> tensor<2x2xf32>
  %1 = top.add %0, %rows : (tensor<2x2xf32>, tensor<2x1xf32>) -> tensor<2x2xf32>
  %2 = top.matmul %x, %w : (tensor<2x3xf32>, tensor<3x2xf32>) -> tensor<2x2xf32>
  %3 = top.add %2, %up : (tensor<2x2xf32>, tensor<2x1x2xf32>) -> tensor<2x2x2xf32>
  %4 = top.matmul %x, %w : (tensor<2x3xf32>, tensor<3x2xf32>) -> tensor<2x2xf32>
  %5 = top.add %4, %y : (tensor<2x2xf32>, tensor<2xf32>) -> tensor<2x2xf32>
  %6 = top.matmul %x, %w : (tensor<2x3xf32>, tensor<3x2xf32>) -> tensor<2x2xf32>
  %7 = top.add %6, %b : (tensor<2x2xf32>, tensor<2xf32>) -> tensor<2x2xf32>
  %8 = top.matmul %x, %w {act_min = 0.0 : f32} : (tensor<2x3xf32>, tensor<3x2xf32>) -> tensor<2x2xf32>
  %9 = top.add %8, %b : (tensor<2x2xf32>, tensor<2xf32>) -> tensor<2x2xf32>
  %10 = top.matmul %x, %w : (tensor<2x3xf32>, tensor<3x2xf32>) -> tensor<2x2xf32>
  %11 = top.sub %b, %10 : (tensor<2xf32>, tensor<2x2xf32>) -> tensor<2x2xf32>
  return %1, %3, %5, %6, %7, %9, %11 : tensor<2x2xf32>, tensor<2x2x2xf32>, tensor<2x2xf32>, tensor<2x2xf32>, tensor<2x2xf32>, tensor<2x2xf32>, tensor<2x2xf32>
}

// Only a layer has a bias: what multiplies two activations, or many matrices, leaves it an add.
// CHECK-LABEL: func @products
// CHECK: top.matmul
// CHECK-NEXT: top.add
// CHECK: top.matmul
// CHECK-NEXT: top.add
func.func @products(%x: tensor<1x2x3xf32>, %y: tensor<1x3x2xf32>) -> (tensor<1x2x2xf32>, tensor<1x2x2xf32>) {
  %b = top.constant dense<[1.0, 2.0]> : tensor<2xf32>
  %w = top.constant dense<0.5> : tensor<1x3x2xf32>
  %0 = top.matmul %x, %y : (tensor<1x2x3xf32>, tensor<1x3x2xf32>) -> tensor<1x2x2xf32>
  %1 = top.add %0, %b : (tensor<1x2x2xf32>, tensor<2xf32>) -> tensor<1x2x2xf32>
  %2 = top.matmul %x, %w : (tensor<1x2x3xf32>, tensor<1x3x2xf32>) -> tensor<1x2x2xf32>
  %3 = top.add %2, %b : (tensor<1x2x2xf32>, tensor<2xf32>) -> tensor<1x2x2xf32>
  return %1, %3 : tensor<1x2x2xf32>, tensor<1x2x2xf32>
}
