// Elementwise ops of two activations.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: qc-opt %s --check-execute -o /dev/null
//
// The expected integers come from a numpy script that follows docs/Arithmetic.md.

// Different scales and zero points, one rounding.
func.func @add() {
  %c0 = tpu.constant dense<[[24, 6, -24, 91, -32], [-18, -114, -128, 114, -74], [-82, 66, 85, -88, 12]]> : tensor<3x5xi8> -> tensor<3x5x!quant.uniform<i8:f32, 0.1:3>>
  %c1 = tpu.constant dense<[[-77, 21, -55, -45, 27], [110, 86, -124, -72, 100], [25, -55, 7, 121, -15]]> : tensor<3x5xi8> -> tensor<3x5x!quant.uniform<i8:f32, 0.07:-4>>
  %y2 = tpu.add %c0, %c1 {requant = #tpu.requant<mul32, single, multipliers = [894784887, 626349414], shifts = [30]>}
      : (tensor<3x5x!quant.uniform<i8:f32, 0.1:3>>, tensor<3x5x!quant.uniform<i8:f32, 0.07:-4>>) -> tensor<3x5x!quant.uniform<i8:f32, 0.12:1>>
  check.expect_eq_const %y2, dense<[[-24, 18, -51, 50, -10], [50, -44, -128, 54, -3], [-53, 24, 76, -2, 2]]> : tensor<3x5xi8>
      : tensor<3x5x!quant.uniform<i8:f32, 0.12:1>>
  return
}

// A row and a column; unsigned.
func.func @add_broadcast() {
  %c0 = tpu.constant dense<[[7], [148], [207], [208]]> : tensor<4x1xui8> -> tensor<4x1x!quant.uniform<u8:f32, 0.1:100>>
  %c1 = tpu.constant dense<[[52, -73, -5]]> : tensor<1x3xi8> -> tensor<1x3x!quant.uniform<i8:f32, 0.2:-4>>
  %y2 = tpu.add %c0, %c1 {requant = #tpu.requant<mul32, single, multipliers = [268435456, 536870912], shifts = [29]>}
      : (tensor<4x1x!quant.uniform<u8:f32, 0.1:100>>, tensor<1x3x!quant.uniform<i8:f32, 0.2:-4>>) -> tensor<4x3x!quant.uniform<u8:f32, 0.2:120>>
  check.expect_eq_const %y2, dense<[[130, 5, 73], [200, 75, 143], [230, 105, 173], [230, 105, 173]]> : tensor<4x3xui8>
      : tensor<4x3x!quant.uniform<u8:f32, 0.2:120>>
  return
}

// An operand of lower rank.
func.func @add_lower_rank() {
  %c0 = tpu.constant dense<[[[-1, 58, -103], [-103, 3, -111]], [[74, -6, 127], [-69, -7, 99]]]> : tensor<2x2x3xi8> -> tensor<2x2x3x!quant.uniform<i8:f32, 0.1:1>>
  %c1 = tpu.constant dense<[-53, -65, 20]> : tensor<3xi8> -> tensor<3x!quant.uniform<i8:f32, 0.2>>
  %y2 = tpu.add %c0, %c1 {requant = #tpu.requant<mul32, single, multipliers = [268435456, 536870912], shifts = [29]>}
      : (tensor<2x2x3x!quant.uniform<i8:f32, 0.1:1>>, tensor<3x!quant.uniform<i8:f32, 0.2>>) -> tensor<2x2x3x!quant.uniform<i8:f32, 0.2>>
  check.expect_eq_const %y2, dense<[[[-54, -36, -32], [-105, -64, -36]], [[-16, -68, 83], [-88, -69, 69]]]> : tensor<2x2x3xi8>
      : tensor<2x2x3x!quant.uniform<i8:f32, 0.2>>
  return
}

// With a fused clamp.
func.func @add_clamp() {
  %c0 = tpu.constant dense<[33, -33, 82, -99, 43, 6, 111, 76, 87, 100, -122, 122]> : tensor<12xi8> -> tensor<12x!quant.uniform<i8:f32, 0.1>>
  %c1 = tpu.constant dense<[-100, -34, -63, -64, -103, -100, -59, -17, -66, 78, -122, -68]> : tensor<12xi8> -> tensor<12x!quant.uniform<i8:f32, 0.1>>
  %y2 = tpu.add %c0, %c1 {requant = #tpu.requant<mul32, single, multipliers = [536870912, 536870912], shifts = [29]>, clamp = array<i64: -10, 50>}
      : (tensor<12x!quant.uniform<i8:f32, 0.1>>, tensor<12x!quant.uniform<i8:f32, 0.1>>) -> tensor<12x!quant.uniform<i8:f32, 0.1:-10>>
  check.expect_eq_const %y2, dense<[-10, -10, 9, -10, -10, -10, 42, 49, 11, 50, -10, 44]> : tensor<12xi8>
      : tensor<12x!quant.uniform<i8:f32, 0.1:-10>>
  return
}

// Equal scales and twice the result scale: every odd sum is a tie.
func.func @add_half_even() {
  %c0 = tpu.constant dense<[120, 89, 98, 54, 6, -77, 77, 33, 98, 81, 101, 110, -127, -87, 17, 82]> : tensor<16xi8> -> tensor<16x!quant.uniform<i8:f32, 0.1>>
  %c1 = tpu.constant dense<[94, 70, 98, -66, 84, -53, -116, 117, 17, -36, -32, -55, 61, 56, -34, -94]> : tensor<16xi8> -> tensor<16x!quant.uniform<i8:f32, 0.1>>
  %y2 = tpu.add %c0, %c1 {requant = #tpu.requant<mul32, half_even, multipliers = [536870912, 536870912], shifts = [30]>}
      : (tensor<16x!quant.uniform<i8:f32, 0.1>>, tensor<16x!quant.uniform<i8:f32, 0.1>>) -> tensor<16x!quant.uniform<i8:f32, 0.2>>
  check.expect_eq_const %y2, dense<[107, 80, 98, -6, 45, -65, -20, 75, 58, 22, 34, 28, -33, -16, -8, -6]> : tensor<16xi8>
      : tensor<16x!quant.uniform<i8:f32, 0.2>>
  return
}

// Sixteen bits.
func.func @add_i16() {
  %c0 = tpu.constant dense<[-11685, -1104, 19975, -9298, -397, 2882, -23252, 6766]> : tensor<8xi16> -> tensor<8x!quant.uniform<i16:f32, 0.001>>
  %c1 = tpu.constant dense<[-4694, 9182, 15866, -4431, -9110, 25358, 16533, 21998]> : tensor<8xi16> -> tensor<8x!quant.uniform<i16:f32, 0.0013>>
  %y2 = tpu.add %c0, %c1 {requant = #tpu.requant<mul32, single, multipliers = [536870912, 697932154], shifts = [30]>}
      : (tensor<8x!quant.uniform<i16:f32, 0.001>>, tensor<8x!quant.uniform<i16:f32, 0.0013>>) -> tensor<8x!quant.uniform<i16:f32, 0.002>>
  check.expect_eq_const %y2, dense<[-8894, 5416, 20300, -7529, -6120, 17924, -880, 17682]> : tensor<8xi16>
      : tensor<8x!quant.uniform<i16:f32, 0.002>>
  return
}

// The second is subtracted.
func.func @sub() {
  %c0 = tpu.constant dense<[[57, 110, 95, -14, 111], [58, 69, -18, -27, -57], [-109, 38, 113, 114, -25]]> : tensor<3x5xi8> -> tensor<3x5x!quant.uniform<i8:f32, 0.1:3>>
  %c1 = tpu.constant dense<[[205, 176, 73, 154, 58], [233, 197, 168, 180, 238], [221, 117, 37, 235, 220]]> : tensor<3x5xui8> -> tensor<3x5x!quant.uniform<u8:f32, 0.07:100>>
  %y2 = tpu.sub %c0, %c1 {requant = #tpu.requant<mul32, single, multipliers = [894784887, 626349414], shifts = [30]>}
      : (tensor<3x5x!quant.uniform<i8:f32, 0.1:3>>, tensor<3x5x!quant.uniform<u8:f32, 0.07:100>>) -> tensor<3x5x!quant.uniform<i8:f32, 0.12:1>>
  check.expect_eq_const %y2, dense<[[-15, 46, 93, -45, 116], [-31, -1, -56, -71, -128], [-128, 20, 127, 15, -92]]> : tensor<3x5xi8>
      : tensor<3x5x!quant.uniform<i8:f32, 0.12:1>>
  return
}

// A number less a tensor.
func.func @sub_scalar() {
  %c0 = tpu.constant dense<[[22]]> : tensor<1x1xi8> -> tensor<1x1x!quant.uniform<i8:f32, 0.1:3>>
  %c1 = tpu.constant dense<[[-18, -76, -59, 110, -41], [-82, 126, 98, 116, 14]]> : tensor<2x5xi8> -> tensor<2x5x!quant.uniform<i8:f32, 0.07:10>>
  %y2 = tpu.sub %c0, %c1 {requant = #tpu.requant<mul32, single, multipliers = [894784887, 626349414], shifts = [30]>}
      : (tensor<1x1x!quant.uniform<i8:f32, 0.1:3>>, tensor<2x5x!quant.uniform<i8:f32, 0.07:10>>) -> tensor<2x5x!quant.uniform<i8:f32, 0.12:1>>
  check.expect_eq_const %y2, dense<[[33, 67, 57, -42, 47], [71, -51, -35, -45, 15]]> : tensor<2x5xi8>
      : tensor<2x5x!quant.uniform<i8:f32, 0.12:1>>
  return
}

// Zero points are taken off first.
func.func @mul() {
  %c0 = tpu.constant dense<[[-107, 107, -48, 73, 56], [124, -119, 117, -119, -89], [-117, -72, 94, 117, -43]]> : tensor<3x5xi8> -> tensor<3x5x!quant.uniform<i8:f32, 0.1:3>>
  %c1 = tpu.constant dense<[[47, -47, 100, 75, 0], [-47, -93, 61, 18, -34], [100, -52, -118, -29, 1]]> : tensor<3x5xi8> -> tensor<3x5x!quant.uniform<i8:f32, 0.07:-4>>
  %y2 = tpu.mul %c0, %c1 {requant = #tpu.requant<mul32, single, multipliers = [1924145385], shifts = [37]>}
      : (tensor<3x5x!quant.uniform<i8:f32, 0.1:3>>, tensor<3x5x!quant.uniform<i8:f32, 0.07:-4>>) -> tensor<3x5x!quant.uniform<i8:f32, 0.5:1>>
  check.expect_eq_const %y2, dense<[[-78, -62, -73, 78, 4], [-72, 127, 105, -37, 40], [-128, 51, -128, -39, -2]]> : tensor<3x5xi8>
      : tensor<3x5x!quant.uniform<i8:f32, 0.5:1>>
  return
}

// A value a channel.
func.func @mul_broadcast() {
  %c0 = tpu.constant dense<[[[[43, 57, 19], [246, 223, 124]], [[222, 229, 117], [212, 176, 192]]]]> : tensor<1x2x2x3xui8> -> tensor<1x2x2x3x!quant.uniform<u8:f32, 0.1:128>>
  %c1 = tpu.constant dense<[[[[220, 67, 100]]]]> : tensor<1x1x1x3xui8> -> tensor<1x1x1x3x!quant.uniform<u8:f32, 0.02>>
  %y2 = tpu.mul %c0, %c1 {requant = #tpu.requant<mul32, single, multipliers = [1832519293], shifts = [38]>, clamp = array<i64: 130, 255>}
      : (tensor<1x2x2x3x!quant.uniform<u8:f32, 0.1:128>>, tensor<1x1x1x3x!quant.uniform<u8:f32, 0.02>>) -> tensor<1x2x2x3x!quant.uniform<u8:f32, 0.3:128>>
  check.expect_eq_const %y2, dense<[[[[130, 130, 130], [255, 170, 130]], [[255, 173, 130], [251, 149, 171]]]]> : tensor<1x2x2x3xui8>
      : tensor<1x2x2x3x!quant.uniform<u8:f32, 0.3:128>>
  return
}

// Products of 32 bits.
func.func @mul_i16() {
  %c0 = tpu.constant dense<[2861, 13881, 10827, 16698, 15028, -27652, -10433, -23714]> : tensor<8xi16> -> tensor<8x!quant.uniform<i16:f32, 0.001>>
  %c1 = tpu.constant dense<[31724, 16405, 559, 13477, -25088, -20627, 10080, 21412]> : tensor<8xi16> -> tensor<8x!quant.uniform<i16:f32, 0.001>>
  %y2 = tpu.mul %c0, %c1 {requant = #tpu.requant<mul32, single, multipliers = [1172812541], shifts = [45]>}
      : (tensor<8x!quant.uniform<i16:f32, 0.001>>, tensor<8x!quant.uniform<i16:f32, 0.001>>) -> tensor<8x!quant.uniform<i16:f32, 0.03>>
  check.expect_eq_const %y2, dense<[3025, 7591, 202, 7501, -12567, 19013, -3505, -16925]> : tensor<8xi16>
      : tensor<8x!quant.uniform<i16:f32, 0.03>>
  return
}

// The quotient of the real values.
func.func @div() {
  %c0 = tpu.constant dense<[50, 77, -26, -43, 2, -41, -71, -100, 83, -14, -25, -100]> : tensor<12xi8> -> tensor<12x!quant.uniform<i8:f32, 0.1:3>>
  %c1 = tpu.constant dense<[-39, -92, 90, 24, 66, 81, 24, -79, -1, 105, -79, 120]> : tensor<12xi8> -> tensor<12x!quant.uniform<i8:f32, 0.07:-4>>
  %y2 = tpu.div %c0, %c1
      : (tensor<12x!quant.uniform<i8:f32, 0.1:3>>, tensor<12x!quant.uniform<i8:f32, 0.07:-4>>) -> tensor<12x!quant.uniform<i8:f32, 0.11:2>>
  check.expect_eq_const %y2, dense<[-15, -9, -2, -19, 2, -5, -32, 20, 127, 0, 7, -9]> : tensor<12xi8>
      : tensor<12x!quant.uniform<i8:f32, 0.11:2>>
  return
}

// A zero divisor saturates; 0 / 0 gives the zero point.
func.func @div_by_zero() {
  %c0 = tpu.constant dense<[10, -10, 3]> : tensor<3xi8> -> tensor<3x!quant.uniform<i8:f32, 0.1:3>>
  %c1 = tpu.constant dense<[-4, -4, -4]> : tensor<3xi8> -> tensor<3x!quant.uniform<i8:f32, 0.07:-4>>
  %y2 = tpu.div %c0, %c1
      : (tensor<3x!quant.uniform<i8:f32, 0.1:3>>, tensor<3x!quant.uniform<i8:f32, 0.07:-4>>) -> tensor<3x!quant.uniform<i8:f32, 0.11:2>>
  check.expect_eq_const %y2, dense<[127, -128, 2]> : tensor<3xi8>
      : tensor<3x!quant.uniform<i8:f32, 0.11:2>>
  return
}

// One divisor, with a clamp.
func.func @div_broadcast() {
  %c0 = tpu.constant dense<[[-93, 54, 27, 95], [-63, -59, -79, 42]]> : tensor<2x4xi8> -> tensor<2x4x!quant.uniform<i8:f32, 0.1:3>>
  %c1 = tpu.constant dense<[[37]]> : tensor<1x1xi8> -> tensor<1x1x!quant.uniform<i8:f32, 0.07:-4>>
  %y2 = tpu.div %c0, %c1 {clamp = array<i64: 110, 150>}
      : (tensor<2x4x!quant.uniform<i8:f32, 0.1:3>>, tensor<1x1x!quant.uniform<i8:f32, 0.07:-4>>) -> tensor<2x4x!quant.uniform<u8:f32, 0.13:128>>
  check.expect_eq_const %y2, dense<[[110, 142, 134, 150], [110, 111, 110, 138]]> : tensor<2x4xui8>
      : tensor<2x4x!quant.uniform<u8:f32, 0.13:128>>
  return
}

// Parameters of operands and result differ.
func.func @min() {
  %c0 = tpu.constant dense<[[-58, 109, -55, -117, -62, 82], [-82, -68, -94, 77, 42, 36]]> : tensor<2x6xi8> -> tensor<2x6x!quant.uniform<i8:f32, 0.1:3>>
  %c1 = tpu.constant dense<[[-41, 77, -79, -26, -77, -13], [-26, 108, 0, -110, -70, -89]]> : tensor<2x6xi8> -> tensor<2x6x!quant.uniform<i8:f32, 0.07:-4>>
  %y2 = tpu.min %c0, %c1
      : (tensor<2x6x!quant.uniform<i8:f32, 0.1:3>>, tensor<2x6x!quant.uniform<i8:f32, 0.07:-4>>) -> tensor<2x6x!quant.uniform<i8:f32, 0.09:1>>
  check.expect_eq_const %y2, dense<[[-67, 64, -63, -128, -71, -6], [-93, -78, -107, -81, -50, -65]]> : tensor<2x6xi8>
      : tensor<2x6x!quant.uniform<i8:f32, 0.09:1>>
  return
}

// The same for the larger one; broadcast.
func.func @max() {
  %c0 = tpu.constant dense<[[34, 121, -75, 105, 109, -91], [-114, 121, 107, -61, -87, 100]]> : tensor<2x6xi8> -> tensor<2x6x!quant.uniform<i8:f32, 0.1:3>>
  %c1 = tpu.constant dense<[[48, 103, -97, -122, 20, -126]]> : tensor<1x6xi8> -> tensor<1x6x!quant.uniform<i8:f32, 0.07:-4>>
  %y2 = tpu.max %c0, %c1
      : (tensor<2x6x!quant.uniform<i8:f32, 0.1:3>>, tensor<1x6x!quant.uniform<i8:f32, 0.07:-4>>) -> tensor<2x6x!quant.uniform<u8:f32, 0.09:100>>
  check.expect_eq_const %y2, dense<[[140, 231, 28, 213, 218, 5], [140, 231, 216, 29, 119, 208]]> : tensor<2x6xui8>
      : tensor<2x6x!quant.uniform<u8:f32, 0.09:100>>
  return
}

// What has no real value gives the zero point.
func.func @pow() {
  %c0 = tpu.constant dense<[13, 23, 33, 3, -27, 3]> : tensor<6xi8> -> tensor<6x!quant.uniform<i8:f32, 0.1:3>>
  %c1 = tpu.constant dense<[16, -4, 6, 16, 1, -14]> : tensor<6xi8> -> tensor<6x!quant.uniform<i8:f32, 0.1:-4>>
  %y2 = tpu.pow %c0, %c1
      : (tensor<6x!quant.uniform<i8:f32, 0.1:3>>, tensor<6x!quant.uniform<i8:f32, 0.1:-4>>) -> tensor<6x!quant.uniform<i8:f32, 0.071:-5>>
  check.expect_eq_const %y2, dense<[9, 9, 37, -5, -5, 127]> : tensor<6xi8>
      : tensor<6x!quant.uniform<i8:f32, 0.071:-5>>
  return
}

// A square.
func.func @pow_square() {
  %c0 = tpu.constant dense<[-30, -21, 58, 52, -17, 35, 50, -14, 58, 43]> : tensor<10xi8> -> tensor<10x!quant.uniform<i8:f32, 0.1:3>>
  %c1 = tpu.constant dense<[20]> : tensor<1xi8> -> tensor<1x!quant.uniform<i8:f32, 0.1>>
  %y2 = tpu.pow %c0, %c1
      : (tensor<10x!quant.uniform<i8:f32, 0.1:3>>, tensor<1x!quant.uniform<i8:f32, 0.1>>) -> tensor<10x!quant.uniform<u8:f32, 0.17>>
  check.expect_eq_const %y2, dense<[0, 0, 178, 141, 0, 60, 130, 0, 178, 94]> : tensor<10xui8>
      : tensor<10x!quant.uniform<u8:f32, 0.17>>
  return
}
