// Weights whose inputs vary together are rounded for their sum, and stored as integers.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: qc-opt %s --calibrate-ranges="data=random:32 quiet" --correct="steps=rounding data=random:32 quiet" -o %t.mlir
// RUN: FileCheck %s < %t.mlir
// RUN: qc-opt %s --calibrate-ranges="data=random:32 quiet" --correct="steps=rounding data=random:32 quiet threads=3" | diff %t.mlir -
// The assignment and the lowering keep the integers that were chosen.
// RUN: qc-opt %t.mlir --assign-quantization -o - | FileCheck %s --check-prefix=ASSIGNED
// RUN: qc-opt %t.mlir --quantize -o - | FileCheck %s --check-prefix=LOWERED

// CHECK: qc.corrections = {rounding = {layers = 1 : i64,
// All inputs are the same one, and weights nearly cancel each other: what counts is the error of their sum.
// CHECK: top.quantized_constant {qc.parameters = [#qc.parameters<correction, "rounded for what the layer computes", fixed = true>]} dense<[{{.*}}[-21]{{.*}}[-126]{{.*}}]> : tensor<1x16x1x1xi8>
// The bias takes up what is left in the mean.
// CHECK: top.constant dense<{{.*}}> : tensor<1xf32>
// ASSIGNED: top.quantized_constant {{.*}} dense<[{{.*}}[-21]{{.*}}[-126]{{.*}}]> : tensor<1x16x1x1xi8>
// ASSIGNED: top.quantized_constant dense<{{.*}}> : tensor<1xi32>
// LOWERED: tpu.constant dense<{{.*}}-21, {{.*}} -126]{{.*}}> : tensor<1x1x1x16xi8>
func.func @main(%x: tensor<1x1x4x4xf32> {qc.name = "x"}) -> (tensor<1x1x4x4xf32> {qc.name = "y"}) {
  %u = top.constant dense<1.0> : tensor<16x1x1x1xf32>
  %w = top.constant dense<[[[[1.0]], [[0.147]], [[0.29]], [[0.354]], [[0.531]], [[0.288]], [[0.507]], [[-0.565]], [[-0.041]], [[0.532]], [[0.179]], [[0.481]], [[-0.464]], [[-0.037]], [[-0.304]], [[-2.798]]]]> : tensor<1x16x1x1xf32>
  %p = top.conv %x, %u {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>,
      dilations = array<i64: 1, 1>, group = 1 : i64, act_min = 0.0 : f32}
    : (tensor<1x1x4x4xf32>, tensor<16x1x1x1xf32>) -> tensor<1x16x4x4xf32> loc("p")
  %y = top.conv %p, %w {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>,
      dilations = array<i64: 1, 1>, group = 1 : i64}
    : (tensor<1x16x4x4xf32>, tensor<1x16x1x1xf32>) -> tensor<1x1x4x4xf32> loc("y")
  return %y : tensor<1x1x4x4xf32>
}
