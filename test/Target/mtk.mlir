// Types and limits of the MDLA.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: split-file %s %t
// RUN: qc-opt --quantize --legalize %t/types.mlir | FileCheck %s --check-prefix=BYTES
// RUN: qc-opt --quantize=precision=a16w8 --legalize %t/types.mlir | FileCheck %s --check-prefix=WIDE
// RUN: qc-opt --quantize=int16-tensors=a --legalize %t/widths.mlir 2>&1 | FileCheck %s --check-prefix=WIDTHS
// RUN: not qc-opt --legalize %t/limits.mlir 2>&1 | FileCheck %s --check-prefix=LIMITS

//--- types.mlir
// TFLite's int8: signed affine activations; its int16x8: symmetric ones.
// BYTES: tpu.quantize {{.*}}!quant.uniform<i8:f32, {{.*}}:-19>>
// BYTES: tpu.constant {{.*}}!quant.uniform<i8<-127:127>:f32:0, {{{.*}},{{.*}}}>>
// WIDE: tpu.quantize {{.*}}!quant.uniform<i16:f32, {{[^:]*}}>>
module attributes {qc.target = #qc.target<"mtk", {chip = "mdla5"}>} {
  func.func @main(%x: tensor<1x1x3x3x!quant.calibrated<f32<-1.5:2.0>>> {qc.name = "x"}) -> tensor<1x2x3x3x!quant.calibrated<f32<-4.0:7.5>>> {
    %w = top.constant dense<[[[[4.0]]], [[[-2.0]]]]> : tensor<2x1x1x1xf32>
    %y = top.conv %x, %w {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>, group = 1 : i64}
      : (tensor<1x1x3x3x!quant.calibrated<f32<-1.5:2.0>>>, tensor<2x1x1x1xf32>) -> tensor<1x2x3x3x!quant.calibrated<f32<-4.0:7.5>>> loc("y")
    return %y : tensor<1x2x3x3x!quant.calibrated<f32<-4.0:7.5>>>
  }
}

//--- widths.mlir
// An op has one width: those that make and read the named tensor work on 16 bits, with conversions before and after.
// WIDTHS: remark: {{.*}}'a' (tpu.add) works on 16 bits: one-width: activations of one width; for it 's', 'x' are requantized
// WIDTHS: remark: {{.*}}'m' (tpu.mul) works on 16 bits: one-width: activations of one width; for it 's' is requantized
// WIDTHS: remark: {{.*}}'y' (tpu.lut) works on 8 bits: one-width: activations of one width; for it 'm' is requantized
// WIDTHS: [[X:%.*]] = tpu.quantize {{.*}} -> tensor<1x4x!quant.uniform<i8:
// WIDTHS: [[S:%.*]] = tpu.lut [[X]], {{.*}} -> tensor<1x4x!quant.uniform<i8:
// WIDTHS: [[WS:%.*]] = tpu.requantize [[S]] {{.*}} -> tensor<1x4x!quant.uniform<i16:
// WIDTHS: [[WX:%.*]] = tpu.requantize [[X]] {{.*}} -> tensor<1x4x!quant.uniform<i16:
// WIDTHS: [[A:%.*]] = tpu.add [[WS]], [[WX]] {{.*}} -> tensor<1x4x!quant.uniform<i16:
// WIDTHS: [[M:%.*]] = tpu.mul [[A]], [[WS]] {{.*}} -> tensor<1x4x!quant.uniform<i16:
// WIDTHS: [[NM:%.*]] = tpu.requantize [[M]] {{.*}} -> tensor<1x4x!quant.uniform<i8:
// WIDTHS: tpu.lut [[NM]], {{.*}} -> tensor<1x4x!quant.uniform<i8:
module attributes {qc.target = #qc.target<"mtk", {}>} {
  func.func @main(%x: tensor<1x4x!quant.calibrated<f32<-1.5:2.0>>> {qc.name = "x"}) -> tensor<1x4x!quant.calibrated<f32<-1.0:1.0>>> {
    %0 = top.sigmoid %x : (tensor<1x4x!quant.calibrated<f32<-1.5:2.0>>>) -> tensor<1x4x!quant.calibrated<f32<0.0:1.0>>> loc("s")
    %1 = top.add %0, %x : (tensor<1x4x!quant.calibrated<f32<0.0:1.0>>>, tensor<1x4x!quant.calibrated<f32<-1.5:2.0>>>) -> tensor<1x4x!quant.calibrated<f32<-1.5:3.0>>> loc("a")
    %2 = top.mul %1, %0 : (tensor<1x4x!quant.calibrated<f32<-1.5:3.0>>>, tensor<1x4x!quant.calibrated<f32<0.0:1.0>>>) -> tensor<1x4x!quant.calibrated<f32<-1.5:3.0>>> loc("m")
    %3 = top.tanh %2 : (tensor<1x4x!quant.calibrated<f32<-1.5:3.0>>>) -> tensor<1x4x!quant.calibrated<f32<-1.0:1.0>>> loc("y")
    return %3 : tensor<1x4x!quant.calibrated<f32<-1.0:1.0>>>
  }
}

//--- limits.mlir
// A convolution in groups that is not depthwise, five dimensions, and two widths.
// LIMITS: cannot run 3 ops
// LIMITS: (tpu.conv2d): conv-group: groups of 1, when not depthwise; found 2; conv-stride: strides of 1, 2, 3, 4 or 8, when not depthwise; found 5x5
// LIMITS: (tpu.reshape): rank: at most 4 dimensions; found 5
// LIMITS: (tpu.max): one-width: activations of one width; found 8 and 16 bits
module attributes {qc.target = #qc.target<"mtk", {}>} {
  func.func @main(%x: tensor<1x8x8x4x!quant.uniform<i8:f32, 0.5>>, %w: tensor<2x3x3x2x!quant.uniform<i8<-127:127>:f32, 0.5>>, %b: tensor<2xi32>, %v: tensor<1x8x8x4x!quant.uniform<i16:f32, 0.5>>) -> (tensor<1x2x2x2x!quant.uniform<i8:f32, 0.5>>, tensor<1x8x8x2x2x!quant.uniform<i8:f32, 0.5>>, tensor<1x8x8x4x!quant.uniform<i8:f32, 0.5>>) {
    %a = tpu.conv2d %x, %w, %b {strides = array<i64: 5, 5>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>, group = 2 : i64,
        requant = #tpu.requant<mul32, single, multipliers = [1073741824], shifts = [31]>}
      : (tensor<1x8x8x4x!quant.uniform<i8:f32, 0.5>>, tensor<2x3x3x2x!quant.uniform<i8<-127:127>:f32, 0.5>>, tensor<2xi32>) -> tensor<1x2x2x2x!quant.uniform<i8:f32, 0.5>>
    %r = tpu.reshape %x : (tensor<1x8x8x4x!quant.uniform<i8:f32, 0.5>>) -> tensor<1x8x8x2x2x!quant.uniform<i8:f32, 0.5>>
    %m = tpu.max %x, %v : (tensor<1x8x8x4x!quant.uniform<i8:f32, 0.5>>, tensor<1x8x8x4x!quant.uniform<i16:f32, 0.5>>) -> tensor<1x8x8x4x!quant.uniform<i8:f32, 0.5>>
    return %a, %r, %m : tensor<1x2x2x2x!quant.uniform<i8:f32, 0.5>>, tensor<1x8x8x2x2x!quant.uniform<i8:f32, 0.5>>, tensor<1x8x8x4x!quant.uniform<i8:f32, 0.5>>
  }
}
