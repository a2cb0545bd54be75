// Tensors that shall have 16 bits and cannot: one error that names them all and the ops in the way.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: split-file %s %t
// RUN: not qc-opt --quantize %t/refused.mlir 2>&1 | FileCheck %s --check-prefix=REFUSED --implicit-check-not=error:
// RUN: not qc-opt --quantize=int16-tensors=conv_uot,x,elsewhere %t/refused.mlir 2>&1 | FileCheck %s --check-prefix=UNKNOWN
// RUN: not qc-opt --quantize %t/none.mlir 2>&1 | FileCheck %s --check-prefix=NONE
// RUN: not qc-opt --quantize=int16-tensors=x,y %t/readers.mlir 2>&1 | FileCheck %s --check-prefix=READERS
// RUN: not qc-opt --quantize=precision=a16w8 %t/refused.mlir 2>&1 | FileCheck %s --check-prefix=REFUSED --implicit-check-not=error:

//--- refused.mlir
// Made by an op of 8 bits and only moved, read by such an op only, and read by nothing.
// REFUSED: error: 3 tensors cannot have 16 bits as asked for
// REFUSED: note: {{.*}}'conv_out': read by only 'pool_out' (tpu.avg_pool): eight-bits: activations of 8 bits
// REFUSED: note: {{.*}}'flat_out': made by 'pool_out' (tpu.avg_pool): eight-bits: activations of 8 bits
// REFUSED: note: {{.*}}'unread': read by nothing
// UNKNOWN: error: unknown tensor 'conv_uot' among those that shall have 16 bits; did you mean 'conv_out'?
// UNKNOWN: error: unknown tensor 'elsewhere' among those that shall have 16 bits; known: x, conv_out, pool_out, flat_out, y, unread
module attributes {qc.target = #qc.target<"horizon", {chip = "x5"}>, qc.int16_tensors = ["conv_out", "flat_out", "unread"]} {
  func.func @main(%x: tensor<1x1x4x4x!quant.calibrated<f32<-1.5:2.0>>> {qc.name = "x"}) -> tensor<1x4x!quant.calibrated<f32<0.0:1.0>>> {
    %w = top.constant dense<4.0> : tensor<1x1x1x1xf32>
    %0 = top.conv %x, %w {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>, group = 1 : i64}
      : (tensor<1x1x4x4x!quant.calibrated<f32<-1.5:2.0>>>, tensor<1x1x1x1xf32>) -> tensor<1x1x4x4x!quant.calibrated<f32<-4.0:7.5>>> loc("conv_out")
    %1 = top.avg_pool %0 {kernel = array<i64: 2, 2>, strides = array<i64: 2, 2>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>}
      : (tensor<1x1x4x4x!quant.calibrated<f32<-4.0:7.5>>>) -> tensor<1x1x2x2x!quant.calibrated<f32<-4.0:7.5>>> loc("pool_out")
    %2 = top.reshape %1 {shape = array<i64: 1, 4>} : (tensor<1x1x2x2x!quant.calibrated<f32<-4.0:7.5>>>) -> tensor<1x4x!quant.calibrated<f32<-4.0:7.5>>> loc("flat_out")
    %3 = top.sigmoid %2 : (tensor<1x4x!quant.calibrated<f32<-4.0:7.5>>>) -> tensor<1x4x!quant.calibrated<f32<0.0:1.0>>> loc("y")
    %4 = top.sigmoid %2 : (tensor<1x4x!quant.calibrated<f32<-4.0:7.5>>>) -> tensor<1x4x!quant.calibrated<f32<0.0:1.0>>> loc("unread")
    return %3 : tensor<1x4x!quant.calibrated<f32<0.0:1.0>>>
  }
}

//--- none.mlir
// NONE: error: no tensor can have 16 bits: the target has no precision with activations of 16 bits
module attributes {qc.target = #qc.target<"horizon", {chip = "x3"}>, qc.int16_tensors = ["x"]} {
  func.func @main(%x: tensor<4x!quant.calibrated<f32<-1.0:1.0>>> {qc.name = "x"}) -> tensor<4x!quant.calibrated<f32<-1.0:1.0>>> {
    return %x : tensor<4x!quant.calibrated<f32<-1.0:1.0>>>
  }
}

//--- readers.mlir
// A target whose vendor lets only inputs of convolutions be named.
// READERS: error: 1 tensor cannot have 16 bits as asked for
// READERS: note: {{.*}}'y': not read by tpu.conv2d, tpu.deconv2d, tpu.fully_connected, to which alone the target gives named tensors
module attributes {qc.target = #qc.target<"sigmastar", {}>} {
  func.func @main(%x: tensor<1x1x4x4x!quant.calibrated<f32<-1.5:2.0>>> {qc.name = "x"}) -> tensor<1x1x4x4x!quant.calibrated<f32<-4.0:7.5>>> {
    %w = top.constant dense<4.0> : tensor<1x1x1x1xf32>
    %0 = top.conv %x, %w {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>, group = 1 : i64}
      : (tensor<1x1x4x4x!quant.calibrated<f32<-1.5:2.0>>>, tensor<1x1x1x1xf32>) -> tensor<1x1x4x4x!quant.calibrated<f32<-4.0:7.5>>> loc("y")
    return %0 : tensor<1x1x4x4x!quant.calibrated<f32<-4.0:7.5>>>
  }
}
