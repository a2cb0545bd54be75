// What the attributes of qc refuse, and in which words.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: qc-opt %s -verify-diagnostics -split-input-file

// expected-error @below {{expects the name of a target, found none}}
module attributes {qc.target = #qc.target<"", {}>} {}

// -----

// expected-error @below {{expects a data specification, found none}}
module attributes {qc.data = #qc.data<"">} {}

// -----

// expected-error @below {{expects a number of samples, found -1}}
module attributes {qc.data = #qc.data<"images", samples = -1>} {}

// -----

// expected-error @below {{unknown preprocessing key 'resise'}}
func.func @main(%x: tensor<1xf32> {qc.preprocess = #qc.preprocess<"resise=256">}) {
  return
}

// -----

// expected-error @below {{expects an integer as attribute 'qc.calibration_samples', found "many"}}
module attributes {qc.calibration_samples = "many"} {}

// -----

// expected-error @below {{expects a #qc.target as attribute 'qc.target', found "generic"}}
module attributes {qc.target = "generic"} {}

// -----

// expected-error @below {{expects a #qc.data as attribute 'qc.data', found 100 : i64}}
module attributes {qc.data = 100} {}

// -----

func.func @main(%x: tensor<1xf32>) {
  // expected-error @below {{expects a string as attribute 'qc.placement', found true}}
  top.relu %x {qc.placement = true} : (tensor<1xf32>) -> tensor<1xf32>
  return
}

// -----

func.func @main(%x: tensor<1xf32>) {
  // expected-error @below {{expects an array of i64 as attribute 'qc.permutation', found [0]}}
  top.relu %x {qc.permutation = [0]} : (tensor<1xf32>) -> tensor<1xf32>
  return
}

// -----

// expected-error @below {{expects a #qc.preprocess as attribute 'qc.preprocess', found "unit"}}
func.func @main(%x: tensor<1xf32> {qc.preprocess = "unit"}) {
  return
}

// -----

// expected-error @below {{expects a string as attribute 'qc.name', found 1 : i64}}
func.func @main(%x: tensor<1xf32> {qc.name = 1}) {
  return
}

// -----

// expected-error @below {{expects a string as attribute 'qc.name', found 1 : i64}}
func.func @main(%x: tensor<1xf32>) -> (tensor<1xf32> {qc.name = 1}) {
  return %x : tensor<1xf32>
}

// -----

// expected-error @below {{expects an array of strings as attribute 'qc.int16_tensors', found ["a", 1]}}
module attributes {qc.int16_tensors = ["a", 1]} {}

// -----

// expected-error @below {{expects 8 or 16 as attribute 'qc.inner_bits', found 12 : i64}}
module attributes {qc.inner_bits = 12} {}

// -----

// expected-error @below {{expects no value or a string as attribute 'qc.inner', found 1 : i64}}
module attributes {qc.inner = 1} {}

// -----

// expected-error @below {{expects a string as attribute 'qc.precision', found 5 : i64}}
module attributes {qc.precision = 5} {}

// -----

// expected-error @below {{expects a dictionary as attribute 'qc.corrections', found 5 : i64}}
module attributes {qc.corrections = 5} {}

// -----

// expected-error @below {{expects a dictionary as attribute 'qc.provenance', found "x"}}
module attributes {qc.provenance = "x"} {}

// -----

// expected-error@+1 {{expects a dictionary with 'tensors', each with a 'name', as attribute 'qc.widths', found {tensors = [{gain = 1.000000e+00 : f64}]}}}
module attributes {qc.widths = {tensors = [{gain = 1.0}]}} {
}
