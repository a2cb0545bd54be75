// Factors and shifts behind a picture become part of it, and its range is fixed.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: qc-opt %s --fold-picture --split-input-file | FileCheck %s

// CHECK-LABEL: func.func @main
// CHECK: %[[Y:.*]] = top.picture {{.*}}factor = array<f64: 5.000000e-01, 2.500000e-01, 1.250000e-01>
// CHECK-SAME: offset = array<f64: -1.000000e+00, 0.000000e+00, 2.000000e+00>
// CHECK-SAME: qc.parameters = [#qc.parameters<rule, "pixels of 0..255", fixed = true>]
// CHECK-SAME: tensor<1x3x4x4x!quant.calibrated<f32<-1.000000e+00:1.265000e+02>>>
// CHECK-NEXT: return %[[Y]]
func.func @main(%x: tensor<1x6x4xui8>) -> tensor<1x3x4x4xf32> {
  %s = top.constant dense<[0.5, 0.25, 0.125]> : tensor<3xf32>
  %b = top.constant dense<[-1.0, 0.0, 2.0]> : tensor<3xf32>
  %0 = top.picture %x {format = "nv12", layout = "nhwc", trained = "rgb", matrix = "bt601-full",
      factor = array<f64: 1.0>, offset = array<f64: 0.0>} : (tensor<1x6x4xui8>) -> tensor<1x3x4x4xf32>
  %1 = top.scale %0, %s, %b : (tensor<1x3x4x4xf32>, tensor<3xf32>, tensor<3xf32>) -> tensor<1x3x4x4xf32>
  return %1 : tensor<1x3x4x4xf32>
}

// -----

// Half-way between integers two pixels would become one: 254 steps for 255.
// CHECK-LABEL: func.func @main
// CHECK: !quant.calibrated<f32<-1.0039370059967041:1.0039370059967041>>
func.func @main(%x: tensor<1x1x4x4xui8>) -> tensor<1x1x4x4xf32> {
  %0 = top.picture %x {format = "gray", layout = "nchw", trained = "gray", matrix = "bt601-full",
      factor = array<f64: 0.00784313725490196>, offset = array<f64: -1.0>} : (tensor<1x1x4x4xui8>) -> tensor<1x1x4x4xf32>
  return %0 : tensor<1x1x4x4xf32>
}

// -----

// What a relu ends or others read stays.
// CHECK-LABEL: func.func @main
// CHECK: top.picture
// CHECK-SAME: !quant.calibrated<f32<0.000000e+00:2.550000e+02>>
// CHECK: top.scale
func.func @main(%x: tensor<1x1x4x4xui8>) -> (tensor<1x1x4x4xf32>, tensor<1x1x4x4xf32>) {
  %s = top.constant dense<0.5> : tensor<1xf32>
  %b = top.constant dense<1.0> : tensor<1xf32>
  %0 = top.picture %x {format = "gray", layout = "nchw", trained = "gray", matrix = "bt601-full",
      factor = array<f64: 1.0>, offset = array<f64: 0.0>} : (tensor<1x1x4x4xui8>) -> tensor<1x1x4x4xf32>
  %1 = top.scale %0, %s, %b : (tensor<1x1x4x4xf32>, tensor<1xf32>, tensor<1xf32>) -> tensor<1x1x4x4xf32>
  return %0, %1 : tensor<1x1x4x4xf32>, tensor<1x1x4x4xf32>
}

// -----

// Floats have no range.
// CHECK-LABEL: module attributes {qc.precision = "float"}
// CHECK: top.picture {{.*}} -> tensor<1x1x4x4xf32>
module attributes {qc.precision = "float"} {
  func.func @main(%x: tensor<1x1x4x4xui8>) -> tensor<1x1x4x4xf32> {
    %0 = top.picture %x {format = "gray", layout = "nchw", trained = "gray", matrix = "bt601-full",
        factor = array<f64: 1.0>, offset = array<f64: 0.0>} : (tensor<1x1x4x4xui8>) -> tensor<1x1x4x4xf32>
    return %0 : tensor<1x1x4x4xf32>
  }
}
