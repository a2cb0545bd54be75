// Pooling round-trips through text and bytecode.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: qc-opt %s | qc-opt | FileCheck %s
// RUN: qc-opt --emit-bytecode %s | qc-opt | FileCheck %s

// CHECK-LABEL: func.func @max_pool
func.func @max_pool(%x: tensor<1x8x7x7xf32>) -> tensor<1x8x4x4xf32> {
  // CHECK: top.max_pool %{{.*}} {dilations = array<i64: 1, 1>, kernel = array<i64: 3, 3>, pads = array<i64: 1, 1, 1, 1>, strides = array<i64: 2, 2>} : (tensor<1x8x7x7xf32>) -> tensor<1x8x4x4xf32>
  %y = top.max_pool %x {kernel = array<i64: 3, 3>, strides = array<i64: 2, 2>, pads = array<i64: 1, 1, 1, 1>, dilations = array<i64: 1, 1>}
    : (tensor<1x8x7x7xf32>) -> tensor<1x8x4x4xf32>
  return %y : tensor<1x8x4x4xf32>
}

// The third window hangs over the end by one element.
// CHECK-LABEL: func.func @ceil_mode
func.func @ceil_mode(%x: tensor<1x8x6x6xf32>) -> tensor<1x8x3x3xf32> {
  // CHECK: ceil_mode = true
  %y = top.max_pool %x {kernel = array<i64: 3, 3>, strides = array<i64: 2, 2>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>, ceil_mode = true}
    : (tensor<1x8x6x6xf32>) -> tensor<1x8x3x3xf32>
  return %y : tensor<1x8x3x3xf32>
}

// A window that would start in the end padding is dropped, ceil_mode or not.
// CHECK-LABEL: func.func @ceil_mode_drops
func.func @ceil_mode_drops(%x: tensor<1x8x4x4xf32>) -> tensor<1x8x2x2xf32> {
  // CHECK: top.avg_pool
  %y = top.avg_pool %x {kernel = array<i64: 1, 1>, strides = array<i64: 3, 3>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>, ceil_mode = true}
    : (tensor<1x8x4x4xf32>) -> tensor<1x8x2x2xf32>
  return %y : tensor<1x8x2x2xf32>
}

// CHECK-LABEL: func.func @avg_pool_1d
func.func @avg_pool_1d(%x: tensor<2x8x16xf32>) -> tensor<2x8x9xf32> {
  // CHECK: top.avg_pool %{{.*}} {count_include_pad = true, dilations = array<i64: 1>
  %y = top.avg_pool %x {kernel = array<i64: 2>, strides = array<i64: 2>, pads = array<i64: 1, 1>, dilations = array<i64: 1>, count_include_pad = true}
    : (tensor<2x8x16xf32>) -> tensor<2x8x9xf32>
  return %y : tensor<2x8x9xf32>
}
