// Ops that change nothing go, roundabout ones get simpler.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: qc-opt %s --remove-identities | FileCheck %s
// RUN: qc-opt %s --remove-identities --mlir-print-debuginfo | FileCheck %s --check-prefix=NAMES
// RUN: qc-opt %s --remove-identities --mlir-print-debuginfo | FileCheck %s --check-prefix=PARTS
// RUN: %python %S/Inputs/same_results.py %s --remove-identities | qc-opt --check-execute -o /dev/null

// The last name stays in front where nobody else reads the value.
// CHECK-LABEL: func @names
// CHECK: %[[T:.*]] = top.tanh
// CHECK: %[[S:.*]] = top.sigmoid
// CHECK-NEXT: return %[[T]], %[[S]], %[[S]]
// NAMES-LABEL: func @names
// NAMES: top.tanh {{.*}} loc(#[[T:.*]])
// NAMES: top.sigmoid {{.*}} loc(#[[S:.*]])
// NAMES: return
// NAMES-DAG: #[[TANH:.*]] = loc("tanh")
// NAMES-DAG: #[[SAME:.*]] = loc("same")
// NAMES-DAG: #[[SIGMOID:.*]] = loc("sigmoid")
// NAMES-DAG: #[[ALSO:.*]] = loc("also")
// NAMES-DAG: #[[T]] = loc(fused[#[[SAME]], #[[TANH]]])
// NAMES-DAG: #[[S]] = loc(fused[#[[SIGMOID]], #[[ALSO]]])
func.func @names(%x: tensor<2x4xf32>) -> (tensor<2x4xf32>, tensor<2x4xf32>, tensor<2x4xf32>) {
  %0 = top.tanh %x : (tensor<2x4xf32>) -> tensor<2x4xf32> loc("tanh")
  %1 = top.reshape %0 : (tensor<2x4xf32>) -> tensor<2x4xf32> loc("same")
  %2 = top.sigmoid %x : (tensor<2x4xf32>) -> tensor<2x4xf32> loc("sigmoid")
  %3 = top.pad %2 {pads = array<i64: 0, 0, 0, 0>} : (tensor<2x4xf32>) -> tensor<2x4xf32> loc("also")
  return %1, %2, %3 : tensor<2x4xf32>, tensor<2x4xf32>, tensor<2x4xf32>
}

// CHECK-LABEL: func @nothing
// CHECK-NEXT: return %arg0, %arg0, %arg0, %arg0
func.func @nothing(%x: tensor<1x2x4x4xf32>)
    -> (tensor<1x2x4x4xf32>, tensor<1x2x4x4xf32>, tensor<1x2x4x4xf32>, tensor<1x2x4x4xf32>) {
  %one = top.constant dense<1.0> : tensor<2xf32>
  %zero = top.constant dense<0.0> : tensor<2xf32>
  %0 = top.scale %x, %one, %zero : (tensor<1x2x4x4xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<1x2x4x4xf32>
  %1 = top.max_pool %x {kernel = array<i64: 1, 1>, strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>}
    : (tensor<1x2x4x4xf32>) -> tensor<1x2x4x4xf32>
  %2 = top.avg_pool %x {kernel = array<i64: 1, 1>, strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>}
    : (tensor<1x2x4x4xf32>) -> tensor<1x2x4x4xf32>
  %3 = top.clip %x : (tensor<1x2x4x4xf32>) -> tensor<1x2x4x4xf32>
  return %0, %1, %2, %3 : tensor<1x2x4x4xf32>, tensor<1x2x4x4xf32>, tensor<1x2x4x4xf32>, tensor<1x2x4x4xf32>
}

// CHECK-LABEL: func @clamps
// CHECK: %[[A:.*]] = top.clip %arg0 {max = 6.000000e+00 : f32, min = 0.000000e+00 : f32}
// CHECK: %[[B:.*]] = top.relu %arg0
// CHECK: %[[C:.*]] = top.clip %arg0 {max = 1.000000e+00 : f32, min = 1.000000e+00 : f32}
// CHECK: %[[D:.*]] = top.relu %arg0
// CHECK: %[[E:.*]] = top.min %arg0
// CHECK: return %[[A]], %[[B]], %[[C]], %[[D]], %[[E]]
func.func @clamps(%x: tensor<4xf32>)
    -> (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>) {
  %zero = top.constant dense<0.0> : tensor<f32>
  %six = top.constant dense<6.0> : tensor<1xf32>
  %bounds = top.constant dense<[0.0, 1.0, 2.0, 3.0]> : tensor<4xf32>
  %0 = top.max %zero, %x : (tensor<f32>, tensor<4xf32>) -> tensor<4xf32>
  %1 = top.min %0, %six : (tensor<4xf32>, tensor<1xf32>) -> tensor<4xf32>
  %2 = top.max %x, %zero : (tensor<4xf32>, tensor<f32>) -> tensor<4xf32>
  %3 = top.clip %x {min = 2.0 : f32} : (tensor<4xf32>) -> tensor<4xf32>
  %4 = top.clip %3 {max = 1.0 : f32} : (tensor<4xf32>) -> tensor<4xf32>
  %5 = top.clip %x {min = 0.0 : f32} : (tensor<4xf32>) -> tensor<4xf32>
  %6 = top.min %x, %bounds : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  return %1, %2, %4, %5, %6 : tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>
}

// The expand is needed where both operands would be too small without it.
// CHECK-LABEL: func @expand
// CHECK: top.add %arg0, %arg1
// CHECK: %[[E:.*]] = top.expand
// CHECK: top.mul %[[E]], %arg1
func.func @expand(%x: tensor<2x4xf32>, %y: tensor<4xf32>) -> (tensor<2x4xf32>, tensor<3x4xf32>) {
  %0 = top.expand %y : (tensor<4xf32>) -> tensor<2x4xf32>
  %1 = top.add %x, %0 : (tensor<2x4xf32>, tensor<2x4xf32>) -> tensor<2x4xf32>
  %2 = top.expand %y : (tensor<4xf32>) -> tensor<3x4xf32>
  %3 = top.mul %2, %y : (tensor<3x4xf32>, tensor<4xf32>) -> tensor<3x4xf32>
  return %1, %3 : tensor<2x4xf32>, tensor<3x4xf32>
}

// CHECK-LABEL: func @reduce
// CHECK: %[[R:.*]] = top.reshape %arg0 : (tensor<2x1x4xf32>) -> tensor<2x4xf32>
// CHECK: %[[M:.*]] = top.reduce_max
// CHECK: return %[[R]], %[[M]]
func.func @reduce(%x: tensor<2x1x4xf32>) -> (tensor<2x4xf32>, tensor<2xf32>) {
  %0 = top.reduce_mean %x {axes = array<i64: 1>, keepdims = false} : (tensor<2x1x4xf32>) -> tensor<2x4xf32>
  %1 = top.reduce_max %x {axes = array<i64: 1, 2>, keepdims = false} : (tensor<2x1x4xf32>) -> tensor<2xf32>
  return %0, %1 : tensor<2x4xf32>, tensor<2xf32>
}

// CHECK-LABEL: func @parts
// CHECK-NEXT: %[[C:.*]] = top.concat
// CHECK-NEXT: return %arg0, %arg0, %arg0, %arg1, %[[C]]
func.func @parts(%x: tensor<2x6xf32>, %y: tensor<2x3xf32>)
    -> (tensor<2x6xf32>, tensor<2x6xf32>, tensor<2x6xf32>, tensor<2x3xf32>, tensor<2x9xf32>) {
  %0 = top.slice %x {offsets = array<i64: 0, 0>, sizes = array<i64: 2, 2>, strides = array<i64: 1, 1>} : (tensor<2x6xf32>) -> tensor<2x2xf32>
  %1 = top.slice %x {offsets = array<i64: 0, 2>, sizes = array<i64: 2, 4>, strides = array<i64: 1, 1>} : (tensor<2x6xf32>) -> tensor<2x4xf32>
  %2 = top.concat %0, %1 {axis = 1 : i64} : (tensor<2x2xf32>, tensor<2x4xf32>) -> tensor<2x6xf32>
  %3, %4 = top.split %x {axis = 1 : i64} : (tensor<2x6xf32>) -> (tensor<2x2xf32>, tensor<2x4xf32>)
  %5 = top.concat %3, %4 {axis = 1 : i64} : (tensor<2x2xf32>, tensor<2x4xf32>) -> tensor<2x6xf32>
  %6 = top.concat %x, %y {axis = 1 : i64} : (tensor<2x6xf32>, tensor<2x3xf32>) -> tensor<2x9xf32>
  %7, %8 = top.split %6 {axis = 1 : i64} : (tensor<2x9xf32>) -> (tensor<2x6xf32>, tensor<2x3xf32>)
  return %2, %5, %7, %8, %6 : tensor<2x6xf32>, tensor<2x6xf32>, tensor<2x6xf32>, tensor<2x3xf32>, tensor<2x9xf32>
}

// CHECK-LABEL: func @names_of_parts
// PARTS-LABEL: func @names_of_parts
// PARTS: top.tanh {{.*}} loc(#[[P:.*]])
// PARTS: top.sigmoid {{.*}} loc(#[[Q:.*]])
// PARTS: return
// PARTS-DAG: #[[FIRST:.*]] = loc("first")
// PARTS-DAG: #[[SECOND:.*]] = loc("second")
// PARTS-DAG: #[[LEFT:.*]] = loc("left")
// PARTS-DAG: #[[RIGHT:.*]] = loc("right")
// PARTS-DAG: #[[P]] = loc(fused[#[[LEFT]], #[[FIRST]]])
// PARTS-DAG: #[[Q]] = loc(fused[#[[RIGHT]], #[[SECOND]]])
func.func @names_of_parts(%x: tensor<2x6xf32>) -> (tensor<2x6xf32>, tensor<2x6xf32>) {
  %0 = top.tanh %x : (tensor<2x6xf32>) -> tensor<2x6xf32> loc("left")
  %1 = top.sigmoid %x : (tensor<2x6xf32>) -> tensor<2x6xf32> loc("right")
  %2 = top.concat %0, %1 {axis = 1 : i64} : (tensor<2x6xf32>, tensor<2x6xf32>) -> tensor<2x12xf32> loc("joined")
  %3, %4 = top.split %2 {axis = 1 : i64} : (tensor<2x12xf32>) -> (tensor<2x6xf32>, tensor<2x6xf32>) loc(fused["first", "second"])
  return %3, %4 : tensor<2x6xf32>, tensor<2x6xf32>
}

// Another order, a gap, another tensor, other places to split.
// CHECK-LABEL: func @not_parts
// CHECK-COUNT-3: top.concat
// CHECK: top.split
func.func @not_parts(%x: tensor<2x6xf32>, %y: tensor<2x2xf32>)
    -> (tensor<2x6xf32>, tensor<2x5xf32>, tensor<2x4xf32>, tensor<2x4xf32>) {
  %0, %1 = top.split %x {axis = 1 : i64} : (tensor<2x6xf32>) -> (tensor<2x2xf32>, tensor<2x4xf32>)
  %2 = top.concat %1, %0 {axis = 1 : i64} : (tensor<2x4xf32>, tensor<2x2xf32>) -> tensor<2x6xf32>
  %3 = top.slice %x {offsets = array<i64: 0, 3>, sizes = array<i64: 2, 3>, strides = array<i64: 1, 1>} : (tensor<2x6xf32>) -> tensor<2x3xf32>
  %4 = top.concat %0, %3 {axis = 1 : i64} : (tensor<2x2xf32>, tensor<2x3xf32>) -> tensor<2x5xf32>
  %5 = top.concat %x, %y {axis = 1 : i64} : (tensor<2x6xf32>, tensor<2x2xf32>) -> tensor<2x8xf32>
  %6, %7 = top.split %5 {axis = 1 : i64} : (tensor<2x8xf32>) -> (tensor<2x4xf32>, tensor<2x4xf32>)
  return %2, %4, %6, %7 : tensor<2x6xf32>, tensor<2x5xf32>, tensor<2x4xf32>, tensor<2x4xf32>
}

// CHECK-LABEL: func @slices
// CHECK: %[[A:.*]] = top.slice %arg0 {offsets = array<i64: 1, 5>, sizes = array<i64: 1, 2>, strides = array<i64: 1, -4>}
// CHECK: %[[B:.*]] = top.slice %arg1 {offsets = array<i64: 0, 1>, sizes = array<i64: 2, 2>, strides = array<i64: 1, 1>}
// CHECK: return %[[A]], %[[B]]
func.func @slices(%x: tensor<2x6xf32>, %y: tensor<2x3xf32>) -> (tensor<1x2xf32>, tensor<2x2xf32>) {
  %0 = top.slice %x {offsets = array<i64: 0, 5>, sizes = array<i64: 2, 3>, strides = array<i64: 1, -2>} : (tensor<2x6xf32>) -> tensor<2x3xf32>
  %1 = top.slice %0 {offsets = array<i64: 1, 0>, sizes = array<i64: 1, 2>, strides = array<i64: 1, 2>} : (tensor<2x3xf32>) -> tensor<1x2xf32>
  %2 = top.concat %x, %y {axis = 1 : i64} : (tensor<2x6xf32>, tensor<2x3xf32>) -> tensor<2x9xf32>
  %3 = top.slice %2 {offsets = array<i64: 0, 7>, sizes = array<i64: 2, 2>, strides = array<i64: 1, 1>} : (tensor<2x9xf32>) -> tensor<2x2xf32>
  return %1, %3 : tensor<1x2xf32>, tensor<2x2xf32>
}

// CHECK-LABEL: func @gathers
// CHECK: %[[S:.*]] = top.slice %arg0 {offsets = array<i64: 0, 5>, sizes = array<i64: 2, 1>, strides = array<i64: 1, 1>}
// CHECK: %[[A:.*]] = top.reshape %[[S]] : (tensor<2x1xf32>) -> tensor<2xf32>
// CHECK: %[[B:.*]] = top.slice %arg0 {offsets = array<i64: 0, 4>, sizes = array<i64: 2, 3>, strides = array<i64: 1, -2>}
// CHECK: %[[C:.*]] = top.gather
// CHECK: %[[D:.*]] = top.gather
// CHECK: return %[[A]], %[[B]], %arg0, %[[C]], %[[D]]
func.func @gathers(%x: tensor<2x6xf32>)
    -> (tensor<2xf32>, tensor<2x3xf32>, tensor<2x6xf32>, tensor<2x3xf32>, tensor<2x2xf32>) {
  %last = top.constant dense<-1> : tensor<i64>
  %even = top.constant dense<[4, 2, 0]> : tensor<3xi64>
  %all = top.constant dense<[0, 1, 2, 3, 4, 5]> : tensor<6xi64>
  %uneven = top.constant dense<[0, 1, 3]> : tensor<3xi64>
  %twice = top.constant dense<[1, 1]> : tensor<2xi64>
  %0 = top.gather %x, %last {axis = 1 : i64} : (tensor<2x6xf32>, tensor<i64>) -> tensor<2xf32>
  %1 = top.gather %x, %even {axis = 1 : i64} : (tensor<2x6xf32>, tensor<3xi64>) -> tensor<2x3xf32>
  %2 = top.gather %x, %all {axis = 1 : i64} : (tensor<2x6xf32>, tensor<6xi64>) -> tensor<2x6xf32>
  %3 = top.gather %x, %uneven {axis = 1 : i64} : (tensor<2x6xf32>, tensor<3xi64>) -> tensor<2x3xf32>
  %4 = top.gather %x, %twice {axis = 1 : i64} : (tensor<2x6xf32>, tensor<2xi64>) -> tensor<2x2xf32>
  return %0, %1, %2, %3, %4 : tensor<2xf32>, tensor<2x3xf32>, tensor<2x6xf32>, tensor<2x3xf32>, tensor<2x2xf32>
}

// What was not replaced is read from where it was before, and what was, from what took its place; not both at once.
// CHECK-LABEL: func @replaced
// CHECK: %[[U:.*]] = top.gather
// CHECK: %[[V:.*]] = top.reshape %[[U]]
// CHECK: %[[A:.*]] = top.slice %arg0 {offsets = array<i64: 0, 1>, sizes = array<i64: 2, 1>, strides = array<i64: 1, 1>}
// CHECK: %[[B:.*]] = top.slice %[[V]] {offsets = array<i64: 0, 1>, sizes = array<i64: 2, 2>, strides = array<i64: 1, 1>}
// CHECK: return %[[A]], %[[B]], %arg1
func.func @replaced(%x: tensor<2x3xf32>, %new: tensor<2x1xf32>) -> (tensor<2x1xf32>, tensor<2x2xf32>, tensor<2x1xf32>) {
  %rows = top.reshape %x : (tensor<2x3xf32>) -> tensor<6x1xf32>
  %joined = top.concat %rows, %new {axis = 0 : i64} : (tensor<6x1xf32>, tensor<2x1xf32>) -> tensor<8x1xf32>
  %places = top.constant dense<[0, 1, 6, 3, 4, 7]> : tensor<6xi64>
  %picked = top.gather %joined, %places {axis = 0 : i64} : (tensor<8x1xf32>, tensor<6xi64>) -> tensor<6x1xf32>
  %y = top.reshape %picked : (tensor<6x1xf32>) -> tensor<2x3xf32>
  %0 = top.slice %y {offsets = array<i64: 0, 1>, sizes = array<i64: 2, 1>, strides = array<i64: 1, 1>} : (tensor<2x3xf32>) -> tensor<2x1xf32>
  %1 = top.slice %y {offsets = array<i64: 0, 1>, sizes = array<i64: 2, 2>, strides = array<i64: 1, 1>} : (tensor<2x3xf32>) -> tensor<2x2xf32>
  %2 = top.slice %y {offsets = array<i64: 0, 2>, sizes = array<i64: 2, 1>, strides = array<i64: 1, 1>} : (tensor<2x3xf32>) -> tensor<2x1xf32>
  return %0, %1, %2 : tensor<2x1xf32>, tensor<2x2xf32>, tensor<2x1xf32>
}

// The same behind transposes, as exporters write what is replaced in the last dimension.
// CHECK-LABEL: func @replaced_across
// CHECK: %[[A:.*]] = top.slice %arg0 {offsets = array<i64: 0, 1>, sizes = array<i64: 2, 2>, strides = array<i64: 1, 1>}
// CHECK: return %[[A]]
func.func @replaced_across(%x: tensor<2x3xf32>, %new: tensor<1x2xf32>) -> tensor<2x2xf32> {
  %turned = top.transpose %x {perm = array<i64: 1, 0>} : (tensor<2x3xf32>) -> tensor<3x2xf32>
  %joined = top.concat %turned, %new {axis = 0 : i64} : (tensor<3x2xf32>, tensor<1x2xf32>) -> tensor<4x2xf32>
  %places = top.constant dense<[3, 1, 2]> : tensor<3xi64>
  %picked = top.gather %joined, %places {axis = 0 : i64} : (tensor<4x2xf32>, tensor<3xi64>) -> tensor<3x2xf32>
  %back = top.transpose %picked {perm = array<i64: 1, 0>} : (tensor<3x2xf32>) -> tensor<2x3xf32>
  %0 = top.slice %back {offsets = array<i64: 0, 1>, sizes = array<i64: 2, 2>, strides = array<i64: 1, 1>} : (tensor<2x3xf32>) -> tensor<2x2xf32>
  return %0 : tensor<2x2xf32>
}
