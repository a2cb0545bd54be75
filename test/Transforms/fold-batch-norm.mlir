// Batch norms and channel factors become weights; what cannot, a scale.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: qc-opt %s --fold-batch-norm | FileCheck %s
// RUN: qc-opt %s --fold-batch-norm --mlir-print-debuginfo | FileCheck %s --check-prefix=NAMES
// RUN: %python %S/Inputs/same_results.py %s --fold-batch-norm | qc-opt --check-execute -o /dev/null

// CHECK-LABEL: func @after_conv
// CHECK-SAME: %[[X:.*]]: tensor<1x2x4x4xf32>
func.func @after_conv(%x: tensor<1x2x4x4xf32>) -> tensor<1x2x4x4xf32> {
  %w = top.constant dense<[[[[2.0]], [[4.0]]], [[[-1.0]], [[3.0]]]]> : tensor<2x2x1x1xf32> loc("weight")
  %gamma = top.constant dense<[4.0, 1.0]> : tensor<2xf32> loc("gamma")
  %beta = top.constant dense<[1.0, 2.0]> : tensor<2xf32> loc("beta")
  %mean = top.constant dense<[0.5, -1.0]> : tensor<2xf32>
  %variance = top.constant dense<[3.75, 0.0]> : tensor<2xf32>
  // CHECK: %[[W:.*]] = top.constant dense<{{\[\[\[\[}}4.000000e+00]], {{\[\[}}8.000000e+00]]], {{\[\[\[}}-2.000000e+00]], {{\[\[}}6.000000e+00]]]]> : tensor<2x2x1x1xf32>
  // CHECK: %[[B:.*]] = top.constant dense<[0.000000e+00, 4.000000e+00]>
  // CHECK: %[[Y:.*]] = top.conv %[[X]], %[[W]], %[[B]] {dilations
  // CHECK: return %[[Y]]
  // NAMES: top.constant {{.*}} : tensor<2x2x1x1xf32> loc(#[[W:.*]])
  // NAMES: top.constant {{.*}} : tensor<2xf32> loc(#[[B:.*]])
  // NAMES: top.conv {{.*}} loc(#[[Y:.*]])
  // NAMES-DAG: #[[W]] = loc("weight")
  // NAMES-DAG: #[[B]] = loc("beta")
  // NAMES-DAG: #[[LAST:.*]] = loc("normed")
  // NAMES-DAG: #[[FIRST:.*]] = loc("conved")
  // NAMES-DAG: #[[Y]] = loc(fused[#[[LAST]], #[[FIRST]]])
  %0 = top.conv %x, %w {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>}
    : (tensor<1x2x4x4xf32>, tensor<2x2x1x1xf32>) -> tensor<1x2x4x4xf32> loc("conved")
  %1 = top.batch_norm %0, %gamma, %beta, %mean, %variance {epsilon = 0.25 : f32}
    : (tensor<1x2x4x4xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<1x2x4x4xf32> loc("normed")
  return %1 : tensor<1x2x4x4xf32>
}

// Padded, grouped, with a bias, then a factor and a quotient for each channel.
// CHECK-LABEL: func @grouped
// CHECK: %[[Y:.*]] = top.conv
// CHECK-NEXT: return %[[Y]]
func.func @grouped(%x: tensor<1x4x5x5xf32>) -> tensor<1x6x5x5xf32> {
  %w = top.constant dense<[[[[0.1, 0.2, 0.3], [-0.4, 0.5, 0.6], [0.7, -0.8, 0.9]], [[0.5, 0.1, 0.2], [0.3, 0.9, 0.1], [0.2, 0.2, 0.2]]],
                           [[[0.3, 0.1, 0.3], [0.4, 0.5, 0.1], [0.7, 0.8, 0.2]], [[0.1, 0.4, 0.2], [0.3, 0.8, 0.1], [0.6, 0.2, 0.2]]],
                           [[[0.2, 0.2, 0.3], [0.4, 0.5, 0.2], [0.6, 0.8, 0.9]], [[0.2, 0.1, 0.5], [0.3, 0.7, 0.1], [0.2, 0.7, 0.2]]],
                           [[[0.1, 0.3, 0.3], [0.4, 0.5, 0.3], [0.5, 0.8, 0.9]], [[0.3, 0.1, 0.2], [0.6, 0.6, 0.1], [0.2, 0.2, 0.8]]],
                           [[[0.6, 0.4, 0.3], [0.4, 0.5, 0.4], [0.4, 0.8, 0.9]], [[0.4, 0.1, 0.2], [0.3, 0.5, 0.4], [0.2, 0.9, 0.2]]],
                           [[[0.7, 0.5, 0.3], [0.4, 0.5, 0.5], [0.3, 0.8, 0.9]], [[0.5, 0.1, 0.8], [0.3, 0.4, 0.1], [0.2, 0.2, 0.1]]]]> : tensor<6x2x3x3xf32>
  %b = top.constant dense<[0.1, 0.2, 0.3, 0.4, 0.5, 0.6]> : tensor<6xf32>
  %gamma = top.constant dense<[1.1, 0.9, 1.3, -0.7, 0.2, 1.0]> : tensor<6xf32>
  %beta = top.constant dense<[0.3, 0.1, -0.4, 0.2, 0.0, 1.0]> : tensor<6xf32>
  %mean = top.constant dense<[0.2, -0.5, 0.6, 0.1, 0.9, 0.0]> : tensor<6xf32>
  %variance = top.constant dense<[0.5, 1.5, 2.0, 0.3, 0.8, 1.0]> : tensor<6xf32>
  %factor = top.constant dense<[[[0.5]], [[1.5]], [[-1.0]], [[2.0]], [[3.0]], [[0.1]]]> : tensor<6x1x1xf32>
  %divisor = top.constant dense<4.0> : tensor<f32>
  %0 = top.conv %x, %w, %b {strides = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>, dilations = array<i64: 1, 1>, group = 2 : i64}
    : (tensor<1x4x5x5xf32>, tensor<6x2x3x3xf32>, tensor<6xf32>) -> tensor<1x6x5x5xf32>
  %1 = top.batch_norm %0, %gamma, %beta, %mean, %variance {epsilon = 1.0e-5 : f32}
    : (tensor<1x6x5x5xf32>, tensor<6xf32>, tensor<6xf32>, tensor<6xf32>, tensor<6xf32>) -> tensor<1x6x5x5xf32>
  %2 = top.mul %factor, %1 : (tensor<6x1x1xf32>, tensor<1x6x5x5xf32>) -> tensor<1x6x5x5xf32>
  %3 = top.div %2, %divisor {act_min = 0.0 : f32} : (tensor<1x6x5x5xf32>, tensor<f32>) -> tensor<1x6x5x5xf32>
  return %3 : tensor<1x6x5x5xf32>
}

// CHECK-LABEL: func @after_deconv
// CHECK: %[[Y:.*]] = top.deconv
// CHECK-NEXT: return %[[Y]]
func.func @after_deconv(%x: tensor<1x4x3x3xf32>) -> tensor<1x4x6x6xf32> {
  %w = top.constant dense<[[[[0.1, 0.2], [0.3, 0.4]], [[0.5, 0.6], [0.7, 0.8]]], [[[0.9, 0.1], [0.3, 0.2]], [[0.4, 0.4], [0.1, 0.7]]],
                           [[[0.3, 0.8], [0.2, 0.4]], [[0.2, 0.6], [0.9, 0.8]]], [[[0.7, 0.1], [0.5, 0.2]], [[0.5, 0.4], [0.2, 0.7]]]]> : tensor<4x2x2x2xf32>
  %gamma = top.constant dense<[1.0, 2.0, 3.0, 4.0]> : tensor<4xf32>
  %beta = top.constant dense<[0.1, 0.2, 0.3, 0.4]> : tensor<4xf32>
  %mean = top.constant dense<[0.5, 0.6, 0.7, 0.8]> : tensor<4xf32>
  %variance = top.constant dense<[1.0, 2.0, 3.0, 4.0]> : tensor<4xf32>
  %0 = top.deconv %x, %w {strides = array<i64: 2, 2>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>, output_padding = array<i64: 0, 0>, group = 2 : i64}
    : (tensor<1x4x3x3xf32>, tensor<4x2x2x2xf32>) -> tensor<1x4x6x6xf32>
  %1 = top.batch_norm %0, %gamma, %beta, %mean, %variance {epsilon = 1.0e-3 : f32}
    : (tensor<1x4x6x6xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>) -> tensor<1x4x6x6xf32>
  return %1 : tensor<1x4x6x6xf32>
}

// Both ways around a matmul, with weights in both orders.
// CHECK-LABEL: func @around_matmul
// CHECK: top.matmul
// CHECK-NOT: top.batch_norm
// CHECK-NOT: top.scale
// CHECK: return
func.func @around_matmul(%x: tensor<2x3xf32>) -> (tensor<2x2xf32>, tensor<2x2xf32>) {
  %w = top.constant dense<[[0.5, -1.0], [2.0, 0.25], [1.5, 3.0]]> : tensor<3x2xf32>
  %wt = top.constant dense<[[0.5, -1.0, 0.1], [2.0, 0.25, 0.4]]> : tensor<2x3xf32>
  %s3 = top.constant dense<[0.5, 2.0, -1.0]> : tensor<3xf32>
  %b3 = top.constant dense<[0.1, -0.2, 0.3]> : tensor<3xf32>
  %s2 = top.constant dense<[4.0, 0.3]> : tensor<2xf32>
  %b2 = top.constant dense<[1.0, -1.0]> : tensor<2xf32>
  %0 = top.batch_norm %x, %s3, %b3, %b3, %s3 {epsilon = 2.0 : f32}
    : (tensor<2x3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>) -> tensor<2x3xf32>
  %1 = top.matmul %0, %w : (tensor<2x3xf32>, tensor<3x2xf32>) -> tensor<2x2xf32>
  %2 = top.scale %1, %s2, %b2 : (tensor<2x2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<2x2xf32>
  %3 = top.mul %x, %s3 : (tensor<2x3xf32>, tensor<3xf32>) -> tensor<2x3xf32>
  %4 = top.matmul %3, %wt, %b2 {transpose_rhs = true} : (tensor<2x3xf32>, tensor<2x3xf32>, tensor<2xf32>) -> tensor<2x2xf32>
  %5 = top.batch_norm %4, %s2, %b2, %b2, %s2 {epsilon = 1.0 : f32}
    : (tensor<2x2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<2x2xf32>
  return %2, %5 : tensor<2x2xf32>, tensor<2x2xf32>
}

// A transpose between the norm and the rows of a product.
// CHECK-LABEL: func @through_transpose
// CHECK: %[[T:.*]] = top.transpose %arg0
// CHECK: %[[Y:.*]] = top.matmul %[[T]]
// CHECK-NEXT: return %[[Y]]
func.func @through_transpose(%x: tensor<1x3x5xf32>) -> tensor<1x5x2xf32> {
  %w = top.constant dense<[[0.5, -1.0], [2.0, 0.25], [1.5, 3.0]]> : tensor<3x2xf32>
  %s = top.constant dense<[0.5, 2.0, -1.0]> : tensor<3xf32>
  %b = top.constant dense<[0.1, -0.2, 0.3]> : tensor<3xf32>
  %0 = top.scale %x, %s, %b : (tensor<1x3x5xf32>, tensor<3xf32>, tensor<3xf32>) -> tensor<1x3x5xf32>
  %1 = top.transpose %0 {perm = array<i64: 0, 2, 1>} : (tensor<1x3x5xf32>) -> tensor<1x5x3xf32>
  %2 = top.matmul %1, %w : (tensor<1x5x3xf32>, tensor<3x2xf32>) -> tensor<1x5x2xf32>
  return %2 : tensor<1x5x2xf32>
}

// In front of a conv: a factor always, a shift when nothing is padded.
// CHECK-LABEL: func @before_conv
// CHECK: %[[A:.*]] = top.conv %arg0
// CHECK: %[[B:.*]] = top.conv %arg0
// CHECK: %[[S:.*]] = top.scale %arg0
// CHECK: %[[C:.*]] = top.conv %[[S]]
// CHECK: return %[[A]], %[[B]], %[[C]]
func.func @before_conv(%x: tensor<1x2x4x4xf32>) -> (tensor<1x1x4x4xf32>, tensor<1x1x2x2xf32>, tensor<1x1x4x4xf32>) {
  %w = top.constant dense<[[[[0.1, 0.2, 0.3], [-0.4, 0.5, 0.6], [0.7, -0.8, 0.9]], [[0.5, 0.1, 0.2], [0.3, 0.9, 0.1], [0.2, 0.2, 0.2]]]]> : tensor<1x2x3x3xf32>
  %s = top.constant dense<[2.0, -3.0]> : tensor<2xf32>
  %factor = top.constant dense<[[[2.0]], [[-3.0]]]> : tensor<2x1x1xf32>
  %b = top.constant dense<[0.5, 0.25]> : tensor<2xf32>
  %0 = top.mul %x, %factor : (tensor<1x2x4x4xf32>, tensor<2x1x1xf32>) -> tensor<1x2x4x4xf32>
  %1 = top.conv %0, %w {strides = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>, dilations = array<i64: 1, 1>}
    : (tensor<1x2x4x4xf32>, tensor<1x2x3x3xf32>) -> tensor<1x1x4x4xf32>
  %2 = top.scale %x, %s, %b : (tensor<1x2x4x4xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<1x2x4x4xf32>
  %3 = top.conv %2, %w {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>}
    : (tensor<1x2x4x4xf32>, tensor<1x2x3x3xf32>) -> tensor<1x1x2x2xf32>
  %4 = top.scale %x, %s, %b : (tensor<1x2x4x4xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<1x2x4x4xf32>
  %5 = top.conv %4, %w {strides = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>, dilations = array<i64: 1, 1>}
    : (tensor<1x2x4x4xf32>, tensor<1x2x3x3xf32>) -> tensor<1x1x4x4xf32>
  return %1, %3, %5 : tensor<1x1x4x4xf32>, tensor<1x1x2x2xf32>, tensor<1x1x4x4xf32>
}

// CHECK-LABEL: func @alone
// CHECK: %[[S:.*]] = top.constant dense<[2.000000e+00, 5.000000e-01]>
// CHECK: %[[B:.*]] = top.constant dense<[0.000000e+00, 2.500000e+00]>
// CHECK: top.scale %arg0, %[[S]], %[[B]]
func.func @alone(%x: tensor<1x2x4x4xf32>) -> tensor<1x2x4x4xf32> {
  %gamma = top.constant dense<[4.0, 1.0]> : tensor<2xf32>
  %beta = top.constant dense<[1.0, 2.0]> : tensor<2xf32>
  %mean = top.constant dense<[0.5, -1.0]> : tensor<2xf32>
  %variance = top.constant dense<3.75> : tensor<2xf32>
  %0 = top.batch_norm %x, %gamma, %beta, %mean, %variance {epsilon = 0.25 : f32}
    : (tensor<1x2x4x4xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<1x2x4x4xf32>
  return %0 : tensor<1x2x4x4xf32>
}

// The conv's value is needed by itself; a clamp stands between; the variance
// is not a variance; parameters are computed.
// CHECK-LABEL: func @stays
// CHECK: top.conv
// CHECK: top.scale
// CHECK: top.conv
// CHECK: top.mul
// CHECK: top.batch_norm
// CHECK: top.batch_norm
func.func @stays(%x: tensor<1x1x4x4xf32>, %parameter: tensor<1xf32>)
    -> (tensor<1x1x4x4xf32>, tensor<1x1x4x4xf32>, tensor<1x1x4x4xf32>, tensor<1x1x4x4xf32>, tensor<1x1x4x4xf32>) {
  %w = top.constant dense<2.0> : tensor<1x1x1x1xf32>
  %one = top.constant dense<1.5> : tensor<1xf32>
  %negative = top.constant dense<-2.0> : tensor<1xf32>
  %0 = top.conv %x, %w {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>}
    : (tensor<1x1x4x4xf32>, tensor<1x1x1x1xf32>) -> tensor<1x1x4x4xf32>
  %1 = top.batch_norm %0, %one, %one, %one, %one {epsilon = 1.0e-5 : f32}
    : (tensor<1x1x4x4xf32>, tensor<1xf32>, tensor<1xf32>, tensor<1xf32>, tensor<1xf32>) -> tensor<1x1x4x4xf32>
  %2 = top.conv %x, %w {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>, act_max = 1.0 : f32}
    : (tensor<1x1x4x4xf32>, tensor<1x1x1x1xf32>) -> tensor<1x1x4x4xf32>
  %3 = top.mul %2, %one : (tensor<1x1x4x4xf32>, tensor<1xf32>) -> tensor<1x1x4x4xf32>
  %4 = top.batch_norm %x, %one, %one, %one, %negative {epsilon = 1.0 : f32}
    : (tensor<1x1x4x4xf32>, tensor<1xf32>, tensor<1xf32>, tensor<1xf32>, tensor<1xf32>) -> tensor<1x1x4x4xf32>
  %5 = top.batch_norm %x, %parameter, %one, %one, %one {epsilon = 1.0 : f32}
    : (tensor<1x1x4x4xf32>, tensor<1xf32>, tensor<1xf32>, tensor<1xf32>, tensor<1xf32>) -> tensor<1x1x4x4xf32>
  return %0, %1, %3, %4, %5 : tensor<1x1x4x4xf32>, tensor<1x1x4x4xf32>, tensor<1x1x4x4xf32>, tensor<1x1x4x4xf32>, tensor<1x1x4x4xf32>
}
