// Operator sets that cannot be written, or do not have what an op is written as.
// RUN: qc-translate --export-onnx --opset=10 --split-input-file --verify-diagnostics %s
// RUN: not qc-translate --export-onnx --opset=9 --split-input-file %s 2>&1 | FileCheck %s
// CHECK: ONNX is written in operator sets 10 to 25, not 9

func.func @dilated(%x: tensor<1x2x9x9xf32>) -> tensor<1x2x5x5xf32> {
  // expected-error @unknown {{at 'pooled' is written as AveragePool with dilations, which operator set 10 does not have; it is there from 19 on}}
  %y = top.avg_pool %x {kernel = array<i64: 3, 3>, strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 2, 2>}
    : (tensor<1x2x9x9xf32>) -> tensor<1x2x5x5xf32> loc("pooled")
  return %y : tensor<1x2x5x5xf32>
}

// -----

func.func @half_pixel(%x: tensor<1x3x4x4xf32>) -> tensor<1x3x8x8xf32> {
  // expected-error @unknown {{at 'larger' is written as Resize with coordinates 'half_pixel', which operator set 10 does not have; it is there from 11 on}}
  %y = top.resize %x {mode = "linear", coordinate_transformation = "half_pixel", scales = array<f64: 1.0, 1.0, 2.0, 2.0>}
    : (tensor<1x3x4x4xf32>) -> tensor<1x3x8x8xf32> loc("larger")
  return %y : tensor<1x3x8x8xf32>
}

// -----

func.func @integers(%x: tensor<4xi64>) -> tensor<6xi64> {
  // expected-error @unknown {{at 'surrounded' is written as Pad of integers, which operator set 10 does not have; it is there from 11 on}}
  %y = top.pad %x {pads = array<i64: 1, 1>, mode = "constant"} : (tensor<4xi64>) -> tensor<6xi64> loc("surrounded")
  return %y : tensor<6xi64>
}

// -----

// expected-error @+1 {{has quantized tensors that operator set 10 cannot say: scales of channels are there from 13 on}}
func.func @rounded(%x: tensor<4xf32>) -> tensor<4xf32> {
  %q = tpu.quantize %x : (tensor<4xf32>) -> tensor<4x!quant.uniform<i8:f32, 0.1>>
  %f = tpu.dequantize %q : (tensor<4x!quant.uniform<i8:f32, 0.1>>) -> tensor<4xf32>
  return %f : tensor<4xf32>
}
