// Types and limits of the IPU.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: split-file %s %t
// RUN: qc-opt --quantize --legalize %t/types.mlir | FileCheck %s --check-prefix=BYTES
// RUN: qc-opt --quantize=precision=int16 --legalize %t/types.mlir | FileCheck %s --check-prefix=WIDE
// RUN: qc-opt --quantize=precision=conv16 --legalize %t/types.mlir | FileCheck %s --check-prefix=CONV
// RUN: qc-opt --quantize=precision=conv16 --legalize %t/inputs.mlir | FileCheck %s --check-prefix=INPUTS
// RUN: not qc-opt --legalize %t/limits.mlir 2>&1 | FileCheck %s --check-prefix=LIMITS

//--- types.mlir
// Unsigned affine bytes; with int16, activations and weights of 16 bits.
// BYTES: tpu.quantize {{.*}}!quant.uniform<u8:f32, {{.*}}:109>>
// BYTES: tpu.constant {{.*}}!quant.uniform<i8<-127:127>:f32:0, {{{.*}},{{.*}}}>>
// WIDE: tpu.quantize {{.*}}!quant.uniform<i16:f32, {{[^:]*}}>>
// WIDE: tpu.constant {{.*}}!quant.uniform<i16<-32767:32767>:f32:0, {{{.*}},{{.*}}}>>
// CONV: tpu.quantize {{.*}}!quant.uniform<i16:f32, {{[^:]*}}>>
// CONV: tpu.constant {{.*}}!quant.uniform<i8<-127:127>:f32:0, {{{.*}},{{.*}}}>>
// CONV: tpu.conv2d {{.*}} -> tensor<1x3x3x2x!quant.uniform<u8:
module attributes {qc.target = #qc.target<"sigmastar", {}>} {
  func.func @main(%x: tensor<1x1x3x3x!quant.calibrated<f32<-1.5:2.0>>> {qc.name = "x"}) -> tensor<1x2x3x3x!quant.calibrated<f32<-4.0:7.5>>> {
    %w = top.constant dense<[[[[4.0]]], [[[-2.0]]]]> : tensor<2x1x1x1xf32>
    %y = top.conv %x, %w {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>, group = 1 : i64}
      : (tensor<1x1x3x3x!quant.calibrated<f32<-1.5:2.0>>>, tensor<2x1x1x1xf32>) -> tensor<1x2x3x3x!quant.calibrated<f32<-4.0:7.5>>> loc("y")
    return %y : tensor<1x2x3x3x!quant.calibrated<f32<-4.0:7.5>>>
  }
}

//--- inputs.mlir
// What a convolution or a fully connected layer reads has 16 bits, through ops that move it and whoever else reads it;
// the rest has 8.
// INPUTS: tpu.quantize {{.*}} -> tensor<1x1x4x4x!quant.uniform<u8:
// INPUTS: tpu.lut {{.*}} : (tensor<1x1x4x4x!quant.uniform<u8:{{.*}} -> tensor<1x1x4x4x!quant.uniform<i16:
// INPUTS: tpu.max_pool {{.*}} -> tensor<1x2x2x1x!quant.uniform<i16:
// INPUTS: tpu.conv2d {{.*}} : (tensor<1x2x2x1x!quant.uniform<i16:{{.*}} -> tensor<1x2x2x1x!quant.uniform<u8:
// INPUTS: tpu.add {{.*}} : (tensor<1x2x2x1x!quant.uniform<u8:{{.*}}, tensor<1x2x2x1x!quant.uniform<i16:{{.*}}) -> tensor<1x2x2x1x!quant.uniform<i16:
// INPUTS: tpu.fully_connected {{.*}} -> tensor<1x2x!quant.uniform<u8:
module attributes {qc.target = #qc.target<"sigmastar", {}>} {
  func.func @main(%x: tensor<1x1x4x4x!quant.calibrated<f32<-1.5:2.0>>> {qc.name = "x"}) -> tensor<1x2x!quant.calibrated<f32<-4.0:4.0>>> {
    %w = top.constant dense<2.0> : tensor<1x1x1x1xf32>
    %m = top.constant dense<[[0.5, 1.0], [-1.0, 0.25], [0.125, 2.0], [1.0, -0.5]]> : tensor<4x2xf32>
    %0 = top.tanh %x : (tensor<1x1x4x4x!quant.calibrated<f32<-1.5:2.0>>>) -> tensor<1x1x4x4x!quant.calibrated<f32<-1.0:1.0>>> loc("t")
    %1 = top.max_pool %0 {kernel = array<i64: 2, 2>, strides = array<i64: 2, 2>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>}
      : (tensor<1x1x4x4x!quant.calibrated<f32<-1.0:1.0>>>) -> tensor<1x1x2x2x!quant.calibrated<f32<-1.0:1.0>>> loc("p")
    %2 = top.conv %1, %w {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>, group = 1 : i64}
      : (tensor<1x1x2x2x!quant.calibrated<f32<-1.0:1.0>>>, tensor<1x1x1x1xf32>) -> tensor<1x1x2x2x!quant.calibrated<f32<-2.0:2.0>>> loc("c")
    %3 = top.add %2, %1 : (tensor<1x1x2x2x!quant.calibrated<f32<-2.0:2.0>>>, tensor<1x1x2x2x!quant.calibrated<f32<-1.0:1.0>>>) -> tensor<1x1x2x2x!quant.calibrated<f32<-3.0:3.0>>> loc("a")
    %4 = top.reshape %3 {shape = array<i64: 1, 4>} : (tensor<1x1x2x2x!quant.calibrated<f32<-3.0:3.0>>>) -> tensor<1x4x!quant.calibrated<f32<-3.0:3.0>>> loc("f")
    %5 = top.matmul %4, %m {transpose_lhs = false, transpose_rhs = false} : (tensor<1x4x!quant.calibrated<f32<-3.0:3.0>>>, tensor<4x2xf32>) -> tensor<1x2x!quant.calibrated<f32<-4.0:4.0>>> loc("y")
    return %5 : tensor<1x2x!quant.calibrated<f32<-4.0:4.0>>>
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
