// What --check-execute reports.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: qc-opt %s --check-execute --split-input-file --verify-diagnostics -o /dev/null

func.func @differs() {
  %x = top.constant dense<[[1.0, -2.0], [3.0, 4.0]]> : tensor<2x2xf32>
  %y = top.relu %x : (tensor<2x2xf32>) -> tensor<2x2xf32>
  // expected-error @below {{expectation does not hold for 2 of 4 elements; first at [0, 1]: 0, expected -2; largest difference 2}}
  check.expect_eq_const %y, dense<[[1.0, -2.0], [3.0, 4.5]]> : tensor<2x2xf32> : tensor<2x2xf32>
  check.expect_almost_eq_const %y, dense<[[1.0, 0.0], [3.0, 4.00001]]> : tensor<2x2xf32> : tensor<2x2xf32>
  // expected-error @below {{expectation does not hold for 1 of 4 elements; first at [1, 1]: 4, expected 4.00000143}}
  check.expect_almost_eq_const %y, dense<[[1.0, 0.0], [3.0, 4.0000014]]> : tensor<2x2xf32> {max_ulp = 2 : i64} : tensor<2x2xf32>
  return
}

// -----

// expected-error @below {{holds no expectations to execute}}
module {}

// -----

// expected-error @below {{cannot be executed because it takes arguments; use constants}}
func.func @argument(%x: tensor<2xf32>) {
  check.expect_eq %x, %x : tensor<2xf32>, tensor<2xf32>
  return
}

// -----

// expected-error @below {{'table' (top.gather): index 3 is outside the 2 elements of the dimension it picks from}}
func.func @index_out_of_range() {
  %x = top.constant dense<[1.0, 2.0]> : tensor<2xf32>
  %i = top.constant dense<[0, 3]> : tensor<2xi64>
  %y = top.gather %x, %i {axis = 0 : i64} : (tensor<2xf32>, tensor<2xi64>) -> tensor<2xf32> loc("table")
  check.expect_eq %y, %x : tensor<2xf32>, tensor<2xf32>
  return
}

// -----

func.func @missing_resource() {
  // expected-error @below {{the resource 'absent' is not in this file}}
  %x = top.constant dense_resource<absent> : tensor<2xf32>
  check.expect_eq %x, %x : tensor<2xf32>, tensor<2xf32>
  return
}

// -----

func.func @too_large() {
  %x = top.constant dense<1.0> : tensor<1x1xf32>
  // expected-error @below {{a tensor of type 'tensor<1048576x1048576xf32>' is larger than this machine's memory}}
  %y = top.expand %x : (tensor<1x1xf32>) -> tensor<1048576x1048576xf32>
  check.expect_eq %y, %y : tensor<1048576x1048576xf32>, tensor<1048576x1048576xf32>
  return
}
