// Slices and pads round-trip through text and bytecode.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: qc-opt %s | qc-opt | FileCheck %s
// RUN: qc-opt --emit-bytecode %s | qc-opt | FileCheck %s

// CHECK-LABEL: func.func @slice
func.func @slice(%x: tensor<1x8x7xf32>) -> (tensor<1x3x7xf32>, tensor<1x8x4xf32>) {
  // CHECK: top.slice %{{.*}} {offsets = array<i64: 0, 1, 0>, sizes = array<i64: 1, 3, 7>, strides = array<i64: 1, 3, 1>} : (tensor<1x8x7xf32>) -> tensor<1x3x7xf32>
  %a = top.slice %x {offsets = array<i64: 0, 1, 0>, sizes = array<i64: 1, 3, 7>, strides = array<i64: 1, 3, 1>}
    : (tensor<1x8x7xf32>) -> tensor<1x3x7xf32>
  // CHECK: strides = array<i64: 1, -1, -2>
  %b = top.slice %x {offsets = array<i64: 0, 7, 6>, sizes = array<i64: 1, 8, 4>, strides = array<i64: 1, -1, -2>}
    : (tensor<1x8x7xf32>) -> tensor<1x8x4xf32>
  return %a, %b : tensor<1x3x7xf32>, tensor<1x8x4xf32>
}

// CHECK-LABEL: func.func @pad
func.func @pad(%x: tensor<2x4xf32>) {
  // CHECK: top.pad %{{.*}} {pads = array<i64: 0, 1, 0, 2>} : (tensor<2x4xf32>) -> tensor<2x7xf32>
  top.pad %x {pads = array<i64: 0, 1, 0, 2>} : (tensor<2x4xf32>) -> tensor<2x7xf32>
  // CHECK: top.pad %{{.*}} {pads = array<i64: 0, 1, 0, 2>, value = 0xFF800000 : f32}
  top.pad %x {pads = array<i64: 0, 1, 0, 2>, mode = "constant", value = 0xFF800000 : f32} : (tensor<2x4xf32>) -> tensor<2x7xf32>
  // CHECK: top.pad %{{.*}} {mode = "reflect", pads = array<i64: 1, 3, 0, 0>}
  top.pad %x {pads = array<i64: 1, 3, 0, 0>, mode = "reflect"} : (tensor<2x4xf32>) -> tensor<3x7xf32>
  // CHECK: top.pad %{{.*}} {mode = "edge", pads = array<i64: 5, 5, 5, 5>}
  top.pad %x {pads = array<i64: 5, 5, 5, 5>, mode = "edge"} : (tensor<2x4xf32>) -> tensor<12x14xf32>
  return
}
