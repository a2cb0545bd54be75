// Blobs that a pass makes pass through bytecode, even when a pipe or a small
// file puts it anywhere in memory.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: qc-opt --fold-constants --emit-bytecode %s | qc-opt | FileCheck %s

// CHECK-LABEL: func.func @folded
func.func @folded() -> tensor<512xf32> {
  %a = top.constant dense<1.5> : tensor<512xf32>
  // CHECK: top.constant dense_resource
  %b = top.neg %a : (tensor<512xf32>) -> tensor<512xf32>
  return %b : tensor<512xf32>
}
