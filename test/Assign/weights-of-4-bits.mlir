// Weights of 4 bits: packed two a byte, with a scale for each group of inputs; first, last and small layers keep 8.
// RUN: qc-opt %s --assign-quantization="precision=a8w4" -o %t.mlir
// RUN: FileCheck %s < %t.mlir
// RUN: qc-opt %t.mlir | diff %t.mlir -
// RUN: qc-opt %t.mlir --emit-bytecode | qc-opt | diff %t.mlir -
// Groups with the scale of their channel need no factors.
// RUN: qc-opt %t.mlir --convert-top-to-tpu | FileCheck %s --check-prefix=TPU
// A resource of another size is refused.
// RUN: sed 's/w: "0x1000000077/w: "0x10000000/' %t.mlir | not qc-opt - --convert-top-to-tpu 2>&1 | FileCheck %s --check-prefix=SHORT

// CHECK: top.quantized_constant {{.*}} : tensor<64x3x1x1xi8>
// CHECK: top.quantized_constant dense_resource<w> : tensor<64x64x1x1xi4> -> tensor<64x64x1x1x!quant.uniform<i4<-7:7>:f32:{0:1, 1:32}, {
// CHECK: top.quantized_constant {{.*}} : tensor<4x64x1x1xi8>
// Two sevens a byte.
// CHECK: w: "0x10000000{{7+}}"

// TPU-DAG: %[[W:.*]] = tpu.constant dense_resource<{{.*}}> : tensor<64x1x1x64xi4> -> tensor<64x1x1x64x!quant.uniform<i4<-7:7>:f32:0, {
// TPU: tpu.conv2d %{{[^,]*}}, %[[W]], %{{[^,]*}} {

// SHORT: error: {{.*}}at 'b' has a weight whose integers are not in this file

func.func @main(%x: tensor<1x3x4x4x!quant.calibrated<f32<-2.0:2.0>>> {qc.name = "x"})
    -> (tensor<1x4x4x4x!quant.calibrated<f32<-40.0:40.0>>> {qc.name = "y"}) {
  %v = top.constant dense<0.125> : tensor<64x3x1x1xf32> loc("v")
  %w = top.constant dense<0.25> : tensor<64x64x1x1xf32> loc("w")
  %u = top.constant dense<0.0625> : tensor<4x64x1x1xf32> loc("u")
  %a = top.conv %x, %v {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>}
    : (tensor<1x3x4x4x!quant.calibrated<f32<-2.0:2.0>>>, tensor<64x3x1x1xf32>) -> tensor<1x64x4x4x!quant.calibrated<f32<-1.0:1.0>>> loc("a")
  %b = top.conv %a, %w {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>}
    : (tensor<1x64x4x4x!quant.calibrated<f32<-1.0:1.0>>>, tensor<64x64x1x1xf32>) -> tensor<1x64x4x4x!quant.calibrated<f32<-16.0:16.0>>> loc("b")
  %y = top.conv %b, %u {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>}
    : (tensor<1x64x4x4x!quant.calibrated<f32<-16.0:16.0>>>, tensor<4x64x1x1xf32>) -> tensor<1x4x4x4x!quant.calibrated<f32<-40.0:40.0>>> loc("y")
  return %y : tensor<1x4x4x4x!quant.calibrated<f32<-40.0:40.0>>>
}
