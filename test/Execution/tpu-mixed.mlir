// Integer ops beside float ones, and what the runtime refuses in one op.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: qc-opt %s --check-execute --split-input-file --verify-diagnostics -o /dev/null

!q = !quant.uniform<i8:f32, 0.5:1>

func.func @float_island() {
  %x = top.constant dense<[-3.0, 0.25, 2.5, 100.0]> : tensor<4xf32>
  %0 = tpu.quantize %x : (tensor<4xf32>) -> tensor<4x!q>
  %1 = tpu.dequantize %0 : (tensor<4x!q>) -> tensor<4xf32>
  %2 = top.relu %1 : (tensor<4xf32>) -> tensor<4xf32>
  %3 = tpu.quantize %2 : (tensor<4xf32>) -> tensor<4x!q>
  // The same value twice, which is no constant.
  %4 = tpu.max %3, %3 : (tensor<4x!q>, tensor<4x!q>) -> tensor<4x!q>
  check.expect_eq_const %1, dense<[-3.0, 0.0, 2.5, 63.0]> : tensor<4xf32> : tensor<4xf32>
  check.expect_eq_const %4, dense<[1, 1, 6, 127]> : tensor<4xi8> : tensor<4x!q>
  return
}

// -----

func.func @wrong_table() {
  %x = tpu.constant dense<1> : tensor<4xi8> -> tensor<4x!quant.uniform<i8:f32, 0.5>>
  %t = tpu.constant dense<1> : tensor<256xi8> -> tensor<256xi8>
  // expected-error @below {{'tpu.lut' op cannot be executed: instruction 0 (lut): the table '#1' must hold 256 entries of the result's type}}
  %0 = tpu.lut %x, %t {frac_bits = 0 : i64, function = "exp", params = array<f64>}
    : (tensor<4x!quant.uniform<i8:f32, 0.5>>, tensor<256xi8>) -> tensor<4x!quant.uniform<u8:f32, 0.5>>
  check.expect_eq %0, %0 : tensor<4x!quant.uniform<u8:f32, 0.5>>, tensor<4x!quant.uniform<u8:f32, 0.5>>
  return
}

// -----

// expected-error @below {{'tpu.gather' (tpu.gather): gather: an index is out of range}}
func.func @index_out_of_range() {
  %x = tpu.constant dense<1> : tensor<4xi8> -> tensor<4x!quant.uniform<i8:f32, 0.5>>
  %i = tpu.constant dense<[0, 4]> : tensor<2xi64> -> tensor<2xi64>
  %0 = tpu.gather %x, %i {axis = 0 : i64}
    : (tensor<4x!quant.uniform<i8:f32, 0.5>>, tensor<2xi64>) -> tensor<2x!quant.uniform<i8:f32, 0.5>>
  check.expect_eq %0, %0 : tensor<2x!quant.uniform<i8:f32, 0.5>>, tensor<2x!quant.uniform<i8:f32, 0.5>>
  return
}
