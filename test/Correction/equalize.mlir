// A channel that leaves most of its tensor's range unused is made larger by the weights in front and smaller by those behind.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: split-file %s %t
// RUN: qc-opt %t/relu.mlir --calibrate-ranges="data=random:32 quiet" --correct="steps=equalize data=random:32 quiet" -o %t/relu.scaled.mlir
// RUN: FileCheck %s --check-prefix=RELU < %t/relu.scaled.mlir
// Threads do not show.
// RUN: qc-opt %t/relu.mlir --calibrate-ranges="data=random:32 quiet" --correct="steps=equalize data=random:32 quiet threads=3" | diff %t/relu.scaled.mlir -
// Unless tensors have to be those of the model.
// RUN: qc-opt %t/relu.mlir --calibrate-ranges="data=random:32 quiet" --correct="keep-tensors data=random:32 quiet" | FileCheck %s --check-prefix=KEPT --implicit-check-not=_scaled
// RUN: qc-opt %t/relu6.mlir --calibrate-ranges="data=random:32 quiet" --correct="steps=equalize data=random:32 quiet" | FileCheck %s --check-prefix=RELU6
// RUN: qc-opt %t/sum.mlir --calibrate-ranges="data=random:32 quiet" --correct="steps=equalize data=random:32 quiet" | FileCheck %s --check-prefix=SUM
// RUN: qc-opt %t/pinned.mlir --calibrate-ranges="data=random:32 quiet" --correct="steps=equalize data=random:32 quiet" | FileCheck %s --check-prefix=PINNED

// KEPT: qc.corrections = {bias = {
// KEPT-NOT: equalize = {

//--- relu.mlir
// Channel 1 is a hundred times smaller than channel 0, and counts as much in y.
// RELU: equalize = {channels = 1 : i64,
// RELU-DAG: top.constant dense<{{\[\[\[\[}}5.000000e-01]]{{.*}}[{{\[\[}}[[W:0?\.?[0-9.e+-]+]]]]
// RELU-DAG: dense<[1.000000e-01, [[B:[0-9.e+-]+]]]> : tensor<2xf32>
// The name is that of other values now; the model's own is behind it.
// RELU: top.conv {{.*}} loc([[LOC:#loc[0-9]*]])
// RELU: top.conv
// RELU-DAG: "p_scaled"
// RELU-DAG: loc("y")
func.func @main(%x: tensor<1x2x4x4xf32> {qc.name = "x"}) -> (tensor<1x1x4x4xf32> {qc.name = "y"}) {
  %w = top.constant dense<[[[[0.5]], [[0.5]]], [[[0.004]], [[-0.004]]]]> : tensor<2x2x1x1xf32>
  %b = top.constant dense<[0.1, 0.001]> : tensor<2xf32>
  %v = top.constant dense<[[[[0.5]], [[60.0]]]]> : tensor<1x2x1x1xf32>
  %p = top.conv %x, %w, %b {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>,
      dilations = array<i64: 1, 1>, group = 1 : i64, act_min = 0.0 : f32}
    : (tensor<1x2x4x4xf32>, tensor<2x2x1x1xf32>, tensor<2xf32>) -> tensor<1x2x4x4xf32> loc("p")
  %y = top.conv %p, %v {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>,
      dilations = array<i64: 1, 1>, group = 1 : i64}
    : (tensor<1x2x4x4xf32>, tensor<1x2x1x1xf32>) -> tensor<1x1x4x4xf32> loc("y")
  return %y : tensor<1x1x4x4xf32>
}

//--- relu6.mlir
// Channel 0 is clamped and keeps its weights, channel 1 stays below the clamp.
// RELU6: equalize = {channels = 1 : i64,
// RELU6: top.constant dense<{{\[\[\[\[}}9.000000e+00]], {{\[\[}}9.000000e+00
// RELU6: act_max = 6.000000e+00
func.func @main(%x: tensor<1x2x4x4xf32> {qc.name = "x"}) -> (tensor<1x1x4x4xf32> {qc.name = "y"}) {
  %w = top.constant dense<[[[[9.0]], [[9.0]]], [[[0.04]], [[-0.04]]]]> : tensor<2x2x1x1xf32>
  %v = top.constant dense<[[[[0.5]], [[60.0]]]]> : tensor<1x2x1x1xf32>
  %p = top.conv %x, %w {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>,
      dilations = array<i64: 1, 1>, group = 1 : i64, act_min = 0.0 : f32, act_max = 6.0 : f32}
    : (tensor<1x2x4x4xf32>, tensor<2x2x1x1xf32>) -> tensor<1x2x4x4xf32> loc("p")
  %y = top.conv %p, %v {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>,
      dilations = array<i64: 1, 1>, group = 1 : i64}
    : (tensor<1x2x4x4xf32>, tensor<1x2x1x1xf32>) -> tensor<1x1x4x4xf32> loc("y")
  return %y : tensor<1x1x4x4xf32>
}

//--- sum.mlir
// What is added is scaled alike: p, q and their sum.
// SUM: equalize = {channels = 2 : i64,
// SUM-DAG: "p_scaled"
// SUM-DAG: "q_scaled"
// SUM-DAG: "s_scaled"
func.func @main(%x: tensor<1x2x4x4xf32> {qc.name = "x"}) -> (tensor<1x1x4x4xf32> {qc.name = "y"}) {
  %w = top.constant dense<[[[[0.5]], [[0.5]]], [[[0.004]], [[-0.004]]]]> : tensor<2x2x1x1xf32>
  %u = top.constant dense<[[[[0.2]], [[-0.5]]], [[[0.004]], [[0.003]]]]> : tensor<2x2x1x1xf32>
  %v = top.constant dense<[[[[0.5]], [[60.0]]]]> : tensor<1x2x1x1xf32>
  %p = top.conv %x, %w {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>,
      dilations = array<i64: 1, 1>, group = 1 : i64}
    : (tensor<1x2x4x4xf32>, tensor<2x2x1x1xf32>) -> tensor<1x2x4x4xf32> loc("p")
  %q = top.conv %x, %u {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>,
      dilations = array<i64: 1, 1>, group = 1 : i64}
    : (tensor<1x2x4x4xf32>, tensor<2x2x1x1xf32>) -> tensor<1x2x4x4xf32> loc("q")
  %s = top.add %p, %q : (tensor<1x2x4x4xf32>, tensor<1x2x4x4xf32>) -> tensor<1x2x4x4xf32> loc("s")
  %y = top.conv %s, %v {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>,
      dilations = array<i64: 1, 1>, group = 1 : i64}
    : (tensor<1x2x4x4xf32>, tensor<1x2x1x1xf32>) -> tensor<1x1x4x4xf32> loc("y")
  return %y : tensor<1x1x4x4xf32>
}

//--- pinned.mlir
// A sigmoid, or who gets a result, would notice a factor.
// PINNED: equalize = {channels = 0 : i64,
// PINNED-NOT: _scaled
func.func @main(%x: tensor<1x2x4x4xf32> {qc.name = "x"}) -> (tensor<1x2x4x4xf32> {qc.name = "p"}, tensor<1x1x4x4xf32> {qc.name = "y"}) {
  %w = top.constant dense<[[[[0.5]], [[0.5]]], [[[0.004]], [[-0.004]]]]> : tensor<2x2x1x1xf32>
  %v = top.constant dense<[[[[0.5]], [[60.0]]]]> : tensor<1x2x1x1xf32>
  %p = top.conv %x, %w {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>,
      dilations = array<i64: 1, 1>, group = 1 : i64}
    : (tensor<1x2x4x4xf32>, tensor<2x2x1x1xf32>) -> tensor<1x2x4x4xf32> loc("p")
  %q = top.conv %x, %w {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>,
      dilations = array<i64: 1, 1>, group = 1 : i64}
    : (tensor<1x2x4x4xf32>, tensor<2x2x1x1xf32>) -> tensor<1x2x4x4xf32> loc("q")
  %s = top.sigmoid %q : (tensor<1x2x4x4xf32>) -> tensor<1x2x4x4xf32> loc("s")
  %y = top.conv %s, %v {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>,
      dilations = array<i64: 1, 1>, group = 1 : i64}
    : (tensor<1x2x4x4xf32>, tensor<1x2x1x1xf32>) -> tensor<1x1x4x4xf32> loc("y")
  return %p, %y : tensor<1x2x4x4xf32>, tensor<1x1x4x4xf32>
}
