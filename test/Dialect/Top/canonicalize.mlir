// What folds and merges in top, and what must stay.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: qc-opt --canonicalize --mlir-print-debuginfo --split-input-file %s | FileCheck %s

// CHECK-LABEL: func.func @identities
// CHECK-SAME: %[[X:.*]]: tensor<2x8xf32>
func.func @identities(%x: tensor<2x8xf32>) -> tensor<2x8xf32> {
  %zero = top.constant dense<0.0> : tensor<8xf32>
  %one = top.constant dense<1.0> : tensor<f32>
  %0 = top.add %x, %zero : (tensor<2x8xf32>, tensor<8xf32>) -> tensor<2x8xf32>
  %1 = top.add %zero, %0 : (tensor<8xf32>, tensor<2x8xf32>) -> tensor<2x8xf32>
  %2 = top.sub %1, %zero : (tensor<2x8xf32>, tensor<8xf32>) -> tensor<2x8xf32>
  %3 = top.mul %2, %one : (tensor<2x8xf32>, tensor<f32>) -> tensor<2x8xf32>
  %4 = top.mul %one, %3 : (tensor<f32>, tensor<2x8xf32>) -> tensor<2x8xf32>
  %5 = top.div %4, %one : (tensor<2x8xf32>, tensor<f32>) -> tensor<2x8xf32>
  %6 = top.pow %5, %one : (tensor<2x8xf32>, tensor<f32>) -> tensor<2x8xf32>
  %7 = top.min %6, %6 : (tensor<2x8xf32>, tensor<2x8xf32>) -> tensor<2x8xf32>
  %8 = top.max %7, %7 : (tensor<2x8xf32>, tensor<2x8xf32>) -> tensor<2x8xf32>
  %9 = top.reshape %8 : (tensor<2x8xf32>) -> tensor<2x8xf32>
  %10 = top.expand %9 : (tensor<2x8xf32>) -> tensor<2x8xf32>
  %11 = top.transpose %10 {perm = array<i64: 0, 1>} : (tensor<2x8xf32>) -> tensor<2x8xf32>
  %12 = top.slice %11 {offsets = array<i64: 0, 0>, sizes = array<i64: 2, 8>, strides = array<i64: 1, 1>}
    : (tensor<2x8xf32>) -> tensor<2x8xf32>
  %13 = top.pad %12 {pads = array<i64: 0, 0, 0, 0>, mode = "edge"} : (tensor<2x8xf32>) -> tensor<2x8xf32>
  %14 = top.cast %13 : (tensor<2x8xf32>) -> tensor<2x8xf32>
  %15 = top.concat %14 {axis = 0 : i64} : (tensor<2x8xf32>) -> tensor<2x8xf32>
  %16 = top.split %15 {axis = 0 : i64} : (tensor<2x8xf32>) -> tensor<2x8xf32>
  %17 = top.resize %16 {mode = "linear", coordinate_transformation = "half_pixel", scales = array<f64: 1.0, 1.0>}
    : (tensor<2x8xf32>) -> tensor<2x8xf32>
  %18 = top.clip %17 : (tensor<2x8xf32>) -> tensor<2x8xf32>
  %19 = top.neg %18 : (tensor<2x8xf32>) -> tensor<2x8xf32>
  %20 = top.neg %19 : (tensor<2x8xf32>) -> tensor<2x8xf32>
  // CHECK-NEXT: return %[[X]] : tensor<2x8xf32>
  return %20 : tensor<2x8xf32>
}

// -----

// CHECK-LABEL: func.func @twice
// CHECK-SAME: %[[X:.*]]: tensor<8xf32>
func.func @twice(%x: tensor<8xf32>) -> (tensor<8xf32>, tensor<8xf32>, tensor<8xf32>, tensor<8xf32>) {
  // CHECK-NEXT: top.relu
  %0 = top.relu %x : (tensor<8xf32>) -> tensor<8xf32>
  %1 = top.relu %0 : (tensor<8xf32>) -> tensor<8xf32>
  // CHECK-NEXT: top.abs
  %2 = top.abs %x : (tensor<8xf32>) -> tensor<8xf32>
  %3 = top.abs %2 : (tensor<8xf32>) -> tensor<8xf32>
  // CHECK-NEXT: top.floor
  %4 = top.floor %x : (tensor<8xf32>) -> tensor<8xf32>
  %5 = top.floor %4 : (tensor<8xf32>) -> tensor<8xf32>
  // CHECK-NEXT: top.clip
  %6 = top.clip %x {min = 0.0 : f32, max = 6.0 : f32} : (tensor<8xf32>) -> tensor<8xf32>
  %7 = top.relu %6 : (tensor<8xf32>) -> tensor<8xf32>
  // CHECK-NEXT: return
  return %1, %3, %5, %7 : tensor<8xf32>, tensor<8xf32>, tensor<8xf32>, tensor<8xf32>
}

// -----

// The merged op computes the last tensor and remembers the one it swallowed.
// CHECK-LABEL: func.func @merge
// CHECK-SAME: %[[X:.*]]: tensor<2x3x4xf32>
func.func @merge(%x: tensor<2x3x4xf32>) -> (tensor<24xf32>, tensor<4x2x3xf32>, tensor<2x3x4xf32>) {
  // CHECK-NEXT: top.reshape %[[X]] : (tensor<2x3x4xf32>) -> tensor<24xf32> loc(#[[RESHAPE:.*]])
  %0 = top.reshape %x : (tensor<2x3x4xf32>) -> tensor<6x4xf32> loc("r0")
  %1 = top.reshape %0 : (tensor<6x4xf32>) -> tensor<24xf32> loc("r1")
  // CHECK-NEXT: top.transpose %[[X]] {perm = array<i64: 2, 0, 1>} : (tensor<2x3x4xf32>) -> tensor<4x2x3xf32> loc(#[[TRANSPOSE:.*]])
  %2 = top.transpose %x {perm = array<i64: 1, 2, 0>} : (tensor<2x3x4xf32>) -> tensor<3x4x2xf32> loc("t0")
  %3 = top.transpose %2 {perm = array<i64: 1, 2, 0>} : (tensor<3x4x2xf32>) -> tensor<4x2x3xf32> loc("t1")
  // CHECK-NEXT: top.clip %[[X]] {max = 2.000000e+00 : f32, min = 0.000000e+00 : f32} {{.*}} loc(#[[CLIP:.*]])
  %4 = top.clip %x {min = -1.0 : f32, max = 2.0 : f32} : (tensor<2x3x4xf32>) -> tensor<2x3x4xf32> loc("c0")
  %5 = top.clip %4 {min = 0.0 : f32} : (tensor<2x3x4xf32>) -> tensor<2x3x4xf32> loc("c1")
  // CHECK-NEXT: return
  return %1, %3, %5 : tensor<24xf32>, tensor<4x2x3xf32>, tensor<2x3x4xf32>
}
// CHECK-DAG: #[[R0:.*]] = loc("r0")
// CHECK-DAG: #[[R1:.*]] = loc("r1")
// CHECK-DAG: #[[T0:.*]] = loc("t0")
// CHECK-DAG: #[[T1:.*]] = loc("t1")
// CHECK-DAG: #[[C0:.*]] = loc("c0")
// CHECK-DAG: #[[C1:.*]] = loc("c1")
// CHECK-DAG: #[[RESHAPE]] = loc(fused[#[[R1]], #[[R0]]])
// CHECK-DAG: #[[TRANSPOSE]] = loc(fused[#[[T1]], #[[T0]]])
// CHECK-DAG: #[[CLIP]] = loc(fused[#[[C1]], #[[C0]]])

// -----

// What is undone vanishes, though others read the value in between; what is
// only changed again then stays.
// CHECK-LABEL: func.func @inverse
// CHECK-SAME: %[[X:.*]]: tensor<2x3xf32>
func.func @inverse(%x: tensor<2x3xf32>) -> (tensor<2x3xf32>, tensor<3x2xf32>, tensor<2x3xf32>, tensor<6xf32>, tensor<3x2xf32>) {
  // CHECK-NEXT: %[[T:.*]] = top.transpose %[[X]]
  %0 = top.transpose %x {perm = array<i64: 1, 0>} : (tensor<2x3xf32>) -> tensor<3x2xf32>
  %1 = top.transpose %0 {perm = array<i64: 1, 0>} : (tensor<3x2xf32>) -> tensor<2x3xf32>
  // CHECK-NEXT: %[[R:.*]] = top.reshape %[[X]]
  %2 = top.reshape %x : (tensor<2x3xf32>) -> tensor<6xf32>
  %3 = top.reshape %2 : (tensor<6xf32>) -> tensor<2x3xf32>
  // CHECK-NEXT: %[[S:.*]] = top.reshape %[[R]]
  %4 = top.reshape %2 : (tensor<6xf32>) -> tensor<3x2xf32>
  // CHECK-NEXT: return %[[X]], %[[T]], %[[X]], %[[R]], %[[S]]
  return %1, %0, %3, %2, %4 : tensor<2x3xf32>, tensor<3x2xf32>, tensor<2x3xf32>, tensor<6xf32>, tensor<3x2xf32>
}

// -----

// CHECK-LABEL: func.func @stays
func.func @stays(%x: tensor<2x8xf32>, %c: tensor<2x8x!quant.calibrated<f32<0.0:1.0>>>, %s: tensor<1x8xf32>, %i: tensor<1x3x4x4xf32>) {
  %zero = top.constant dense<0.0> : tensor<2x8xf32>
  // A clamp is fused into it.
  // CHECK: top.add
  %0 = top.add %x, %zero {act_min = 0.0 : f32} : (tensor<2x8xf32>, tensor<2x8xf32>) -> tensor<2x8xf32>
  // The range changes.
  // CHECK: top.reshape
  %1 = top.reshape %c : (tensor<2x8x!quant.calibrated<f32<0.0:1.0>>>) -> tensor<2x8x!quant.calibrated<f32<0.0:2.0>>>
  // The shape changes.
  // CHECK: top.add
  %2 = top.add %s, %zero : (tensor<1x8xf32>, tensor<2x8xf32>) -> tensor<2x8xf32>
  // The order changes.
  // CHECK: top.slice
  %3 = top.slice %x {offsets = array<i64: 0, 7>, sizes = array<i64: 2, 8>, strides = array<i64: 1, -1>}
    : (tensor<2x8xf32>) -> tensor<2x8xf32>
  // CHECK: top.transpose
  %4 = top.transpose %i {perm = array<i64: 0, 1, 3, 2>} : (tensor<1x3x4x4xf32>) -> tensor<1x3x4x4xf32>
  // Sizes that rounding kept, read at other places.
  // CHECK: top.resize
  %5 = top.resize %i {mode = "linear", coordinate_transformation = "half_pixel", scales = array<f64: 1.0, 1.0, 1.0, 1.1>}
    : (tensor<1x3x4x4xf32>) -> tensor<1x3x4x4xf32>
  // Disjoint intervals: the order of the two decides.
  // CHECK: top.clip
  // CHECK: top.clip
  %6 = top.clip %x {max = 1.0 : f32} : (tensor<2x8xf32>) -> tensor<2x8xf32>
  %7 = top.clip %6 {min = 2.0 : f32} : (tensor<2x8xf32>) -> tensor<2x8xf32>
  // Negative numbers pass the clip.
  // CHECK: top.clip
  // CHECK: top.relu
  %8 = top.clip %x {min = -1.0 : f32} : (tensor<2x8xf32>) -> tensor<2x8xf32>
  %9 = top.relu %8 : (tensor<2x8xf32>) -> tensor<2x8xf32>
  check.expect_eq %0, %2 : tensor<2x8xf32>, tensor<2x8xf32>
  check.expect_eq %1, %c : tensor<2x8x!quant.calibrated<f32<0.0:2.0>>>, tensor<2x8x!quant.calibrated<f32<0.0:1.0>>>
  check.expect_eq %3, %7 : tensor<2x8xf32>, tensor<2x8xf32>
  check.expect_eq %4, %5 : tensor<1x3x4x4xf32>, tensor<1x3x4x4xf32>
  check.expect_eq %9, %x : tensor<2x8xf32>, tensor<2x8xf32>
  return
}
