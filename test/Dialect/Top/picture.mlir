// Pictures round-trip through text and bytecode; what is odd is refused.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: qc-opt %s --split-input-file --verify-diagnostics | FileCheck %s

// CHECK-LABEL: func.func @picture(
func.func @picture(%x: tensor<1x6x6xui8>) {
  // CHECK: top.picture %{{.*}} {factor = array<f64: 1.000000e+00>, format = "nv12", layout = "nhwc", matrix = "bt601-video", offset = array<f64: -1.280000e+02>, trained = "bgr"} : (tensor<1x6x6xui8>) -> tensor<1x3x4x4xf32>
  %0 = top.picture %x {format = "nv12", layout = "nhwc", trained = "bgr", matrix = "bt601-video",
      factor = array<f64: 1.0>, offset = array<f64: -128.0>} : (tensor<1x6x6xui8>) -> tensor<1x3x4x4xf32>
  return
}

// -----

func.func @invalid(%x: tensor<1x5x4xui8>) {
  // expected-error @below {{of 'nv12' reads an input of shape}}
  %0 = top.picture %x {format = "nv12", layout = "nhwc", trained = "rgb", matrix = "bt601-full",
      factor = array<f64: 1.0>, offset = array<f64: 0.0>} : (tensor<1x5x4xui8>) -> tensor<1x3x4x4xf32>
  return
}

// -----

func.func @invalid(%x: tensor<1x3x4x4xui8>) {
  // expected-error @below {{reads 's8' from 'tensor<1x3x4x4xui8>', expected i8 for s8 and ui8 for others}}
  %0 = top.picture %x {format = "s8", layout = "nchw", trained = "same", matrix = "bt601-full",
      factor = array<f64: 1.0>, offset = array<f64: 0.0>} : (tensor<1x3x4x4xui8>) -> tensor<1x3x4x4xf32>
  return
}

// -----

func.func @invalid(%x: tensor<1x3x4x4xui8>) {
  // expected-error @below {{expects one factor and offset, or one a channel, found 2 and 1}}
  %0 = top.picture %x {format = "rgb", layout = "nchw", trained = "rgb", matrix = "bt601-full",
      factor = array<f64: 1.0, 2.0>, offset = array<f64: 0.0>} : (tensor<1x3x4x4xui8>) -> tensor<1x3x4x4xf32>
  return
}

// -----

func.func @invalid(%x: tensor<1x3x4x4xui8>) {
  // expected-error @below {{attribute 'format' failed to satisfy constraint}}
  %0 = top.picture %x {format = "nv21", layout = "nchw", trained = "rgb", matrix = "bt601-full",
      factor = array<f64: 1.0>, offset = array<f64: 0.0>} : (tensor<1x3x4x4xui8>) -> tensor<1x3x4x4xf32>
  return
}

// -----

func.func @invalid(%x: tensor<1x3x4x4xui8>) {
  // expected-error @below {{expects finite factors and offsets}}
  %0 = top.picture %x {format = "rgb", layout = "nchw", trained = "rgb", matrix = "bt601-full",
      factor = array<f64: 0x7FF0000000000000>, offset = array<f64: 0.0>} : (tensor<1x3x4x4xui8>) -> tensor<1x3x4x4xf32>
  return
}
