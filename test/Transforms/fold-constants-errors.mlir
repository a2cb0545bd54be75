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
