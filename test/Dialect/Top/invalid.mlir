// What the verifiers of top refuse, and in which words.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: qc-opt %s -verify-diagnostics -split-input-file

//===--- Types: what every op demands of its values.

func.func @invalid(%x: tensor<?x8xf32>) {
  // expected-error @below {{operand #0 must be non-empty, statically shaped tensor}}
  top.relu %x : (tensor<?x8xf32>) -> tensor<?x8xf32>
  return
}

// -----

func.func @invalid(%x: tensor<0x8xf32>) {
  // expected-error @below {{operand #0 must be non-empty, statically shaped tensor}}
  top.relu %x : (tensor<0x8xf32>) -> tensor<0x8xf32>
  return
}

// -----

func.func @invalid(%x: tensor<2147483647x2147483647x2147483647xf32>) {
  // expected-error @below {{operand #0 must be non-empty, statically shaped tensor}}
  top.relu %x : (tensor<2147483647x2147483647x2147483647xf32>) -> tensor<2147483647x2147483647x2147483647xf32>
  return
}

// -----

func.func @invalid(%x: tensor<8xi64>) {
  // expected-error @below {{of f32, f16, calibrated or quantized float values, but got}}
  top.relu %x : (tensor<8xi64>) -> tensor<8xi64>
  return
}

// -----

func.func @invalid(%x: tensor<8xf32>) {
  // expected-error @below {{inferred type(s) 'tensor<8xf32>' are incompatible with return type(s) of operation 'tensor<4xf32>'}}
  // expected-error @below {{failed to infer returned types}}
  top.relu %x : (tensor<8xf32>) -> tensor<4xf32>
  return
}

// -----

//===--- Fused activations.

func.func @invalid(%x: tensor<8xf32>) {
  // expected-error @below {{expects a lower bound below the upper, found 2.000000e+00 and 1.000000e+00}}
  top.add %x, %x {act_min = 2.0 : f32, act_max = 1.0 : f32} : (tensor<8xf32>, tensor<8xf32>) -> tensor<8xf32>
  return
}

// -----

func.func @invalid(%x: tensor<8xf32>) {
  // expected-error @below {{expects bounds that are numbers, found NaN}}
  top.add %x, %x {act_min = 0x7FC00000 : f32} : (tensor<8xf32>, tensor<8xf32>) -> tensor<8xf32>
  return
}

// -----

//===--- conv

func.func @invalid(%x: tensor<4x8xf32>, %w: tensor<8x4xf32>) {
  // expected-error @below {{expects an input of rank 3 or 4, found rank 2}}
  // expected-error @below {{failed to infer returned types}}
  top.conv %x, %w {strides = array<i64>, pads = array<i64>, dilations = array<i64>} : (tensor<4x8xf32>, tensor<8x4xf32>) -> tensor<4x8xf32>
  return
}

// -----

func.func @invalid(%x: tensor<1x4x8x8xf32>, %w: tensor<8x4x3xf32>) {
  // expected-error @below {{expects a weight of rank 4, found rank 3}}
  // expected-error @below {{failed to infer returned types}}
  top.conv %x, %w {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>} : (tensor<1x4x8x8xf32>, tensor<8x4x3xf32>) -> tensor<1x8x6x6xf32>
  return
}

// -----

func.func @invalid(%x: tensor<1x4x8x8xf32>, %w: tensor<8x4x3x3xf32>) {
  // expected-error @below {{expects 2 strides, found 1}}
  // expected-error @below {{failed to infer returned types}}
  top.conv %x, %w {strides = array<i64: 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>} : (tensor<1x4x8x8xf32>, tensor<8x4x3x3xf32>) -> tensor<1x8x6x6xf32>
  return
}

// -----

func.func @invalid(%x: tensor<1x4x8x8xf32>, %w: tensor<8x4x3x3xf32>) {
  // expected-error @below {{expects 2 dilations, found 3}}
  // expected-error @below {{failed to infer returned types}}
  top.conv %x, %w {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1, 1>} : (tensor<1x4x8x8xf32>, tensor<8x4x3x3xf32>) -> tensor<1x8x6x6xf32>
  return
}

// -----

func.func @invalid(%x: tensor<1x4x8x8xf32>, %w: tensor<8x4x3x3xf32>) {
  // expected-error @below {{expects 4 pads, found 2}}
  // expected-error @below {{failed to infer returned types}}
  top.conv %x, %w {strides = array<i64: 1, 1>, pads = array<i64: 0, 0>, dilations = array<i64: 1, 1>} : (tensor<1x4x8x8xf32>, tensor<8x4x3x3xf32>) -> tensor<1x8x6x6xf32>
  return
}

// -----

func.func @invalid(%x: tensor<1x4x8x8xf32>, %w: tensor<8x4x3x3xf32>) {
  // expected-error @below {{expects strides from 1 to 2147483647, found 0}}
  // expected-error @below {{failed to infer returned types}}
  top.conv %x, %w {strides = array<i64: 1, 0>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>} : (tensor<1x4x8x8xf32>, tensor<8x4x3x3xf32>) -> tensor<1x8x6x6xf32>
  return
}

// -----

func.func @invalid(%x: tensor<1x4x8x8xf32>, %w: tensor<8x4x3x3xf32>) {
  // expected-error @below {{expects dilations from 1 to 2147483647, found -9223372036854775808}}
  // expected-error @below {{failed to infer returned types}}
  top.conv %x, %w {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, -9223372036854775808>} : (tensor<1x4x8x8xf32>, tensor<8x4x3x3xf32>) -> tensor<1x8x6x6xf32>
  return
}

// -----

func.func @invalid(%x: tensor<1x4x8x8xf32>, %w: tensor<8x4x3x3xf32>) {
  // expected-error @below {{expects pads from 0 to 2147483647, found 9223372036854775807}}
  // expected-error @below {{failed to infer returned types}}
  top.conv %x, %w {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 9223372036854775807, 0>, dilations = array<i64: 1, 1>} : (tensor<1x4x8x8xf32>, tensor<8x4x3x3xf32>) -> tensor<1x8x6x6xf32>
  return
}

// -----

func.func @invalid(%x: tensor<1x4x8x8xf32>, %w: tensor<8x4x3x3xf32>) {
  // expected-error @below {{expects a group from 1 to 2147483647, found 0}}
  // expected-error @below {{failed to infer returned types}}
  top.conv %x, %w {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>, group = 0 : i64} : (tensor<1x4x8x8xf32>, tensor<8x4x3x3xf32>) -> tensor<1x8x6x6xf32>
  return
}

// -----

func.func @invalid(%x: tensor<1x4x8x8xf32>, %w: tensor<8x4x3x3xf32>) {
  // expected-error @below {{group 3 does not divide 4 input and 8 output channels}}
  // expected-error @below {{failed to infer returned types}}
  top.conv %x, %w {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>, group = 3 : i64} : (tensor<1x4x8x8xf32>, tensor<8x4x3x3xf32>) -> tensor<1x8x6x6xf32>
  return
}

// -----

func.func @invalid(%x: tensor<1x4x8x8xf32>, %w: tensor<8x4x3x3xf32>) {
  // expected-error @below {{weight is made for 8 input channels, the input has 4}}
  // expected-error @below {{failed to infer returned types}}
  top.conv %x, %w {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>, group = 2 : i64} : (tensor<1x4x8x8xf32>, tensor<8x4x3x3xf32>) -> tensor<1x8x6x6xf32>
  return
}

// -----

func.func @invalid(%x: tensor<1x4x8x8xf32>, %w: tensor<8x4x3x3xf32>, %b: tensor<4xf32>) {
  // expected-error @below {{expects a bias of 8 elements, found 'tensor<4xf32>'}}
  // expected-error @below {{failed to infer returned types}}
  top.conv %x, %w, %b {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>} : (tensor<1x4x8x8xf32>, tensor<8x4x3x3xf32>, tensor<4xf32>) -> tensor<1x8x6x6xf32>
  return
}

// -----

func.func @invalid(%x: tensor<1x4x8x8xf32>, %w: tensor<8x4x3x3xf32>) {
  // expected-error @below {{kernel 3 does not fit into the padded input in spatial dimension 1}}
  // expected-error @below {{failed to infer returned types}}
  top.conv %x, %w {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 2000000000>} : (tensor<1x4x8x8xf32>, tensor<8x4x3x3xf32>) -> tensor<1x8x6x6xf32>
  return
}

// -----

func.func @invalid(%x: tensor<1x4x8x8xf32>, %w: tensor<8x4x3x3xf32>) {
  // expected-error @below {{requires attribute 'strides'}}
  top.conv %x, %w {pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>} : (tensor<1x4x8x8xf32>, tensor<8x4x3x3xf32>) -> tensor<1x8x6x6xf32>
  return
}

// -----

//===--- deconv

func.func @invalid(%x: tensor<1x4x5x5xf32>, %w: tensor<4x6x3x3xf32>) {
  // expected-error @below {{expects 2 values of output_padding, found 1}}
  // expected-error @below {{failed to infer returned types}}
  top.deconv %x, %w {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>, output_padding = array<i64: 0>} : (tensor<1x4x5x5xf32>, tensor<4x6x3x3xf32>) -> tensor<1x6x7x7xf32>
  return
}

// -----

func.func @invalid(%x: tensor<1x4x5x5xf32>, %w: tensor<4x6x3x3xf32>) {
  // expected-error @below {{expects output_padding from 0 to 2147483647, found -1}}
  // expected-error @below {{failed to infer returned types}}
  top.deconv %x, %w {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>, output_padding = array<i64: 0, -1>} : (tensor<1x4x5x5xf32>, tensor<4x6x3x3xf32>) -> tensor<1x6x7x7xf32>
  return
}

// -----

func.func @invalid(%x: tensor<1x4x5x5xf32>, %w: tensor<4x6x3x3xf32>) {
  // expected-error @below {{pads leave no output in spatial dimension 0}}
  // expected-error @below {{failed to infer returned types}}
  top.deconv %x, %w {strides = array<i64: 1, 1>, pads = array<i64: 4, 0, 4, 0>, dilations = array<i64: 1, 1>, output_padding = array<i64: 0, 0>} : (tensor<1x4x5x5xf32>, tensor<4x6x3x3xf32>) -> tensor<1x6x7x7xf32>
  return
}

// -----

func.func @invalid(%x: tensor<1x4x2000000000xf32>, %w: tensor<4x1x1xf32>) {
  // expected-error @below {{result #0 must be non-empty, statically shaped tensor}}
  top.deconv %x, %w {strides = array<i64: 2>, pads = array<i64: 0, 0>, dilations = array<i64: 1>, output_padding = array<i64: 0>} : (tensor<1x4x2000000000xf32>, tensor<4x1x1xf32>) -> tensor<1x1x3999999999xf32>
  return
}

// -----

//===--- matmul

func.func @invalid(%a: tensor<8xf32>, %b: tensor<8x4xf32>) {
  // expected-error @below {{expects operands of rank 2 or more, found rank 1 and 2; reshape vectors to matrices}}
  // expected-error @below {{failed to infer returned types}}
  top.matmul %a, %b : (tensor<8xf32>, tensor<8x4xf32>) -> tensor<4xf32>
  return
}

// -----

func.func @invalid(%a: tensor<2x8xf32>, %b: tensor<8x4xf32>) {
  // expected-error @below {{cannot multiply rows of 8 elements by columns of 4}}
  // expected-error @below {{failed to infer returned types}}
  top.matmul %a, %b {transpose_rhs = true} : (tensor<2x8xf32>, tensor<8x4xf32>) -> tensor<2x8xf32>
  return
}

// -----

func.func @invalid(%a: tensor<3x2x8xf32>, %b: tensor<2x8x4xf32>) {
  // expected-error @below {{cannot broadcast the dimensions before the last two of 'tensor<3x2x8xf32>' and 'tensor<2x8x4xf32>'}}
  // expected-error @below {{failed to infer returned types}}
  top.matmul %a, %b : (tensor<3x2x8xf32>, tensor<2x8x4xf32>) -> tensor<3x2x4xf32>
  return
}

// -----

func.func @invalid(%a: tensor<2x8xf32>, %b: tensor<8x4xf32>, %c: tensor<1x4xf32>) {
  // expected-error @below {{expects a bias of 4 elements, found 'tensor<1x4xf32>'}}
  // expected-error @below {{failed to infer returned types}}
  top.matmul %a, %b, %c : (tensor<2x8xf32>, tensor<8x4xf32>, tensor<1x4xf32>) -> tensor<2x4xf32>
  return
}

// -----

//===--- binary

func.func @invalid(%a: tensor<4x8xf32>, %b: tensor<4xf32>) {
  // expected-error @below {{cannot broadcast 'tensor<4x8xf32>' and 'tensor<4xf32>' to one shape}}
  // expected-error @below {{failed to infer returned types}}
  top.mul %a, %b : (tensor<4x8xf32>, tensor<4xf32>) -> tensor<4x8xf32>
  return
}

// -----

//===--- activations

func.func @invalid(%x: tensor<8xf32>) {
  // expected-error @below {{attribute 'alpha' failed to satisfy constraint: 32-bit float attribute that is finite}}
  top.leaky_relu %x {alpha = 0x7F800000 : f32} : (tensor<8xf32>) -> tensor<8xf32>
  return
}

// -----

func.func @invalid(%x: tensor<8xf32>) {
  // expected-error @below {{attribute 'approximate' failed to satisfy constraint: string attribute that is one of none, tanh}}
  top.gelu %x {approximate = "erf"} : (tensor<8xf32>) -> tensor<8xf32>
  return
}

// -----

func.func @invalid(%x: tensor<4x8xf32>, %s: tensor<4xf32>) {
  // expected-error @below {{cannot broadcast a slope of type 'tensor<4xf32>' to the input 'tensor<4x8xf32>'}}
  top.prelu %x, %s : (tensor<4x8xf32>, tensor<4xf32>) -> tensor<4x8xf32>
  return
}

// -----

func.func @invalid(%x: tensor<8xf32>, %s: tensor<2x8xf32>) {
  // expected-error @below {{cannot broadcast a slope of type 'tensor<2x8xf32>' to the input 'tensor<8xf32>'}}
  top.prelu %x, %s : (tensor<8xf32>, tensor<2x8xf32>) -> tensor<8xf32>
  return
}

// -----

func.func @invalid(%x: tensor<8xf32>) {
  // expected-error @below {{expects a lower bound below the upper, found 6.000000e+00 and 0.000000e+00}}
  top.clip %x {min = 6.0 : f32, max = 0.0 : f32} : (tensor<8xf32>) -> tensor<8xf32>
  return
}

// -----

func.func @invalid(%x: tensor<8xf32>) {
  // expected-error @below {{expects bounds that are numbers, found NaN}}
  top.clip %x {max = 0x7FC00000 : f32} : (tensor<8xf32>) -> tensor<8xf32>
  return
}

// -----

//===--- pool

func.func @invalid(%x: tensor<8xf32>) {
  // expected-error @below {{expects an input of rank 3 or 4, found rank 1}}
  // expected-error @below {{failed to infer returned types}}
  top.max_pool %x {kernel = array<i64: 2, 2>, strides = array<i64: 2, 2>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>} : (tensor<8xf32>) -> tensor<4xf32>
  return
}

// -----

func.func @invalid(%x: tensor<1x4x8x8xf32>) {
  // expected-error @below {{expects 2 kernel sizes, found 1}}
  // expected-error @below {{failed to infer returned types}}
  top.max_pool %x {kernel = array<i64: 2>, strides = array<i64: 2, 2>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>} : (tensor<1x4x8x8xf32>) -> tensor<1x4x4x4xf32>
  return
}

// -----

func.func @invalid(%x: tensor<1x4x8x8xf32>) {
  // expected-error @below {{expects kernel sizes from 1 to 2147483647, found 0}}
  // expected-error @below {{failed to infer returned types}}
  top.avg_pool %x {kernel = array<i64: 0, 2>, strides = array<i64: 2, 2>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>} : (tensor<1x4x8x8xf32>) -> tensor<1x4x4x4xf32>
  return
}

// -----

func.func @invalid(%x: tensor<1x4x8x8xf32>) {
  // expected-error @below {{kernel 9 does not fit into the padded input in spatial dimension 0}}
  // expected-error @below {{failed to infer returned types}}
  top.max_pool %x {kernel = array<i64: 9, 2>, strides = array<i64: 2, 2>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>} : (tensor<1x4x8x8xf32>) -> tensor<1x4x4x4xf32>
  return
}

// -----

func.func @invalid(%x: tensor<1x4x8x8xf32>) {
  // expected-error @below {{has a window of padding alone in spatial dimension 1; make pads smaller than the kernel}}
  // expected-error @below {{failed to infer returned types}}
  top.max_pool %x {kernel = array<i64: 2, 2>, strides = array<i64: 2, 2>, pads = array<i64: 0, 2, 0, 0>, dilations = array<i64: 1, 1>} : (tensor<1x4x8x8xf32>) -> tensor<1x4x4x4xf32>
  return
}

// -----

func.func @invalid(%x: tensor<1x4x8x8xf32>) {
  // expected-error @below {{has a window of padding alone in spatial dimension 0; make pads smaller than the kernel}}
  // expected-error @below {{failed to infer returned types}}
  top.max_pool %x {kernel = array<i64: 2, 2>, strides = array<i64: 2, 2>, pads = array<i64: 0, 0, 2, 0>, dilations = array<i64: 1, 1>} : (tensor<1x4x8x8xf32>) -> tensor<1x4x4x4xf32>
  return
}

// -----

func.func @invalid(%x: tensor<1x4x2x8xf32>) {
  // expected-error @below {{has a window of padding alone in spatial dimension 0; make pads smaller than the kernel}}
  // expected-error @below {{failed to infer returned types}}
  top.avg_pool %x {kernel = array<i64: 2, 2>, strides = array<i64: 1, 2>, pads = array<i64: 1, 0, 1, 0>, dilations = array<i64: 3, 1>} : (tensor<1x4x2x8xf32>) -> tensor<1x4x1x4xf32>
  return
}

// -----

//===--- reduce

func.func @invalid(%x: tensor<4x8xf32>) {
  // expected-error @below {{expects at least one axis}}
  // expected-error @below {{failed to infer returned types}}
  top.reduce_mean %x {axes = array<i64>} : (tensor<4x8xf32>) -> tensor<4x8xf32>
  return
}

// -----

func.func @invalid(%x: tensor<4x8xf32>) {
  // expected-error @below {{axis -1 is not a dimension of a tensor of rank 2}}
  // expected-error @below {{failed to infer returned types}}
  top.reduce_sum %x {axes = array<i64: -1>} : (tensor<4x8xf32>) -> tensor<4x1xf32>
  return
}

// -----

func.func @invalid(%x: tensor<4x8xf32>) {
  // expected-error @below {{expects axes that ascend, found 0 behind 1}}
  // expected-error @below {{failed to infer returned types}}
  top.reduce_max %x {axes = array<i64: 1, 0>} : (tensor<4x8xf32>) -> tensor<1x1xf32>
  return
}

// -----

func.func @invalid(%x: tensor<4x8xf32>) {
  // expected-error @below {{expects axes that ascend, found 1 behind 1}}
  // expected-error @below {{failed to infer returned types}}
  top.reduce_min %x {axes = array<i64: 1, 1>} : (tensor<4x8xf32>) -> tensor<4x1xf32>
  return
}

// -----

//===--- softmax

func.func @invalid(%x: tensor<4x8xf32>) {
  // expected-error @below {{axis 2 is not a dimension of a tensor of rank 2}}
  // expected-error @below {{failed to infer returned types}}
  top.softmax %x {axis = 2 : i64} : (tensor<4x8xf32>) -> tensor<4x8xf32>
  return
}

// -----

func.func @invalid(%x: tensor<f32>) {
  // expected-error @below {{axis 0 is not a dimension of a tensor of rank 0}}
  // expected-error @below {{failed to infer returned types}}
  top.log_softmax %x {axis = 0 : i64} : (tensor<f32>) -> tensor<f32>
  return
}

// -----

//===--- norm

func.func @invalid(%x: tensor<8xf32>) {
  // expected-error @below {{expects an input of rank 2 or more, found rank 1}}
  top.scale %x, %x, %x : (tensor<8xf32>, tensor<8xf32>, tensor<8xf32>) -> tensor<8xf32>
  return
}

// -----

func.func @invalid(%x: tensor<1x8xf32>, %c: tensor<8xf32>, %d: tensor<4xf32>) {
  // expected-error @below {{expects parameters of 8 elements, one a channel, found 'tensor<4xf32>'}}
  top.batch_norm %x, %c, %c, %d, %c {epsilon = 0.0 : f32} : (tensor<1x8xf32>, tensor<8xf32>, tensor<8xf32>, tensor<4xf32>, tensor<8xf32>) -> tensor<1x8xf32>
  return
}

// -----

func.func @invalid(%x: tensor<1x8xf32>) {
  // expected-error @below {{attribute 'epsilon' failed to satisfy constraint: 32-bit float attribute that is finite and not negative}}
  top.layer_norm %x {axis = 1 : i64, epsilon = -1.0 : f32} : (tensor<1x8xf32>) -> tensor<1x8xf32>
  return
}

// -----

func.func @invalid(%x: tensor<1x8xf32>) {
  // expected-error @below {{axis 2 is not a dimension of a tensor of rank 2}}
  top.layer_norm %x {axis = 2 : i64, epsilon = 0.0 : f32} : (tensor<1x8xf32>) -> tensor<1x8xf32>
  return
}

// -----

func.func @invalid(%x: tensor<1x4x8xf32>, %c: tensor<8xf32>) {
  // expected-error @below {{expects scale and bias of shape [4, 8], found 'tensor<8xf32>'}}
  top.layer_norm %x bias %c {axis = 1 : i64, epsilon = 0.0 : f32} : (tensor<1x4x8xf32>, tensor<8xf32>) -> tensor<1x4x8xf32>
  return
}

// -----

//===--- concat and split

func.func @invalid() {
  // expected-error @below {{expects at least one input}}
  // expected-error @below {{failed to infer returned types}}
  top.concat {axis = 0 : i64} : () -> tensor<1xf32>
  return
}

// -----

func.func @invalid(%x: tensor<4x8xf32>) {
  // expected-error @below {{axis 3 is not a dimension of a tensor of rank 2}}
  // expected-error @below {{failed to infer returned types}}
  top.concat %x {axis = 3 : i64} : (tensor<4x8xf32>) -> tensor<4x8xf32>
  return
}

// -----

func.func @invalid(%x: tensor<4x8xf32>, %y: tensor<5x8xf32>) {
  // expected-error @below {{cannot join 'tensor<4x8xf32>' and 'tensor<5x8xf32>' along dimension 1}}
  // expected-error @below {{failed to infer returned types}}
  top.concat %x, %y {axis = 1 : i64} : (tensor<4x8xf32>, tensor<5x8xf32>) -> tensor<4x16xf32>
  return
}

// -----

func.func @invalid(%x: tensor<4x8xf32>, %y: tensor<8xf32>) {
  // expected-error @below {{cannot join 'tensor<4x8xf32>' and 'tensor<8xf32>' along dimension 0}}
  // expected-error @below {{failed to infer returned types}}
  top.concat %x, %y {axis = 0 : i64} : (tensor<4x8xf32>, tensor<8xf32>) -> tensor<5x8xf32>
  return
}

// -----

func.func @invalid(%x: tensor<4x8xf32>) {
  // expected-error @below {{axis -1 is not a dimension of a tensor of rank 2}}
  top.split %x {axis = -1 : i64} : (tensor<4x8xf32>) -> tensor<4x8xf32>
  return
}

// -----

func.func @invalid(%x: tensor<4x8xf32>) {
  // expected-error @below {{has parts of 6 elements along dimension 1, the input has 8}}
  top.split %x {axis = 1 : i64} : (tensor<4x8xf32>) -> (tensor<4x3xf32>, tensor<4x3xf32>)
  return
}

// -----

func.func @invalid(%x: tensor<4x8xf32>) {
  // expected-error @below {{cannot cut 'tensor<5x4xf32>' out of 'tensor<4x8xf32>' along dimension 1}}
  top.split %x {axis = 1 : i64} : (tensor<4x8xf32>) -> (tensor<5x4xf32>, tensor<4x4xf32>)
  return
}

// -----

func.func @invalid(%x: tensor<4x8xf32>) {
  // expected-error @below {{cannot cut 'tensor<4x4xf16>' out of 'tensor<4x8xf32>' along dimension 1}}
  top.split %x {axis = 1 : i64} : (tensor<4x8xf32>) -> (tensor<4x4xf32>, tensor<4x4xf16>)
  return
}

// -----

//===--- slice and pad

func.func @invalid(%x: tensor<8xf32>) {
  // expected-error @below {{expects 1 offsets, found 2}}
  // expected-error @below {{failed to infer returned types}}
  top.slice %x {offsets = array<i64: 0, 0>, sizes = array<i64: 4>, strides = array<i64: 1>} : (tensor<8xf32>) -> tensor<4xf32>
  return
}

// -----

func.func @invalid(%x: tensor<8xf32>) {
  // expected-error @below {{expects 1 sizes, found 2}}
  // expected-error @below {{failed to infer returned types}}
  top.slice %x {offsets = array<i64: 0>, sizes = array<i64: 4, 4>, strides = array<i64: 1>} : (tensor<8xf32>) -> tensor<4xf32>
  return
}

// -----

func.func @invalid(%x: tensor<8xf32>) {
  // expected-error @below {{expects 1 strides, found 2}}
  // expected-error @below {{failed to infer returned types}}
  top.slice %x {offsets = array<i64: 0>, sizes = array<i64: 4>, strides = array<i64: 1, 1>} : (tensor<8xf32>) -> tensor<4xf32>
  return
}

// -----

func.func @invalid(%x: tensor<8xf32>) {
  // expected-error @below {{expects strides that are not zero and at most 2147483647 in magnitude, found 0}}
  // expected-error @below {{failed to infer returned types}}
  top.slice %x {offsets = array<i64: 0>, sizes = array<i64: 4>, strides = array<i64: 0>} : (tensor<8xf32>) -> tensor<4xf32>
  return
}

// -----

func.func @invalid(%x: tensor<8xf32>) {
  // expected-error @below {{expects strides that are not zero and at most 2147483647 in magnitude, found -9223372036854775808}}
  // expected-error @below {{failed to infer returned types}}
  top.slice %x {offsets = array<i64: 0>, sizes = array<i64: 4>, strides = array<i64: -9223372036854775808>} : (tensor<8xf32>) -> tensor<4xf32>
  return
}

// -----

func.func @invalid(%x: tensor<8xf32>) {
  // expected-error @below {{cannot take 9 elements of 8 along dimension 0}}
  // expected-error @below {{failed to infer returned types}}
  top.slice %x {offsets = array<i64: 0>, sizes = array<i64: 9>, strides = array<i64: 1>} : (tensor<8xf32>) -> tensor<4xf32>
  return
}

// -----

func.func @invalid(%x: tensor<8xf32>) {
  // expected-error @below {{cannot take 0 elements of 8 along dimension 0}}
  // expected-error @below {{failed to infer returned types}}
  top.slice %x {offsets = array<i64: 0>, sizes = array<i64: 0>, strides = array<i64: 1>} : (tensor<8xf32>) -> tensor<4xf32>
  return
}

// -----

func.func @invalid(%x: tensor<8xf32>) {
  // expected-error @below {{reads element 9 of 8 along dimension 0}}
  // expected-error @below {{failed to infer returned types}}
  top.slice %x {offsets = array<i64: 3>, sizes = array<i64: 4>, strides = array<i64: 2>} : (tensor<8xf32>) -> tensor<4xf32>
  return
}

// -----

func.func @invalid(%x: tensor<8xf32>) {
  // expected-error @below {{reads element -1 of 8 along dimension 0}}
  // expected-error @below {{failed to infer returned types}}
  top.slice %x {offsets = array<i64: 2>, sizes = array<i64: 4>, strides = array<i64: -1>} : (tensor<8xf32>) -> tensor<4xf32>
  return
}

// -----

func.func @invalid(%x: tensor<8xf32>) {
  // expected-error @below {{reads element 9223372036854775807 of 8 along dimension 0}}
  // expected-error @below {{failed to infer returned types}}
  top.slice %x {offsets = array<i64: 9223372036854775807>, sizes = array<i64: 4>, strides = array<i64: 1>} : (tensor<8xf32>) -> tensor<4xf32>
  return
}

// -----

func.func @invalid(%x: tensor<8xf32>) {
  // expected-error @below {{expects 2 pads, found 1}}
  // expected-error @below {{failed to infer returned types}}
  top.pad %x {pads = array<i64: 1>} : (tensor<8xf32>) -> tensor<9xf32>
  return
}

// -----

func.func @invalid(%x: tensor<8xf32>) {
  // expected-error @below {{expects pads from 0 to 2147483647, found -1}}
  // expected-error @below {{failed to infer returned types}}
  top.pad %x {pads = array<i64: -1, 2>} : (tensor<8xf32>) -> tensor<9xf32>
  return
}

// -----

func.func @invalid(%x: tensor<8xf32>) {
  // expected-error @below {{cannot mirror 8 elements of dimension 0, which has 8}}
  // expected-error @below {{failed to infer returned types}}
  top.pad %x {pads = array<i64: 0, 8>, mode = "reflect"} : (tensor<8xf32>) -> tensor<9xf32>
  return
}

// -----

func.func @invalid(%x: tensor<8xf32>) {
  // expected-error @below {{attribute 'mode' failed to satisfy constraint: string attribute that is one of constant, reflect, edge}}
  top.pad %x {pads = array<i64: 0, 1>, mode = "wrap"} : (tensor<8xf32>) -> tensor<9xf32>
  return
}

// -----

func.func @invalid(%x: tensor<8xf32>) {
  // expected-error @below {{result #0 must be non-empty, statically shaped tensor}}
  top.pad %x {pads = array<i64: 2147483647, 2147483647>} : (tensor<8xf32>) -> tensor<4294967302xf32>
  return
}

// -----

//===--- reshape, expand, transpose and gather

func.func @invalid(%x: tensor<8xf32>) {
  // expected-error @below {{cannot give 8 elements a shape of 9}}
  top.reshape %x : (tensor<8xf32>) -> tensor<3x3xf32>
  return
}

// -----

func.func @invalid(%x: tensor<8xf32>) {
  // expected-error @below {{cannot change the element type from 'f32' to 'f16'}}
  top.reshape %x : (tensor<8xf32>) -> tensor<2x4xf16>
  return
}

// -----

func.func @invalid(%x: tensor<8xf32>) {
  // expected-error @below {{cannot broadcast 'tensor<8xf32>' to 'tensor<8x1xf32>'}}
  top.expand %x : (tensor<8xf32>) -> tensor<8x1xf32>
  return
}

// -----

func.func @invalid(%x: tensor<2x1xf32>) {
  // expected-error @below {{cannot broadcast 'tensor<2x1xf32>' to 'tensor<4xf32>'}}
  top.expand %x : (tensor<2x1xf32>) -> tensor<4xf32>
  return
}

// -----

func.func @invalid(%x: tensor<8xf32>) {
  // expected-error @below {{cannot change the element type from 'f32' to 'i32'}}
  top.expand %x : (tensor<8xf32>) -> tensor<2x8xi32>
  return
}

// -----

func.func @invalid(%x: tensor<4x8xf32>) {
  // expected-error @below {{expects 2 values of perm, found 1}}
  // expected-error @below {{failed to infer returned types}}
  top.transpose %x {perm = array<i64: 1>} : (tensor<4x8xf32>) -> tensor<8x4xf32>
  return
}

// -----

func.func @invalid(%x: tensor<4x8xf32>) {
  // expected-error @below {{axis 2 is not a dimension of a tensor of rank 2}}
  // expected-error @below {{failed to infer returned types}}
  top.transpose %x {perm = array<i64: 2, 0>} : (tensor<4x8xf32>) -> tensor<8x4xf32>
  return
}

// -----

func.func @invalid(%x: tensor<4x8xf32>) {
  // expected-error @below {{lists dimension 1 twice in perm}}
  // expected-error @below {{failed to infer returned types}}
  top.transpose %x {perm = array<i64: 1, 1>} : (tensor<4x8xf32>) -> tensor<8x4xf32>
  return
}

// -----

func.func @invalid(%x: tensor<4x8xf32>, %i: tensor<3xi64>) {
  // expected-error @below {{axis 2 is not a dimension of a tensor of rank 2}}
  // expected-error @below {{failed to infer returned types}}
  top.gather %x, %i {axis = 2 : i64} : (tensor<4x8xf32>, tensor<3xi64>) -> tensor<3x8xf32>
  return
}

// -----

func.func @invalid(%x: tensor<4x8xf32>, %i: tensor<3xf32>) {
  // expected-error @below {{operand #1 must be non-empty, statically shaped tensor of 64-bit signless integer or 32-bit signless integer values}}
  top.gather %x, %i {axis = 0 : i64} : (tensor<4x8xf32>, tensor<3xf32>) -> tensor<3x8xf32>
  return
}

// -----

//===--- resize

func.func @invalid(%x: tensor<1x3x4x4xf32>) {
  // expected-error @below {{attribute 'mode' failed to satisfy constraint: string attribute that is one of nearest, linear}}
  top.resize %x {mode = "cubic", coordinate_transformation = "half_pixel", scales = array<f64: 1.0, 1.0, 2.0, 2.0>} : (tensor<1x3x4x4xf32>) -> tensor<1x3x8x8xf32>
  return
}

// -----

func.func @invalid(%x: tensor<1x3x4x4xf32>) {
  // expected-error @below {{attribute 'coordinate_transformation' failed to satisfy constraint: string attribute that is one of asymmetric, half_pixel, align_corners, pytorch_half_pixel}}
  top.resize %x {mode = "linear", coordinate_transformation = "tf_crop_and_resize", scales = array<f64: 1.0, 1.0, 2.0, 2.0>} : (tensor<1x3x4x4xf32>) -> tensor<1x3x8x8xf32>
  return
}

// -----

func.func @invalid(%x: tensor<1x3x4x4xf32>) {
  // expected-error @below {{attribute 'nearest_mode' failed to satisfy constraint: string attribute that is one of floor, ceil, round_prefer_floor, round_prefer_ceil}}
  top.resize %x {mode = "linear", coordinate_transformation = "half_pixel", scales = array<f64: 1.0, 1.0, 2.0, 2.0>, nearest_mode = "simple"} : (tensor<1x3x4x4xf32>) -> tensor<1x3x8x8xf32>
  return
}

// -----

func.func @invalid(%x: tensor<1x3x4x4xf32>) {
  // expected-error @below {{expects 4 scales and result dimensions, found 2 and 4}}
  top.resize %x {mode = "linear", coordinate_transformation = "half_pixel", scales = array<f64: 2.0, 2.0>} : (tensor<1x3x4x4xf32>) -> tensor<1x3x8x8xf32>
  return
}

// -----

func.func @invalid(%x: tensor<1x3x4x4xf32>) {
  // expected-error @below {{expects 4 scales and result dimensions, found 4 and 3}}
  top.resize %x {mode = "linear", coordinate_transformation = "half_pixel", scales = array<f64: 1.0, 1.0, 2.0, 2.0>} : (tensor<1x3x4x4xf32>) -> tensor<3x8x8xf32>
  return
}

// -----

func.func @invalid(%x: tensor<1x3x4x4xf32>) {
  // expected-error @below {{expects scales that are positive numbers, found -2.000000e+00}}
  top.resize %x {mode = "linear", coordinate_transformation = "half_pixel", scales = array<f64: 1.0, 1.0, -2.0, 2.0>} : (tensor<1x3x4x4xf32>) -> tensor<1x3x8x8xf32>
  return
}

// -----

func.func @invalid(%x: tensor<1x3x4x4xf32>) {
  // expected-error @below {{expects scales that are positive numbers, found }}
  top.resize %x {mode = "linear", coordinate_transformation = "half_pixel", scales = array<f64: 1.0, 1.0, 0x7FF0000000000000, 2.0>} : (tensor<1x3x4x4xf32>) -> tensor<1x3x8x8xf32>
  return
}

// -----

func.func @invalid(%x: tensor<1x3x4x4xf32>) {
  // expected-error @below {{scale 2.000000e+00 makes 8.000000e+00 elements of 4 along dimension 3, the result has 16}}
  top.resize %x {mode = "linear", coordinate_transformation = "half_pixel", scales = array<f64: 1.0, 1.0, 2.0, 2.0>} : (tensor<1x3x4x4xf32>) -> tensor<1x3x8x16xf32>
  return
}

// -----

func.func @invalid(%x: tensor<1x3x4x4xf32>) {
  // expected-error @below {{cannot change the element type from 'f32' to 'f16'}}
  top.resize %x {mode = "linear", coordinate_transformation = "half_pixel", scales = array<f64: 1.0, 1.0, 2.0, 2.0>} : (tensor<1x3x4x4xf32>) -> tensor<1x3x8x8xf16>
  return
}

// -----

//===--- cast

func.func @invalid(%x: tensor<8xf32>) {
  // expected-error @below {{cannot change the shape from 'tensor<8xf32>' to 'tensor<2x4xf16>'}}
  top.cast %x : (tensor<8xf32>) -> tensor<2x4xf16>
  return
}

// -----

//===--- More elements than 64 bits can count.

func.func @invalid(%x: tensor<32x2147483647x2147483647xf32>) {
  // expected-error @below {{operand #0 must be non-empty, statically shaped tensor}}
  top.exp %x : (tensor<32x2147483647x2147483647xf32>) -> tensor<32x2147483647x2147483647xf32>
  return
}

// -----

//===--- Numbers as they are.

func.func @invalid(%a: tensor<4xf32>, %b: tensor<4xi64>) {
  // expected-error @below {{expects operands of one element type, found 'f32' and 'i64'}}
  top.compare %a, %b {kind = "less"} : (tensor<4xf32>, tensor<4xi64>) -> tensor<4xi1>
  return
}

// -----

func.func @invalid(%c: tensor<3xi1>, %a: tensor<4xf32>) {
  // expected-error @below {{cannot broadcast 'tensor<3xi1>', 'tensor<4xf32>' and 'tensor<4xf32>' to one shape}}
  // expected-error @below {{failed to infer returned types}}
  top.select %c, %a, %a : (tensor<3xi1>, tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  return
}

// -----

func.func @invalid(%c: tensor<4xi1>, %a: tensor<4xf32>, %b: tensor<4xi64>) {
  // expected-error @below {{chooses between elements of two types, 'f32' and 'i64'}}
  top.select %c, %a, %b : (tensor<4xi1>, tensor<4xf32>, tensor<4xi64>) -> tensor<4xf32>
  return
}

// -----

func.func @invalid(%b: tensor<1x9x4xf32>, %s: tensor<1x2x8xf32>) {
  // expected-error @below {{expects boxes [N, B, 4] and scores [N, C, B], found 'tensor<1x9x4xf32>' and 'tensor<1x2x8xf32>'}}
  // expected-error @below {{failed to infer returned types}}
  top.nms %b, %s {max_output = 3 : i64, iou_threshold = 0.5 : f32, score_threshold = 0.0 : f32, center_point_box = false}
    : (tensor<1x9x4xf32>, tensor<1x2x8xf32>) -> tensor<6x3xi64>
  return
}

// -----

func.func @invalid(%b: tensor<1x9x4xf32>, %s: tensor<1x2x9xf32>) {
  // expected-error @below {{expects a max_output from 1 to the 9 boxes, found 10}}
  // expected-error @below {{failed to infer returned types}}
  top.nms %b, %s {max_output = 10 : i64, iou_threshold = 0.5 : f32, score_threshold = 0.0 : f32, center_point_box = false}
    : (tensor<1x9x4xf32>, tensor<1x2x9xf32>) -> tensor<20x3xi64>
  return
}

// -----

func.func @invalid(%x: tensor<2x9xf32>) {
  // expected-error @below {{expects k from 1 to the 9 elements of dimension 1, found 10}}
  // expected-error @below {{failed to infer returned types}}
  top.top_k %x {axis = 1 : i64, k = 10 : i64} : (tensor<2x9xf32>) -> (tensor<2x10xf32>, tensor<2x10xi64>)
  return
}

// -----

func.func @invalid(%x: tensor<5x3xf32>, %i: tensor<4xi64>, %u: tensor<4x2xf32>) {
  // expected-error @below {{expects rows, an index for each of the updates, and updates of the size of a row}}
  // expected-error @below {{failed to infer returned types}}
  top.scatter %x, %i, %u {reduction = "add"} : (tensor<5x3xf32>, tensor<4xi64>, tensor<4x2xf32>) -> tensor<5x3xf32>
  return
}

// -----

func.func @invalid(%x: tensor<1x3x5x6xf32>, %g: tensor<2x4x4x2xf32>) {
  // expected-error @below {{expects images [N, C, H, W] and a grid [N, h, w, 2]}}
  // expected-error @below {{failed to infer returned types}}
  top.grid_sample %x, %g {mode = "linear", padding = "zeros", align_corners = false} : (tensor<1x3x5x6xf32>, tensor<2x4x4x2xf32>) -> tensor<1x3x4x4xf32>
  return
}
