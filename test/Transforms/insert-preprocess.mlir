// Normalisation moves from the samples into the network.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: qc-opt %s --insert-preprocess | FileCheck %s
// RUN: qc-opt %s --insert-preprocess --mlir-print-debuginfo | FileCheck %s --check-prefix=NAMES

// CHECK-LABEL: func @per_channel
// CHECK-SAME: %[[X:.*]]: tensor<1x3x4x4xf32> {qc.name = "image", qc.preprocess = #qc.preprocess<"resize=4x4 color=bgr">}
// CHECK: %[[S:.*]] = top.constant dense<[5.000000e-01, 2.500000e-01, 1.250000e-01]>
// CHECK: %[[B:.*]] = top.constant dense<[-5.000000e-01, -5.000000e-01, -3.750000e-01]>
// CHECK: %[[N:.*]] = top.scale %[[X]], %[[S]], %[[B]]
// CHECK: top.relu %[[N]]
// CHECK: return %{{.*}}, %[[N]]
// NAMES: top.scale {{.*}} loc(#[[N:.*]])
// NAMES: return
// NAMES-DAG: #[[N]] = loc("image_normalized")
func.func @per_channel(%x: tensor<1x3x4x4xf32> {qc.name = "image", qc.preprocess =
    #qc.preprocess<"resize=4x4 color=bgr mean=1,2,3 std=2,4,8">}) -> (tensor<1x3x4x4xf32>, tensor<1x3x4x4xf32>) {
  %0 = top.relu %x : (tensor<1x3x4x4xf32>) -> tensor<1x3x4x4xf32>
  return %0, %x : tensor<1x3x4x4xf32>, tensor<1x3x4x4xf32>
}

// Channels last, or without a batch: a product and a sum.
// CHECK-LABEL: func @other_layouts
// CHECK-DAG: top.constant dense<[5.000000e-01, 2.500000e-01, 1.250000e-01]> : tensor<3xf32>
// CHECK-DAG: top.constant dense<{{.*}}> : tensor<3x1x1xf32>
// CHECK: top.mul
// CHECK: top.add
// CHECK: return
func.func @other_layouts(
    %x: tensor<1x4x4x3xf32> {qc.preprocess = #qc.preprocess<"mean=1,2,3 std=2,4,8">},
    %y: tensor<3x4x4xf32> {qc.preprocess = #qc.preprocess<"mean=1,2,3 std=2,4,8">})
    -> (tensor<1x4x4x3xf32>, tensor<3x4x4xf32>) {
  return %x, %y : tensor<1x4x4x3xf32>, tensor<3x4x4xf32>
}

// CHECK-LABEL: func @one_number
// CHECK-SAME: qc.preprocess = #qc.preprocess<"none">
// CHECK: top.constant dense<7.812500e-03> : tensor<1xf32>
// CHECK: top.constant dense<-1.000000e+00> : tensor<1xf32>
func.func @one_number(%x: tensor<1x16xf32> {qc.preprocess = #qc.preprocess<"mean=128 std=128">}) -> tensor<1x16xf32> {
  return %x : tensor<1x16xf32>
}

// CHECK-LABEL: func @nothing_to_do
// CHECK-SAME: #qc.preprocess<"resize=4x4">
// CHECK-NEXT: return %arg0
func.func @nothing_to_do(%x: tensor<1x3x4x4xf32> {qc.preprocess = #qc.preprocess<"resize=4x4">}) -> tensor<1x3x4x4xf32> {
  return %x : tensor<1x3x4x4xf32>
}
