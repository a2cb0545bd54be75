// The phase as a whole: a block of a residual network and one of a transformer.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: qc-opt %s --prepare | FileCheck %s
// RUN: qc-opt %s --prepare=insert-preprocess=true | FileCheck %s --check-prefix=RAW
// RUN: %python %S/Inputs/same_results.py %s --prepare | qc-opt --check-execute -o /dev/null
// RUN: qc-opt %s --mlir-print-debuginfo --prepare -o %t.once
// RUN: qc-opt %t.once --mlir-print-debuginfo --prepare -o %t.twice && diff %t.once %t.twice

// CHECK-LABEL: func @residual
// CHECK: %[[C:.*]] = top.conv %arg0, {{.*}} {act_min = 0.000000e+00 : f32, {{.*}}pads = array<i64: 1, 1, 1, 1>
// CHECK-NOT: top.{{[b-z]}}
// CHECK: %[[Y:.*]] = top.add %[[C]], %arg0 {act_max = 6.000000e+00 : f32, act_min = 0.000000e+00 : f32}
// CHECK-NEXT: return %[[Y]]
// RAW-LABEL: func @residual
// RAW-SAME: #qc.preprocess<"resize=4x4">
// RAW: top.scale %arg0
func.func @residual(%x: tensor<1x1x4x4xf32> {qc.name = "x", qc.preprocess = #qc.preprocess<"resize=4x4 std=127.5">}) -> (tensor<1x1x4x4xf32> {qc.name = "y"}) {
  %w = top.constant dense<[[[[0.1, 0.2, 0.3], [-0.4, 0.5, 0.6], [0.7, -0.8, 0.9]]]]> : tensor<1x1x3x3xf32>
  %s = top.constant dense<2.0> : tensor<1xf32>
  %zero = top.constant dense<0.0> : tensor<f32>
  %six = top.constant dense<6.0> : tensor<f32>
  %0 = top.pad %x {pads = array<i64: 0, 0, 1, 1, 0, 0, 1, 1>} : (tensor<1x1x4x4xf32>) -> tensor<1x1x6x6xf32>
  %1 = top.conv %0, %w {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>}
    : (tensor<1x1x6x6xf32>, tensor<1x1x3x3xf32>) -> tensor<1x1x4x4xf32>
  %2 = top.add %1, %s : (tensor<1x1x4x4xf32>, tensor<1xf32>) -> tensor<1x1x4x4xf32>
  %3 = top.batch_norm %2, %s, %s, %s, %s {epsilon = 1.0e-5 : f32}
    : (tensor<1x1x4x4xf32>, tensor<1xf32>, tensor<1xf32>, tensor<1xf32>, tensor<1xf32>) -> tensor<1x1x4x4xf32>
  %4 = top.max %3, %zero : (tensor<1x1x4x4xf32>, tensor<f32>) -> tensor<1x1x4x4xf32>
  %5 = top.add %4, %x : (tensor<1x1x4x4xf32>, tensor<1x1x4x4xf32>) -> tensor<1x1x4x4xf32>
  %6 = top.max %5, %zero : (tensor<1x1x4x4xf32>, tensor<f32>) -> tensor<1x1x4x4xf32>
  %7 = top.min %6, %six : (tensor<1x1x4x4xf32>, tensor<f32>) -> tensor<1x1x4x4xf32>
  return %7 : tensor<1x1x4x4xf32>
}

// CHECK-LABEL: func @transformer
// CHECK: %[[N:.*]] = top.layer_norm %arg0 scale %{{.*}} bias
// CHECK: %[[M:.*]] = top.matmul %[[N]], %{{.*}}, %{{.*}} :
// CHECK: %[[G:.*]] = top.gelu %[[M]]
// CHECK: %[[Y:.*]] = top.add %arg0, %[[G]]
// CHECK-NEXT: return %[[Y]]
func.func @transformer(%x: tensor<1x4x2xf32>) -> tensor<1x4x2xf32> {
  %w = top.constant dense<[[0.5, -1.0], [2.0, 0.25]]> : tensor<2x2xf32>
  %b = top.constant dense<[0.5, -1.0]> : tensor<2xf32>
  %two = top.constant dense<2.0> : tensor<f32>
  %eps = top.constant dense<1.0e-5> : tensor<f32>
  %root = top.constant dense<1.41421354> : tensor<f32>
  %one = top.constant dense<1.0> : tensor<f32>
  %half = top.constant dense<0.5> : tensor<f32>
  %m = top.reduce_mean %x {axes = array<i64: 2>} : (tensor<1x4x2xf32>) -> tensor<1x4x1xf32>
  %d = top.sub %x, %m : (tensor<1x4x2xf32>, tensor<1x4x1xf32>) -> tensor<1x4x2xf32>
  %q = top.pow %d, %two : (tensor<1x4x2xf32>, tensor<f32>) -> tensor<1x4x2xf32>
  %v = top.reduce_mean %q {axes = array<i64: 2>} : (tensor<1x4x2xf32>) -> tensor<1x4x1xf32>
  %e = top.add %v, %eps : (tensor<1x4x1xf32>, tensor<f32>) -> tensor<1x4x1xf32>
  %s = top.sqrt %e : (tensor<1x4x1xf32>) -> tensor<1x4x1xf32>
  %n = top.div %d, %s : (tensor<1x4x2xf32>, tensor<1x4x1xf32>) -> tensor<1x4x2xf32>
  %p = top.mul %n, %b : (tensor<1x4x2xf32>, tensor<2xf32>) -> tensor<1x4x2xf32>
  %l = top.add %p, %b : (tensor<1x4x2xf32>, tensor<2xf32>) -> tensor<1x4x2xf32>
  %t = top.transpose %w {perm = array<i64: 1, 0>} : (tensor<2x2xf32>) -> tensor<2x2xf32>
  %0 = top.matmul %l, %t : (tensor<1x4x2xf32>, tensor<2x2xf32>) -> tensor<1x4x2xf32>
  %1 = top.add %b, %0 : (tensor<2xf32>, tensor<1x4x2xf32>) -> tensor<1x4x2xf32>
  %2 = top.div %1, %root : (tensor<1x4x2xf32>, tensor<f32>) -> tensor<1x4x2xf32>
  %3 = top.erf %2 : (tensor<1x4x2xf32>) -> tensor<1x4x2xf32>
  %4 = top.add %3, %one : (tensor<1x4x2xf32>, tensor<f32>) -> tensor<1x4x2xf32>
  %5 = top.mul %1, %4 : (tensor<1x4x2xf32>, tensor<1x4x2xf32>) -> tensor<1x4x2xf32>
  %6 = top.mul %5, %half : (tensor<1x4x2xf32>, tensor<f32>) -> tensor<1x4x2xf32>
  %7 = top.add %x, %6 : (tensor<1x4x2xf32>, tensor<1x4x2xf32>) -> tensor<1x4x2xf32>
  return %7 : tensor<1x4x2xf32>
}
