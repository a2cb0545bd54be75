// The attributes of qc round-trip through text and bytecode.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: qc-opt %s | qc-opt | FileCheck %s
// RUN: qc-opt --emit-bytecode %s | qc-opt | FileCheck %s

// CHECK: qc.calibration_samples = 100 : i64
// CHECK-SAME: qc.data = #qc.data<"images/calib", samples = 100>
// CHECK-SAME: qc.target = #qc.target<"generic", {layout = "nhwc", small = true}>
module attributes {
  qc.calibration_samples = 100 : i64,
  qc.data = #qc.data<"images/calib", samples = 100>,
  qc.target = #qc.target<"generic", {layout = "nhwc", small = true}>
} {
  // A target of a plugin that is not loaded, all samples, the default options.
  // CHECK: qc.data = #qc.data<"x.npy", raw = true>
  // CHECK: qc.data = #qc.data<"x.npy", samples = 2, skip_bad = true>
  module attributes {qc.data = #qc.data<"x.npy", raw = true, samples = 0>} {}
  module attributes {qc.data = #qc.data<"x.npy", skip_bad = true, samples = 2>} {}

  // CHECK: qc.data = #qc.data<"random:8:42">, qc.target = #qc.target<"acme", {}>
  module attributes {qc.data = #qc.data<"random:8:42">, qc.target = #qc.target<"acme", {}>} {}

  // CHECK: func.func @main(%{{.*}}: tensor<1x3x224x224xf32> {qc.name = "input", qc.preprocess = #qc.preprocess<"imagenet-torch color=bgr">}
  // CHECK-SAME: -> (tensor<1x3x224x224xf32> {qc.name = "logits"})
  func.func @main(%x: tensor<1x3x224x224xf32> {qc.name = "input", qc.preprocess = #qc.preprocess<"imagenet-torch color=bgr">})
      -> (tensor<1x3x224x224xf32> {qc.name = "logits"}) {
    // CHECK: {qc.permutation = array<i64: 0, 2, 3, 1>, qc.placement = "cpu"}
    %y = top.relu %x {qc.placement = "cpu", qc.permutation = array<i64: 0, 2, 3, 1>}
      : (tensor<1x3x224x224xf32>) -> tensor<1x3x224x224xf32>
    return %y : tensor<1x3x224x224xf32>
  }
}
