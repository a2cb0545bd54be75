// The network takes what the camera gives.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: qc-opt %s --insert-picture --split-input-file | FileCheck %s
// RUN: qc-opt %s --insert-picture --insert-picture --split-input-file | FileCheck %s

// Mean and std move behind the picture, geometry and colour stay.
// CHECK: module attributes {qc.provenance = {preprocess_inserted = "resize=4x6 color=bgr mean=127.5 std=255"}}
// CHECK-LABEL: func.func @camera
// CHECK-SAME: %[[X:[a-z0-9]+]]: tensor<1x6x6xui8> {qc.name = "image", qc.picture = "nv12 yuv=bt709 placed", qc.preprocess = #qc.preprocess<"resize=4x6 color=bgr">}{{.*}}) -> tensor<1x3x4x6xf32>
// CHECK: %[[P:.*]] = top.picture %[[X]] {factor = array<f64: 1.000000e+00>, format = "nv12", layout = "nchw", matrix = "bt709", offset = array<f64: 0.000000e+00>, trained = "bgr"} : (tensor<1x6x6xui8>) -> tensor<1x3x4x6xf32>
// CHECK: %[[N:.*]] = top.scale %[[P]]
// CHECK: top.relu %[[N]]
func.func @camera(%x: tensor<1x3x4x6xf32> {qc.name = "image", qc.picture = "nv12 yuv=bt709",
    qc.preprocess = #qc.preprocess<"resize=4x6 color=bgr mean=127.5 std=255">}) -> tensor<1x3x4x6xf32> {
  %0 = top.relu %x : (tensor<1x3x4x6xf32>) -> tensor<1x3x4x6xf32>
  return %0 : tensor<1x3x4x6xf32>
}

// -----

// A network with channels last gets them so; rows may be longer than pictures.
// CHECK-LABEL: func.func @last
// CHECK-SAME: tensor<1x4x8x3xui8> {qc.picture = "rgb layout=nhwc stride=8 width=6 placed"}
// CHECK: %[[P:.*]] = top.picture %{{.*}} {{.*}}trained = "rgb"} : (tensor<1x4x8x3xui8>) -> tensor<1x3x4x6xf32>
// CHECK: %[[T:.*]] = top.transpose %[[P]] {perm = array<i64: 0, 2, 3, 1>}
// CHECK: return %[[T]]
func.func @last(%x: tensor<1x4x6x3xf32> {qc.picture = "rgb stride=8"}) -> tensor<1x4x6x3xf32> {
  return %x : tensor<1x4x6x3xf32>
}

// -----

// Numbers of any shape.
// CHECK-LABEL: func.func @numbers
// CHECK-SAME: tensor<2x8xi8> {qc.picture = "s8 placed"}
// CHECK: top.picture {{.*}}format = "s8"{{.*}}trained = "same"} : (tensor<2x8xi8>) -> tensor<2x8xf32>
func.func @numbers(%x: tensor<2x8xf32> {qc.picture = "s8"}) -> tensor<2x8xf32> {
  return %x : tensor<2x8xf32>
}

// -----

// Floats only change their order; so do results.
// CHECK-LABEL: func.func @floats
// CHECK-SAME: tensor<1x4x6x3xf32> {qc.picture = "f32 layout=nhwc placed", qc.preprocess = #qc.preprocess<"mean=1,2,3 layout=nhwc">}
// CHECK-SAME: -> (tensor<1x4x6x3xf32> {qc.name = "y", qc.permutation = array<i64: 0, 2, 3, 1>})
// CHECK: %[[A:.*]] = top.transpose %{{.*}} {perm = array<i64: 0, 3, 1, 2>}
// CHECK: %[[B:.*]] = top.relu %[[A]]
// CHECK: %[[C:.*]] = top.transpose %[[B]] {perm = array<i64: 0, 2, 3, 1>}
// CHECK: return %[[C]]
func.func @floats(%x: tensor<1x3x4x6xf32> {qc.picture = "f32 layout=nhwc", qc.preprocess = #qc.preprocess<"mean=1,2,3">})
    -> (tensor<1x3x4x6xf32> {qc.name = "y", qc.output_layout = "nhwc"}) {
  %0 = top.relu %x : (tensor<1x3x4x6xf32>) -> tensor<1x3x4x6xf32>
  return %0 : tensor<1x3x4x6xf32>
}

// -----

// Symmetric activations hold pixels less 128 in steps of one: the mean is less, too.
// CHECK-LABEL: func.func @symmetric
// CHECK-DAG: top.picture {{.*}}offset = array<f64: -1.280000e+02>
// CHECK-DAG: top.constant dense<{{-?}}0.000000e+00> : tensor<3xf32>
// CHECK: return
module attributes {qc.target = #qc.target<"horizon", {}>} {
  func.func @symmetric(%x: tensor<1x3x4x6xf32> {qc.picture = "rgb", qc.preprocess = #qc.preprocess<"mean=128 std=64">}) -> tensor<1x3x4x6xf32> {
    return %x : tensor<1x3x4x6xf32>
  }
}
