// Activations, weights and biases get storage types; ops stay those of the float network.
// RUN: qc-opt %s --assign-quantization -o %t.mlir
// RUN: FileCheck %s < %t.mlir
// What is printed, and what is stored as bytecode, is read as the same module.
// RUN: qc-opt %t.mlir | diff %t.mlir -
// RUN: qc-opt %t.mlir --emit-bytecode | qc-opt | diff %t.mlir -
// What is assigned already stays as it is.
// RUN: qc-opt %t.mlir --assign-quantization | diff %t.mlir -
// RUN: qc-opt %s --assign-quantization="precision=a16w8" | FileCheck %s --check-prefix=WIDE

// CHECK: func.func @main(%[[X:.*]]: tensor<1x2x3x3x!quant.uniform<i8:f32, {{.*}}>> {qc.name = "x", qc.parameters = #qc.parameters<given, "by hand", fixed = true>} {{.*}} -> (tensor<1x4x3x3x!quant.uniform<i8:f32, {{.*}}:-128>> {qc.name = "y"})
// CHECK-DAG: %[[W:.*]] = top.quantized_constant dense<{{.*}}> : tensor<4x2x1x1xi8> -> tensor<4x2x1x1x!quant.uniform<i8<-127:127>:f32:0, {
// CHECK-DAG: %[[B:.*]] = top.quantized_constant dense<{{.*}}> : tensor<4xi32> -> tensor<4x!quant.uniform<i32<-2147483647:2147483647>:f32:0, {
// CHECK: %[[C:.*]] = top.conv %[[X]], %[[W]], %[[B]] {{.*}}qc.parameters = [#qc.parameters<method, "range in the IR">]
// CHECK: top.transpose %[[C]] {{.*}}qc.parameters = [#qc.parameters<rule, "as 'c'">]

// Inputs of 16 bits have biases of 64, which stay numbers.
// WIDE-DAG: top.constant dense<[1.000000e+00, 2.000000e+00, 3.000000e+00, 4.000000e+00]>
// WIDE-DAG: top.quantized_constant {{.*}} tensor<4x2x1x1xi8>
// WIDE: top.conv {{.*}} tensor<1x4x3x3x!quant.uniform<i16:f32
func.func @main(%x: tensor<1x2x3x3x!quant.calibrated<f32<-2.0:2.0>>> {qc.name = "x", qc.parameters = #qc.parameters<given, "by hand", fixed = true>})
    -> (tensor<1x4x3x3x!quant.calibrated<f32<0.0:6.0>>> {qc.name = "y"}) {
  %w = top.constant dense<[[[[1.0]], [[0.5]]], [[[0.25]], [[-2.0]]], [[[0.125]], [[0.5]]], [[[3.0]], [[1.0]]]]> : tensor<4x2x1x1xf32>
  %b = top.constant dense<[1.0, 2.0, 3.0, 4.0]> : tensor<4xf32>
  %c = top.conv %x, %w, %b {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>, act_min = 0.0 : f32}
    : (tensor<1x2x3x3x!quant.calibrated<f32<-2.0:2.0>>>, tensor<4x2x1x1xf32>, tensor<4xf32>)
    -> tensor<1x4x3x3x!quant.calibrated<f32<0.0:6.0>>> loc("c")
  %y = top.transpose %c {perm = array<i64: 0, 1, 3, 2>}
    : (tensor<1x4x3x3x!quant.calibrated<f32<0.0:6.0>>>) -> tensor<1x4x3x3x!quant.calibrated<f32<0.0:6.0>>> loc("y")
  return %y : tensor<1x4x3x3x!quant.calibrated<f32<0.0:6.0>>>
}
