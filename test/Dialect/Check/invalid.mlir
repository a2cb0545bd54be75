// What the verifiers of check refuse, and in which words.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: qc-opt %s -verify-diagnostics -split-input-file

func.func @invalid(%a: tensor<2xf32>, %b: tensor<3xf32>) {
  // expected-error @below {{cannot compare shapes of 'tensor<2xf32>' and 'tensor<3xf32>'}}
  check.expect_eq %a, %b : tensor<2xf32>, tensor<3xf32>
  return
}

// -----

func.func @invalid(%a: tensor<2xf32>) {
  // expected-error @below {{cannot compare elements of type 'f32' and 'i32'}}
  check.expect_eq_const %a, dense<1> : tensor<2xi32> : tensor<2xf32>
  return
}

// -----

func.func @invalid(%a: tensor<2x!quant.uniform<i8:f32, 0.5>>) {
  // expected-error @below {{cannot compare elements of type 'i8' and 'i32'}}
  check.expect_eq_const %a, dense<1> : tensor<2xi32> : tensor<2x!quant.uniform<i8:f32, 0.5>>
  return
}

// -----

func.func @invalid(%a: tensor<?xf32>) {
  // expected-error @below {{operand #0 must be statically shaped tensor}}
  check.expect_eq %a, %a : tensor<?xf32>, tensor<?xf32>
  return
}

// -----

func.func @invalid(%a: tensor<2xf32>) {
  // expected-error @below {{attribute 'rtol' failed to satisfy constraint: 64-bit float attribute that is finite and not negative}}
  check.expect_almost_eq %a, %a {rtol = -1.0 : f64} : tensor<2xf32>, tensor<2xf32>
  return
}

// -----

func.func @invalid(%a: tensor<2xf32>) {
  // expected-error @below {{attribute 'tolerance' failed to satisfy constraint: 64-bit float attribute that is finite and not negative}}
  check.expect_rel_max %a, %a {tolerance = 0x7FF0000000000000 : f64} : tensor<2xf32>, tensor<2xf32>
  return
}

// -----

func.func @invalid(%a: tensor<2xf32>) {
  // expected-error @below {{expects max_ulp that is not negative, found -1}}
  check.expect_almost_eq_const %a, dense<1.0> : tensor<2xf32> {max_ulp = -1 : i64} : tensor<2xf32>
  return
}
