// Joining and cutting round-trip through text and bytecode.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: qc-opt %s | qc-opt | FileCheck %s
// RUN: qc-opt --emit-bytecode %s | qc-opt | FileCheck %s

// CHECK-LABEL: func.func @concat
func.func @concat(%a: tensor<1x3x4xf32>, %b: tensor<1x5x4x!quant.calibrated<f32<0.0:1.0>>>) -> tensor<1x11x4xf32> {
  // CHECK: top.concat %{{.*}}, %{{.*}}, %{{.*}} {axis = 1 : i64} : (tensor<1x3x4xf32>, tensor<1x5x4x!quant.calibrated<f32<0.000000e+00:1.000000e+00>>>, tensor<1x3x4xf32>) -> tensor<1x11x4xf32>
  %y = top.concat %a, %b, %a {axis = 1 : i64}
    : (tensor<1x3x4xf32>, tensor<1x5x4x!quant.calibrated<f32<0.0:1.0>>>, tensor<1x3x4xf32>) -> tensor<1x11x4xf32>
  return %y : tensor<1x11x4xf32>
}

// Integers are data as well: ids and masks.
// CHECK-LABEL: func.func @concat_ids
func.func @concat_ids(%a: tensor<1x3xi64>) -> tensor<1x6xi64> {
  // CHECK: top.concat
  %y = top.concat %a, %a {axis = 1 : i64} : (tensor<1x3xi64>, tensor<1x3xi64>) -> tensor<1x6xi64>
  return %y : tensor<1x6xi64>
}

// CHECK-LABEL: func.func @split
func.func @split(%x: tensor<1x8x4xf32>) -> (tensor<1x3x4xf32>, tensor<1x5x4xf32>) {
  // CHECK: %{{.*}}:2 = top.split %{{.*}} {axis = 1 : i64} : (tensor<1x8x4xf32>) -> (tensor<1x3x4xf32>, tensor<1x5x4xf32>)
  %a, %b = top.split %x {axis = 1 : i64} : (tensor<1x8x4xf32>) -> (tensor<1x3x4xf32>, tensor<1x5x4xf32>)
  return %a, %b : tensor<1x3x4xf32>, tensor<1x5x4xf32>
}
