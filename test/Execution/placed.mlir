// Float ops that are placed on the CPU run in qcrt, beside integer ones, and in a program.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: split-file %s %t
// RUN: qc-opt %t/checks.mlir --check-execute -o /dev/null
// RUN: qc-translate --export-qcb %t/program.mlir -o %t/program.qcb
// RUN: qc-translate --import-qcb %t/program.qcb | FileCheck %s
// RUN: qc run %t/program.mlir --data random:4 -o %t/ir.npz
// RUN: qc run %t/program.qcb --data random:4 -o %t/qcb.npz
// RUN: qc verify %t/ir.npz %t/qcb.npz

//--- checks.mlir
!q = !quant.uniform<i8:f32, 0.5:1>

func.func @between_integers() {
  %x = tpu.constant dense<[-7, 1, 3, 127]> : tensor<4xi8> -> tensor<4x!q>
  %0 = tpu.dequantize %x : (tensor<4x!q>) -> tensor<4xf32>
  %1 = top.relu %0 {qc.placement = "cpu"} : (tensor<4xf32>) -> tensor<4xf32>
  %2 = top.leaky_relu %0 {alpha = 0.25 : f32, qc.placement = "cpu"} : (tensor<4xf32>) -> tensor<4xf32>
  %3 = top.add %1, %2 {act_max = 100.0 : f32, qc.placement = "cpu"}
    : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  %4 = tpu.quantize %3 : (tensor<4xf32>) -> tensor<4x!q>
  check.expect_eq_const %3, dense<[-1.0, 0.0, 2.0, 100.0]> : tensor<4xf32> : tensor<4xf32>
  check.expect_eq_const %4, dense<[-1, 1, 5, 127]> : tensor<4xi8> : tensor<4x!q>
  return
}

func.func @casts() {
  %x = top.constant dense<[-300.7, -1.5, 0.99, 255.5]> : tensor<4xf32>
  %0 = top.cast %x {qc.placement = "cpu"} : (tensor<4xf32>) -> tensor<4xi8>
  %1 = top.cast %x {qc.placement = "cpu"} : (tensor<4xf32>) -> tensor<4xi64>
  %2 = top.cast %1 {qc.placement = "cpu"} : (tensor<4xi64>) -> tensor<4xf32>
  check.expect_eq_const %0, dense<[-128, -1, 0, 127]> : tensor<4xi8> : tensor<4xi8>
  check.expect_eq_const %1, dense<[-300, -1, 0, 255]> : tensor<4xi64> : tensor<4xi64>
  check.expect_eq_const %2, dense<[-300.0, -1.0, 0.0, 255.0]> : tensor<4xf32> : tensor<4xf32>
  return
}

func.func @norm_with_one_optional_operand() {
  %x = top.constant dense<[[1.0, 3.0], [-5.0, 5.0]]> : tensor<2x2xf32>
  %b = top.constant dense<[10.0, 20.0]> : tensor<2xf32>
  %0 = top.layer_norm %x bias %b {axis = 1 : i64, epsilon = 0.0 : f32, qc.placement = "cpu"}
    : (tensor<2x2xf32>, tensor<2xf32>) -> tensor<2x2xf32>
  check.expect_eq_const %0, dense<[[9.0, 21.0], [9.0, 21.0]]> : tensor<2x2xf32> : tensor<2x2xf32>
  return
}

// Stored in 16 bits: results are rounded to the nearest, here 2049 and 2048.33.. to 2048.
func.func @halves() {
  %x = top.constant dense<[2048.0, 0.333251953125]> : tensor<2xf16>
  %one = top.constant dense<[1.0, 0.0]> : tensor<2xf16>
  %0 = top.reduce_sum %x {axes = array<i64: 0>, qc.placement = "cpu"} : (tensor<2xf16>) -> tensor<1xf16>
  %1 = top.add %x, %one {qc.placement = "cpu"} : (tensor<2xf16>, tensor<2xf16>) -> tensor<2xf16>
  %2 = top.reshape %1 {qc.placement = "cpu"} : (tensor<2xf16>) -> tensor<1x2xf16>
  %3 = top.cast %2 {qc.placement = "cpu"} : (tensor<1x2xf16>) -> tensor<1x2xf32>
  %4 = top.cast %0 {qc.placement = "cpu"} : (tensor<1xf16>) -> tensor<1xf32>
  check.expect_eq_const %4, dense<[2048.0]> : tensor<1xf32> : tensor<1xf32>
  check.expect_eq_const %3, dense<[[2048.0, 0.333251953125]]> : tensor<1x2xf32> : tensor<1x2xf32>
  return
}

// Results of their own, and movement of floats and of indices by the kernels that move integers.
func.func @movement() {
  %x = top.constant dense<[[1.5, 2.5, 3.5]]> : tensor<1x3xf32>
  %i = top.constant dense<[2, 0]> : tensor<2xi64>
  %a, %b = top.split %x {axis = 1 : i64, qc.placement = "cpu"} : (tensor<1x3xf32>) -> (tensor<1x1xf32>, tensor<1x2xf32>)
  %0 = top.pad %b {pads = array<i64: 0, 1, 0, 0>, mode = "constant", value = 0.5 : f32, qc.placement = "cpu"}
    : (tensor<1x2xf32>) -> tensor<1x3xf32>
  %1 = top.gather %0, %i {axis = 1 : i64, qc.placement = "cpu"} : (tensor<1x3xf32>, tensor<2xi64>) -> tensor<1x2xf32>
  %2 = top.concat %a, %1 {axis = 1 : i64, qc.placement = "cpu"} : (tensor<1x1xf32>, tensor<1x2xf32>) -> tensor<1x3xf32>
  %3 = top.pad %i {pads = array<i64: 1, 0>, mode = "constant", value = 7.0 : f32, qc.placement = "cpu"}
    : (tensor<2xi64>) -> tensor<3xi64>
  check.expect_eq_const %2, dense<[[1.5, 3.5, 0.5]]> : tensor<1x3xf32> : tensor<1x3xf32>
  check.expect_eq_const %3, dense<[7, 2, 0]> : tensor<3xi64> : tensor<3xi64>
  return
}

//--- program.mlir
// An integer layer, a softmax in float, and an integer layer behind it. An op of top needs no placement beside integer
// ones: there is no other place for it.
// CHECK:      instructions
// CHECK-NEXT:   0 quantize         npu 2x4 i8
// CHECK-NEXT:   1 clip             npu 2x4 i8
// CHECK-NEXT:   2 dequantize       npu 2x4 f32
// CHECK-NEXT:   3 float.softmax    cpu 2x4 f32 {{.*}} probabilities
// CHECK-NEXT:   4 transpose        cpu 4x2 f32
// CHECK-NEXT:   5 quantize         npu 4x2 i8
// CHECK-NEXT:   6 reshape          npu 8 i8
!q = !quant.uniform<i8:f32, 0.05>
!p = !quant.uniform<i8:f32, 0.00390625:-128>
func.func @main(%x: tensor<2x4xf32> {qc.name = "x"}) -> (tensor<8x!p> {qc.name = "y"}) {
  %0 = tpu.quantize %x : (tensor<2x4xf32>) -> tensor<2x4x!q>
  %1 = tpu.clip %0 {clamp = array<i64: -10, 10>} : (tensor<2x4x!q>) -> tensor<2x4x!q>
  %2 = tpu.dequantize %1 : (tensor<2x4x!q>) -> tensor<2x4xf32>
  %3 = top.softmax %2 {axis = 1 : i64} : (tensor<2x4xf32>) -> tensor<2x4xf32> loc("probabilities")
  %4 = top.transpose %3 {perm = array<i64: 1, 0>, qc.placement = "cpu"} : (tensor<2x4xf32>) -> tensor<4x2xf32>
  %5 = tpu.quantize %4 : (tensor<4x2xf32>) -> tensor<4x2x!p>
  %6 = tpu.reshape %5 : (tensor<4x2x!p>) -> tensor<8x!p> loc("y")
  return %6 : tensor<8x!p>
}
