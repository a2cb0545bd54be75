// What cannot be computed is left for the executor to report.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: qc-opt %s --fold-constants | FileCheck %s

// An index out of range: the op stays, for the executor to say so.
// CHECK-LABEL: func @cannot
// CHECK: top.gather
func.func @cannot(%x: tensor<8xf32>) -> tensor<8xf32> {
  %0 = top.constant dense<[1.0, 2.0]> : tensor<2xf32>
  %1 = top.constant dense<[0]> : tensor<1xi64>
  %bad = top.constant dense<[7]> : tensor<1xi64>
  %2 = top.gather %0, %1 {axis = 0 : i64} : (tensor<2xf32>, tensor<1xi64>) -> tensor<1xf32>
  %3 = top.gather %0, %bad {axis = 0 : i64} : (tensor<2xf32>, tensor<1xi64>) -> tensor<1xf32>
  %4 = top.add %x, %2 : (tensor<8xf32>, tensor<1xf32>) -> tensor<8xf32>
  return %4 : tensor<8xf32>
}

// A million elements under a million windows are left for whoever wants them.
// CHECK-LABEL: func @much_work
// CHECK: top.max_pool
func.func @much_work(%x: tensor<1x1x1025x1025xf32>) -> tensor<1x1x1025x1025xf32> {
  %c = top.constant dense<1.0> : tensor<1x1x2048x2048xf32>
  %p = top.max_pool %c {kernel = array<i64: 1024, 1024>, strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>} : (tensor<1x1x2048x2048xf32>) -> tensor<1x1x1025x1025xf32>
  return %x : tensor<1x1x1025x1025xf32>
}

// Short in the file, 4 TiB in memory.
// CHECK-LABEL: func @long_splat
// CHECK: top.neg
func.func @long_splat() -> tensor<1048576x1048576xf32> {
  %c = top.constant dense<1.0> : tensor<1048576x1048576xf32>
  %n = top.neg %c : (tensor<1048576x1048576xf32>) -> tensor<1048576x1048576xf32>
  return %n : tensor<1048576x1048576xf32>
}
