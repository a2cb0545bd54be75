// Named tensors have 16 bits, and what only moves them has as well; other ops read and make both widths.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: split-file %s %t
// RUN: qc-opt --quantize %t/named.mlir | FileCheck %s --check-prefix=NAMED
// RUN: qc-opt --emit-bytecode %t/named.mlir | qc-opt --quantize | FileCheck %s --check-prefix=NAMED
// RUN: qc-opt --quantize=int16-tensors=features %t/plain.mlir | FileCheck %s --check-prefix=NAMED
// RUN: qc-opt --quantize %t/plain.mlir | FileCheck %s --check-prefix=NONE
// RUN: qc-opt --quantize=int16-tensors=gate,x %t/plain.mlir | FileCheck %s --check-prefix=OTHERS
// RUN: qc-opt --calibrate="data=random:2 quiet" --quantize %t/fused.mlir | FileCheck %s --check-prefix=FUSED
// RUN: qc-opt --quantize=int16-tensors=left %t/join.mlir | FileCheck %s --check-prefix=JOIN
// RUN: qc-opt --quantize=int16-tensors=y %t/constant.mlir | FileCheck %s --check-prefix=CONSTANT
// RUN: qc-opt --quantize %t/inner.mlir | FileCheck %s --check-prefix=INNER
// RUN: sed 's/qc.inner_bits = 16/qc.inner_bits = 8/' %t/inner.mlir | qc-opt --quantize | FileCheck %s --check-prefix=NARROW
// RUN: qc-opt --quantize=precision=int16 %t/named.mlir | FileCheck %s --check-prefix=ALL

// A bias is as wide as the layer's input asks for, a table's entries as wide as its result.
// NAMED: qc.int16_tensors = ["features"]
// NAMED: tpu.quantize {{.*}}i8:f32
// NAMED: tpu.constant {{.*}} -> tensor<2xi32>
// NAMED: tpu.conv2d {{.*}} -> tensor<1x4x4x2x!quant.uniform<i16:f32,
// NAMED: tpu.max_pool {{.*}} : (tensor<1x4x4x2x!quant.uniform<i16:f32, [[SCALE:[^>]*]]>>) -> tensor<1x2x2x2x!quant.uniform<i16:f32, [[SCALE]]>>
// NAMED: tpu.lut {{.*}} : (tensor<1x2x2x2x!quant.uniform<i16:{{.*}} -> tensor<1x2x2x2x!quant.uniform<i8:
// NAMED: tpu.mul {{.*}} : (tensor<1x2x2x2x!quant.uniform<i16:{{.*}}, tensor<1x2x2x2x!quant.uniform<i8:{{.*}}) -> tensor<1x2x2x2x!quant.uniform<i8:
// NAMED-NOT: tpu.requantize

// NONE-NOT: i16

// OTHERS: tpu.quantize {{.*}} -> tensor<1x2x4x4x!quant.uniform<i16:
// OTHERS: tpu.constant {{.*}} -> tensor<2xi64>
// OTHERS: tpu.conv2d {{.*}} -> tensor<1x4x4x2x!quant.uniform<i8:
// OTHERS: tpu.constant {{.*}} -> tensor<256xi16>
// OTHERS: tpu.lut {{.*}} : (tensor<1x2x2x2x!quant.uniform<i8:{{.*}} -> tensor<1x2x2x2x!quant.uniform<i16:
// OTHERS: tpu.mul {{.*}} -> tensor<1x2x2x2x!quant.uniform<i8:

// ALL-NOT: quant.uniform<i8

//--- named.mlir
module attributes {qc.int16_tensors = ["features"]} {
  func.func @main(%x: tensor<1x2x4x4x!quant.calibrated<f32<-1.5:2.0>>> {qc.name = "x"}) -> tensor<1x2x2x2x!quant.calibrated<f32<-4.0:7.5>>> {
    %w = top.constant dense<[[[[4.0]], [[1.0]]], [[[-2.0]], [[0.5]]]]> : tensor<2x2x1x1xf32>
    %0 = top.conv %x, %w {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>, group = 1 : i64}
      : (tensor<1x2x4x4x!quant.calibrated<f32<-1.5:2.0>>>, tensor<2x2x1x1xf32>) -> tensor<1x2x4x4x!quant.calibrated<f32<-4.0:7.5>>> loc("features")
    %1 = top.max_pool %0 {kernel = array<i64: 2, 2>, strides = array<i64: 2, 2>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>}
      : (tensor<1x2x4x4x!quant.calibrated<f32<-4.0:7.5>>>) -> tensor<1x2x2x2x!quant.calibrated<f32<-4.0:7.5>>> loc("pooled")
    %2 = top.sigmoid %1 : (tensor<1x2x2x2x!quant.calibrated<f32<-4.0:7.5>>>) -> tensor<1x2x2x2x!quant.calibrated<f32<0.0:1.0>>> loc("gate")
    %3 = top.mul %1, %2 : (tensor<1x2x2x2x!quant.calibrated<f32<-4.0:7.5>>>, tensor<1x2x2x2x!quant.calibrated<f32<0.0:1.0>>>) -> tensor<1x2x2x2x!quant.calibrated<f32<-4.0:7.5>>> loc("y")
    return %3 : tensor<1x2x2x2x!quant.calibrated<f32<-4.0:7.5>>>
  }
}

//--- plain.mlir
func.func @main(%x: tensor<1x2x4x4x!quant.calibrated<f32<-1.5:2.0>>> {qc.name = "x"}) -> tensor<1x2x2x2x!quant.calibrated<f32<-4.0:7.5>>> {
  %w = top.constant dense<[[[[4.0]], [[1.0]]], [[[-2.0]], [[0.5]]]]> : tensor<2x2x1x1xf32>
  %0 = top.conv %x, %w {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>, group = 1 : i64}
    : (tensor<1x2x4x4x!quant.calibrated<f32<-1.5:2.0>>>, tensor<2x2x1x1xf32>) -> tensor<1x2x4x4x!quant.calibrated<f32<-4.0:7.5>>> loc("features")
  %1 = top.max_pool %0 {kernel = array<i64: 2, 2>, strides = array<i64: 2, 2>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>}
    : (tensor<1x2x4x4x!quant.calibrated<f32<-4.0:7.5>>>) -> tensor<1x2x2x2x!quant.calibrated<f32<-4.0:7.5>>> loc("pooled")
  %2 = top.sigmoid %1 : (tensor<1x2x2x2x!quant.calibrated<f32<-4.0:7.5>>>) -> tensor<1x2x2x2x!quant.calibrated<f32<0.0:1.0>>> loc("gate")
  %3 = top.mul %1, %2 : (tensor<1x2x2x2x!quant.calibrated<f32<-4.0:7.5>>>, tensor<1x2x2x2x!quant.calibrated<f32<0.0:1.0>>>) -> tensor<1x2x2x2x!quant.calibrated<f32<-4.0:7.5>>> loc("y")
  return %3 : tensor<1x2x2x2x!quant.calibrated<f32<-4.0:7.5>>>
}

//--- fused.mlir
// The name that fusion swallows stands for what its op computes now.
// FUSED: qc.int16_tensors = ["before"]
// FUSED: tpu.conv2d {{.*}} -> tensor<1x2x2x1x!quant.uniform<i16:
module attributes {qc.int16_tensors = ["before"]} {
  func.func @main(%x: tensor<1x2x2x2xf32> {qc.name = "x"}) -> tensor<1x1x2x2xf32> {
    %w = top.constant dense<[[[[0.5]], [[-1.0]]]]> : tensor<1x2x1x1xf32>
    %0 = top.conv %x, %w {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>, group = 1 : i64}
      : (tensor<1x2x2x2xf32>, tensor<1x2x1x1xf32>) -> tensor<1x1x2x2xf32> loc("before")
    %1 = top.relu %0 : (tensor<1x1x2x2xf32>) -> tensor<1x1x2x2xf32> loc("after")
    %2 = top.exp %1 : (tensor<1x1x2x2xf32>) -> tensor<1x1x2x2xf32> loc("y")
    return %2 : tensor<1x1x2x2xf32>
  }
}

//--- join.mlir
// What is joined has one width: the other operand is made in it, without a conversion.
// JOIN: tpu.lut {{.*}} -> tensor<1x4x!quant.uniform<i16:
// JOIN: tpu.lut {{.*}} -> tensor<1x4x!quant.uniform<i16:
// JOIN-NOT: tpu.requantize
// JOIN: tpu.concat {{.*}} -> tensor<1x8x!quant.uniform<i16:
func.func @main(%x: tensor<1x4x!quant.calibrated<f32<-1.0:1.0>>> {qc.name = "x"}) -> tensor<1x8x!quant.calibrated<f32<-4.0:1.0>>> {
  %0 = top.tanh %x : (tensor<1x4x!quant.calibrated<f32<-1.0:1.0>>>) -> tensor<1x4x!quant.calibrated<f32<-1.0:1.0>>> loc("left")
  %1 = top.exp %x : (tensor<1x4x!quant.calibrated<f32<-1.0:1.0>>>) -> tensor<1x4x!quant.calibrated<f32<0.0:3.0>>> loc("right")
  %2 = top.concat %0, %1 {axis = 1 : i64} : (tensor<1x4x!quant.calibrated<f32<-1.0:1.0>>>, tensor<1x4x!quant.calibrated<f32<0.0:3.0>>>) -> tensor<1x8x!quant.calibrated<f32<-1.0:3.0>>> loc("joined")
  %3 = top.neg %2 : (tensor<1x8x!quant.calibrated<f32<-1.0:3.0>>>) -> tensor<1x8x!quant.calibrated<f32<-4.0:1.0>>> loc("y")
  return %3 : tensor<1x8x!quant.calibrated<f32<-4.0:1.0>>>
}

//--- constant.mlir
// A constant is as wide as the widest activation beside it, so the same one has two forms.
// CONSTANT: tpu.constant {{.*}} -> tensor<1x2x!quant.uniform<i8:
// CONSTANT: tpu.add {{.*}} -> tensor<1x2x!quant.uniform<i8:
// CONSTANT: tpu.constant {{.*}} -> tensor<1x2x!quant.uniform<i16:
// CONSTANT: tpu.add {{.*}} : (tensor<1x2x!quant.uniform<i8:{{.*}}, tensor<1x2x!quant.uniform<i16:{{.*}}) -> tensor<1x2x!quant.uniform<i16:
func.func @main(%x: tensor<1x2x!quant.calibrated<f32<-1.0:1.0>>> {qc.name = "x"}) -> tensor<1x2x!quant.calibrated<f32<-4.0:4.0>>> {
  %c = top.constant dense<[[0.5, -1.5]]> : tensor<1x2xf32>
  %0 = top.add %x, %c : (tensor<1x2x!quant.calibrated<f32<-1.0:1.0>>>, tensor<1x2xf32>) -> tensor<1x2x!quant.calibrated<f32<-2.5:1.5>>> loc("narrow")
  %1 = top.add %0, %c : (tensor<1x2x!quant.calibrated<f32<-2.5:1.5>>>, tensor<1x2xf32>) -> tensor<1x2x!quant.calibrated<f32<-4.0:4.0>>> loc("y")
  return %1 : tensor<1x2x!quant.calibrated<f32<-4.0:4.0>>>
}

//--- inner.mlir
// What an importer has marked, and the squares of a norm with what is made of their mean, until that meets the data.
// INNER: tpu.mul {{.*}} -> tensor<2x4x!quant.uniform<i16:
// INNER: tpu.reduce_mean {{.*}} -> tensor<2x1x!quant.uniform<i16:
// INNER: tpu.lut {{.*}} -> tensor<2x1x!quant.uniform<i16:
// INNER: tpu.div {{.*}} -> tensor<2x4x!quant.uniform<i8:
// INNER: tpu.lut {{.*}} -> tensor<2x4x!quant.uniform<i16:
// INNER: tpu.lut {{.*}} -> tensor<2x4x!quant.uniform<i8:
// NARROW: qc.inner_bits = 8
// NARROW-NOT: i16
module attributes {qc.inner_bits = 16} {
  func.func @main(%x: tensor<2x4x!quant.calibrated<f32<-1.0:1.0>>> {qc.name = "x"}) -> tensor<2x4x!quant.calibrated<f32<0.0:1.0>>> {
    %0 = top.mul %x, %x : (tensor<2x4x!quant.calibrated<f32<-1.0:1.0>>>, tensor<2x4x!quant.calibrated<f32<-1.0:1.0>>>) -> tensor<2x4x!quant.calibrated<f32<0.0:1.0>>> loc("square")
    %1 = top.reduce_mean %0 {axes = array<i64: 1>, keepdims = true} : (tensor<2x4x!quant.calibrated<f32<0.0:1.0>>>) -> tensor<2x1x!quant.calibrated<f32<0.0:1.0>>> loc("mean")
    %2 = top.sqrt %1 : (tensor<2x1x!quant.calibrated<f32<0.0:1.0>>>) -> tensor<2x1x!quant.calibrated<f32<0.0:1.0>>> loc("root")
    %3 = top.div %x, %2 : (tensor<2x4x!quant.calibrated<f32<-1.0:1.0>>>, tensor<2x1x!quant.calibrated<f32<0.0:1.0>>>) -> tensor<2x4x!quant.calibrated<f32<-2.0:2.0>>> loc("scaled")
    %4 = top.exp %3 {qc.inner} : (tensor<2x4x!quant.calibrated<f32<-2.0:2.0>>>) -> tensor<2x4x!quant.calibrated<f32<0.0:8.0>>> loc("marked")
    %5 = top.sigmoid %4 : (tensor<2x4x!quant.calibrated<f32<0.0:8.0>>>) -> tensor<2x4x!quant.calibrated<f32<0.0:1.0>>> loc("y")
    return %5 : tensor<2x4x!quant.calibrated<f32<0.0:1.0>>>
  }
}
