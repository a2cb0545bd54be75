// Where the last layer's correction loses what the ones before it gain, these stay.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: echo "x 1 -1 1" > %t.table
// RUN: echo "p 0.8 0 0.8" >> %t.table
// RUN: echo "c 7 0 7" >> %t.table
// RUN: echo "s 5 0 5" >> %t.table
// RUN: echo "d 5 0 5" >> %t.table
// RUN: echo "y 5 0 5" >> %t.table
// RUN: qc-opt %s --calibrate-ranges="table-in=%t.table" --correct="steps=bias data=random:32 quiet" -o %t.mlir
// RUN: FileCheck %s < %t.mlir
// RUN: qc-opt %s --calibrate-ranges="table-in=%t.table" --correct="steps=bias data=random:32 quiet threads=3" | diff %t.mlir -

// The first layer makes up for what the range of p cuts off. The range of s cuts
// places of which the second layer's mean consists, but not the one that the result is made of.
// CHECK: qc.corrections = {bias = {channels = 1 : i64,
// CHECK-DAG: top.constant dense<3.0{{[1-9].*}}> : tensor<1xf32>
// CHECK-DAG: top.constant dense<1.250000e-01> : tensor<1xf32>
func.func @main(%x: tensor<1x8x1x16xf32> {qc.name = "x"}) -> (tensor<1x1x1x1xf32> {qc.name = "y"}) {
  %w = top.constant dense<1.0> : tensor<1x8x1x1xf32>
  %b = top.constant dense<3.0> : tensor<1xf32>
  %m = top.constant dense<[[[[0.5, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0]]]]> : tensor<1x1x1x16xf32>
  %v = top.constant dense<1.0> : tensor<1x1x1x1xf32>
  %e = top.constant dense<0.125> : tensor<1xf32>
  %p = top.relu %x : (tensor<1x8x1x16xf32>) -> tensor<1x8x1x16xf32> loc("p")
  %c = top.conv %p, %w, %b {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>,
      dilations = array<i64: 1, 1>, group = 1 : i64}
    : (tensor<1x8x1x16xf32>, tensor<1x8x1x1xf32>, tensor<1xf32>) -> tensor<1x1x1x16xf32> loc("c")
  %s = top.mul %c, %m : (tensor<1x1x1x16xf32>, tensor<1x1x1x16xf32>) -> tensor<1x1x1x16xf32> loc("s")
  %d = top.conv %s, %v, %e {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>,
      dilations = array<i64: 1, 1>, group = 1 : i64}
    : (tensor<1x1x1x16xf32>, tensor<1x1x1x1xf32>, tensor<1xf32>) -> tensor<1x1x1x16xf32> loc("d")
  %y = top.slice %d {offsets = array<i64: 0, 0, 0, 0>, sizes = array<i64: 1, 1, 1, 1>, strides = array<i64: 1, 1, 1, 1>}
    : (tensor<1x1x1x16xf32>) -> tensor<1x1x1x1xf32> loc("y")
  return %y : tensor<1x1x1x1xf32>
}
