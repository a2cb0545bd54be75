// Values that an op puts beside others are held by parameters of the result's own, constants are stored in them, and
// what makes no difference costs no steps.
// RUN: qc-opt %s --assign-quantization --convert-top-to-tpu --split-input-file | FileCheck %s

// The pad's value is outside of what it surrounds: its operand, which somebody else reads, is rescaled.
// CHECK-LABEL: func.func @pad
// CHECK: tpu.requantize {{.*}} -> tensor<4x!quant.uniform<i8:f32, 0.0392{{[0-9]*}}:-103>>
// CHECK: tpu.pad {{.*}}value = 126 : i64} {{.*}} -> tensor<6x!quant.uniform<i8:f32, 0.0392{{[0-9]*}}:-103>>
func.func @pad(%x: tensor<4x!quant.calibrated<f32<-1.0:1.0>>>) -> (tensor<6x!quant.calibrated<f32<-1.0:1.0>>>, tensor<4x!quant.calibrated<f32<-1.0:1.0>>>) {
  %0 = top.pad %x {pads = array<i64: 1, 1>, value = 9.0 : f32} : (tensor<4x!quant.calibrated<f32<-1.0:1.0>>>) -> tensor<6x!quant.calibrated<f32<-1.0:1.0>>>
  return %0, %x : tensor<6x!quant.calibrated<f32<-1.0:1.0>>>, tensor<4x!quant.calibrated<f32<-1.0:1.0>>>
}

// -----

// Zero is in every range.
// CHECK-LABEL: func.func @pad_by_zero
// CHECK-NOT: requantize
// CHECK: tpu.pad
func.func @pad_by_zero(%x: tensor<4x!quant.calibrated<f32<-1.0:1.0>>>) -> (tensor<6x!quant.calibrated<f32<-1.0:1.0>>>, tensor<4x!quant.calibrated<f32<-1.0:1.0>>>) {
  %0 = top.pad %x {pads = array<i64: 1, 1>, value = 0.0 : f32} : (tensor<4x!quant.calibrated<f32<-1.0:1.0>>>) -> tensor<6x!quant.calibrated<f32<-1.0:1.0>>>
  return %0, %x : tensor<6x!quant.calibrated<f32<-1.0:1.0>>>, tensor<4x!quant.calibrated<f32<-1.0:1.0>>>
}

// -----

// CHECK-LABEL: func.func @concat
// CHECK: tpu.constant dense<[126, 101]> {{.*}}tensor<2x!quant.uniform<i8:f32, 0.0392{{[0-9]*}}:-103>>
// CHECK: tpu.concat
func.func @concat(%x: tensor<4x!quant.calibrated<f32<-1.0:1.0>>>) -> tensor<6x!quant.calibrated<f32<-1.0:1.0>>> {
  %far = top.constant dense<[9.0, 8.0]> : tensor<2xf32>
  %0 = top.abs %x : (tensor<4x!quant.calibrated<f32<-1.0:1.0>>>) -> tensor<4x!quant.calibrated<f32<-1.0:1.0>>>
  %1 = top.concat %0, %far {axis = 0 : i64} : (tensor<4x!quant.calibrated<f32<-1.0:1.0>>>, tensor<2xf32>) -> tensor<6x!quant.calibrated<f32<-1.0:1.0>>>
  return %1 : tensor<6x!quant.calibrated<f32<-1.0:1.0>>>
}

// -----

// A range from a table, of a mask that a clamp limits.
// CHECK-LABEL: func.func @clamped_mask
// CHECK: tpu.lut {{.*}}"mul"{{.*}} -> tensor<4x!quant.uniform<i8:f32, 0.0392{{[0-9]*}}:127>>
func.func @clamped_mask(%m: tensor<4x!quant.calibrated<f32<0.0:1.0>>>) -> tensor<4x!quant.calibrated<f32<-10.0:0.0>>> {
  %lowest = top.constant dense<-3.0E+38> : tensor<f32>
  %floor = top.constant dense<-10.0> : tensor<f32>
  %0 = top.mul %m, %lowest : (tensor<4x!quant.calibrated<f32<0.0:1.0>>>, tensor<f32>) -> tensor<4x!quant.calibrated<f32<-3.0E+38:0.0>>>
  %1 = top.max %0, %floor : (tensor<4x!quant.calibrated<f32<-3.0E+38:0.0>>>, tensor<f32>) -> tensor<4x!quant.calibrated<f32<-10.0:0.0>>>
  return %1 : tensor<4x!quant.calibrated<f32<-10.0:0.0>>>
}

// -----

// Of a factor in a constant, what one step of the other factor does not bring beyond the result is as good as more.
// CHECK-LABEL: func.func @factor
// CHECK: tpu.constant dense<[127, -128]> {{.*}}tensor<2x!quant.uniform<i8:f32, 1.000000e+01:127>>
// CHECK: tpu.mul
func.func @factor(%x: tensor<2x!quant.calibrated<f32<0.0:1.0>>>) -> tensor<2x!quant.calibrated<f32<-10.0:0.0>>> {
  %mask = top.constant dense<[0.0, -3.0E+38]> : tensor<2xf32>
  %0 = top.mul %x, %mask : (tensor<2x!quant.calibrated<f32<0.0:1.0>>>, tensor<2xf32>) -> tensor<2x!quant.calibrated<f32<-10.0:0.0>>>
  return %0 : tensor<2x!quant.calibrated<f32<-10.0:0.0>>>
}
