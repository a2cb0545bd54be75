// What the verifiers of tpu refuse.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: qc-opt %s --split-input-file --verify-diagnostics

// expected-error @below {{expects at least one shift}}
module attributes {r = #tpu.requant<mul32, single>} {}

// -----

// expected-error @below {{kind f32 takes scales and nothing else}}
module attributes {r = #tpu.requant<f32, single>} {}

// -----

// expected-error @below {{kind f32 takes scales and nothing else}}
module attributes {r = #tpu.requant<f32, single, shifts = [3], scales = array<f32: 1.0>>} {}

// -----

// expected-error @below {{only kind f32 takes scales}}
module attributes {r = #tpu.requant<mul32, single, multipliers = [1], shifts = [3], scales = array<f32: 1.0>>} {}

// -----

// expected-error @below {{expects as many multipliers as shifts, found 2 and 3}}
module attributes {r = #tpu.requant<mul32, single, multipliers = [1, 2], shifts = [3, 4, 5]>} {}

// -----

// expected-error @below {{expected multipliers, shifts or scales}}
module attributes {r = #tpu.requant<mul32, single, offsets = [1]>} {}

// -----

// expected-error @below {{value of type 'tensor<2xi16>' does not store a 'tensor<2x!quant.uniform<i8:f32, 1.000000e-01>>'}}
%0 = tpu.constant dense<1> : tensor<2xi16> -> tensor<2x!quant.uniform<i8:f32, 0.1>>

// -----

// expected-error @below {{value of type 'tensor<2xi8>' does not store}}
%0 = tpu.constant dense<1> : tensor<2xi8> -> tensor<3x!quant.uniform<i8:f32, 0.1>>

// -----

// expected-error @below {{value of type 'tensor<2xf32>' does not store}}
%0 = tpu.constant dense<1.0> : tensor<2xf32> -> tensor<2xi32>

// -----

func.func @main(%a: tensor<4xf32>) {
  // expected-error @below {{requires the same shape for all operands and results}}
  tpu.quantize %a {}
    : (tensor<4xf32>) -> tensor<5x!quant.uniform<i8:f32, 0.1>>
  return
}

// -----

func.func @main(%a: tensor<4xf32>) {
  // expected-error @below {{must be statically shaped tensor of quantized i8, u8 or i16 with one scale values}}
  tpu.quantize %a {}
    : (tensor<4xf32>) -> tensor<4x!quant.uniform<i8:f32:0, {0.1, 0.1, 0.1, 0.1}>>
  return
}

// -----

func.func @main(%a: tensor<4xf32>) {
  // expected-error @below {{must be statically shaped tensor of quantized i8, u8 or i16 with one scale values}}
  tpu.quantize %a {}
    : (tensor<4xf32>) -> tensor<4x!quant.uniform<u16:f32, 0.1>>
  return
}

// -----

func.func @main(%a: tensor<?xf32>) {
  // expected-error @below {{must be statically shaped tensor of 32-bit float or 8-bit signless integer or 8-bit unsigned integer or 16-bit signless integer or 32-bit signless integer or 64-bit signless integer values}}
  tpu.quantize %a {}
    : (tensor<?xf32>) -> tensor<?x!quant.uniform<i8:f32, 0.1>>
  return
}

// -----

func.func @main(%a: tensor<4x!quant.uniform<i8:f32, 0.1>>) {
  // expected-error @below {{requant has 2 entries, expected 1 or 1}}
  tpu.requantize %a {requant = #tpu.requant<mul32, single, multipliers = [1073741824, 1073741824], shifts = [31, 31]>}
    : (tensor<4x!quant.uniform<i8:f32, 0.1>>) -> tensor<4x!quant.uniform<i8:f32, 0.2>>
  return
}

// -----

func.func @main(%a: tensor<4x!quant.uniform<i8:f32, 0.1>>) {
  // expected-error @below {{expects a clamp [low, high] within [-128, 127], the range of the result's storage type}}
  tpu.requantize %a {clamp = array<i64: 0, 300>, requant = #tpu.requant<mul32, single, multipliers = [1073741824], shifts = [31]>}
    : (tensor<4x!quant.uniform<i8:f32, 0.1>>) -> tensor<4x!quant.uniform<i8:f32, 0.2>>
  return
}

// -----

func.func @main(%a: tensor<4x!quant.uniform<i8:f32, 0.1>>) {
  // expected-error @below {{expects a clamp [low, high] within [-128, 127]}}
  tpu.requantize %a {clamp = array<i64: 5, 1>, requant = #tpu.requant<mul32, single, multipliers = [1073741824], shifts = [31]>}
    : (tensor<4x!quant.uniform<i8:f32, 0.1>>) -> tensor<4x!quant.uniform<i8:f32, 0.2>>
  return
}

// -----

func.func @main(%a: tensor<4x!quant.uniform<i8:f32, 0.1>>) {
  // expected-error @below {{expects a clamp [low, high] within [-128, 127]}}
  tpu.requantize %a {clamp = array<i64: 5>, requant = #tpu.requant<mul32, single, multipliers = [1073741824], shifts = [31]>}
    : (tensor<4x!quant.uniform<i8:f32, 0.1>>) -> tensor<4x!quant.uniform<i8:f32, 0.2>>
  return
}

// -----

func.func @main(%a: tensor<1x4x4x2x!quant.uniform<i8:f32, 0.1>>, %b: tensor<3x2x!quant.uniform<i8<-127:127>:f32, 0.5>>, %c: tensor<3xi32>) {
  // expected-error @below {{expects a weight of rank 4, found}}
  tpu.conv2d %a, %b, %c {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>, group = 1 : i64,
    requant = #tpu.requant<mul32, single, multipliers = [1073741824], shifts = [31]>}
    : (tensor<1x4x4x2x!quant.uniform<i8:f32, 0.1>>, tensor<3x2x!quant.uniform<i8<-127:127>:f32, 0.5>>, tensor<3xi32>) -> tensor<1x4x4x3x!quant.uniform<i8:f32, 0.2>>
  return
}

// -----

func.func @main(%a: tensor<1x4x4x2x!quant.uniform<i8:f32, 0.1>>, %b: tensor<0x1x1x2x!quant.uniform<i8<-127:127>:f32, 0.5>>, %c: tensor<0xi32>) {
  // expected-error @below {{expects a weight with elements, found}}
  tpu.conv2d %a, %b, %c {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>, group = 1 : i64,
    requant = #tpu.requant<mul32, single, multipliers = [1073741824], shifts = [31]>}
    : (tensor<1x4x4x2x!quant.uniform<i8:f32, 0.1>>, tensor<0x1x1x2x!quant.uniform<i8<-127:127>:f32, 0.5>>, tensor<0xi32>) -> tensor<1x4x4x3x!quant.uniform<i8:f32, 0.2>>
  return
}

// -----

func.func @main(%a: tensor<1x4x4x2x!quant.uniform<i8:f32, 0.1>>, %b: tensor<3x1x1x2x!quant.uniform<i8<-127:127>:f32:3, {0.1, 0.2}>>, %c: tensor<3xi32>) {
  // expected-error @below {{expects one weight scale for each of the 3 output channels, along dimension 0}}
  tpu.conv2d %a, %b, %c {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>, group = 1 : i64,
    requant = #tpu.requant<mul32, single, multipliers = [1073741824], shifts = [31]>}
    : (tensor<1x4x4x2x!quant.uniform<i8:f32, 0.1>>, tensor<3x1x1x2x!quant.uniform<i8<-127:127>:f32:3, {0.1, 0.2}>>, tensor<3xi32>) -> tensor<1x4x4x3x!quant.uniform<i8:f32, 0.2>>
  return
}

// -----

func.func @main(%a: tensor<1x4x4x2x!quant.uniform<i8:f32, 0.1>>, %b: tensor<3x1x1x2x!quant.uniform<i4<-7:7>:f32, 0.5>>, %c: tensor<3xi32>, %f: tensor<3x1x1x3xi8>) {
  // expected-error @below {{expects a factor for each group of equal size along the last dimension of weight}}
  tpu.conv2d %a, %b, %c, %f {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>, group = 1 : i64,
    requant = #tpu.requant<mul32, single, multipliers = [1073741824], shifts = [31]>}
    : (tensor<1x4x4x2x!quant.uniform<i8:f32, 0.1>>, tensor<3x1x1x2x!quant.uniform<i4<-7:7>:f32, 0.5>>, tensor<3xi32>, tensor<3x1x1x3xi8>) -> tensor<1x4x4x3x!quant.uniform<i8:f32, 0.2>>
  return
}

// -----

func.func @main(%a: tensor<1x4x4x2x!quant.uniform<i8:f32, 0.1>>, %b: tensor<3x1x1x2x!quant.uniform<i16:f32, 0.5:3>>, %c: tensor<3xi32>) {
  // expected-error @below {{must be statically shaped tensor of quantized i8, u8, symmetric i4 or i16 values}}
  tpu.conv2d %a, %b, %c {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>, group = 1 : i64,
    requant = #tpu.requant<mul32, single, multipliers = [1073741824], shifts = [31]>}
    : (tensor<1x4x4x2x!quant.uniform<i8:f32, 0.1>>, tensor<3x1x1x2x!quant.uniform<i16:f32, 0.5:3>>, tensor<3xi32>) -> tensor<1x4x4x3x!quant.uniform<i8:f32, 0.2>>
  return
}

// -----

func.func @main(%a: tensor<4x4x2x!quant.uniform<i8:f32, 0.1>>, %b: tensor<3x1x1x2x!quant.uniform<i8<-127:127>:f32, 0.5>>, %c: tensor<3xi32>) {
  // expected-error @below {{expects an NHWC input of rank 4, found}}
  tpu.conv2d %a, %b, %c {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>, group = 1 : i64,
    requant = #tpu.requant<mul32, single, multipliers = [1073741824], shifts = [31]>}
    : (tensor<4x4x2x!quant.uniform<i8:f32, 0.1>>, tensor<3x1x1x2x!quant.uniform<i8<-127:127>:f32, 0.5>>, tensor<3xi32>) -> tensor<1x4x4x3x!quant.uniform<i8:f32, 0.2>>
  return
}

// -----

func.func @main(%a: tensor<1x4x4x2x!quant.uniform<i8:f32, 0.1>>, %b: tensor<3x1x1x2x!quant.uniform<i8<-127:127>:f32, 0.5>>, %c: tensor<3xi32>) {
  // expected-error @below {{do not fit together}}
  tpu.conv2d %a, %b, %c {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>, group = 2 : i64,
    requant = #tpu.requant<mul32, single, multipliers = [1073741824], shifts = [31]>}
    : (tensor<1x4x4x2x!quant.uniform<i8:f32, 0.1>>, tensor<3x1x1x2x!quant.uniform<i8<-127:127>:f32, 0.5>>, tensor<3xi32>) -> tensor<1x4x4x3x!quant.uniform<i8:f32, 0.2>>
  return
}

// -----

func.func @main(%a: tensor<1x4x4x2x!quant.uniform<i8:f32, 0.1>>, %b: tensor<3x1x1x2x!quant.uniform<i8<-127:127>:f32, 0.5>>, %c: tensor<3xi32>) {
  // expected-error @below {{group 0, weight}}
  tpu.conv2d %a, %b, %c {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>, group = 0 : i64,
    requant = #tpu.requant<mul32, single, multipliers = [1073741824], shifts = [31]>}
    : (tensor<1x4x4x2x!quant.uniform<i8:f32, 0.1>>, tensor<3x1x1x2x!quant.uniform<i8<-127:127>:f32, 0.5>>, tensor<3xi32>) -> tensor<1x4x4x3x!quant.uniform<i8:f32, 0.2>>
  return
}

// -----

func.func @main(%a: tensor<1x4x4x2x!quant.uniform<i8:f32, 0.1>>, %b: tensor<3x1x1x2x!quant.uniform<i8<-127:127>:f32, 0.5>>, %c: tensor<2xi32>) {
  // expected-error @below {{expects a bias of 3 elements, found}}
  tpu.conv2d %a, %b, %c {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>, group = 1 : i64,
    requant = #tpu.requant<mul32, single, multipliers = [1073741824], shifts = [31]>}
    : (tensor<1x4x4x2x!quant.uniform<i8:f32, 0.1>>, tensor<3x1x1x2x!quant.uniform<i8<-127:127>:f32, 0.5>>, tensor<2xi32>) -> tensor<1x4x4x3x!quant.uniform<i8:f32, 0.2>>
  return
}

// -----

func.func @main(%a: tensor<1x4x4x2x!quant.uniform<i8:f32, 0.1>>, %b: tensor<3x1x1x2x!quant.uniform<i8<-127:127>:f32, 0.5>>, %c: tensor<3xi64>) {
  // expected-error @below {{expects a bias of type i32 beside 8-bit activations, found}}
  tpu.conv2d %a, %b, %c {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>, group = 1 : i64,
    requant = #tpu.requant<mul32, single, multipliers = [1073741824], shifts = [31]>}
    : (tensor<1x4x4x2x!quant.uniform<i8:f32, 0.1>>, tensor<3x1x1x2x!quant.uniform<i8<-127:127>:f32, 0.5>>, tensor<3xi64>) -> tensor<1x4x4x3x!quant.uniform<i8:f32, 0.2>>
  return
}

// -----

func.func @main(%a: tensor<1x4x4x2x!quant.uniform<i16:f32, 0.1>>, %b: tensor<3x1x1x2x!quant.uniform<i8<-127:127>:f32, 0.5>>, %c: tensor<3xi32>) {
  // expected-error @below {{expects a bias of type i64 beside 16-bit activations, found}}
  tpu.conv2d %a, %b, %c {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>, group = 1 : i64,
    requant = #tpu.requant<mul32, single, multipliers = [1073741824], shifts = [31]>}
    : (tensor<1x4x4x2x!quant.uniform<i16:f32, 0.1>>, tensor<3x1x1x2x!quant.uniform<i8<-127:127>:f32, 0.5>>, tensor<3xi32>) -> tensor<1x4x4x3x!quant.uniform<i8:f32, 0.2>>
  return
}

// -----

func.func @main(%a: tensor<1x4x4x2x!quant.uniform<i8:f32, 0.1>>, %b: tensor<3x1x1x2x!quant.uniform<i8<-127:127>:f32, 0.5>>, %c: tensor<3xi32>) {
  // expected-error @below {{requant has 2 entries, expected 1 or 3}}
  tpu.conv2d %a, %b, %c {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>, group = 1 : i64,
    requant = #tpu.requant<mul32, single, multipliers = [1073741824, 1073741824], shifts = [31, 31]>}
    : (tensor<1x4x4x2x!quant.uniform<i8:f32, 0.1>>, tensor<3x1x1x2x!quant.uniform<i8<-127:127>:f32, 0.5>>, tensor<3xi32>) -> tensor<1x4x4x3x!quant.uniform<i8:f32, 0.2>>
  return
}

// -----

func.func @main(%a: tensor<1x4x4x2x!quant.uniform<i8:f32, 0.1>>, %b: tensor<3x1x1x2x!quant.uniform<i8<-127:127>:f32, 0.5>>, %c: tensor<3xi32>) {
  // expected-error @below {{expects a clamp [low, high] within [-128, 127]}}
  tpu.conv2d %a, %b, %c {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>, group = 1 : i64,
    clamp = array<i64: -200, 0>, requant = #tpu.requant<mul32, single, multipliers = [1073741824], shifts = [31]>}
    : (tensor<1x4x4x2x!quant.uniform<i8:f32, 0.1>>, tensor<3x1x1x2x!quant.uniform<i8<-127:127>:f32, 0.5>>, tensor<3xi32>) -> tensor<1x4x4x3x!quant.uniform<i8:f32, 0.2>>
  return
}

// -----

func.func @main(%a: tensor<1x4x4x2x!quant.uniform<i8:f32, 0.1>>, %b: tensor<3x1x1x2x!quant.uniform<i8<-127:127>:f32, 0.5>>, %c: tensor<3xi32>) {
  // expected-error @below {{expects 2 kernel sizes, strides and dilations and 4 pads}}
  tpu.conv2d %a, %b, %c {strides = array<i64: 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>, group = 1 : i64,
    requant = #tpu.requant<mul32, single, multipliers = [1073741824], shifts = [31]>}
    : (tensor<1x4x4x2x!quant.uniform<i8:f32, 0.1>>, tensor<3x1x1x2x!quant.uniform<i8<-127:127>:f32, 0.5>>, tensor<3xi32>) -> tensor<1x4x4x3x!quant.uniform<i8:f32, 0.2>>
  return
}

// -----

func.func @main(%a: tensor<1x4x4x2x!quant.uniform<i8:f32, 0.1>>, %b: tensor<3x1x1x2x!quant.uniform<i8<-127:127>:f32, 0.5>>, %c: tensor<3xi32>) {
  // expected-error @below {{expects positive kernel, strides and dilations and no negative pad}}
  tpu.conv2d %a, %b, %c {strides = array<i64: 0, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>, group = 1 : i64,
    requant = #tpu.requant<mul32, single, multipliers = [1073741824], shifts = [31]>}
    : (tensor<1x4x4x2x!quant.uniform<i8:f32, 0.1>>, tensor<3x1x1x2x!quant.uniform<i8<-127:127>:f32, 0.5>>, tensor<3xi32>) -> tensor<1x4x4x3x!quant.uniform<i8:f32, 0.2>>
  return
}

// -----

func.func @main(%a: tensor<1x4x4x2x!quant.uniform<i8:f32, 0.1>>, %b: tensor<3x1x1x2x!quant.uniform<i8<-127:127>:f32, 0.5>>, %c: tensor<3xi32>) {
  // expected-error @below {{expects positive kernel, strides and dilations and no negative pad}}
  tpu.conv2d %a, %b, %c {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, -1, 0>, dilations = array<i64: 1, 1>, group = 1 : i64,
    requant = #tpu.requant<mul32, single, multipliers = [1073741824], shifts = [31]>}
    : (tensor<1x4x4x2x!quant.uniform<i8:f32, 0.1>>, tensor<3x1x1x2x!quant.uniform<i8<-127:127>:f32, 0.5>>, tensor<3xi32>) -> tensor<1x4x4x3x!quant.uniform<i8:f32, 0.2>>
  return
}

// -----

func.func @main(%a: tensor<1x4x4x2x!quant.uniform<i8:f32, 0.1>>, %b: tensor<3x5x1x2x!quant.uniform<i8<-127:127>:f32, 0.5>>, %c: tensor<3xi32>) {
  // expected-error @below {{kernel does not fit into the padded input in height}}
  tpu.conv2d %a, %b, %c {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>, group = 1 : i64,
    requant = #tpu.requant<mul32, single, multipliers = [1073741824], shifts = [31]>}
    : (tensor<1x4x4x2x!quant.uniform<i8:f32, 0.1>>, tensor<3x5x1x2x!quant.uniform<i8<-127:127>:f32, 0.5>>, tensor<3xi32>) -> tensor<1x4x4x3x!quant.uniform<i8:f32, 0.2>>
  return
}

// -----

func.func @main(%a: tensor<1x4x4x2x!quant.uniform<i8:f32, 0.1>>, %b: tensor<3x1x5x2x!quant.uniform<i8<-127:127>:f32, 0.5>>, %c: tensor<3xi32>) {
  // expected-error @below {{kernel does not fit into the padded input in width}}
  tpu.conv2d %a, %b, %c {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>, group = 1 : i64,
    requant = #tpu.requant<mul32, single, multipliers = [1073741824], shifts = [31]>}
    : (tensor<1x4x4x2x!quant.uniform<i8:f32, 0.1>>, tensor<3x1x5x2x!quant.uniform<i8<-127:127>:f32, 0.5>>, tensor<3xi32>) -> tensor<1x4x4x3x!quant.uniform<i8:f32, 0.2>>
  return
}

// -----

func.func @main(%a: tensor<1x4x4x2x!quant.uniform<i8:f32, 0.1>>, %b: tensor<3x1x1x2x!quant.uniform<i8<-127:127>:f32, 0.5>>, %c: tensor<3xi32>) {
  // expected-error @below {{expects a result of shape 1x4x4x3, found}}
  tpu.conv2d %a, %b, %c {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>, group = 1 : i64,
    requant = #tpu.requant<mul32, single, multipliers = [1073741824], shifts = [31]>}
    : (tensor<1x4x4x2x!quant.uniform<i8:f32, 0.1>>, tensor<3x1x1x2x!quant.uniform<i8<-127:127>:f32, 0.5>>, tensor<3xi32>) -> tensor<1x4x3x3x!quant.uniform<i8:f32, 0.2>>
  return
}

// -----

func.func @main(%a: tensor<1x4x4x2x!quant.uniform<i8:f32, 0.1>>, %b: tensor<3x1x1x2x!quant.uniform<i8<-127:127>:f32, 0.5>>, %c: tensor<3xi32>) {
  // expected-error @below {{expects 2 strides and dilations and 4 pads}}
  tpu.deconv2d %a, %b, %c {strides = array<i64: 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>, group = 1 : i64,
    requant = #tpu.requant<mul32, single, multipliers = [1073741824], shifts = [31]>}
    : (tensor<1x4x4x2x!quant.uniform<i8:f32, 0.1>>, tensor<3x1x1x2x!quant.uniform<i8<-127:127>:f32, 0.5>>, tensor<3xi32>) -> tensor<1x4x4x3x!quant.uniform<i8:f32, 0.2>>
  return
}

// -----

func.func @main(%a: tensor<1x4x4x2x!quant.uniform<i8:f32, 0.1>>, %b: tensor<3x1x1x2x!quant.uniform<i8<-127:127>:f32, 0.5>>, %c: tensor<3xi32>) {
  // expected-error @below {{does not fit input}}
  tpu.deconv2d %a, %b, %c {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>, group = 1 : i64,
    requant = #tpu.requant<mul32, single, multipliers = [1073741824], shifts = [31]>}
    : (tensor<1x4x4x2x!quant.uniform<i8:f32, 0.1>>, tensor<3x1x1x2x!quant.uniform<i8<-127:127>:f32, 0.5>>, tensor<3xi32>) -> tensor<1x4x4x2x!quant.uniform<i8:f32, 0.2>>
  return
}

// -----

func.func @main(%a: tensor<1x4x!quant.uniform<i8:f32, 0.1>>, %b: tensor<3x5x!quant.uniform<i8<-127:127>:f32, 0.5>>, %c: tensor<3xi32>) {
  // expected-error @below {{does not fit the last dimension of}}
  tpu.fully_connected %a, %b, %c {requant = #tpu.requant<mul32, single, multipliers = [1073741824], shifts = [31]>}
    : (tensor<1x4x!quant.uniform<i8:f32, 0.1>>, tensor<3x5x!quant.uniform<i8<-127:127>:f32, 0.5>>, tensor<3xi32>) -> tensor<1x3x!quant.uniform<i8:f32, 0.2>>
  return
}

// -----

func.func @main(%a: tensor<1x4x!quant.uniform<i8:f32, 0.1>>, %b: tensor<3x4x!quant.uniform<i8<-127:127>:f32, 0.5>>, %c: tensor<3xi32>) {
  // expected-error @below {{expects a result of shape 1x3, found}}
  tpu.fully_connected %a, %b, %c {requant = #tpu.requant<mul32, single, multipliers = [1073741824], shifts = [31]>}
    : (tensor<1x4x!quant.uniform<i8:f32, 0.1>>, tensor<3x4x!quant.uniform<i8<-127:127>:f32, 0.5>>, tensor<3xi32>) -> tensor<1x4x!quant.uniform<i8:f32, 0.2>>
  return
}

// -----

func.func @main(%a: tensor<1x4x!quant.uniform<i8:f32, 0.1>>, %b: tensor<3x4x!quant.uniform<i8<-127:127>:f32, 0.5>>, %c: tensor<2xi32>) {
  // expected-error @below {{expects a bias of 3 elements, found}}
  tpu.fully_connected %a, %b, %c {requant = #tpu.requant<mul32, single, multipliers = [1073741824], shifts = [31]>}
    : (tensor<1x4x!quant.uniform<i8:f32, 0.1>>, tensor<3x4x!quant.uniform<i8<-127:127>:f32, 0.5>>, tensor<2xi32>) -> tensor<1x3x!quant.uniform<i8:f32, 0.2>>
  return
}

// -----

func.func @main(%a: tensor<4x!quant.uniform<i8:f32, 0.1>>, %b: tensor<4x2x!quant.uniform<i8:f32, 0.1>>) {
  // expected-error @below {{expects operands of rank 2 or more}}
  tpu.matmul %a, %b {transpose_lhs = false, transpose_rhs = false, requant = #tpu.requant<mul32, single, multipliers = [1073741824], shifts = [31]>}
    : (tensor<4x!quant.uniform<i8:f32, 0.1>>, tensor<4x2x!quant.uniform<i8:f32, 0.1>>) -> tensor<2x!quant.uniform<i8:f32, 0.2>>
  return
}

// -----

func.func @main(%a: tensor<2x4x!quant.uniform<i8:f32, 0.1>>, %b: tensor<3x2x!quant.uniform<i8:f32, 0.1>>) {
  // expected-error @below {{inner dimensions 4 and 3 differ}}
  tpu.matmul %a, %b {transpose_lhs = false, transpose_rhs = false, requant = #tpu.requant<mul32, single, multipliers = [1073741824], shifts = [31]>}
    : (tensor<2x4x!quant.uniform<i8:f32, 0.1>>, tensor<3x2x!quant.uniform<i8:f32, 0.1>>) -> tensor<2x2x!quant.uniform<i8:f32, 0.2>>
  return
}

// -----

func.func @main(%a: tensor<3x2x4x!quant.uniform<i8:f32, 0.1>>, %b: tensor<2x4x2x!quant.uniform<i8:f32, 0.1>>) {
  // expected-error @below {{do not broadcast}}
  tpu.matmul %a, %b {transpose_lhs = false, transpose_rhs = false, requant = #tpu.requant<mul32, single, multipliers = [1073741824], shifts = [31]>}
    : (tensor<3x2x4x!quant.uniform<i8:f32, 0.1>>, tensor<2x4x2x!quant.uniform<i8:f32, 0.1>>) -> tensor<3x2x2x!quant.uniform<i8:f32, 0.2>>
  return
}

// -----

func.func @main(%a: tensor<3x2x4x!quant.uniform<i8:f32, 0.1>>, %b: tensor<4x5x!quant.uniform<i8:f32, 0.1>>) {
  // expected-error @below {{expects a result of shape 3x2x5, found}}
  tpu.matmul %a, %b {transpose_lhs = false, transpose_rhs = false, requant = #tpu.requant<mul32, single, multipliers = [1073741824], shifts = [31]>}
    : (tensor<3x2x4x!quant.uniform<i8:f32, 0.1>>, tensor<4x5x!quant.uniform<i8:f32, 0.1>>) -> tensor<3x5x2x!quant.uniform<i8:f32, 0.2>>
  return
}

// -----

func.func @main(%a: tensor<4x!quant.uniform<i8:f32, 0.1>>, %b: tensor<3x!quant.uniform<i8:f32, 0.1>>) {
  // expected-error @below {{operand shapes do not broadcast}}
  tpu.add %a, %b {requant = #tpu.requant<mul32, single, multipliers = [1, 2], shifts = [3]>}
    : (tensor<4x!quant.uniform<i8:f32, 0.1>>, tensor<3x!quant.uniform<i8:f32, 0.1>>) -> tensor<4x!quant.uniform<i8:f32, 0.2>>
  return
}

// -----

func.func @main(%a: tensor<1x4x!quant.uniform<i8:f32, 0.1>>, %b: tensor<4x!quant.uniform<i8:f32, 0.1>>) {
  // expected-error @below {{has a higher rank than the result}}
  tpu.add %a, %b {requant = #tpu.requant<mul32, single, multipliers = [1, 2], shifts = [3]>}
    : (tensor<1x4x!quant.uniform<i8:f32, 0.1>>, tensor<4x!quant.uniform<i8:f32, 0.1>>) -> tensor<4x!quant.uniform<i8:f32, 0.2>>
  return
}

// -----

func.func @main(%a: tensor<4x!quant.uniform<i8:f32, 0.1>>, %b: tensor<4x!quant.uniform<i8:f32, 0.1>>) {
  // expected-error @below {{expects a result of shape 4, found}}
  tpu.add %a, %b {requant = #tpu.requant<mul32, single, multipliers = [1, 2], shifts = [3]>}
    : (tensor<4x!quant.uniform<i8:f32, 0.1>>, tensor<4x!quant.uniform<i8:f32, 0.1>>) -> tensor<5x!quant.uniform<i8:f32, 0.2>>
  return
}

// -----

func.func @main(%a: tensor<4x!quant.uniform<i8:f32, 0.1>>, %b: tensor<4x!quant.uniform<i8:f32, 0.1>>) {
  // expected-error @below {{expects a multiplier for each operand and one shift}}
  tpu.sub %a, %b {requant = #tpu.requant<mul32, single, multipliers = [1073741824], shifts = [31]>}
    : (tensor<4x!quant.uniform<i8:f32, 0.1>>, tensor<4x!quant.uniform<i8:f32, 0.1>>) -> tensor<4x!quant.uniform<i8:f32, 0.2>>
  return
}

// -----

func.func @main(%a: tensor<4x!quant.uniform<i8:f32, 0.1>>, %b: tensor<4x!quant.uniform<i8:f32, 0.1>>) {
  // expected-error @below {{expects a scale for each operand}}
  tpu.add %a, %b {requant = #tpu.requant<f32, single, scales = array<f32: 1.0>>}
    : (tensor<4x!quant.uniform<i8:f32, 0.1>>, tensor<4x!quant.uniform<i8:f32, 0.1>>) -> tensor<4x!quant.uniform<i8:f32, 0.2>>
  return
}

// -----

func.func @main(%a: tensor<4x!quant.uniform<i8:f32, 0.1>>, %b: tensor<4x!quant.uniform<i8:f32, 0.1>>) {
  // expected-error @below {{requant has 2 entries, expected 1 or 1}}
  tpu.mul %a, %b {requant = #tpu.requant<mul32, single, multipliers = [1073741824, 1073741824], shifts = [31, 31]>}
    : (tensor<4x!quant.uniform<i8:f32, 0.1>>, tensor<4x!quant.uniform<i8:f32, 0.1>>) -> tensor<4x!quant.uniform<i8:f32, 0.2>>
  return
}

// -----

func.func @main(%a: tensor<4x!quant.uniform<i8:f32, 0.1>>, %b: tensor<4x!quant.uniform<i8:f32, 0.1>>) {
  // expected-error @below {{expects a clamp [low, high] within [-128, 127]}}
  tpu.div %a, %b {clamp = array<i64: -129, 0>}
    : (tensor<4x!quant.uniform<i8:f32, 0.1>>, tensor<4x!quant.uniform<i8:f32, 0.1>>) -> tensor<4x!quant.uniform<i8:f32, 0.2>>
  return
}

// -----

func.func @main(%a: tensor<4x!quant.uniform<i8:f32, 0.1>>, %b: tensor<256xi8>) {
  // expected-error @below {{expects input and result of the same shape}}
  tpu.lut %a, %b {function = "exp", params = array<f64>, frac_bits = 0 : i64}
    : (tensor<4x!quant.uniform<i8:f32, 0.1>>, tensor<256xi8>) -> tensor<5x!quant.uniform<i8:f32, 0.2>>
  return
}

// -----

func.func @main(%a: tensor<4x!quant.uniform<i8:f32, 0.1>>, %b: tensor<16x16xi8>) {
  // expected-error @below {{expects a table of rank 1, found}}
  tpu.lut %a, %b {function = "exp", params = array<f64>, frac_bits = 0 : i64}
    : (tensor<4x!quant.uniform<i8:f32, 0.1>>, tensor<16x16xi8>) -> tensor<4x!quant.uniform<i8:f32, 0.2>>
  return
}

// -----

func.func @main(%a: tensor<4x!quant.uniform<i8:f32, 0.1>>, %b: tensor<255xi8>) {
  // expected-error @below {{expects 256 entries for an 8-bit input, found 255}}
  tpu.lut %a, %b {function = "exp", params = array<f64>, frac_bits = 0 : i64}
    : (tensor<4x!quant.uniform<i8:f32, 0.1>>, tensor<255xi8>) -> tensor<4x!quant.uniform<i8:f32, 0.2>>
  return
}

// -----

func.func @main(%a: tensor<4x!quant.uniform<i16:f32, 0.1>>, %b: tensor<16xi32>) {
  // expected-error @below {{expects 2^k + 1 entries of i32 for a 16-bit input, found}}
  tpu.lut %a, %b {function = "exp", params = array<f64>, frac_bits = 0 : i64}
    : (tensor<4x!quant.uniform<i16:f32, 0.1>>, tensor<16xi32>) -> tensor<4x!quant.uniform<i16:f32, 0.1>>
  return
}

// -----

func.func @main(%a: tensor<4x!quant.uniform<i16:f32, 0.1>>, %b: tensor<17xi16>) {
  // expected-error @below {{expects 2^k + 1 entries of i32 for a 16-bit input, found}}
  tpu.lut %a, %b {function = "exp", params = array<f64>, frac_bits = 0 : i64}
    : (tensor<4x!quant.uniform<i16:f32, 0.1>>, tensor<17xi16>) -> tensor<4x!quant.uniform<i16:f32, 0.1>>
  return
}

// -----

func.func @main(%a: tensor<4x!quant.uniform<i16:f32, 0.1>>, %b: tensor<17xi32>) {
  // expected-error @below {{expects 0 to 15 frac_bits, found 16}}
  tpu.lut %a, %b {function = "exp", params = array<f64>, frac_bits = 16 : i64}
    : (tensor<4x!quant.uniform<i16:f32, 0.1>>, tensor<17xi32>) -> tensor<4x!quant.uniform<i16:f32, 0.1>>
  return
}

// -----

func.func @main(%a: tensor<2x4x!quant.uniform<i8:f32, 0.1>>, %b: tensor<3x!quant.uniform<i8<-127:127>:f32, 0.5>>) {
  // expected-error @below {{expects one slope or one for each channel of}}
  tpu.prelu %a, %b {requant = #tpu.requant<mul32, single, multipliers = [1073741824], shifts = [31]>, requant_negative = #tpu.requant<mul32, single, multipliers = [1073741824], shifts = [31]>}
    : (tensor<2x4x!quant.uniform<i8:f32, 0.1>>, tensor<3x!quant.uniform<i8<-127:127>:f32, 0.5>>) -> tensor<2x4x!quant.uniform<i8:f32, 0.2>>
  return
}

// -----

func.func @main(%a: tensor<2x4x!quant.uniform<i8:f32, 0.1>>, %b: tensor<4x!quant.uniform<i8<-127:127>:f32, 0.5>>) {
  // expected-error @below {{expects a result of shape 2x4, found}}
  tpu.prelu %a, %b {requant = #tpu.requant<mul32, single, multipliers = [1073741824], shifts = [31]>, requant_negative = #tpu.requant<mul32, single, multipliers = [1073741824], shifts = [31]>}
    : (tensor<2x4x!quant.uniform<i8:f32, 0.1>>, tensor<4x!quant.uniform<i8<-127:127>:f32, 0.5>>) -> tensor<4x2x!quant.uniform<i8:f32, 0.2>>
  return
}

// -----

func.func @main(%a: tensor<2x4x!quant.uniform<i8:f32, 0.1>>, %b: tensor<4x!quant.uniform<i8<-127:127>:f32, 0.5>>) {
  // expected-error @below {{requant has 3 entries, expected 1 or 4}}
  tpu.prelu %a, %b {requant = #tpu.requant<mul32, single, multipliers = [1073741824], shifts = [31]>, requant_negative = #tpu.requant<mul32, single, multipliers = [1073741824, 1073741824, 1073741824], shifts = [31, 31, 31]>}
    : (tensor<2x4x!quant.uniform<i8:f32, 0.1>>, tensor<4x!quant.uniform<i8<-127:127>:f32, 0.5>>) -> tensor<2x4x!quant.uniform<i8:f32, 0.2>>
  return
}

// -----

func.func @main(%a: tensor<4x!quant.uniform<i8:f32, 0.1>>) {
  // expected-error @below {{operands and results share storage type, scale and zero point}}
  tpu.clip %a {clamp = array<i64: 0, 1>}
    : (tensor<4x!quant.uniform<i8:f32, 0.1>>) -> tensor<4x!quant.uniform<i8:f32, 0.2>>
  return
}

// -----

func.func @main(%a: tensor<4x!quant.uniform<i8:f32, 0.1>>) {
  // expected-error @below {{expects a clamp [low, high] within [-128, 127]}}
  tpu.clip %a {clamp = array<i64: 0, 128>}
    : (tensor<4x!quant.uniform<i8:f32, 0.1>>) -> tensor<4x!quant.uniform<i8:f32, 0.1>>
  return
}

// -----

// expected-error @below {{expects at least one operand}}
%0 = tpu.concat {axis = 0 : i64} : () -> tensor<4x!quant.uniform<i8:f32, 0.1>>

// -----

func.func @main(%a: tensor<4x!quant.uniform<i8:f32, 0.1>>, %b: tensor<4x!quant.uniform<i8:f32, 0.1>>) {
  // expected-error @below {{axis 1 is not a dimension of}}
  tpu.concat %a, %b {axis = 1 : i64}
    : (tensor<4x!quant.uniform<i8:f32, 0.1>>, tensor<4x!quant.uniform<i8:f32, 0.1>>) -> tensor<8x!quant.uniform<i8:f32, 0.1>>
  return
}

// -----

func.func @main(%a: tensor<4x!quant.uniform<i8:f32, 0.1>>, %b: tensor<1x4x!quant.uniform<i8:f32, 0.1>>) {
  // expected-error @below {{operands have ranks 1 and 2}}
  tpu.concat %a, %b {axis = 0 : i64}
    : (tensor<4x!quant.uniform<i8:f32, 0.1>>, tensor<1x4x!quant.uniform<i8:f32, 0.1>>) -> tensor<8x!quant.uniform<i8:f32, 0.1>>
  return
}

// -----

func.func @main(%a: tensor<1x4x!quant.uniform<i8:f32, 0.1>>, %b: tensor<2x3x!quant.uniform<i8:f32, 0.1>>) {
  // expected-error @below {{differ outside axis 0}}
  tpu.concat %a, %b {axis = 0 : i64}
    : (tensor<1x4x!quant.uniform<i8:f32, 0.1>>, tensor<2x3x!quant.uniform<i8:f32, 0.1>>) -> tensor<3x4x!quant.uniform<i8:f32, 0.1>>
  return
}

// -----

func.func @main(%a: tensor<4x!quant.uniform<i8:f32, 0.1>>, %b: tensor<4x!quant.uniform<i8:f32, 0.1>>) {
  // expected-error @below {{expects a result of shape 8, found}}
  tpu.concat %a, %b {axis = 0 : i64}
    : (tensor<4x!quant.uniform<i8:f32, 0.1>>, tensor<4x!quant.uniform<i8:f32, 0.1>>) -> tensor<9x!quant.uniform<i8:f32, 0.1>>
  return
}

// -----

func.func @main(%a: tensor<4x!quant.uniform<i8:f32, 0.1>>, %b: tensor<4x!quant.uniform<i8:f32, 0.2>>) {
  // expected-error @below {{operands and results share storage type, scale and zero point}}
  tpu.concat %a, %b {axis = 0 : i64}
    : (tensor<4x!quant.uniform<i8:f32, 0.1>>, tensor<4x!quant.uniform<i8:f32, 0.2>>) -> tensor<8x!quant.uniform<i8:f32, 0.1>>
  return
}

// -----

func.func @main(%a: tensor<4x!quant.uniform<i8:f32, 0.1>>) {
  // expected-error @below {{expects 1 offsets, sizes and strides}}
  tpu.slice %a {offsets = array<i64: 0, 0>, sizes = array<i64: 2>, strides = array<i64: 1>}
    : (tensor<4x!quant.uniform<i8:f32, 0.1>>) -> tensor<2x!quant.uniform<i8:f32, 0.1>>
  return
}

// -----

func.func @main(%a: tensor<4x!quant.uniform<i8:f32, 0.1>>) {
  // expected-error @below {{reaches outside dimension 0 of}}
  tpu.slice %a {offsets = array<i64: 2>, sizes = array<i64: 2>, strides = array<i64: 2>}
    : (tensor<4x!quant.uniform<i8:f32, 0.1>>) -> tensor<2x!quant.uniform<i8:f32, 0.1>>
  return
}

// -----

func.func @main(%a: tensor<4x!quant.uniform<i8:f32, 0.1>>) {
  // expected-error @below {{reaches outside dimension 0 of}}
  tpu.slice %a {offsets = array<i64: 1>, sizes = array<i64: 3>, strides = array<i64: -1>}
    : (tensor<4x!quant.uniform<i8:f32, 0.1>>) -> tensor<3x!quant.uniform<i8:f32, 0.1>>
  return
}

// -----

func.func @main(%a: tensor<4x!quant.uniform<i8:f32, 0.1>>) {
  // expected-error @below {{reaches outside dimension 0 of}}
  tpu.slice %a {offsets = array<i64: 1>, sizes = array<i64: 2>, strides = array<i64: 0>}
    : (tensor<4x!quant.uniform<i8:f32, 0.1>>) -> tensor<2x!quant.uniform<i8:f32, 0.1>>
  return
}

// -----

func.func @main(%a: tensor<4x!quant.uniform<i8:f32, 0.1>>) {
  // expected-error @below {{expects a result of shape 2, found}}
  tpu.slice %a {offsets = array<i64: 1>, sizes = array<i64: 2>, strides = array<i64: 1>}
    : (tensor<4x!quant.uniform<i8:f32, 0.1>>) -> tensor<3x!quant.uniform<i8:f32, 0.1>>
  return
}

// -----

func.func @main(%a: tensor<4x!quant.uniform<i8:f32, 0.1>>) {
  // expected-error @below {{expects 2 pads}}
  tpu.pad %a {pads = array<i64: 1>, mode = "edge", value = 0 : i64}
    : (tensor<4x!quant.uniform<i8:f32, 0.1>>) -> tensor<5x!quant.uniform<i8:f32, 0.1>>
  return
}

// -----

func.func @main(%a: tensor<4x!quant.uniform<i8:f32, 0.1>>) {
  // expected-error @below {{expects pads that are not negative}}
  tpu.pad %a {pads = array<i64: 1, -1>, mode = "edge", value = 0 : i64}
    : (tensor<4x!quant.uniform<i8:f32, 0.1>>) -> tensor<4x!quant.uniform<i8:f32, 0.1>>
  return
}

// -----

func.func @main(%a: tensor<4x!quant.uniform<i8:f32, 0.1>>) {
  // expected-error @below {{mode is 'wrap', expected constant, reflect or edge}}
  tpu.pad %a {pads = array<i64: 1, 1>, mode = "wrap", value = 0 : i64}
    : (tensor<4x!quant.uniform<i8:f32, 0.1>>) -> tensor<6x!quant.uniform<i8:f32, 0.1>>
  return
}

// -----

func.func @main(%a: tensor<4x!quant.uniform<i8:f32, 0.1>>) {
  // expected-error @below {{cannot reflect more than dimension 0 of}}
  tpu.pad %a {pads = array<i64: 4, 0>, mode = "reflect", value = 0 : i64}
    : (tensor<4x!quant.uniform<i8:f32, 0.1>>) -> tensor<8x!quant.uniform<i8:f32, 0.1>>
  return
}

// -----

func.func @main(%a: tensor<4x!quant.uniform<i8:f32, 0.1>>) {
  // expected-error @below {{expects a result of shape 6, found}}
  tpu.pad %a {pads = array<i64: 1, 1>, mode = "constant", value = 0 : i64}
    : (tensor<4x!quant.uniform<i8:f32, 0.1>>) -> tensor<5x!quant.uniform<i8:f32, 0.1>>
  return
}

// -----

func.func @main(%a: tensor<4x!quant.uniform<i8:f32, 0.1>>) {
  // expected-error @below {{changes the number of elements}}
  tpu.reshape %a {}
    : (tensor<4x!quant.uniform<i8:f32, 0.1>>) -> tensor<5x!quant.uniform<i8:f32, 0.1>>
  return
}

// -----

func.func @main(%a: tensor<2x4x!quant.uniform<i8:f32, 0.1>>) {
  // expected-error @below {{perm is no permutation of the dimensions of}}
  tpu.transpose %a {perm = array<i64: 0, 0>}
    : (tensor<2x4x!quant.uniform<i8:f32, 0.1>>) -> tensor<2x4x!quant.uniform<i8:f32, 0.1>>
  return
}

// -----

func.func @main(%a: tensor<2x4x!quant.uniform<i8:f32, 0.1>>) {
  // expected-error @below {{expects a result of shape 4x2, found}}
  tpu.transpose %a {perm = array<i64: 1, 0>}
    : (tensor<2x4x!quant.uniform<i8:f32, 0.1>>) -> tensor<2x4x!quant.uniform<i8:f32, 0.1>>
  return
}

// -----

func.func @main(%a: tensor<3x4x!quant.uniform<i8:f32, 0.1>>) {
  // expected-error @below {{does not broadcast to}}
  tpu.expand %a {}
    : (tensor<3x4x!quant.uniform<i8:f32, 0.1>>) -> tensor<3x5x!quant.uniform<i8:f32, 0.1>>
  return
}

// -----

func.func @main(%a: tensor<3x4x!quant.uniform<i8:f32, 0.1>>) {
  // expected-error @below {{does not broadcast to}}
  tpu.expand %a {}
    : (tensor<3x4x!quant.uniform<i8:f32, 0.1>>) -> tensor<4x!quant.uniform<i8:f32, 0.1>>
  return
}

// -----

func.func @main(%a: tensor<4x2x!quant.uniform<i8:f32, 0.1>>, %b: tensor<3xi64>) {
  // expected-error @below {{axis 2 is not a dimension of}}
  tpu.gather %a, %b {axis = 2 : i64}
    : (tensor<4x2x!quant.uniform<i8:f32, 0.1>>, tensor<3xi64>) -> tensor<3x2x!quant.uniform<i8:f32, 0.1>>
  return
}

// -----

func.func @main(%a: tensor<4x2x!quant.uniform<i8:f32, 0.1>>, %b: tensor<3xi64>) {
  // expected-error @below {{input and result have different parameters}}
  tpu.gather %a, %b {axis = 0 : i64}
    : (tensor<4x2x!quant.uniform<i8:f32, 0.1>>, tensor<3xi64>) -> tensor<3x2x!quant.uniform<i8:f32, 0.2>>
  return
}

// -----

func.func @main(%a: tensor<4x2x!quant.uniform<i8:f32, 0.1>>, %b: tensor<3xi64>) {
  // expected-error @below {{expects a result of shape 3x2, found}}
  tpu.gather %a, %b {axis = 0 : i64}
    : (tensor<4x2x!quant.uniform<i8:f32, 0.1>>, tensor<3xi64>) -> tensor<4x2x!quant.uniform<i8:f32, 0.1>>
  return
}

// -----

func.func @main(%a: tensor<2x4x!quant.uniform<i8:f32, 0.1>>) {
  // expected-error @below {{axis 2 is not a dimension of}}
  tpu.softmax %a {axis = 2 : i64}
    : (tensor<2x4x!quant.uniform<i8:f32, 0.1>>) -> tensor<2x4x!quant.uniform<i8:f32, 0.2>>
  return
}

// -----

func.func @main(%a: tensor<2x4x!quant.uniform<i8:f32, 0.1>>) {
  // expected-error @below {{axis -1 is not a dimension of}}
  tpu.log_softmax %a {axis = -1 : i64}
    : (tensor<2x4x!quant.uniform<i8:f32, 0.1>>) -> tensor<2x4x!quant.uniform<i8:f32, 0.2>>
  return
}

// -----

func.func @main(%a: tensor<2x4x!quant.uniform<i8:f32, 0.1>>) {
  // expected-error @below {{requires the same shape for all operands and results}}
  tpu.softmax %a {axis = 1 : i64}
    : (tensor<2x4x!quant.uniform<i8:f32, 0.1>>) -> tensor<4x2x!quant.uniform<i8:f32, 0.2>>
  return
}

// -----

func.func @main(%a: tensor<2x4x!quant.uniform<i8:f32, 0.1>>, %b: tensor<4xf32>, %c: tensor<4xf32>) {
  // expected-error @below {{axis 2 is not a dimension of}}
  tpu.layer_norm %a, %b, %c {axis = 2 : i64, epsilon = 1.0e-5 : f64}
    : (tensor<2x4x!quant.uniform<i8:f32, 0.1>>, tensor<4xf32>, tensor<4xf32>) -> tensor<2x4x!quant.uniform<i8:f32, 0.2>>
  return
}

// -----

func.func @main(%a: tensor<2x4x!quant.uniform<i8:f32, 0.1>>, %b: tensor<4xf32>, %c: tensor<4xf32>) {
  // expected-error @below {{expects a result of shape 2x4, found}}
  tpu.layer_norm %a, %b, %c {axis = 1 : i64, epsilon = 1.0e-5 : f64}
    : (tensor<2x4x!quant.uniform<i8:f32, 0.1>>, tensor<4xf32>, tensor<4xf32>) -> tensor<4x2x!quant.uniform<i8:f32, 0.2>>
  return
}

// -----

func.func @main(%a: tensor<2x4x!quant.uniform<i8:f32, 0.1>>, %b: tensor<4xf32>, %c: tensor<3xf32>) {
  // expected-error @below {{expects scale and bias of 4 elements, found}}
  tpu.layer_norm %a, %b, %c {axis = 1 : i64, epsilon = 1.0e-5 : f64}
    : (tensor<2x4x!quant.uniform<i8:f32, 0.1>>, tensor<4xf32>, tensor<3xf32>) -> tensor<2x4x!quant.uniform<i8:f32, 0.2>>
  return
}

// -----

func.func @main(%a: tensor<4x4x2x!quant.uniform<i8:f32, 0.1>>) {
  // expected-error @below {{expects an NHWC input of rank 4, found}}
  tpu.max_pool %a {kernel = array<i64: 2, 2>, strides = array<i64: 2, 2>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>}
    : (tensor<4x4x2x!quant.uniform<i8:f32, 0.1>>) -> tensor<2x2x2x!quant.uniform<i8:f32, 0.1>>
  return
}

// -----

func.func @main(%a: tensor<1x4x4x2x!quant.uniform<i8:f32, 0.1>>) {
  // expected-error @below {{expects 2 kernel sizes, strides and dilations and 4 pads}}
  tpu.max_pool %a {kernel = array<i64: 2>, strides = array<i64: 2, 2>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>}
    : (tensor<1x4x4x2x!quant.uniform<i8:f32, 0.1>>) -> tensor<1x2x2x2x!quant.uniform<i8:f32, 0.1>>
  return
}

// -----

func.func @main(%a: tensor<1x4x4x2x!quant.uniform<i8:f32, 0.1>>) {
  // expected-error @below {{does not fit the windows of input}}
  tpu.max_pool %a {kernel = array<i64: 2, 2>, strides = array<i64: 2, 2>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>}
    : (tensor<1x4x4x2x!quant.uniform<i8:f32, 0.1>>) -> tensor<1x3x2x2x!quant.uniform<i8:f32, 0.1>>
  return
}

// -----

func.func @main(%a: tensor<1x4x4x2x!quant.uniform<i8:f32, 0.1>>) {
  // expected-error @below {{operands and results share storage type, scale and zero point}}
  tpu.max_pool %a {kernel = array<i64: 2, 2>, strides = array<i64: 2, 2>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>}
    : (tensor<1x4x4x2x!quant.uniform<i8:f32, 0.1>>) -> tensor<1x2x2x2x!quant.uniform<i8:f32, 0.2>>
  return
}

// -----

func.func @main(%a: tensor<1x4x4x2x!quant.uniform<i8:f32, 0.1>>) {
  // expected-error @below {{expects positive divisors in ascending order}}
  tpu.avg_pool %a {kernel = array<i64: 2, 2>, strides = array<i64: 2, 2>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>,
    count_include_pad = false, divisors = array<i64: 4, 2>, requant = #tpu.requant<mul32, single, multipliers = [1073741824, 1073741824], shifts = [31, 31]>}
    : (tensor<1x4x4x2x!quant.uniform<i8:f32, 0.1>>) -> tensor<1x2x2x2x!quant.uniform<i8:f32, 0.2>>
  return
}

// -----

func.func @main(%a: tensor<1x4x4x2x!quant.uniform<i8:f32, 0.1>>) {
  // expected-error @below {{expects positive divisors in ascending order}}
  tpu.avg_pool %a {kernel = array<i64: 2, 2>, strides = array<i64: 2, 2>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>,
    count_include_pad = false, divisors = array<i64: 0>, requant = #tpu.requant<mul32, single, multipliers = [1073741824], shifts = [31]>}
    : (tensor<1x4x4x2x!quant.uniform<i8:f32, 0.1>>) -> tensor<1x2x2x2x!quant.uniform<i8:f32, 0.2>>
  return
}

// -----

func.func @main(%a: tensor<1x4x4x2x!quant.uniform<i8:f32, 0.1>>) {
  // expected-error @below {{expects one requant entry for each of 2 divisors}}
  tpu.avg_pool %a {kernel = array<i64: 2, 2>, strides = array<i64: 2, 2>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>,
    count_include_pad = false, divisors = array<i64: 2, 4>, requant = #tpu.requant<mul32, single, multipliers = [1073741824], shifts = [31]>}
    : (tensor<1x4x4x2x!quant.uniform<i8:f32, 0.1>>) -> tensor<1x2x2x2x!quant.uniform<i8:f32, 0.2>>
  return
}

// -----

func.func @main(%a: tensor<1x4x4x2x!quant.uniform<i8:f32, 0.1>>) {
  // expected-error @below {{expects a clamp [low, high] within [-128, 127]}}
  tpu.avg_pool %a {clamp = array<i64: 3, 2>, kernel = array<i64: 2, 2>, strides = array<i64: 2, 2>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>,
    count_include_pad = false, divisors = array<i64: 4>, requant = #tpu.requant<mul32, single, multipliers = [1073741824], shifts = [31]>}
    : (tensor<1x4x4x2x!quant.uniform<i8:f32, 0.1>>) -> tensor<1x2x2x2x!quant.uniform<i8:f32, 0.2>>
  return
}

// -----

func.func @main(%a: tensor<1x4x4x2x!quant.uniform<i8:f32, 0.1>>) {
  // expected-error @below {{axes must ascend within the rank of}}
  tpu.reduce_mean %a {axes = array<i64: 2, 1>, keepdims = true, requant = #tpu.requant<mul32, single, multipliers = [1073741824], shifts = [31]>}
    : (tensor<1x4x4x2x!quant.uniform<i8:f32, 0.1>>) -> tensor<1x1x1x2x!quant.uniform<i8:f32, 0.2>>
  return
}

// -----

func.func @main(%a: tensor<1x4x4x2x!quant.uniform<i8:f32, 0.1>>) {
  // expected-error @below {{axes must ascend within the rank of}}
  tpu.reduce_sum %a {axes = array<i64: 1, 4>, keepdims = true, requant = #tpu.requant<mul32, single, multipliers = [1073741824], shifts = [31]>}
    : (tensor<1x4x4x2x!quant.uniform<i8:f32, 0.1>>) -> tensor<1x1x1x2x!quant.uniform<i8:f32, 0.2>>
  return
}

// -----

func.func @main(%a: tensor<1x4x4x2x!quant.uniform<i8:f32, 0.1>>) {
  // expected-error @below {{expects a result of shape 1x1x1x2, found}}
  tpu.reduce_mean %a {axes = array<i64: 1, 2>, keepdims = true, requant = #tpu.requant<mul32, single, multipliers = [1073741824], shifts = [31]>}
    : (tensor<1x4x4x2x!quant.uniform<i8:f32, 0.1>>) -> tensor<1x2x!quant.uniform<i8:f32, 0.2>>
  return
}

// -----

func.func @main(%a: tensor<1x4x4x2x!quant.uniform<i8:f32, 0.1>>) {
  // expected-error @below {{operands and results share storage type, scale and zero point}}
  tpu.reduce_max %a {axes = array<i64: 1, 2>, keepdims = false}
    : (tensor<1x4x4x2x!quant.uniform<i8:f32, 0.1>>) -> tensor<1x2x!quant.uniform<i8:f32, 0.2>>
  return
}

// -----

func.func @main(%a: tensor<1x4x4x2x!quant.uniform<i8:f32, 0.1>>) {
  // expected-error @below {{expects a result of shape 1x2, found}}
  tpu.reduce_min %a {axes = array<i64: 1, 2>, keepdims = false}
    : (tensor<1x4x4x2x!quant.uniform<i8:f32, 0.1>>) -> tensor<2x1x!quant.uniform<i8:f32, 0.1>>
  return
}

// -----

func.func @main(%a: tensor<1x4x4x2x!quant.uniform<i8:f32, 0.1>>) {
  // expected-error @below {{nearest_mode is 'up', expected floor, ceil, round_prefer_floor or round_prefer_ceil}}
  tpu.resize_nearest %a {coordinate_transformation = "asymmetric", nearest_mode = "up", scales = array<f64: 2.0, 2.0>}
    : (tensor<1x4x4x2x!quant.uniform<i8:f32, 0.1>>) -> tensor<1x8x8x2x!quant.uniform<i8:f32, 0.1>>
  return
}

// -----

func.func @main(%a: tensor<1x4x4x2x!quant.uniform<i8:f32, 0.1>>) {
  // expected-error @below {{coordinate_transformation is 'tf_crop', expected asymmetric, half_pixel, align_corners or pytorch_half_pixel}}
  tpu.resize_nearest %a {coordinate_transformation = "tf_crop", nearest_mode = "floor", scales = array<f64: 2.0, 2.0>}
    : (tensor<1x4x4x2x!quant.uniform<i8:f32, 0.1>>) -> tensor<1x8x8x2x!quant.uniform<i8:f32, 0.1>>
  return
}

// -----

func.func @main(%a: tensor<1x4x4x2x!quant.uniform<i8:f32, 0.1>>) {
  // expected-error @below {{resizes height and width of NHWC, found}}
  tpu.resize_linear %a {coordinate_transformation = "asymmetric", scales = array<f64: 2.0, 2.0>,
      denominators = array<i64: 4, 4>, requant = #tpu.requant<mul32, half_even, multipliers = [1073741824], shifts = [34]>}
    : (tensor<1x4x4x2x!quant.uniform<i8:f32, 0.1>>) -> tensor<1x8x8x3x!quant.uniform<i8:f32, 0.1>>
  return
}

// -----

func.func @main(%a: tensor<1x4x4x2x!quant.uniform<i8:f32, 0.1>>) {
  // expected-error @below {{expects two positive scales, of height and width}}
  tpu.resize_linear %a {coordinate_transformation = "asymmetric", scales = array<f64: 2.0>,
      denominators = array<i64: 4, 4>, requant = #tpu.requant<mul32, half_even, multipliers = [1073741824], shifts = [34]>}
    : (tensor<1x4x4x2x!quant.uniform<i8:f32, 0.1>>) -> tensor<1x8x8x2x!quant.uniform<i8:f32, 0.1>>
  return
}

// -----

func.func @main(%a: tensor<1x4x4x2x!quant.uniform<i8:f32, 0.1>>) {
  // expected-error @below {{expects two positive scales, of height and width}}
  tpu.resize_linear %a {coordinate_transformation = "asymmetric", scales = array<f64: 2.0, -1.0>,
      denominators = array<i64: 4, 4>, requant = #tpu.requant<mul32, half_even, multipliers = [1073741824], shifts = [34]>}
    : (tensor<1x4x4x2x!quant.uniform<i8:f32, 0.1>>) -> tensor<1x8x8x2x!quant.uniform<i8:f32, 0.1>>
  return
}

// -----

func.func @main(%a: tensor<1x4x4x2x!quant.uniform<i8:f32, 0.1>>) {
  // expected-error @below {{expects two denominators of weights, of height and width, each in 1 to 2048}}
  tpu.resize_linear %a {coordinate_transformation = "asymmetric", scales = array<f64: 2.0, 2.0>,
      denominators = array<i64: 2>, requant = #tpu.requant<mul32, half_even, multipliers = [1073741824], shifts = [34]>}
    : (tensor<1x4x4x2x!quant.uniform<i8:f32, 0.1>>) -> tensor<1x8x8x2x!quant.uniform<i8:f32, 0.1>>
  return
}

// -----

func.func @main(%a: tensor<1x4x4x2x!quant.uniform<i8:f32, 0.1>>) {
  // expected-error @below {{expects two denominators of weights, of height and width, each in 1 to 2048}}
  tpu.resize_linear %a {coordinate_transformation = "asymmetric", scales = array<f64: 2.0, 2.0>,
      denominators = array<i64: 2, 4096>, requant = #tpu.requant<mul32, half_even, multipliers = [1073741824], shifts = [34]>}
    : (tensor<1x4x4x2x!quant.uniform<i8:f32, 0.1>>) -> tensor<1x8x8x2x!quant.uniform<i8:f32, 0.1>>
  return
}

// -----

func.func @main(%a: tensor<1x4x4x2x!quant.uniform<i8:f32, 0.1>>) {
  // expected-error @below {{expects a clamp [low, high] within [-128, 127]}}
  tpu.resize_linear %a {coordinate_transformation = "asymmetric", scales = array<f64: 2.0, 2.0>,
      denominators = array<i64: 2, 2>, requant = #tpu.requant<mul32, half_even, multipliers = [1073741824], shifts = [34]>, clamp = array<i64: 9, 300>}
    : (tensor<1x4x4x2x!quant.uniform<i8:f32, 0.1>>) -> tensor<1x8x8x2x!quant.uniform<i8:f32, 0.1>>
  return
}
