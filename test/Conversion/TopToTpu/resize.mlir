// Bilinear resizing: weights are exact where the factor is a simple fraction, and parameters change in its one rounding.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: qc-opt %s --assign-quantization --convert-top-to-tpu --split-input-file | FileCheck %s

!c = !quant.calibrated<f32<-1.0:1.0>>
!d = !quant.calibrated<f32<-0.5:0.5>>

// Even factors and half pixels: quarters and eighths. One rounding changes the parameters.
// CHECK: tpu.resize_linear {{.*}}denominators = array<i64: 4, 8>{{.*}} requant = #tpu.requant<mul32, single
// CHECK-NOT: tpu.requantize
func.func @main(%x: tensor<1x2x8x8x!c>) -> tensor<1x2x16x32x!d> {
  %0 = top.resize %x {mode = "linear", coordinate_transformation = "half_pixel", scales = array<f64: 1.0, 1.0, 2.0, 4.0>}
    : (tensor<1x2x8x8x!c>) -> tensor<1x2x16x32x!d>
  return %0 : tensor<1x2x16x32x!d>
}

// -----

!c = !quant.calibrated<f32<-1.0:1.0>>
!d = !quant.calibrated<f32<-0.5:0.5>>

// Odd factors put every pixel on one of the source.
// CHECK: tpu.resize_linear {{.*}}denominators = array<i64: 3, 5>
// CHECK-NOT: tpu.requantize
func.func @main(%x: tensor<1x2x8x8x!c>) -> tensor<1x2x24x40x!d> {
  %0 = top.resize %x {mode = "linear", coordinate_transformation = "half_pixel", scales = array<f64: 1.0, 1.0, 3.0, 5.0>}
    : (tensor<1x2x8x8x!c>) -> tensor<1x2x24x40x!d>
  return %0 : tensor<1x2x24x40x!d>
}

// -----

!c = !quant.calibrated<f32<-1.0:1.0>>
!d = !quant.calibrated<f32<-0.5:0.5>>

// A factor of three halves, and one of three eighths.
// CHECK: tpu.resize_linear {{.*}}denominators = array<i64: 6, 6>
// CHECK-NOT: tpu.requantize
func.func @main(%x: tensor<1x2x8x8x!c>) -> tensor<1x2x12x3x!d> {
  %0 = top.resize %x {mode = "linear", coordinate_transformation = "pytorch_half_pixel", scales = array<f64: 1.0, 1.0, 1.5, 0.375>}
    : (tensor<1x2x8x8x!c>) -> tensor<1x2x12x3x!d>
  return %0 : tensor<1x2x12x3x!d>
}

// -----

!c = !quant.calibrated<f32<-1.0:1.0>>
!d = !quant.calibrated<f32<-0.5:0.5>>

// Pixels as they are counted: no halves. Float32 holds a third only nearly.
// CHECK: tpu.resize_linear {{.*}}denominators = array<i64: 2, 1>
// CHECK-NOT: tpu.requantize
func.func @main(%x: tensor<1x2x8x9x!c>) -> tensor<1x2x16x3x!d> {
  %0 = top.resize %x {mode = "linear", coordinate_transformation = "asymmetric", scales = array<f64: 1.0, 1.0, 2.0, 0.3333333432674408>}
    : (tensor<1x2x8x9x!c>) -> tensor<1x2x16x3x!d>
  return %0 : tensor<1x2x16x3x!d>
}

// -----

!c = !quant.calibrated<f32<-1.0:1.0>>
!d = !quant.calibrated<f32<-0.5:0.5>>

// Corners that meet.
// CHECK: tpu.resize_linear {{.*}}denominators = array<i64: 17, 3>
// CHECK-NOT: tpu.requantize
func.func @main(%x: tensor<1x2x9x9x!c>) -> tensor<1x2x18x13x!d> {
  %0 = top.resize %x {mode = "linear", coordinate_transformation = "align_corners", scales = array<f64: 1.0, 1.0, 2.0, 1.4444444179534912>}
    : (tensor<1x2x9x9x!c>) -> tensor<1x2x18x13x!d>
  return %0 : tensor<1x2x18x13x!d>
}

// -----

!c = !quant.calibrated<f32<-1.0:1.0>>
!d = !quant.calibrated<f32<-0.5:0.5>>

// Sizes of 4.5 and 13.5 pixels: the last corners do not meet.
// CHECK: tpu.resize_linear {{.*}}denominators = array<i64: 7, 25>
// CHECK-NOT: tpu.requantize
func.func @main(%x: tensor<1x2x9x9x!c>) -> tensor<1x2x4x13x!d> {
  %0 = top.resize %x {mode = "linear", coordinate_transformation = "align_corners", scales = array<f64: 1.0, 1.0, 0.5, 1.5>}
    : (tensor<1x2x9x9x!c>) -> tensor<1x2x4x13x!d>
  return %0 : tensor<1x2x4x13x!d>
}

// -----

!c = !quant.calibrated<f32<-1.0:1.0>>
!d = !quant.calibrated<f32<-0.5:0.5>>

// One pixel has no distance to another.
// CHECK: tpu.resize_linear {{.*}}denominators = array<i64: 1, 1>
// CHECK-NOT: tpu.requantize
func.func @main(%x: tensor<1x2x8x8x!c>) -> tensor<1x2x1x1x!d> {
  %0 = top.resize %x {mode = "linear", coordinate_transformation = "align_corners", scales = array<f64: 1.0, 1.0, 0.125, 0.125>}
    : (tensor<1x2x8x8x!c>) -> tensor<1x2x1x1x!d>
  return %0 : tensor<1x2x1x1x!d>
}

// -----

!c = !quant.calibrated<f32<-1.0:1.0>>
!d = !quant.calibrated<f32<-0.5:0.5>>

// A factor that is no simple fraction, and one whose weights need more than 11 bits.
// CHECK: tpu.resize_linear {{.*}}denominators = array<i64: 2048, 257>
// CHECK-NOT: tpu.requantize
func.func @main(%x: tensor<1x2x8x8x!c>) -> tensor<1x2x11x2056x!d> {
  %0 = top.resize %x {mode = "linear", coordinate_transformation = "half_pixel", scales = array<f64: 1.0, 1.0, 1.4142135623730951, 257.0>}
    : (tensor<1x2x8x8x!c>) -> tensor<1x2x11x2056x!d>
  return %0 : tensor<1x2x11x2056x!d>
}

// -----

!c = !quant.calibrated<f32<-1.0:1.0>>
!d = !quant.calibrated<f32<-0.5:0.5>>

// The same with even terms.
// CHECK: tpu.resize_linear {{.*}}denominators = array<i64: 4, 2048>
// CHECK-NOT: tpu.requantize
func.func @main(%x: tensor<1x2x8x2x!c>) -> tensor<1x2x16x2052x!d> {
  %0 = top.resize %x {mode = "linear", coordinate_transformation = "half_pixel", scales = array<f64: 1.0, 1.0, 2.0, 1026.0>}
    : (tensor<1x2x8x2x!c>) -> tensor<1x2x16x2052x!d>
  return %0 : tensor<1x2x16x2052x!d>
}
