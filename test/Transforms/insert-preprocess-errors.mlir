// Inputs that cannot be normalised inside the network.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: qc-opt %s --insert-preprocess --split-input-file --verify-diagnostics

// expected-error@+1 {{input 'image' of type 'tensor<1x4x8x8xf32>' has 4 channels, but mean and std are given for 3}}
func.func @main(%x: tensor<1x4x8x8xf32> {qc.name = "image", qc.preprocess = #qc.preprocess<"mean=1,2,3">}) -> tensor<1x4x8x8xf32> {
  return %x : tensor<1x4x8x8xf32>
}

// -----

// expected-error@+1 {{is calibrated already: run insert-preprocess before calibrate}}
func.func @main(%x: tensor<1x3x8x8x!quant.calibrated<f32<-1.0:1.0>>> {qc.name = "image", qc.preprocess = #qc.preprocess<"mean=1">})
    -> tensor<1x3x8x8x!quant.calibrated<f32<-1.0:1.0>>> {
  return %x : tensor<1x3x8x8x!quant.calibrated<f32<-1.0:1.0>>>
}

// -----

// expected-error@+1 {{input 'ids' of type 'tensor<1x3xi64>' cannot be normalised: expected a float tensor}}
func.func @main(%x: tensor<1x3xi64> {qc.name = "ids", qc.preprocess = #qc.preprocess<"mean=1">}) -> tensor<1x3xi64> {
  return %x : tensor<1x3xi64>
}

// -----

// Once is enough: a second time would normalise what is normalised.
// expected-error@+1 {{the preprocessing 'mean=1 std=2' is part of the network already, inserting it again would apply it twice; leave insert-preprocess out}}
module attributes {qc.provenance = {preprocess_inserted = "mean=1 std=2"}} {
  func.func @main(%x: tensor<1x3x8x8xf32> {qc.name = "image", qc.preprocess = #qc.preprocess<"mean=1 std=2">}) -> tensor<1x3x8x8xf32> {
    return %x : tensor<1x3x8x8xf32>
  }
}

// -----

// expected-warning@+1 {{there is no preprocessing to insert: no input carries a mean, std or scale}}
module {
  func.func @main(%x: tensor<1x3x8x8xf32> {qc.name = "image", qc.preprocess = #qc.preprocess<"resize=8x8">}) -> tensor<1x3x8x8xf32> {
    return %x : tensor<1x3x8x8xf32>
  }
}
