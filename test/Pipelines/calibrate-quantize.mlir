// Both phases in one process and in two give the same bytes.
// RUN: qc-opt --calibrate="data=random:4 quiet" --quantize %s -o %t.one.mlir
// RUN: qc-opt --calibrate="data=random:4 quiet" %s -o %t.calibrated.mlir
// RUN: qc-opt --quantize %t.calibrated.mlir -o %t.two.mlir
// RUN: diff %t.one.mlir %t.two.mlir
// RUN: qc-opt --calibrate="data=random:4 quiet" --emit-bytecode %s -o %t.calibrated.mlirbc
// RUN: qc-opt --quantize %t.calibrated.mlirbc -o %t.three.mlir
// RUN: diff %t.one.mlir %t.three.mlir
// RUN: qc-opt --schedule %t.one.mlir | FileCheck %s

// CHECK: qc.arena_size
// CHECK: tpu.quantize
// CHECK: tpu.fully_connected {{.*}}qc.address
// CHECK: tpu.dequantize
func.func @main(%x: tensor<1x4xf32> {qc.name = "x"}) -> (tensor<1x2xf32> {qc.name = "y"}) {
  %w = top.constant dense<[[0.5, 1.0], [-1.0, 0.25], [0.125, 2.0], [1.0, -0.5]]> : tensor<4x2xf32>
  %0 = top.matmul %x, %w {transpose_lhs = false, transpose_rhs = false} : (tensor<1x4xf32>, tensor<4x2xf32>) -> tensor<1x2xf32> loc("y")
  return %0 : tensor<1x2xf32>
}
