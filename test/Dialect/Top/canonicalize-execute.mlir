// Folded and merged ops compute what the ops that were written do.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: qc-opt --check-execute %s
// RUN: qc-opt --canonicalize --check-execute %s

func.func @reshapes_and_transposes() {
  %x = top.constant dense<[[[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]]> : tensor<1x2x3xf32>
  %0 = top.transpose %x {perm = array<i64: 1, 2, 0>} : (tensor<1x2x3xf32>) -> tensor<2x3x1xf32>
  %1 = top.transpose %0 {perm = array<i64: 1, 2, 0>} : (tensor<2x3x1xf32>) -> tensor<3x1x2xf32>
  check.expect_eq_const %1, dense<[[[1.0, 4.0]], [[2.0, 5.0]], [[3.0, 6.0]]]> : tensor<3x1x2xf32> : tensor<3x1x2xf32>
  %2 = top.reshape %x : (tensor<1x2x3xf32>) -> tensor<6xf32>
  %3 = top.reshape %2 : (tensor<6xf32>) -> tensor<3x2xf32>
  check.expect_eq_const %3, dense<[[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]> : tensor<3x2xf32> : tensor<3x2xf32>
  %4 = top.reshape %3 : (tensor<3x2xf32>) -> tensor<1x2x3xf32>
  check.expect_eq %4, %x : tensor<1x2x3xf32>, tensor<1x2x3xf32>
  return
}

func.func @clips() {
  %x = top.constant dense<[-9.0, -2.5, -0.5, 0.0, 0.5, 2.5, 9.0]> : tensor<7xf32>
  %0 = top.clip %x {min = -3.0 : f32, max = 1.0 : f32} : (tensor<7xf32>) -> tensor<7xf32>
  %1 = top.clip %0 {min = -1.0 : f32, max = 2.0 : f32} : (tensor<7xf32>) -> tensor<7xf32>
  check.expect_eq_const %1, dense<[-1.0, -1.0, -0.5, 0.0, 0.5, 1.0, 1.0]> : tensor<7xf32> : tensor<7xf32>
  %2 = top.clip %x {max = 1.0 : f32} : (tensor<7xf32>) -> tensor<7xf32>
  %3 = top.clip %2 {min = 2.0 : f32} : (tensor<7xf32>) -> tensor<7xf32>
  check.expect_eq_const %3, dense<2.0> : tensor<7xf32> : tensor<7xf32>
  %4 = top.clip %x {max = 2.0 : f32} : (tensor<7xf32>) -> tensor<7xf32>
  %5 = top.clip %4 {max = 0.25 : f32} : (tensor<7xf32>) -> tensor<7xf32>
  %6 = top.relu %5 : (tensor<7xf32>) -> tensor<7xf32>
  %7 = top.relu %6 : (tensor<7xf32>) -> tensor<7xf32>
  check.expect_eq_const %7, dense<[0.0, 0.0, 0.0, 0.0, 0.25, 0.25, 0.25]> : tensor<7xf32> : tensor<7xf32>
  return
}

func.func @identities() {
  %x = top.constant dense<[[-1.5, 2.5], [3.5, -4.5]]> : tensor<2x2xf32>
  %zero = top.constant dense<0.0> : tensor<2xf32>
  %one = top.constant dense<1.0> : tensor<f32>
  %0 = top.add %zero, %x : (tensor<2xf32>, tensor<2x2xf32>) -> tensor<2x2xf32>
  %1 = top.sub %0, %zero : (tensor<2x2xf32>, tensor<2xf32>) -> tensor<2x2xf32>
  %2 = top.mul %1, %one : (tensor<2x2xf32>, tensor<f32>) -> tensor<2x2xf32>
  %3 = top.div %2, %one : (tensor<2x2xf32>, tensor<f32>) -> tensor<2x2xf32>
  %4 = top.max %3, %3 : (tensor<2x2xf32>, tensor<2x2xf32>) -> tensor<2x2xf32>
  %5 = top.neg %4 : (tensor<2x2xf32>) -> tensor<2x2xf32>
  %6 = top.neg %5 : (tensor<2x2xf32>) -> tensor<2x2xf32>
  %7 = top.pad %6 {pads = array<i64: 0, 0, 0, 0>} : (tensor<2x2xf32>) -> tensor<2x2xf32>
  %8 = top.expand %7 : (tensor<2x2xf32>) -> tensor<2x2xf32>
  %9 = top.concat %8 {axis = 0 : i64} : (tensor<2x2xf32>) -> tensor<2x2xf32>
  check.expect_eq %9, %x : tensor<2x2xf32>, tensor<2x2xf32>
  %10 = top.slice %9 {offsets = array<i64: 1, 0>, sizes = array<i64: 2, 2>, strides = array<i64: -1, 1>} : (tensor<2x2xf32>) -> tensor<2x2xf32>
  check.expect_eq_const %10, dense<[[3.5, -4.5], [-1.5, 2.5]]> : tensor<2x2xf32> : tensor<2x2xf32>
  return
}
