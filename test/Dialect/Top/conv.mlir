// Convolutions round-trip through text and bytecode.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: qc-opt %s | qc-opt | FileCheck %s
// RUN: qc-opt --emit-bytecode %s | qc-opt | FileCheck %s

// CHECK-LABEL: func.func @conv
func.func @conv(%x: tensor<1x4x9x9xf32>, %w: tensor<8x4x3x3xf32>, %b: tensor<8xf32>) -> tensor<1x8x4x5xf32> {
  // CHECK: top.conv %{{.*}}, %{{.*}}, %{{.*}} {act_max = 6.000000e+00 : f32, act_min = 0.000000e+00 : f32, dilations = array<i64: 1, 1>, pads = array<i64: 0, 1, 0, 1>, strides = array<i64: 2, 2>} : (tensor<1x4x9x9xf32>, tensor<8x4x3x3xf32>, tensor<8xf32>) -> tensor<1x8x4x5xf32>
  %y = top.conv %x, %w, %b {strides = array<i64: 2, 2>, pads = array<i64: 0, 1, 0, 1>, dilations = array<i64: 1, 1>,
      group = 1 : i64, act_min = 0.0 : f32, act_max = 6.0 : f32}
    : (tensor<1x4x9x9xf32>, tensor<8x4x3x3xf32>, tensor<8xf32>) -> tensor<1x8x4x5xf32>
  return %y : tensor<1x8x4x5xf32>
}

// CHECK-LABEL: func.func @depthwise_dilated
func.func @depthwise_dilated(%x: tensor<1x4x9x9xf32>, %w: tensor<4x1x3x3xf32>) -> tensor<1x4x5x5xf32> {
  // CHECK: top.conv %{{.*}}, %{{.*}} {dilations = array<i64: 2, 2>, group = 4 : i64
  %y = top.conv %x, %w {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 2, 2>, group = 4 : i64}
    : (tensor<1x4x9x9xf32>, tensor<4x1x3x3xf32>) -> tensor<1x4x5x5xf32>
  return %y : tensor<1x4x5x5xf32>
}

// CHECK-LABEL: func.func @conv_1d
func.func @conv_1d(%x: tensor<2x4x16xf32>, %w: tensor<8x2x5xf32>) -> tensor<2x8x16xf32> {
  // CHECK: top.conv {{.*}} -> tensor<2x8x16xf32>
  %y = top.conv %x, %w {strides = array<i64: 1>, pads = array<i64: 2, 2>, dilations = array<i64: 1>, group = 2 : i64}
    : (tensor<2x4x16xf32>, tensor<8x2x5xf32>) -> tensor<2x8x16xf32>
  return %y : tensor<2x8x16xf32>
}

// After calibration, activations carry their range; weights stay float.
// CHECK-LABEL: func.func @calibrated
func.func @calibrated(%x: tensor<1x4x8x8x!quant.calibrated<f32<-1.0:1.0>>>, %w: tensor<8x4x1x1xf32>)
    -> tensor<1x8x8x8x!quant.calibrated<f32<-2.0:2.0>>> {
  // CHECK: top.conv {{.*}} -> tensor<1x8x8x8x!quant.calibrated<f32<-2.000000e+00:2.000000e+00>>>
  %y = top.conv %x, %w {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>}
    : (tensor<1x4x8x8x!quant.calibrated<f32<-1.0:1.0>>>, tensor<8x4x1x1xf32>)
    -> tensor<1x8x8x8x!quant.calibrated<f32<-2.0:2.0>>>
  return %y : tensor<1x8x8x8x!quant.calibrated<f32<-2.0:2.0>>>
}

// CHECK-LABEL: func.func @deconv
func.func @deconv(%x: tensor<1x4x5x5xf32>, %w: tensor<4x3x3x3xf32>, %b: tensor<6xf32>) -> tensor<1x6x10x10xf32> {
  // CHECK: top.deconv %{{.*}}, %{{.*}}, %{{.*}} {dilations = array<i64: 1, 1>, group = 2 : i64, output_padding = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>, strides = array<i64: 2, 2>}
  %y = top.deconv %x, %w, %b {strides = array<i64: 2, 2>, pads = array<i64: 1, 1, 1, 1>, dilations = array<i64: 1, 1>,
      output_padding = array<i64: 1, 1>, group = 2 : i64}
    : (tensor<1x4x5x5xf32>, tensor<4x3x3x3xf32>, tensor<6xf32>) -> tensor<1x6x10x10xf32>
  return %y : tensor<1x6x10x10xf32>
}
