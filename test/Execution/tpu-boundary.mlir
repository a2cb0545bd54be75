// Float to integer and back, and changes of parameters.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: qc-opt %s --check-execute -o /dev/null
//
// The expected integers come from a numpy script that follows docs/Arithmetic.md.

// clamp(round_half_even(x / s) + z): ties, saturation and infinities.
func.func @quantize() {
  %c0 = tpu.constant dense<[0.25, 0.75, -0.25, -0.75, 1.3, 100.0, -100.0, 0.0]> : tensor<8xf32> -> tensor<8xf32>
  %y1 = tpu.quantize %c0
      : (tensor<8xf32>) -> tensor<8x!quant.uniform<i8:f32, 0.5:3>>
  check.expect_eq_const %y1, dense<[3, 5, 3, 1, 6, 127, -128, 3]> : tensor<8xi8>
      : tensor<8x!quant.uniform<i8:f32, 0.5:3>>
  return
}

// Unsigned storage; only the range of the type is used.
func.func @quantize_u8() {
  %c0 = tpu.constant dense<[-40.0, -32.0, -0.125, 0.125, 0.375, 31.75, 50.0]> : tensor<7xf32> -> tensor<7xf32>
  %y1 = tpu.quantize %c0
      : (tensor<7xf32>) -> tensor<7x!quant.uniform<u8:f32, 0.25:128>>
  check.expect_eq_const %y1, dense<[0, 0, 128, 128, 130, 255, 255]> : tensor<7xui8>
      : tensor<7x!quant.uniform<u8:f32, 0.25:128>>
  return
}

// Sixteen bits.
func.func @quantize_i16() {
  %c0 = tpu.constant dense<[-100.0, -1.0, 0.0009765625, 0.0029296875, 63.99, 70.0]> : tensor<6xf32> -> tensor<6xf32>
  %y1 = tpu.quantize %c0
      : (tensor<6xf32>) -> tensor<6x!quant.uniform<i16:f32, 0.001953125>>
  check.expect_eq_const %y1, dense<[-32768, -512, 0, 2, 32763, 32767]> : tensor<6xi16>
      : tensor<6x!quant.uniform<i16:f32, 0.001953125>>
  return
}

// A storage range that is narrower than the type.
func.func @quantize_narrow() {
  %c0 = tpu.constant dense<[-100.0, 100.0, -63.5]> : tensor<3xf32> -> tensor<3xf32>
  %y1 = tpu.quantize %c0
      : (tensor<3xf32>) -> tensor<3x!quant.uniform<i8<-127:127>:f32, 0.5>>
  check.expect_eq_const %y1, dense<[-127, 127, -127]> : tensor<3xi8>
      : tensor<3x!quant.uniform<i8<-127:127>:f32, 0.5>>
  return
}

// (q - z) * s
func.func @dequantize() {
  %c0 = tpu.constant dense<[-128, -3, 0, 127]> : tensor<4xi8> -> tensor<4x!quant.uniform<i8:f32, 0.25:-3>>
  %y1 = tpu.dequantize %c0
      : (tensor<4x!quant.uniform<i8:f32, 0.25:-3>>) -> tensor<4xf32>
  check.expect_eq_const %y1, dense<[-31.25, 0.0, 0.75, 32.5]> : tensor<4xf32>
      : tensor<4xf32>
  return
}

// To other parameters and from signed to unsigned.
func.func @requantize() {
  %c0 = tpu.constant dense<[-7, 3, 65, 115, -120, -92, 82, 114, -65, -49, 94, -20]> : tensor<12xi8> -> tensor<12x!quant.uniform<i8:f32, 0.1:3>>
  %y1 = tpu.requantize %c0 {requant = #tpu.requant<mul32, single, multipliers = [1533916908], shifts = [30]>}
      : (tensor<12x!quant.uniform<i8:f32, 0.1:3>>) -> tensor<12x!quant.uniform<u8:f32, 0.07:120>>
  check.expect_eq_const %y1, dense<[106, 120, 209, 255, 0, 0, 233, 255, 23, 46, 250, 87]> : tensor<12xui8>
      : tensor<12x!quant.uniform<u8:f32, 0.07:120>>
  return
}

// From eight to sixteen bits.
func.func @requantize_widen() {
  %c0 = tpu.constant dense<[-59, 83, -63, -24, 36, 12, -107, -121, 93, 64]> : tensor<10xi8> -> tensor<10x!quant.uniform<i8:f32, 0.1>>
  %y1 = tpu.requantize %c0 {requant = #tpu.requant<mul32, single, multipliers = [1677721545], shifts = [23]>}
      : (tensor<10x!quant.uniform<i8:f32, 0.1>>) -> tensor<10x!quant.uniform<i16:f32, 0.0005>>
  check.expect_eq_const %y1, dense<[-11800, 16600, -12600, -4800, 7200, 2400, -21400, -24200, 18600, 12800]> : tensor<10xi16>
      : tensor<10x!quant.uniform<i16:f32, 0.0005>>
  return
}

// Kind mul32, rounding double.
func.func @requantize_mul32_double() {
  %c0 = tpu.constant dense<[-128, -127, -7, -6, -5, -3, -2, -1, 0, 1, 2, 3, 5, 6, 7, 10, 126, 127]> : tensor<18xi8> -> tensor<18x!quant.uniform<i8:f32, 0.1>>
  %y1 = tpu.requantize %c0 {requant = #tpu.requant<mul32, double, multipliers = [1288490189], shifts = [32]>, clamp = array<i64: -30, 40>}
      : (tensor<18x!quant.uniform<i8:f32, 0.1>>) -> tensor<18x!quant.uniform<i8:f32, 0.2:1>>
  check.expect_eq_const %y1, dense<[-30, -30, -1, -1, -1, 0, 0, 0, 1, 2, 2, 2, 3, 3, 3, 4, 39, 39]> : tensor<18xi8>
      : tensor<18x!quant.uniform<i8:f32, 0.2:1>>
  return
}

// Kind mul32, rounding half_even.
func.func @requantize_mul32_half_even() {
  %c0 = tpu.constant dense<[-128, -127, -7, -6, -5, -3, -2, -1, 0, 1, 2, 3, 5, 6, 7, 10, 126, 127]> : tensor<18xi8> -> tensor<18x!quant.uniform<i8:f32, 0.1>>
  %y1 = tpu.requantize %c0 {requant = #tpu.requant<mul32, half_even, multipliers = [1073741824], shifts = [31]>, clamp = array<i64: -30, 40>}
      : (tensor<18x!quant.uniform<i8:f32, 0.1>>) -> tensor<18x!quant.uniform<i8:f32, 0.2:1>>
  check.expect_eq_const %y1, dense<[-30, -30, -3, -2, -1, -1, 0, 1, 1, 1, 2, 3, 3, 4, 5, 6, 40, 40]> : tensor<18xi8>
      : tensor<18x!quant.uniform<i8:f32, 0.2:1>>
  return
}

// Kind mul32, rounding single.
func.func @requantize_mul32_single() {
  %c0 = tpu.constant dense<[-128, -127, -7, -6, -5, -3, -2, -1, 0, 1, 2, 3, 5, 6, 7, 10, 126, 127]> : tensor<18xi8> -> tensor<18x!quant.uniform<i8:f32, 0.1>>
  %y1 = tpu.requantize %c0 {requant = #tpu.requant<mul32, single, multipliers = [1073741824], shifts = [31]>, clamp = array<i64: -30, 40>}
      : (tensor<18x!quant.uniform<i8:f32, 0.1>>) -> tensor<18x!quant.uniform<i8:f32, 0.2:1>>
  check.expect_eq_const %y1, dense<[-30, -30, -2, -2, -1, 0, 0, 1, 1, 2, 2, 3, 4, 4, 5, 6, 40, 40]> : tensor<18xi8>
      : tensor<18x!quant.uniform<i8:f32, 0.2:1>>
  return
}

// Kind mul16, rounding single.
func.func @requantize_mul16_single() {
  %c0 = tpu.constant dense<[-128, -127, -7, -6, -5, -3, -2, -1, 0, 1, 2, 3, 5, 6, 7, 10, 126, 127]> : tensor<18xi8> -> tensor<18x!quant.uniform<i8:f32, 0.1>>
  %y1 = tpu.requantize %c0 {requant = #tpu.requant<mul16, single, multipliers = [19661], shifts = [16]>, clamp = array<i64: -30, 40>}
      : (tensor<18x!quant.uniform<i8:f32, 0.1>>) -> tensor<18x!quant.uniform<i8:f32, 0.2:1>>
  check.expect_eq_const %y1, dense<[-30, -30, -1, -1, -1, 0, 0, 1, 1, 1, 2, 2, 3, 3, 3, 4, 39, 39]> : tensor<18xi8>
      : tensor<18x!quant.uniform<i8:f32, 0.2:1>>
  return
}

// Kind pow2, rounding single.
func.func @requantize_pow2_single() {
  %c0 = tpu.constant dense<[-128, -127, -7, -6, -5, -3, -2, -1, 0, 1, 2, 3, 5, 6, 7, 10, 126, 127]> : tensor<18xi8> -> tensor<18x!quant.uniform<i8:f32, 0.1>>
  %y1 = tpu.requantize %c0 {requant = #tpu.requant<pow2, single, shifts = [2]>, clamp = array<i64: -30, 40>}
      : (tensor<18x!quant.uniform<i8:f32, 0.1>>) -> tensor<18x!quant.uniform<i8:f32, 0.2:1>>
  check.expect_eq_const %y1, dense<[-30, -30, -1, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 3, 3, 4, 33, 33]> : tensor<18xi8>
      : tensor<18x!quant.uniform<i8:f32, 0.2:1>>
  return
}

// Kind pow2, rounding half_even.
func.func @requantize_pow2_half_even() {
  %c0 = tpu.constant dense<[-128, -127, -7, -6, -5, -3, -2, -1, 0, 1, 2, 3, 5, 6, 7, 10, 126, 127]> : tensor<18xi8> -> tensor<18x!quant.uniform<i8:f32, 0.1>>
  %y1 = tpu.requantize %c0 {requant = #tpu.requant<pow2, half_even, shifts = [2]>, clamp = array<i64: -30, 40>}
      : (tensor<18x!quant.uniform<i8:f32, 0.1>>) -> tensor<18x!quant.uniform<i8:f32, 0.2:1>>
  check.expect_eq_const %y1, dense<[-30, -30, -1, -1, 0, 0, 1, 1, 1, 1, 1, 2, 2, 3, 3, 3, 33, 33]> : tensor<18xi8>
      : tensor<18x!quant.uniform<i8:f32, 0.2:1>>
  return
}

// Kind f32, rounding half_even.
func.func @requantize_f32_half_even() {
  %c0 = tpu.constant dense<[-128, -127, -7, -6, -5, -3, -2, -1, 0, 1, 2, 3, 5, 6, 7, 10, 126, 127]> : tensor<18xi8> -> tensor<18x!quant.uniform<i8:f32, 0.1>>
  %y1 = tpu.requantize %c0 {requant = #tpu.requant<f32, half_even, scales = array<f32: 0.30000001192092896>>, clamp = array<i64: -30, 40>}
      : (tensor<18x!quant.uniform<i8:f32, 0.1>>) -> tensor<18x!quant.uniform<i8:f32, 0.2:1>>
  check.expect_eq_const %y1, dense<[-30, -30, -1, -1, -1, 0, 0, 1, 1, 1, 2, 2, 3, 3, 3, 4, 39, 39]> : tensor<18xi8>
      : tensor<18x!quant.uniform<i8:f32, 0.2:1>>
  return
}
