// Types and limits of the TIDL chips.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: split-file %s %t
// RUN: qc-opt --quantize --legalize %t/first.mlir | FileCheck %s --check-prefix=FIRST
// RUN: qc-opt --quantize --legalize %t/large.mlir | FileCheck %s --check-prefix=LARGE
// RUN: qc-opt --quantize --legalize %t/later.mlir | FileCheck %s --check-prefix=LATER
// RUN: not qc-opt --legalize %t/limits.mlir 2>&1 | FileCheck %s --check-prefix=LIMITS
// RUN: not qc-opt --quantize=precision=a16w8 %t/first.mlir 2>&1 | FileCheck %s --check-prefix=PRECISION

//--- first.mlir
// Everything symmetric, every scale a power of two, one a weight: rescaling is shifting.
// FIRST: tpu.quantize {{.*}}!quant.uniform<i8:f32, 1.562500e-02>>
// FIRST: tpu.constant {{.*}} -> tensor<2x1x1x1x!quant.uniform<i8<-127:127>:f32, 6.250000e-02>>
// FIRST: tpu.conv2d {{.*}}#tpu.requant<pow2, half_even {{.*}}shifts = [6]{{.*}}!quant.uniform<i8:f32, 6.250000e-02>>
// The mean divides, which is no shift.
// FIRST: tpu.reduce_mean {{.*}}#tpu.requant<mul32
// PRECISION: error: the target has no precision 'a16w8'
module attributes {qc.target = #qc.target<"tda4", {}>} {
  func.func @main(%x: tensor<1x1x3x3x!quant.calibrated<f32<-1.5:1.9>>> {qc.name = "x"}) -> tensor<1x2x1x1x!quant.calibrated<f32<-5.0:5.0>>> {
    %w = top.constant dense<[[[[4.0]]], [[[-2.0]]]]> : tensor<2x1x1x1xf32>
    %y = top.conv %x, %w {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>, group = 1 : i64}
      : (tensor<1x1x3x3x!quant.calibrated<f32<-1.5:1.9>>>, tensor<2x1x1x1xf32>) -> tensor<1x2x3x3x!quant.calibrated<f32<-4.0:7.5>>> loc("y")
    %z = top.reduce_mean %y {axes = array<i64: 2, 3>, keepdims = true} : (tensor<1x2x3x3x!quant.calibrated<f32<-4.0:7.5>>>) -> tensor<1x2x1x1x!quant.calibrated<f32<-5.0:5.0>>> loc("z")
    return %z : tensor<1x2x1x1x!quant.calibrated<f32<-5.0:5.0>>>
  }
}

//--- large.mlir
// Of the large weight less is lost than by coarse steps for the others.
// LARGE: tpu.quantize {{.*}}!quant.uniform<i8:f32, 1.562500e-02>>
// LARGE: tpu.constant dense<{{\[\[\[\[}}127]]], {{\[\[\[}}50]]], {{\[\[\[}}-49]]], {{\[\[\[}}51]]], {{\[\[\[}}-53]]]]> {{.*}}!quant.uniform<i8<-127:127>:f32, 7.812500e-03>>
module attributes {qc.target = #qc.target<"tda4", {}>} {
  func.func @main(%x: tensor<1x1x3x3x!quant.calibrated<f32<-1.5:1.9>>> {qc.name = "x"}) -> tensor<1x5x3x3x!quant.calibrated<f32<0.0:7.5>>> {
    %w = top.constant dense<[[[[0.9944]]], [[[0.3906]]], [[[-0.3828]]], [[[0.3984]]], [[[-0.4141]]]]> : tensor<5x1x1x1xf32>
    %y = top.conv %x, %w {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>, group = 1 : i64, act_min = 0.0 : f32}
      : (tensor<1x1x3x3x!quant.calibrated<f32<-1.5:1.9>>>, tensor<5x1x1x1xf32>) -> tensor<1x5x3x3x!quant.calibrated<f32<0.0:7.5>>> loc("y")
    return %y : tensor<1x5x3x3x!quant.calibrated<f32<0.0:7.5>>>
  }
}

//--- later.mlir
// Affine bytes without a sign; inputs are symmetric, as TI's table wants them; a weight scale a channel.
// LATER: tpu.quantize {{.*}}!quant.uniform<i8:f32, 0.01496{{[0-9]*}}>>
// LATER: tpu.constant {{.*}}!quant.uniform<i8<-127:127>:f32:0, {{{.*}},{{.*}}}>>
// LATER: tpu.conv2d {{.*}}#tpu.requant<mul32{{.*}}-> tensor<1x3x3x2x!quant.uniform<u8:f32, {{.*}}:89>>
module attributes {qc.target = #qc.target<"tda4", {chip = "am68a"}>} {
  func.func @main(%x: tensor<1x1x3x3x!quant.calibrated<f32<-1.5:1.9>>> {qc.name = "x"}) -> tensor<1x2x3x3x!quant.calibrated<f32<-4.0:7.5>>> {
    %w = top.constant dense<[[[[4.0]]], [[[-2.0]]]]> : tensor<2x1x1x1xf32>
    %y = top.conv %x, %w {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>, group = 1 : i64}
      : (tensor<1x1x3x3x!quant.calibrated<f32<-1.5:1.9>>>, tensor<2x1x1x1xf32>) -> tensor<1x2x3x3x!quant.calibrated<f32<-4.0:7.5>>> loc("y")
    return %y : tensor<1x2x3x3x!quant.calibrated<f32<-4.0:7.5>>>
  }
}

//--- limits.mlir
// LIMITS: cannot run 4 ops
// LIMITS: (tpu.conv2d): conv-stride: strides that are equal; found 1x2; conv-depthwise: {{.*}}, when depthwise; found 2x2 stride 1x2
// LIMITS: (tpu.max_pool): pool-window: a kernel of 1x1, 2x2 or 3x3 with stride 1 or 2; found 5x5 stride 1x1
// LIMITS: (tpu.resize_nearest): resize-factors: enlargement by factors that are powers of two; found 3x3
// LIMITS: (tpu.lut): function: one of the functions {{.*}}; found erf
module attributes {qc.target = #qc.target<"tda4", {}>} {
  func.func @main(%x: tensor<1x8x8x2x!quant.uniform<i8:f32, 0.5>>, %w: tensor<2x2x2x1x!quant.uniform<i8<-127:127>:f32, 0.5>>, %b: tensor<2xi32>, %t: tensor<256xi8>) {
    %a = tpu.conv2d %x, %w, %b {strides = array<i64: 1, 2>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>, group = 2 : i64,
        requant = #tpu.requant<pow2, single, shifts = [1]>}
      : (tensor<1x8x8x2x!quant.uniform<i8:f32, 0.5>>, tensor<2x2x2x1x!quant.uniform<i8<-127:127>:f32, 0.5>>, tensor<2xi32>) -> tensor<1x7x4x2x!quant.uniform<i8:f32, 0.5>>
    %p = tpu.max_pool %x {kernel = array<i64: 5, 5>, strides = array<i64: 1, 1>, pads = array<i64: 2, 2, 2, 2>, dilations = array<i64: 1, 1>}
      : (tensor<1x8x8x2x!quant.uniform<i8:f32, 0.5>>) -> tensor<1x8x8x2x!quant.uniform<i8:f32, 0.5>>
    %r = tpu.resize_nearest %x {coordinate_transformation = "asymmetric", nearest_mode = "floor", scales = array<f64: 3.0, 3.0>}
      : (tensor<1x8x8x2x!quant.uniform<i8:f32, 0.5>>) -> tensor<1x24x24x2x!quant.uniform<i8:f32, 0.5>>
    %l = tpu.lut %x, %t {function = "erf", params = array<f64>, frac_bits = 0 : i64} : (tensor<1x8x8x2x!quant.uniform<i8:f32, 0.5>>, tensor<256xi8>) -> tensor<1x8x8x2x!quant.uniform<i8:f32, 0.5>>
    return
  }
}
