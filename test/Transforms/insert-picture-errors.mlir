// Inputs that cannot be what they are said to be.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: qc-opt %s --insert-picture --split-input-file --verify-diagnostics

// expected-error@+1 {{input 'image' was trained on gray and cannot run on nv12; gray runs on gray, u8, s8, f32}}
func.func @main(%x: tensor<1x1x4x4xf32> {qc.name = "image", qc.picture = "nv12", qc.preprocess = #qc.preprocess<"color=gray">}) -> tensor<1x1x4x4xf32> {
  return %x : tensor<1x1x4x4xf32>
}

// -----

// expected-error@+1 {{input 'image' of 'tensor<1x3x5x4xf32>' has 5 rows of 4 pixels; nv12 needs even sizes}}
func.func @main(%x: tensor<1x3x5x4xf32> {qc.name = "image", qc.picture = "nv12"}) -> tensor<1x3x5x4xf32> {
  return %x : tensor<1x3x5x4xf32>
}

// -----

// expected-error@+1 {{input 'image' was trained on rgb and cannot run on gray}}
func.func @main(%x: tensor<1x3x4x4xf32> {qc.name = "image", qc.picture = "gray"}) -> tensor<1x3x4x4xf32> {
  return %x : tensor<1x3x4x4xf32>
}

// -----

// Four channels are no picture.
// expected-error@+1 {{input 'image' was trained on numbers and cannot run on rgb; numbers runs on u8, s8, f32}}
func.func @main(%x: tensor<1x4x4x4xf32> {qc.name = "image", qc.picture = "rgb"}) -> tensor<1x4x4x4xf32> {
  return %x : tensor<1x4x4x4xf32>
}

// -----

// expected-error@+1 {{input 'x' is of 'tensor<2x8xf32>', a layout needs four dimensions}}
func.func @main(%x: tensor<2x8xf32> {qc.name = "x", qc.picture = "u8 layout=nhwc"}) -> tensor<2x8xf32> {
  return %x : tensor<2x8xf32>
}

// -----

// expected-error@+1 {{input 'ids' is of 'tensor<1x8xi64>', u8 can stand for a tensor of f32 alone}}
func.func @main(%x: tensor<1x8xi64> {qc.name = "ids", qc.picture = "u8"}) -> tensor<1x8xi64> {
  return %x : tensor<1x8xi64>
}

// -----

// expected-error@+1 {{input 'image' of 'tensor<1x3x4x6xf32>' has rows of 6 pixels, which a stride of 4 cannot hold}}
func.func @main(%x: tensor<1x3x4x6xf32> {qc.name = "image", qc.picture = "rgb stride=4"}) -> tensor<1x3x4x6xf32> {
  return %x : tensor<1x3x4x6xf32>
}

// -----

// expected-error@+1 {{attribute 'qc.picture': unknown type of an input 'nv21': expected one of f32, u8, s8, rgb, bgr, gray, yuv444, nv12; did you mean 'nv12'?}}
func.func @main(%x: tensor<1x3x4x4xf32> {qc.picture = "nv21"}) -> tensor<1x3x4x4xf32> {
  return %x : tensor<1x3x4x4xf32>
}

// -----

// expected-error@+1 {{expects a string as attribute 'qc.picture', found 3}}
func.func @main(%x: tensor<1x3x4x4xf32> {qc.picture = 3}) -> tensor<1x3x4x4xf32> {
  return %x : tensor<1x3x4x4xf32>
}

// -----

func.func @main(%x: tensor<1x8xf32> {qc.name = "x"}) -> (tensor<1x8xf32> {qc.name = "y", qc.output_layout = "nhwc"}) {
  // expected-error@+1 {{output 'y' is of 'tensor<1x8xf32>', a layout needs four dimensions}}
  %0 = top.relu %x : (tensor<1x8xf32>) -> tensor<1x8xf32>
  return %0 : tensor<1x8xf32>
}

// -----

// expected-error@+1 {{input 'image' was trained on YUV of bt709 and cannot run on that of bt601-full: nothing turns one into the other}}
func.func @main(%x: tensor<1x3x4x4xf32> {qc.name = "image", qc.picture = "nv12", qc.preprocess = #qc.preprocess<"color=yuv444 yuv=bt709">}) -> tensor<1x3x4x4xf32> {
  return %x : tensor<1x3x4x4xf32>
}
