// A module becomes a program that describes itself, the same every time.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: qc-translate --export-qcb %s -o %t.qcb
// RUN: qc-translate --import-qcb %t.qcb | FileCheck %s
// RUN: qc-translate --export-qcb %s -o %t.again.qcb
// RUN: cmp %t.qcb %t.again.qcb
// A plan in the module is used: the same planner gives the same file.
// RUN: qc-opt %s --schedule-memory | qc-translate --export-qcb -o %t.planned.qcb
// RUN: cmp %t.qcb %t.planned.qcb

// CHECK:      producer     qc {{[0-9.]+}}
// CHECK-NEXT: target       generic chip=small,cores=2 : i64
// CHECK-NEXT: provenance   source = model.onnx
// The two equal weights are stored once.
// CHECK-NEXT: constants    2 tensors, 6 bytes
// CHECK-NEXT: arena        {{[0-9]+}} bytes, of which {{[0-9]+}} are live at once
// CHECK-NEXT: memory       static 6 bytes, input 128, output {{[0-9]+}}
// CHECK-NEXT: inputs
// CHECK-NEXT:   input: 1x4x4x2 f32, 128 bytes at {{[0-9]+}}
// CHECK-NEXT:     preprocess resize=4x4
// CHECK-NEXT: outputs
// CHECK-NEXT:   scores: 1x16 f32, 64 bytes at
// CHECK-NEXT:   input: 1x4x4x2 f32, 128 bytes at
// CHECK-NEXT:   scores_again: 1x16 f32, 64 bytes at
// CHECK-NEXT: instructions
// CHECK-NEXT:      0 quantize         npu 1x4x4x2 i8               at {{[0-9]+}} {{ *}}input_quantized
// CHECK-NEXT:      1 conv2d           npu 1x4x4x1 i8               at {{[0-9]+}} {{ *}}conv, conv_bias
// CHECK-NEXT:      2 conv2d           npu 1x4x4x1 i8
// CHECK-NEXT:      3 add              cpu 1x4x4x1 i8
// CHECK-NEXT:      4 reshape          npu 1x16 i8
// CHECK-NEXT:      5 dequantize       npu 1x16 f32
// What is given back twice, or was given, is copied.
// CHECK-NEXT:      6 reshape          npu 1x4x4x2 f32
// CHECK-NEXT:      7 reshape          npu 1x16 f32

!q = !quant.uniform<i8:f32, 0.1>
!q2 = !quant.uniform<i8:f32, 0.2>
!w = !quant.uniform<i8<-127:127>:f32, 0.5>
module attributes {
    qc.target = #qc.target<"generic", {chip = "small", cores = 2}>,
    qc.provenance = {source = "model.onnx"}} {
  func.func @main(%x: tensor<1x4x4x2xf32> {qc.name = "input", qc.preprocess = #qc.preprocess<"resize=4x4">})
      -> (tensor<1x16xf32> {qc.name = "scores"}, tensor<1x4x4x2xf32> {qc.name = "input"},
          tensor<1x16xf32> {qc.name = "scores_again"}) {
    %0 = tpu.quantize %x : (tensor<1x4x4x2xf32>) -> tensor<1x4x4x2x!q> loc("input_quantized")
    %w = tpu.constant dense<[[[[1, 2]]]]> : tensor<1x1x1x2xi8> -> tensor<1x1x1x2x!w>
    %w2 = tpu.constant dense<[[[[1, 2]]]]> : tensor<1x1x1x2xi8> -> tensor<1x1x1x2x!w>
    %b = tpu.constant dense<[10]> : tensor<1xi32> -> tensor<1xi32>
    %1 = tpu.conv2d %0, %w, %b {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>,
        dilations = array<i64: 1, 1>, group = 1 : i64, qc.permutation = array<i64: 0, 2, 3, 1>,
        requant = #tpu.requant<mul32, single, multipliers = [1073741824], shifts = [32]>}
      : (tensor<1x4x4x2x!q>, tensor<1x1x1x2x!w>, tensor<1xi32>) -> tensor<1x4x4x1x!q2> loc(fused["conv", "conv_bias"])
    %2 = tpu.conv2d %0, %w2, %b {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>,
        dilations = array<i64: 1, 1>, group = 1 : i64,
        requant = #tpu.requant<pow2, single, shifts = [2]>}
      : (tensor<1x4x4x2x!q>, tensor<1x1x1x2x!w>, tensor<1xi32>) -> tensor<1x4x4x1x!q2> loc("conv2")
    %3 = tpu.add %1, %2 {qc.placement = "cpu",
        requant = #tpu.requant<mul32, single, multipliers = [1073741824, 1073741824], shifts = [30]>}
      : (tensor<1x4x4x1x!q2>, tensor<1x4x4x1x!q2>) -> tensor<1x4x4x1x!q2> loc("add")
    %4 = tpu.reshape %3 : (tensor<1x4x4x1x!q2>) -> tensor<1x16x!q2> loc("flat")
    %5 = tpu.dequantize %4 : (tensor<1x16x!q2>) -> tensor<1x16xf32> loc("scores")
    return %5, %x, %5 : tensor<1x16xf32>, tensor<1x4x4x2xf32>, tensor<1x16xf32>
  }
}
