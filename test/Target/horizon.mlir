// Types and limits of the BPUs.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: split-file %s %t
// RUN: qc-opt --quantize --legalize %t/types.mlir | FileCheck %s --check-prefix=BYTES
// RUN: qc-opt --quantize=precision=a16w8 --legalize %t/types.mlir | FileCheck %s --check-prefix=WIDE
// RUN: qc-opt --quantize=precision=a16w8 --legalize %t/mixed.mlir 2> %t/remarks | FileCheck %s --check-prefix=MIXED
// RUN: FileCheck %s --check-prefix=REMARKS --implicit-check-not=remark: < %t/remarks
// RUN: qc-opt --quantize=int16-tensors=features --legalize %t/mixed.mlir 2>&1 | FileCheck %s --check-prefix=NAMED
// RUN: not qc-opt --quantize=precision=a16w8 %t/x3.mlir 2>&1 | FileCheck %s --check-prefix=PRECISION
// RUN: not qc-opt --legalize %t/x3.mlir 2>&1 | FileCheck %s --check-prefix=FIRST
// RUN: not qc-opt --legalize %t/x5.mlir 2>&1 | FileCheck %s --check-prefix=LATER

//--- types.mlir
// Symmetric activations, a weight scale a channel.
// BYTES: tpu.quantize {{.*}}!quant.uniform<i8:f32, {{[^:]*}}>>
// BYTES: tpu.constant {{.*}}!quant.uniform<i8<-127:127>:f32:0, {{{.*}},{{.*}}}>>
// BYTES: tpu.conv2d {{.*}}#tpu.requant<mul32
// WIDE: tpu.quantize {{.*}}!quant.uniform<i16:f32, {{[^:]*}}>>
// WIDE: tpu.constant {{.*}}!quant.uniform<i8<-127:127>:f32:0, {{{.*}},{{.*}}}>>
// WIDE: tpu.constant {{.*}}tensor<2xi64>
module attributes {qc.target = #qc.target<"horizon", {}>} {
  func.func @main(%x: tensor<1x1x3x3x!quant.calibrated<f32<-1.5:2.0>>> {qc.name = "x"}) -> tensor<1x2x3x3x!quant.calibrated<f32<-4.0:7.5>>> {
    %w = top.constant dense<[[[[4.0]]], [[[-2.0]]]]> : tensor<2x1x1x1xf32>
    %y = top.conv %x, %w {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>, group = 1 : i64}
      : (tensor<1x1x3x3x!quant.calibrated<f32<-1.5:2.0>>>, tensor<2x1x1x1xf32>) -> tensor<1x2x3x3x!quant.calibrated<f32<-4.0:7.5>>> loc("y")
    return %y : tensor<1x2x3x3x!quant.calibrated<f32<-4.0:7.5>>>
  }
}

//--- mixed.mlir
// Ops that are not listed for 16 bits work on 8: once from a copy, once from a result that nobody reads in 16.
// REMARKS: remark: {{.*}}'enlarged' (tpu.resize_nearest) works on 8 bits: eight-bits: activations of 8 bits; for it 'features' is requantized
// REMARKS: remark: {{.*}}'averaged' (tpu.avg_pool) works on 8 bits: eight-bits: activations of 8 bits
// MIXED: tpu.quantize {{.*}}i16:f32
// MIXED: tpu.conv2d {{.*}} -> tensor<1x4x4x2x!quant.uniform<i16:f32, [[SCALE:[^>]*]]>>
// MIXED: tpu.requantize {{.*}} -> tensor<1x4x4x2x!quant.uniform<i8:f32, [[COPY:[^>]*]]>> loc([[NAME:#loc[0-9]*]])
// MIXED: tpu.resize_nearest {{.*}} : (tensor<1x4x4x2x!quant.uniform<i8:f32, [[COPY]]>>) -> tensor<1x8x8x2x!quant.uniform<i8:f32, [[COPY]]>>
// MIXED: tpu.reduce_max {{.*}} : (tensor<1x8x8x2x!quant.uniform<i8:f32, [[COPY]]>>)
// MIXED: tpu.sub {{.*}} : (tensor<1x1x1x2x!quant.uniform<i8:f32, [[COPY]]>>, tensor<1x4x4x2x!quant.uniform<i16:f32, [[SCALE]]>>) -> tensor<1x4x4x2x!quant.uniform<i8:f32,
// MIXED: tpu.avg_pool {{.*}} : (tensor<1x4x4x2x!quant.uniform<i8:f32, {{[^>]*}}>>) -> tensor<1x2x2x2x!quant.uniform<i8:f32,
// MIXED: [[NAME]] = loc("features_8bit_rescaled")
// NAMED: remark: {{.*}}'enlarged' (tpu.resize_nearest) works on 8 bits: eight-bits: activations of 8 bits; for it 'features' is requantized
// NAMED-NOT: remark:
// NAMED: tpu.conv2d {{.*}} -> tensor<1x4x4x2x!quant.uniform<i16:
// NAMED: tpu.requantize {{.*}} -> tensor<1x4x4x2x!quant.uniform<i8:
module attributes {qc.target = #qc.target<"horizon", {}>} {
  func.func @main(%x: tensor<1x1x4x4x!quant.calibrated<f32<-1.5:2.0>>> {qc.name = "x"}) -> tensor<1x2x2x2x!quant.calibrated<f32<-4.0:7.5>>> {
    %w = top.constant dense<[[[[4.0]]], [[[-2.0]]]]> : tensor<2x1x1x1xf32>
    %0 = top.conv %x, %w {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>, group = 1 : i64}
      : (tensor<1x1x4x4x!quant.calibrated<f32<-1.5:2.0>>>, tensor<2x1x1x1xf32>) -> tensor<1x2x4x4x!quant.calibrated<f32<-4.0:7.5>>> loc("features")
    %1 = top.resize %0 {scales = array<f64: 1.0, 1.0, 2.0, 2.0>, mode = "nearest", coordinate_transformation = "asymmetric", nearest_mode = "floor"}
      : (tensor<1x2x4x4x!quant.calibrated<f32<-4.0:7.5>>>) -> tensor<1x2x8x8x!quant.calibrated<f32<-4.0:7.5>>> loc("enlarged")
    %2 = top.reduce_max %1 {axes = array<i64: 2, 3>, keepdims = true} : (tensor<1x2x8x8x!quant.calibrated<f32<-4.0:7.5>>>) -> tensor<1x2x1x1x!quant.calibrated<f32<-4.0:7.5>>> loc("largest")
    %3 = top.sub %2, %0 : (tensor<1x2x1x1x!quant.calibrated<f32<-4.0:7.5>>>, tensor<1x2x4x4x!quant.calibrated<f32<-4.0:7.5>>>) -> tensor<1x2x4x4x!quant.calibrated<f32<-4.0:7.5>>> loc("difference")
    %4 = top.avg_pool %3 {kernel = array<i64: 2, 2>, strides = array<i64: 2, 2>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>}
      : (tensor<1x2x4x4x!quant.calibrated<f32<-4.0:7.5>>>) -> tensor<1x2x2x2x!quant.calibrated<f32<-4.0:7.5>>> loc("averaged")
    return %4 : tensor<1x2x2x2x!quant.calibrated<f32<-4.0:7.5>>>
  }
}

//--- x3.mlir
// PRECISION: error: the target has no precision 'a16w8'
// FIRST: cannot run 3 ops
// FIRST: (tpu.avg_pool): pool-kernel: kernel height and width from 1 to 7; found 8x8
// FIRST: (tpu.sub): the target has no tpu.sub
// FIRST: (tpu.mul): broadcast: shapes that are equal, one value a channel or one value; found another broadcast
module attributes {qc.target = #qc.target<"horizon", {chip = "x3"}>} {
  func.func @main(%x: tensor<1x8x8x2x!quant.uniform<i8:f32, 0.5>>, %r: tensor<1x8x1x2x!quant.uniform<i8:f32, 0.5>>, %c: tensor<1x1x1x2x!quant.uniform<i8:f32, 0.5>>) {
    %a = tpu.avg_pool %x {kernel = array<i64: 8, 8>, strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>, count_include_pad = false,
        divisors = array<i64: 64>, requant = #tpu.requant<mul32, single, multipliers = [1073741824], shifts = [36]>}
      : (tensor<1x8x8x2x!quant.uniform<i8:f32, 0.5>>) -> tensor<1x1x1x2x!quant.uniform<i8:f32, 0.5>>
    %b = tpu.sub %x, %x {requant = #tpu.requant<mul32, single, multipliers = [1073741824, 1073741824], shifts = [30]>}
      : (tensor<1x8x8x2x!quant.uniform<i8:f32, 0.5>>, tensor<1x8x8x2x!quant.uniform<i8:f32, 0.5>>) -> tensor<1x8x8x2x!quant.uniform<i8:f32, 0.5>>
    %d = tpu.mul %x, %c {requant = #tpu.requant<mul32, single, multipliers = [1073741824], shifts = [31]>}
      : (tensor<1x8x8x2x!quant.uniform<i8:f32, 0.5>>, tensor<1x1x1x2x!quant.uniform<i8:f32, 0.5>>) -> tensor<1x8x8x2x!quant.uniform<i8:f32, 0.5>>
    %e = tpu.mul %x, %r {requant = #tpu.requant<mul32, single, multipliers = [1073741824], shifts = [31]>}
      : (tensor<1x8x8x2x!quant.uniform<i8:f32, 0.5>>, tensor<1x8x1x2x!quant.uniform<i8:f32, 0.5>>) -> tensor<1x8x8x2x!quant.uniform<i8:f32, 0.5>>
    return
  }
}

//--- x5.mlir
// Sixteen bits only on the ops that the vendor lists.
// LATER: cannot run 2 ops
// LATER: (tpu.matmul): eight-bits: activations of 8 bits; found 16 bits
// LATER: (tpu.reduce_mean): axes: one axis, or height and width together; found axes 1x2 of 3
module attributes {qc.target = #qc.target<"horizon", {chip = "x5"}>} {
  func.func @main(%x: tensor<1x4x4x!quant.uniform<i16:f32, 0.5>>) {
    %a = tpu.matmul %x, %x {transpose_lhs = false, transpose_rhs = true, requant = #tpu.requant<mul32, single, multipliers = [1073741824], shifts = [36]>}
      : (tensor<1x4x4x!quant.uniform<i16:f32, 0.5>>, tensor<1x4x4x!quant.uniform<i16:f32, 0.5>>) -> tensor<1x4x4x!quant.uniform<i16:f32, 0.5>>
    %b = tpu.add %x, %a {requant = #tpu.requant<mul32, single, multipliers = [1073741824, 1073741824], shifts = [30]>}
      : (tensor<1x4x4x!quant.uniform<i16:f32, 0.5>>, tensor<1x4x4x!quant.uniform<i16:f32, 0.5>>) -> tensor<1x4x4x!quant.uniform<i16:f32, 0.5>>
    %c = tpu.reduce_mean %b {axes = array<i64: 1, 2>, keepdims = true, requant = #tpu.requant<mul32, single, multipliers = [1073741824], shifts = [34]>}
      : (tensor<1x4x4x!quant.uniform<i16:f32, 0.5>>) -> tensor<1x1x1x!quant.uniform<i16:f32, 0.5>>
    return
  }
}
