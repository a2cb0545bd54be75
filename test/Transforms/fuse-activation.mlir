// Activations become clamps of the ops in front of them.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: qc-opt %s --fuse-activation | FileCheck %s
// RUN: qc-opt %s --fuse-activation --mlir-print-debuginfo | FileCheck %s --check-prefix=NAMES
// RUN: %python %S/Inputs/same_results.py %s --fuse-activation | qc-opt --check-execute -o /dev/null

// CHECK-LABEL: func @relu_after_conv
// CHECK: %[[Y:.*]] = top.conv {{.*}} {act_min = 0.000000e+00 : f32, dilations
// CHECK-NEXT: return %[[Y]]
// NAMES: top.conv {{.*}} loc(#[[Y:.*]])
// NAMES: return
// NAMES-DAG: #[[LAST:.*]] = loc("relu"(#[[NODE:.*]]))
// NAMES-DAG: #[[NODE]] = loc("/act/Relu")
// NAMES-DAG: #[[FIRST:.*]] = loc("conv")
// NAMES-DAG: #[[Y]] = loc(fused[#[[LAST]], #[[FIRST]]])
func.func @relu_after_conv(%x: tensor<1x1x4x4xf32>) -> tensor<1x2x4x4xf32> {
  %w = top.constant dense<[[[[2.0]]], [[[-1.0]]]]> : tensor<2x1x1x1xf32>
  %0 = top.conv %x, %w {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>}
    : (tensor<1x1x4x4xf32>, tensor<2x1x1x1xf32>) -> tensor<1x2x4x4xf32> loc("conv")
  %1 = top.relu %0 : (tensor<1x2x4x4xf32>) -> tensor<1x2x4x4xf32> loc("relu"("/act/Relu"))
  return %1 : tensor<1x2x4x4xf32>
}

// CHECK-LABEL: func @every_op
// CHECK: top.matmul {{.*}} {act_max = 6.000000e+00 : f32, act_min = 0.000000e+00 : f32}
// CHECK: top.add {{.*}} {act_min = 0.000000e+00 : f32}
// CHECK: top.sub {{.*}} {act_max = 1.000000e+00 : f32}
// CHECK: top.mul {{.*}} {act_min = -1.000000e+00 : f32}
// CHECK: top.div {{.*}} {act_min = 0.000000e+00 : f32}
// CHECK: top.scale {{.*}} {act_max = 5.000000e-01 : f32, act_min = -5.000000e-01 : f32}
// CHECK-NEXT: return
func.func @every_op(%x: tensor<2x2xf32>, %y: tensor<2x2xf32>)
    -> (tensor<2x2xf32>, tensor<2x2xf32>, tensor<2x2xf32>, tensor<2x2xf32>, tensor<2x2xf32>, tensor<2x2xf32>) {
  %one = top.constant dense<1.0> : tensor<f32>
  %s = top.constant dense<[1.0, 2.0]> : tensor<2xf32>
  %0 = top.matmul %x, %y : (tensor<2x2xf32>, tensor<2x2xf32>) -> tensor<2x2xf32>
  %1 = top.clip %0 {min = 0.0 : f32, max = 6.0 : f32} : (tensor<2x2xf32>) -> tensor<2x2xf32>
  %2 = top.add %x, %y : (tensor<2x2xf32>, tensor<2x2xf32>) -> tensor<2x2xf32>
  %3 = top.relu %2 : (tensor<2x2xf32>) -> tensor<2x2xf32>
  %4 = top.sub %x, %y : (tensor<2x2xf32>, tensor<2x2xf32>) -> tensor<2x2xf32>
  %5 = top.min %one, %4 : (tensor<f32>, tensor<2x2xf32>) -> tensor<2x2xf32>
  %6 = top.mul %x, %y : (tensor<2x2xf32>, tensor<2x2xf32>) -> tensor<2x2xf32>
  %7 = top.clip %6 {min = -1.0 : f32} : (tensor<2x2xf32>) -> tensor<2x2xf32>
  %8 = top.div %x, %s : (tensor<2x2xf32>, tensor<2xf32>) -> tensor<2x2xf32>
  %9 = top.relu %8 : (tensor<2x2xf32>) -> tensor<2x2xf32>
  %10 = top.scale %x, %s, %s : (tensor<2x2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<2x2xf32>
  %11 = top.clip %10 {min = -0.5 : f32, max = 0.5 : f32} : (tensor<2x2xf32>) -> tensor<2x2xf32>
  return %1, %3, %5, %7, %9, %11 : tensor<2x2xf32>, tensor<2x2xf32>, tensor<2x2xf32>, tensor<2x2xf32>, tensor<2x2xf32>, tensor<2x2xf32>
}

// One clamp after the other, also where the second leaves a single number.
// CHECK-LABEL: func @chained
// CHECK: top.add {{.*}} {act_max = 1.000000e+00 : f32, act_min = 0.000000e+00 : f32}
// CHECK: top.add {{.*}} {act_max = 2.000000e+00 : f32, act_min = 2.000000e+00 : f32}
func.func @chained(%x: tensor<2x2xf32>, %y: tensor<2x2xf32>) -> (tensor<2x2xf32>, tensor<2x2xf32>) {
  %0 = top.add %x, %y {act_min = -1.0 : f32} : (tensor<2x2xf32>, tensor<2x2xf32>) -> tensor<2x2xf32>
  %1 = top.relu %0 : (tensor<2x2xf32>) -> tensor<2x2xf32>
  %2 = top.clip %1 {max = 1.0 : f32} : (tensor<2x2xf32>) -> tensor<2x2xf32>
  %3 = top.add %x, %y {act_max = 1.0 : f32} : (tensor<2x2xf32>, tensor<2x2xf32>) -> tensor<2x2xf32>
  %4 = top.clip %3 {min = 2.0 : f32} : (tensor<2x2xf32>) -> tensor<2x2xf32>
  return %2, %4 : tensor<2x2xf32>, tensor<2x2xf32>
}

// The calibrated range of the activation is the one that holds.
// CHECK-LABEL: func @calibrated
// CHECK: top.add {{.*}} -> tensor<2x!quant.calibrated<f32<0.000000e+00:4.000000e+00>>>
func.func @calibrated(%x: tensor<2xf32>, %y: tensor<2xf32>) -> tensor<2x!quant.calibrated<f32<0.0:4.0>>> {
  %0 = top.add %x, %y : (tensor<2xf32>, tensor<2xf32>) -> tensor<2x!quant.calibrated<f32<-4.0:4.0>>>
  %1 = top.relu %0 : (tensor<2x!quant.calibrated<f32<-4.0:4.0>>>) -> tensor<2x!quant.calibrated<f32<0.0:4.0>>>
  return %1 : tensor<2x!quant.calibrated<f32<0.0:4.0>>>
}

// Another user, an op without a clamp, bounds that are no single number.
// CHECK-LABEL: func @stays
// CHECK: top.add
// CHECK-NEXT: top.relu
// CHECK: top.tanh
// CHECK-NEXT: top.relu
// CHECK: top.add
// CHECK-NEXT: top.min
// CHECK: top.add
// CHECK-NEXT: top.max
func.func @stays(%x: tensor<2xf32>, %y: tensor<2xf32>)
    -> (tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<3x2xf32>) {
  %bounds = top.constant dense<[0.0, 1.0]> : tensor<2xf32>
  %up = top.constant dense<0.5> : tensor<3x1xf32>
  %0 = top.add %x, %y : (tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32>
  %1 = top.relu %0 : (tensor<2xf32>) -> tensor<2xf32>
  %2 = top.tanh %x : (tensor<2xf32>) -> tensor<2xf32>
  %3 = top.relu %2 : (tensor<2xf32>) -> tensor<2xf32>
  %4 = top.add %x, %y : (tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32>
  %5 = top.min %4, %bounds : (tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32>
  %6 = top.add %x, %y : (tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32>
  %7 = top.max %6, %up : (tensor<2xf32>, tensor<3x1xf32>) -> tensor<3x2xf32>
  return %0, %1, %3, %5, %7 : tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<3x2xf32>
}
