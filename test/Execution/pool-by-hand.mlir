// Pools whose values are plain (those of pool.mlir are onnxruntime's).
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: qc-opt %s --check-execute -o /dev/null
// The same by the kernels of the runtime:
// RUN: sed -e '1i module attributes {qc.precision = "float"} {' -e '$a }' %s | qc-opt --legalize --check-execute -o /dev/null

// A single tap, which no dilation moves, over a single element.
func.func @avg_single_tap() {
  %0 = top.constant dense<[[[[0.5]], [[-2.0]]]]> : tensor<1x2x1x1xf32>
  %y = top.avg_pool %0 {kernel = array<i64: 1, 1>, strides = array<i64: 2, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 2>}
    : (tensor<1x2x1x1xf32>) -> tensor<1x2x1x1xf32>
  check.expect_eq %y, %0 : tensor<1x2x1x1xf32>, tensor<1x2x1x1xf32>
  return
}
