// Reshapes and transposes in one form, pairs cancelled.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: qc-opt %s --canonicalize-movement | FileCheck %s
// RUN: qc-opt %s --canonicalize-movement --mlir-print-debuginfo | FileCheck %s --check-prefix=NAMES
// RUN: %python %S/Inputs/same_results.py %s --canonicalize-movement | qc-opt --check-execute -o /dev/null

// CHECK-LABEL: func @unit_dimensions
// CHECK-NEXT: %[[A:.*]] = top.reshape %arg0 : (tensor<1x3x1x4xf32>) -> tensor<3x1x4x1xf32>
// CHECK-NEXT: %[[B:.*]] = top.transpose %arg0
// CHECK-NEXT: return %[[A]], %[[B]]
func.func @unit_dimensions(%x: tensor<1x3x1x4xf32>) -> (tensor<3x1x4x1xf32>, tensor<1x4x1x3xf32>) {
  %0 = top.transpose %x {perm = array<i64: 1, 0, 3, 2>} : (tensor<1x3x1x4xf32>) -> tensor<3x1x4x1xf32>
  %1 = top.transpose %x {perm = array<i64: 0, 3, 2, 1>} : (tensor<1x3x1x4xf32>) -> tensor<1x4x1x3xf32>
  return %0, %1 : tensor<3x1x4x1xf32>, tensor<1x4x1x3xf32>
}

// CHECK-LABEL: func @adjacent
// CHECK-NEXT: %[[A:.*]] = top.transpose %arg0 {perm = array<i64: 2, 0, 1>}
// CHECK-NEXT: %[[B:.*]] = top.reshape %arg0 : (tensor<2x3x4xf32>) -> tensor<4x6xf32>
// CHECK-NEXT: return %[[A]], %[[B]]
func.func @adjacent(%x: tensor<2x3x4xf32>) -> (tensor<4x2x3xf32>, tensor<4x6xf32>) {
  %0 = top.transpose %x {perm = array<i64: 1, 2, 0>} : (tensor<2x3x4xf32>) -> tensor<3x4x2xf32>
  %1 = top.transpose %0 {perm = array<i64: 1, 2, 0>} : (tensor<3x4x2xf32>) -> tensor<4x2x3xf32>
  %2 = top.reshape %x : (tensor<2x3x4xf32>) -> tensor<24xf32>
  %3 = top.reshape %2 : (tensor<24xf32>) -> tensor<4x6xf32>
  return %1, %3 : tensor<4x2x3xf32>, tensor<4x6xf32>
}

// CHECK-LABEL: func @across
// CHECK-NEXT: %[[T:.*]] = top.tanh %arg0 : (tensor<1x2x3x4xf32>)
// CHECK-NEXT: %[[L:.*]] = top.leaky_relu %[[T]] {alpha = 1.000000e-01 : f32}
// CHECK-NEXT: return %[[L]]
// NAMES-LABEL: func @across
// NAMES: top.leaky_relu {{.*}} loc(#[[L:.*]])
// NAMES-LABEL: func @across_two
// NAMES-DAG: #[[BACK:.*]] = loc("back")
// NAMES-DAG: #[[LEAKY:.*]] = loc("leaky")
// NAMES-DAG: #[[L]] = loc(fused[#[[BACK]], #[[LEAKY]]{{.*}}])
func.func @across(%x: tensor<1x2x3x4xf32>) -> tensor<1x2x3x4xf32> {
  %0 = top.transpose %x {perm = array<i64: 0, 2, 3, 1>} : (tensor<1x2x3x4xf32>) -> tensor<1x3x4x2xf32> loc("there")
  %1 = top.tanh %0 : (tensor<1x3x4x2xf32>) -> tensor<1x3x4x2xf32> loc("tanh")
  %2 = top.leaky_relu %1 {alpha = 0.1 : f32} : (tensor<1x3x4x2xf32>) -> tensor<1x3x4x2xf32> loc("leaky")
  %3 = top.transpose %2 {perm = array<i64: 0, 3, 1, 2>} : (tensor<1x3x4x2xf32>) -> tensor<1x2x3x4xf32> loc("back")
  return %3 : tensor<1x2x3x4xf32>
}

// Two transposed operands, then constants of every rank, and one transpose
// left over in the end.
// CHECK-LABEL: func @across_two
// CHECK: %[[S:.*]] = top.add %arg0, %arg1 {act_min = 0.000000e+00 : f32}
// CHECK: %[[M:.*]] = top.mul %[[S]], %{{.*}} -> tensor<2x3x4xf32>
// CHECK: %[[E:.*]] = top.sub %{{.*}}, %[[M]] {{.*}} -> tensor<2x3x4xf32>
// CHECK: top.transpose %[[E]] {perm = array<i64: 2, 0, 1>}
// CHECK-NEXT: return
func.func @across_two(%x: tensor<2x3x4xf32>, %y: tensor<2x3x4xf32>) -> tensor<4x2x3xf32> {
  %c = top.constant dense<[1.0, 2.0]> : tensor<2xf32>
  %d = top.constant dense<[[[0.5, 0.25]], [[1.0, 2.0]], [[3.0, 4.0]]]> : tensor<3x1x2xf32>
  %0 = top.transpose %x {perm = array<i64: 1, 2, 0>} : (tensor<2x3x4xf32>) -> tensor<3x4x2xf32>
  %1 = top.transpose %y {perm = array<i64: 1, 2, 0>} : (tensor<2x3x4xf32>) -> tensor<3x4x2xf32>
  %2 = top.add %0, %1 {act_min = 0.0 : f32} : (tensor<3x4x2xf32>, tensor<3x4x2xf32>) -> tensor<3x4x2xf32>
  %3 = top.mul %2, %c : (tensor<3x4x2xf32>, tensor<2xf32>) -> tensor<3x4x2xf32>
  %4 = top.sub %d, %3 : (tensor<3x1x2xf32>, tensor<3x4x2xf32>) -> tensor<3x4x2xf32>
  %5 = top.transpose %4 {perm = array<i64: 1, 2, 0>} : (tensor<3x4x2xf32>) -> tensor<4x2x3xf32>
  return %5 : tensor<4x2x3xf32>
}

// CHECK-LABEL: func @reshape_across
// CHECK-NEXT: %[[R:.*]] = top.relu %arg0 : (tensor<2x3x4xf32>) -> tensor<2x3x4xf32>
// CHECK-NEXT: return %[[R]]
func.func @reshape_across(%x: tensor<2x3x4xf32>) -> tensor<2x3x4xf32> {
  %0 = top.reshape %x : (tensor<2x3x4xf32>) -> tensor<6x4xf32>
  %1 = top.relu %0 : (tensor<6x4xf32>) -> tensor<6x4xf32>
  %2 = top.reshape %1 : (tensor<6x4xf32>) -> tensor<2x3x4xf32>
  return %2 : tensor<2x3x4xf32>
}

// CHECK-LABEL: func @matmul
// CHECK-NEXT: %[[A:.*]] = top.matmul %arg0, %arg1 {transpose_rhs = true}
// CHECK-NEXT: %[[B:.*]] = top.matmul %arg1, %arg0 {transpose_rhs = true}
// CHECK-NEXT: return %[[A]], %[[B]]
func.func @matmul(%x: tensor<2x3x4xf32>, %y: tensor<2x5x4xf32>) -> (tensor<2x3x5xf32>, tensor<2x5x3xf32>) {
  %0 = top.transpose %y {perm = array<i64: 0, 2, 1>} : (tensor<2x5x4xf32>) -> tensor<2x4x5xf32>
  %1 = top.matmul %x, %0 : (tensor<2x3x4xf32>, tensor<2x4x5xf32>) -> tensor<2x3x5xf32>
  %2 = top.transpose %y {perm = array<i64: 0, 2, 1>} : (tensor<2x5x4xf32>) -> tensor<2x4x5xf32>
  %3 = top.transpose %x {perm = array<i64: 0, 2, 1>} : (tensor<2x3x4xf32>) -> tensor<2x4x3xf32>
  %4 = top.matmul %2, %3 {transpose_lhs = true} : (tensor<2x4x5xf32>, tensor<2x4x3xf32>) -> tensor<2x5x3xf32>
  return %1, %4 : tensor<2x3x5xf32>, tensor<2x5x3xf32>
}

// A value that others read, operands moved differently, a reshape to another
// shape, a fully connected layer.
// CHECK-LABEL: func @stays
// CHECK-COUNT-6: top.transpose
// CHECK-COUNT-2: top.reshape
func.func @stays(%x: tensor<2x3x3xf32>, %y: tensor<2x3x3xf32>)
    -> (tensor<3x3x2xf32>, tensor<2x3x3xf32>, tensor<3x3x2xf32>, tensor<3x6xf32>, tensor<2x3x4xf32>) {
  %w = top.constant dense<[[1.0, 2.0, 3.0, 4.0], [0.1, 0.2, 0.3, 0.4], [0.5, 0.6, 0.7, 0.8]]> : tensor<3x4xf32>
  %0 = top.transpose %x {perm = array<i64: 1, 2, 0>} : (tensor<2x3x3xf32>) -> tensor<3x3x2xf32>
  %1 = top.tanh %0 : (tensor<3x3x2xf32>) -> tensor<3x3x2xf32>
  %2 = top.transpose %1 {perm = array<i64: 2, 0, 1>} : (tensor<3x3x2xf32>) -> tensor<2x3x3xf32>
  %3 = top.transpose %y {perm = array<i64: 2, 1, 0>} : (tensor<2x3x3xf32>) -> tensor<3x3x2xf32>
  %4 = top.transpose %y {perm = array<i64: 1, 2, 0>} : (tensor<2x3x3xf32>) -> tensor<3x3x2xf32>
  %5 = top.sub %3, %4 : (tensor<3x3x2xf32>, tensor<3x3x2xf32>) -> tensor<3x3x2xf32>
  %6 = top.transpose %5 {perm = array<i64: 1, 0, 2>} : (tensor<3x3x2xf32>) -> tensor<3x3x2xf32>
  %7 = top.transpose %x {perm = array<i64: 0, 2, 1>} : (tensor<2x3x3xf32>) -> tensor<2x3x3xf32>
  %8 = top.matmul %7, %w : (tensor<2x3x3xf32>, tensor<3x4xf32>) -> tensor<2x3x4xf32>
  %9 = top.reshape %x : (tensor<2x3x3xf32>) -> tensor<18xf32>
  %10 = top.relu %9 : (tensor<18xf32>) -> tensor<18xf32>
  %11 = top.reshape %10 : (tensor<18xf32>) -> tensor<3x6xf32>
  return %1, %2, %6, %11, %8 : tensor<3x3x2xf32>, tensor<2x3x3xf32>, tensor<3x3x2xf32>, tensor<3x6xf32>, tensor<2x3x4xf32>
}

// Slopes belong to a dimension.
// CHECK-LABEL: func @slopes
// CHECK-COUNT-2: top.transpose
func.func @slopes(%x: tensor<1x3x3x4xf32>) -> tensor<1x3x3x4xf32> {
  %s = top.constant dense<[[[0.1]], [[0.2]], [[0.3]], [[0.4]]]> : tensor<4x1x1xf32>
  %0 = top.transpose %x {perm = array<i64: 0, 3, 1, 2>} : (tensor<1x3x3x4xf32>) -> tensor<1x4x3x3xf32>
  %1 = top.prelu %0, %s : (tensor<1x4x3x3xf32>, tensor<4x1x1xf32>) -> tensor<1x4x3x3xf32>
  %2 = top.transpose %1 {perm = array<i64: 0, 2, 3, 1>} : (tensor<1x4x3x3xf32>) -> tensor<1x3x3x4xf32>
  return %2 : tensor<1x3x3x4xf32>
}
