// Zeros around an image become pads of a window.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: qc-opt %s --fuse-padding | FileCheck %s
// RUN: %python %S/Inputs/same_results.py %s --fuse-padding | qc-opt --check-execute -o /dev/null

// CHECK-LABEL: func @conv
// CHECK: %[[Y:.*]] = top.conv %arg0, %{{.*}} pads = array<i64: 1, 2, 2, 1>
// CHECK-NEXT: return %[[Y]]
func.func @conv(%x: tensor<1x1x4x4xf32>) -> tensor<1x1x5x5xf32> {
  %w = top.constant dense<[[[[0.1, 0.2, 0.3], [-0.4, 0.5, 0.6], [0.7, -0.8, 0.9]]]]> : tensor<1x1x3x3xf32>
  %0 = top.pad %x {pads = array<i64: 0, 0, 0, 1, 0, 0, 1, 0>, mode = "constant", value = 0.0 : f32}
    : (tensor<1x1x4x4xf32>) -> tensor<1x1x5x5xf32>
  %1 = top.conv %0, %w {strides = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>, dilations = array<i64: 1, 1>}
    : (tensor<1x1x5x5xf32>, tensor<1x1x3x3xf32>) -> tensor<1x1x5x5xf32>
  return %1 : tensor<1x1x5x5xf32>
}

// CHECK-LABEL: func @avg_pool
// CHECK: %[[Y:.*]] = top.avg_pool %arg0 {{.*}}count_include_pad = true{{.*}} pads = array<i64: 1, 1>
// CHECK-NEXT: return %[[Y]]
func.func @avg_pool(%x: tensor<1x2x6xf32>) -> tensor<1x2x4xf32> {
  %0 = top.pad %x {pads = array<i64: 0, 0, 1, 0, 0, 1>, mode = "constant", value = 0.0 : f32}
    : (tensor<1x2x6xf32>) -> tensor<1x2x8xf32>
  %1 = top.avg_pool %0 {kernel = array<i64: 2>, strides = array<i64: 2>, pads = array<i64: 0, 0>, dilations = array<i64: 1>}
    : (tensor<1x2x8xf32>) -> tensor<1x2x4xf32>
  return %1 : tensor<1x2x4xf32>
}

// Another value, mode, dimension or op; another user; windows of zeros alone;
// pads that are not counted.
// CHECK-LABEL: func @stays
// CHECK-COUNT-7: top.pad
func.func @stays(%x: tensor<1x1x4xf32>)
    -> (tensor<1x1x4xf32>, tensor<1x1x4xf32>, tensor<1x1x4xf32>, tensor<1x1x6xf32>, tensor<1x1x6xf32>, tensor<1x1x4xf32>, tensor<1x1x10xf32>, tensor<1x1x8xf32>) {
  %w = top.constant dense<[[[0.1, 0.2, 0.3]]]> : tensor<1x1x3xf32>
  %w2 = top.constant dense<[[[0.1, 0.2, 0.3], [0.4, 0.5, 0.6]]]> : tensor<1x2x3xf32>
  %0 = top.pad %x {pads = array<i64: 0, 0, 1, 0, 0, 1>, mode = "constant", value = 1.0 : f32} : (tensor<1x1x4xf32>) -> tensor<1x1x6xf32>
  %1 = top.conv %0, %w {strides = array<i64: 1>, pads = array<i64: 0, 0>, dilations = array<i64: 1>} : (tensor<1x1x6xf32>, tensor<1x1x3xf32>) -> tensor<1x1x4xf32>
  %2 = top.pad %x {pads = array<i64: 0, 0, 1, 0, 0, 1>, mode = "edge"} : (tensor<1x1x4xf32>) -> tensor<1x1x6xf32>
  %3 = top.conv %2, %w {strides = array<i64: 1>, pads = array<i64: 0, 0>, dilations = array<i64: 1>} : (tensor<1x1x6xf32>, tensor<1x1x3xf32>) -> tensor<1x1x4xf32>
  %4 = top.pad %x {pads = array<i64: 0, 1, 0, 0, 0, 0>, mode = "constant"} : (tensor<1x1x4xf32>) -> tensor<1x2x4xf32>
  %5 = top.conv %4, %w2 {strides = array<i64: 1>, pads = array<i64: 1, 1>, dilations = array<i64: 1>} : (tensor<1x2x4xf32>, tensor<1x2x3xf32>) -> tensor<1x1x4xf32>
  %6 = top.pad %x {pads = array<i64: 0, 0, 1, 0, 0, 1>, mode = "constant"} : (tensor<1x1x4xf32>) -> tensor<1x1x6xf32>
  %7 = top.max_pool %6 {kernel = array<i64: 1>, strides = array<i64: 1>, pads = array<i64: 0, 0>, dilations = array<i64: 1>} : (tensor<1x1x6xf32>) -> tensor<1x1x6xf32>
  %8 = top.pad %x {pads = array<i64: 0, 0, 1, 0, 0, 1>, mode = "constant"} : (tensor<1x1x4xf32>) -> tensor<1x1x6xf32>
  %9 = top.conv %8, %w {strides = array<i64: 1>, pads = array<i64: 0, 0>, dilations = array<i64: 1>} : (tensor<1x1x6xf32>, tensor<1x1x3xf32>) -> tensor<1x1x4xf32>
  %10 = top.pad %x {pads = array<i64: 0, 0, 3, 0, 0, 4>, mode = "constant"} : (tensor<1x1x4xf32>) -> tensor<1x1x11xf32>
  %11 = top.avg_pool %10 {kernel = array<i64: 2>, strides = array<i64: 1>, pads = array<i64: 0, 0>, dilations = array<i64: 1>} : (tensor<1x1x11xf32>) -> tensor<1x1x10xf32>
  %12 = top.pad %x {pads = array<i64: 0, 0, 1, 0, 0, 1>, mode = "constant"} : (tensor<1x1x4xf32>) -> tensor<1x1x6xf32>
  %13 = top.avg_pool %12 {kernel = array<i64: 3>, strides = array<i64: 1>, pads = array<i64: 2, 2>, dilations = array<i64: 1>} : (tensor<1x1x6xf32>) -> tensor<1x1x8xf32>
  return %1, %3, %5, %7, %8, %9, %11, %13 : tensor<1x1x4xf32>, tensor<1x1x4xf32>, tensor<1x1x4xf32>, tensor<1x1x6xf32>, tensor<1x1x6xf32>, tensor<1x1x4xf32>, tensor<1x1x10xf32>, tensor<1x1x8xf32>
}
