// Pictures round-trip through text; what is odd is refused.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: qc-opt %s --split-input-file --verify-diagnostics | FileCheck %s

// CHECK-LABEL: func.func @picture(
func.func @picture(%x: tensor<1x6x6xui8>, %t: tensor<3x256xi8>) {
  // CHECK: tpu.picture %{{.*}}, %{{.*}} {format = "nv12", layout = "nhwc", matrix = "bt709", trained = "rgb"} : (tensor<1x6x6xui8>, tensor<3x256xi8>) -> tensor<1x4x4x3x!quant.uniform<i8:f32, 1.000000e+00:-128>>
  %0 = tpu.picture %x, %t {format = "nv12", layout = "nhwc", trained = "rgb", matrix = "bt709"}
    : (tensor<1x6x6xui8>, tensor<3x256xi8>) -> tensor<1x4x4x3x!quant.uniform<i8:f32, 1.0:-128>>
  return
}

// -----

func.func @invalid(%x: tensor<1x6x4xui8>, %t: tensor<2x256xi8>) {
  // expected-error @below {{expects 256 results, for all channels or for each of 3}}
  %0 = tpu.picture %x, %t {format = "nv12", layout = "nhwc", trained = "rgb", matrix = "bt709"}
    : (tensor<1x6x4xui8>, tensor<2x256xi8>) -> tensor<1x4x4x3x!quant.uniform<i8:f32, 1.0:-128>>
  return
}

// -----

func.func @invalid(%x: tensor<1x6x4xui8>, %t: tensor<1x256xi16>) {
  // expected-error @below {{does not hold what}}
  %0 = tpu.picture %x, %t {format = "nv12", layout = "nhwc", trained = "rgb", matrix = "bt709"}
    : (tensor<1x6x4xui8>, tensor<1x256xi16>) -> tensor<1x4x4x3x!quant.uniform<i8:f32, 1.0:-128>>
  return
}

// -----

func.func @invalid(%x: tensor<1x6x4xui8>, %t: tensor<1x256xi8>) {
  // expected-error @below {{unknown colour matrix 'bt2020'}}
  %0 = tpu.picture %x, %t {format = "nv12", layout = "nhwc", trained = "rgb", matrix = "bt2020"}
    : (tensor<1x6x4xui8>, tensor<1x256xi8>) -> tensor<1x4x4x3x!quant.uniform<i8:f32, 1.0:-128>>
  return
}

// -----

func.func @invalid(%x: tensor<1x6x4xui8>, %t: tensor<1x256xi8>) {
  // expected-error @below {{of 'nv12' has 1 channel, nv12 gives 3}}
  %0 = tpu.picture %x, %t {format = "nv12", layout = "nhwc", trained = "rgb", matrix = "bt709"}
    : (tensor<1x6x4xui8>, tensor<1x256xi8>) -> tensor<1x4x4x1x!quant.uniform<i8:f32, 1.0:-128>>
  return
}
