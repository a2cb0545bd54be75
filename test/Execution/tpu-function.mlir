// Functions of one activation.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: qc-opt %s --check-execute -o /dev/null
//
// The expected integers come from a numpy script that follows docs/Arithmetic.md.

// The table is indexed by q - qmin, here from signed storage.
func.func @sigmoid() {
  %c0 = tpu.constant dense<[-128, -100, -3, 0, 3, 4, 90, 127]> : tensor<8xi8> -> tensor<8x!quant.uniform<i8:f32, 0.05:3>>
  %c1 = tpu.constant dense<[-128, -128, -128, -128, -128, -128, -128, -127, -127, -127, -127, -127, -127, -127, -127, -127, -127, -127, -127, -127, -127, -127, -127, -127, -127, -127, -127, -127, -127, -126, -126, -126, -126, -126, -126, -126, -126, -126, -126, -125, -125, -125, -125, -125, -125, -125, -124, -124, -124, -124, -124, -123, -123, -123, -123, -122, -122, -122, -122, -121, -121, -120, -120, -120, -119, -119, -118, -118, -117, -117, -116, -116, -115, -115, -114, -113, -113, -112, -111, -110, -109, -109, -108, -107, -106, -105, -104, -102, -101, -100, -99, -97, -96, -95, -93, -92, -90, -88, -87, -85, -83, -81, -79, -77, -75, -73, -71, -69, -66, -64, -62, -59, -57, -54, -51, -49, -46, -43, -40, -37, -34, -31, -28, -25, -22, -19, -16, -13, -10, -6, -3, 0, 3, 6, 10, 13, 16, 19, 22, 25, 28, 31, 34, 37, 40, 43, 46, 49, 51, 54, 57, 59, 62, 64, 66, 69, 71, 73, 75, 77, 79, 81, 83, 85, 87, 88, 90, 92, 93, 95, 96, 97, 99, 100, 101, 102, 104, 105, 106, 107, 108, 109, 109, 110, 111, 112, 113, 113, 114, 115, 115, 116, 116, 117, 117, 118, 118, 119, 119, 120, 120, 120, 121, 121, 122, 122, 122, 122, 123, 123, 123, 123, 124, 124, 124, 124, 124, 125, 125, 125, 125, 125, 125, 125, 126, 126, 126, 126, 126, 126, 126, 126, 126, 126, 127, 127, 127, 127, 127, 127, 127, 127, 127, 127, 127, 127, 127, 127, 127, 127, 127, 127, 127, 127, 127, 127]> : tensor<256xi8> -> tensor<256xi8>
  %y2 = tpu.lut %c0, %c1 {function = "sigmoid", params = array<f64>, frac_bits = 0 : i64}
      : (tensor<8x!quant.uniform<i8:f32, 0.05:3>>, tensor<256xi8>) -> tensor<8x!quant.uniform<i8:f32, 0.00390625:-128>>
  check.expect_eq_const %y2, dense<[-128, -127, -19, -10, 0, 3, 125, 127]> : tensor<8xi8>
      : tensor<8x!quant.uniform<i8:f32, 0.00390625:-128>>
  return
}

// Unsigned storage.
func.func @tanh() {
  %c0 = tpu.constant dense<[0, 1, 100, 128, 200, 255]> : tensor<6xui8> -> tensor<6x!quant.uniform<u8:f32, 0.02:128>>
  %c1 = tpu.constant dense<[2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 3, 3, 3, 3, 3, 3, 3, 3, 3, 4, 4, 4, 4, 4, 4, 5, 5, 5, 5, 5, 6, 6, 6, 6, 7, 7, 7, 7, 8, 8, 8, 9, 9, 9, 10, 10, 10, 11, 11, 12, 12, 13, 13, 14, 14, 15, 15, 16, 16, 17, 18, 18, 19, 20, 21, 21, 22, 23, 24, 25, 26, 26, 27, 28, 29, 31, 32, 33, 34, 35, 36, 38, 39, 40, 42, 43, 44, 46, 47, 49, 51, 52, 54, 56, 57, 59, 61, 63, 65, 67, 69, 71, 73, 75, 77, 79, 82, 84, 86, 88, 91, 93, 95, 98, 100, 103, 105, 108, 110, 113, 115, 118, 120, 123, 125, 128, 131, 133, 136, 138, 141, 143, 146, 148, 151, 153, 156, 158, 161, 163, 165, 168, 170, 172, 174, 177, 179, 181, 183, 185, 187, 189, 191, 193, 195, 197, 199, 200, 202, 204, 205, 207, 209, 210, 212, 213, 214, 216, 217, 218, 220, 221, 222, 223, 224, 225, 227, 228, 229, 230, 230, 231, 232, 233, 234, 235, 235, 236, 237, 238, 238, 239, 240, 240, 241, 241, 242, 242, 243, 243, 244, 244, 245, 245, 246, 246, 246, 247, 247, 247, 248, 248, 248, 249, 249, 249, 249, 250, 250, 250, 250, 251, 251, 251, 251, 251, 252, 252, 252, 252, 252, 252, 253, 253, 253, 253, 253, 253, 253, 253, 253, 254, 254, 254, 254, 254, 254, 254, 254, 254, 254, 254, 254]> : tensor<256xui8> -> tensor<256xui8>
  %y2 = tpu.lut %c0, %c1 {function = "tanh", params = array<f64>, frac_bits = 0 : i64}
      : (tensor<6x!quant.uniform<u8:f32, 0.02:128>>, tensor<256xui8>) -> tensor<6x!quant.uniform<u8:f32, 0.0078125:128>>
  check.expect_eq_const %y2, dense<[2, 2, 63, 128, 242, 254]> : tensor<6xui8>
      : tensor<6x!quant.uniform<u8:f32, 0.0078125:128>>
  return
}

// Sixteen bits: linear interpolation between 17 knots of 7 fractional bits, rounded
// half up once.
func.func @lut_i16() {
  %c0 = tpu.constant dense<[-32768, -32767, -30000, -4096, -4095, -1, 0, 1, 2, 2048, 4095, 4096, 12345, 32766, 32767]> : tensor<15xi16> -> tensor<15x!quant.uniform<i16:f32, 0.0001>>
  %c1 = tpu.constant dense<[-4182367, -4167273, -4133228, -4057010, -3889162, -3532572, -2829621, -1627948, 0, 1627948, 2829621, 3532572, 3889162, 4057010, 4133228, 4167273, 4182367]> : tensor<17xi32> -> tensor<17xi32>
  %y2 = tpu.lut %c0, %c1 {function = "tanh", params = array<f64>, frac_bits = 7 : i64}
      : (tensor<15x!quant.uniform<i16:f32, 0.0001>>, tensor<17xi32>) -> tensor<15x!quant.uniform<i16:f32, 3.0517578125e-05>>
  check.expect_eq_const %y2, dense<[-32675, -32675, -32595, -12718, -12715, -3, 0, 3, 6, 6359, 12715, 12718, 27637, 32675, 32675]> : tensor<15xi16>
      : tensor<15x!quant.uniform<i16:f32, 3.0517578125e-05>>
  return
}

// A slope a channel, which may be negative.
func.func @prelu() {
  %c0 = tpu.constant dense<[[[26, -50, -66, -40], [100, -80, -38, 117]], [[44, 77, -103, -10], [70, -61, 95, 119]]]> : tensor<2x2x4xi8> -> tensor<2x2x4x!quant.uniform<i8:f32, 0.1:5>>
  %c1 = tpu.constant dense<[30, 14, 28, -21]> : tensor<4xi8> -> tensor<4x!quant.uniform<i8<-127:127>:f32, 0.01>>
  %y2 = tpu.prelu %c0, %c1 {requant = #tpu.requant<mul32, single, multipliers = [1342177330], shifts = [30]>,
      requant_negative = #tpu.requant<mul32, single, multipliers = [1717986944], shifts = [37]>}
      : (tensor<2x2x4x!quant.uniform<i8:f32, 0.1:5>>, tensor<4x!quant.uniform<i8<-127:127>:f32, 0.01>>) -> tensor<2x2x4x!quant.uniform<i8:f32, 0.08:-9>>
  check.expect_eq_const %y2, dense<[[[17, -19, -34, 3], [110, -24, -24, 127]], [[40, 81, -47, -5], [72, -21, 104, 127]]]> : tensor<2x2x4xi8>
      : tensor<2x2x4x!quant.uniform<i8:f32, 0.08:-9>>
  return
}

// One slope for all.
func.func @leaky_relu() {
  %c0 = tpu.constant dense<[[20, 108, 95, 184], [40, 197, 41, 27], [236, 242, 83, 172]]> : tensor<3x4xui8> -> tensor<3x4x!quant.uniform<u8:f32, 0.1:120>>
  %c1 = tpu.constant dense<[-21]> : tensor<1xi8> -> tensor<1x!quant.uniform<i8<-127:127>:f32, 0.01>>
  %y2 = tpu.prelu %c0, %c1 {requant = #tpu.requant<mul32, single, multipliers = [1952257901], shifts = [31]>,
      requant_negative = #tpu.requant<mul32, single, multipliers = [1249445029], shifts = [37]>, clamp = array<i64: 20, 200>}
      : (tensor<3x4x!quant.uniform<u8:f32, 0.1:120>>, tensor<1x!quant.uniform<i8<-127:127>:f32, 0.01>>) -> tensor<3x4x!quant.uniform<u8:f32, 0.11:60>>
  check.expect_eq_const %y2, dense<[[79, 62, 65, 118], [75, 130, 75, 78], [165, 171, 67, 107]]> : tensor<3x4xui8>
      : tensor<3x4x!quant.uniform<u8:f32, 0.11:60>>
  return
}

// In stored units.
func.func @clip() {
  %c0 = tpu.constant dense<[-128, -1, 0, 1, 59, 60, 61, 127]> : tensor<8xi8> -> tensor<8x!quant.uniform<i8:f32, 0.1:5>>
  %y1 = tpu.clip %c0 {clamp = array<i64: 0, 60>}
      : (tensor<8x!quant.uniform<i8:f32, 0.1:5>>) -> tensor<8x!quant.uniform<i8:f32, 0.1:5>>
  check.expect_eq_const %y1, dense<[0, 0, 0, 1, 59, 60, 60, 60]> : tensor<8xi8>
      : tensor<8x!quant.uniform<i8:f32, 0.1:5>>
  return
}
