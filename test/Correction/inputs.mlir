// A range that is far too wide is drawn in as long as the results come nearer.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: echo "x 4 -4 4" > %t.table
// RUN: echo "y 2 -2 2" >> %t.table
// RUN: qc-opt %s --calibrate-ranges="table-in=%t.table" --correct="steps=inputs data=random:32 quiet" -o %t.mlir
// RUN: FileCheck %s < %t.mlir
// RUN: qc-opt %s --calibrate-ranges="table-in=%t.table" --correct="steps=inputs data=random:32 quiet threads=3" | diff %t.mlir -

// CHECK: qc.corrections = {inputs = {inputs = 1 : i64,
// CHECK: func.func @main(%arg0: tensor<1x4x4x4x!quant.calibrated<f32<-{{[12]}}.{{[0-9]+}}:{{[12]}}.{{[0-9]+}}>>>
func.func @main(%x: tensor<1x4x4x4xf32> {qc.name = "x"}) -> (tensor<1x1x4x4xf32> {qc.name = "y"}) {
  %w = top.constant dense<[[[[0.5]], [[-0.25]], [[0.125]], [[0.375]]]]> : tensor<1x4x1x1xf32>
  %y = top.conv %x, %w {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>,
      dilations = array<i64: 1, 1>, group = 1 : i64}
    : (tensor<1x4x4x4xf32>, tensor<1x4x1x1xf32>) -> tensor<1x1x4x4xf32> loc("y")
  return %y : tensor<1x1x4x4xf32>
}
