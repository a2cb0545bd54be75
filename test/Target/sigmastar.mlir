// Types and limits of the IPU.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: split-file %s %t
// RUN: qc-opt --quantize --legalize %t/types.mlir | FileCheck %s --check-prefix=BYTES
// RUN: qc-opt --quantize=precision=int16 --legalize %t/types.mlir | FileCheck %s --check-prefix=WIDE
// RUN: not qc-opt --legalize %t/limits.mlir 2>&1 | FileCheck %s --check-prefix=LIMITS

//--- types.mlir
// Unsigned affine bytes; with int16, activations and weights of 16 bits.
// BYTES: tpu.quantize {{.*}}!quant.uniform<u8:f32, {{.*}}:109>>
// BYTES: tpu.constant {{.*}}!quant.uniform<i8<-127:127>:f32:0, {{{.*}},{{.*}}}>>
// WIDE: tpu.quantize {{.*}}!quant.uniform<i16:f32, {{[^:]*}}>>
// WIDE: tpu.constant {{.*}}!quant.uniform<i16<-32767:32767>:f32:0, {{{.*}},{{.*}}}>>
module attributes {qc.target = #qc.target<"sigmastar", {}>} {
  func.func @main(%x: tensor<1x1x3x3x!quant.calibrated<f32<-1.5:2.0>>> {qc.name = "x"}) -> tensor<1x2x3x3x!quant.calibrated<f32<-4.0:7.5>>> {
    %w = top.constant dense<[[[[4.0]]], [[[-2.0]]]]> : tensor<2x1x1x1xf32>
    %y = top.conv %x, %w {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>, group = 1 : i64}
      : (tensor<1x1x3x3x!quant.calibrated<f32<-1.5:2.0>>>, tensor<2x1x1x1xf32>) -> tensor<1x2x3x3x!quant.calibrated<f32<-4.0:7.5>>> loc("y")
    return %y : tensor<1x2x3x3x!quant.calibrated<f32<-4.0:7.5>>>
  }
}

//--- limits.mlir
// LIMITS: cannot run 2 ops
// LIMITS: (tpu.conv2d): conv-kernel: kernel height x width of at most 63, when not depthwise of 3x3, 6x6 or 9x9; found 8x8
// LIMITS: (tpu.softmax): softmax-size: at most 16384 values along the axis; found 20000
module attributes {qc.target = #qc.target<"sigmastar", {}>} {
  func.func @main(%x: tensor<1x8x8x1x!quant.uniform<u8:f32, 0.5>>, %w: tensor<1x8x8x1x!quant.uniform<i8<-127:127>:f32, 0.5>>, %b: tensor<1xi32>, %s: tensor<1x20000x!quant.uniform<u8:f32, 0.5>>) -> (tensor<1x1x1x1x!quant.uniform<u8:f32, 0.5>>, tensor<1x20000x!quant.uniform<u8:f32, 0.00390625>>) {
    %a = tpu.conv2d %x, %w, %b {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>, group = 1 : i64,
        requant = #tpu.requant<mul32, single, multipliers = [1073741824], shifts = [31]>}
      : (tensor<1x8x8x1x!quant.uniform<u8:f32, 0.5>>, tensor<1x8x8x1x!quant.uniform<i8<-127:127>:f32, 0.5>>, tensor<1xi32>) -> tensor<1x1x1x1x!quant.uniform<u8:f32, 0.5>>
    %p = tpu.softmax %s {axis = 1 : i64} : (tensor<1x20000x!quant.uniform<u8:f32, 0.5>>) -> tensor<1x20000x!quant.uniform<u8:f32, 0.00390625>>
    return %a, %p : tensor<1x1x1x1x!quant.uniform<u8:f32, 0.5>>, tensor<1x20000x!quant.uniform<u8:f32, 0.00390625>>
  }
}
