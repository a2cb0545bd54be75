// Expectations round-trip through text and bytecode, and nothing removes them.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: qc-opt %s | qc-opt | FileCheck %s
// RUN: qc-opt --emit-bytecode %s | qc-opt | FileCheck %s
// RUN: qc-opt --canonicalize --cse %s | FileCheck %s

// CHECK-LABEL: func.func @floats
func.func @floats(%a: tensor<2xf32>, %b: tensor<2x!quant.calibrated<f32<0.0:1.0>>>) {
  // CHECK: check.expect_eq %{{.*}}, %{{.*}} : tensor<2xf32>, tensor<2x!quant.calibrated<f32<0.000000e+00:1.000000e+00>>>
  check.expect_eq %a, %b : tensor<2xf32>, tensor<2x!quant.calibrated<f32<0.0:1.0>>>
  // CHECK: check.expect_eq_const %{{.*}}, dense<[1.000000e+00, 2.000000e+00]> : tensor<2xf32> : tensor<2xf32>
  check.expect_eq_const %a, dense<[1.0, 2.0]> : tensor<2xf32> : tensor<2xf32>
  // CHECK: check.expect_almost_eq %{{.*}}, %{{.*}} : tensor<2xf32>, tensor<2x!quant.calibrated
  check.expect_almost_eq %a, %b : tensor<2xf32>, tensor<2x!quant.calibrated<f32<0.0:1.0>>>
  // CHECK: check.expect_almost_eq %{{.*}}, %{{.*}} {atol = 1.000000e-03 : f64, rtol = 0.000000e+00 : f64}
  check.expect_almost_eq %a, %a {rtol = 0.0 : f64, atol = 1.0e-3 : f64} : tensor<2xf32>, tensor<2xf32>
  // CHECK: check.expect_almost_eq_const %{{.*}}, dense<5.000000e-01> : tensor<2xf32> {max_ulp = 3 : i64} : tensor<2xf32>
  check.expect_almost_eq_const %a, dense<0.5> : tensor<2xf32> {max_ulp = 3 : i64} : tensor<2xf32>
  // CHECK: check.expect_rel_max %{{.*}}, %{{.*}} {tolerance = 1.000000e-04 : f64}
  check.expect_rel_max %a, %a {tolerance = 1.0e-4 : f64} : tensor<2xf32>, tensor<2xf32>
  return
}

// CHECK-LABEL: func.func @integers
func.func @integers(%q: tensor<2x!quant.uniform<u8:f32, 0.5:128>>, %i: tensor<2xi8>) {
  // CHECK: check.expect_eq_const %{{.*}}, dense<[0, 255]> : tensor<2xui8> : tensor<2x!quant.uniform<u8:f32, 5.000000e-01:128>>
  check.expect_eq_const %q, dense<[0, 255]> : tensor<2xui8> : tensor<2x!quant.uniform<u8:f32, 0.5:128>>
  // CHECK: check.expect_almost_eq %{{.*}}, %{{.*}} {atol = 1.000000e+00 : f64, rtol = 0.000000e+00 : f64}
  check.expect_almost_eq %q, %i {rtol = 0.0 : f64, atol = 1.0 : f64} : tensor<2x!quant.uniform<u8:f32, 0.5:128>>, tensor<2xi8>
  return
}
