// What the cast ops compute, as onnxruntime does (see Inputs/generate.py).
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: qc-opt %s --check-execute -o /dev/null

func.func @to_integer() {
  %0 = top.constant dense<[-2.7, -0.5, 0.0, 0.5, 2.7, 100.0]> : tensor<6xf32>
  %y = top.cast %0
    : (tensor<6xf32>) -> tensor<6xi64>
  check.expect_eq_const %y, dense<[-2, 0, 0, 0, 2, 100]> : tensor<6xi64> : tensor<6xi64>
  return
}

func.func @to_boolean() {
  %0 = top.constant dense<[-2.7, -0.5, 0.0, 0.5, 2.7, 100.0]> : tensor<6xf32>
  %y = top.cast %0
    : (tensor<6xf32>) -> tensor<6xi1>
  check.expect_eq_const %y, dense<[true, true, false, true, true, true]> : tensor<6xi1> : tensor<6xi1>
  return
}

func.func @from_integer() {
  %0 = top.constant dense<[-3, 0, 7]> : tensor<3xi64>
  %y = top.cast %0
    : (tensor<3xi64>) -> tensor<3xf32>
  check.expect_eq_const %y, dense<[-3.0, 0.0, 7.0]> : tensor<3xf32> : tensor<3xf32>
  return
}

func.func @from_boolean() {
  %0 = top.constant dense<[true, false]> : tensor<2xi1>
  %y = top.cast %0
    : (tensor<2xi1>) -> tensor<2xf32>
  check.expect_eq_const %y, dense<[1.0, 0.0]> : tensor<2xf32> : tensor<2xf32>
  return
}

func.func @beyond_the_range() {
  %0 = top.constant dense<[3.0e+09, -3.0e+09, 0x7FC00000]> : tensor<3xf32>
  %y = top.cast %0
    : (tensor<3xf32>) -> tensor<3xi32>
  check.expect_eq_const %y, dense<[2147483647, -2147483648, 0]> : tensor<3xi32> : tensor<3xi32>
  return
}
