// Softmax and normalisations.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: qc-opt %s --check-execute -o /dev/null
//
// The expected integers come from a numpy script that follows docs/Arithmetic.md.

// Over the last dimension; the result is unsigned with scale 1/256, stored signed.
func.func @softmax() {
  %c0 = tpu.constant dense<[[92, 68, 16, -67, -54, -43], [20, 20, 94, 127, 113, -52]]> : tensor<2x6xi8> -> tensor<2x6x!quant.uniform<i8:f32, 0.02:3>>
  %y1 = tpu.softmax %c0 {axis = 1 : i64}
      : (tensor<2x6x!quant.uniform<i8:f32, 0.02:3>>) -> tensor<2x6x!quant.uniform<i8:f32, 0.00390625:-128>>
  check.expect_eq_const %y1, dense<[[0, -49, -100, -123, -121, -119], [-116, -116, -76, -27, -52, -125]]> : tensor<2x6xi8>
      : tensor<2x6x!quant.uniform<i8:f32, 0.00390625:-128>>
  return
}

// Over the first dimension.
func.func @softmax_first() {
  %c0 = tpu.constant dense<[[251, 119, 190, 160], [119, 174, 59, 54], [30, 152, 211, 139]]> : tensor<3x4xui8> -> tensor<3x4x!quant.uniform<u8:f32, 0.03:100>>
  %y1 = tpu.softmax %c0 {axis = 0 : i64}
      : (tensor<3x4x!quant.uniform<u8:f32, 0.03:100>>) -> tensor<3x4x!quant.uniform<u8:f32, 0.00390625>>
  check.expect_eq_const %y1, dense<[[251, 29, 88, 163], [5, 150, 2, 7], [0, 77, 166, 87]]> : tensor<3x4xui8>
      : tensor<3x4x!quant.uniform<u8:f32, 0.00390625>>
  return
}

// Sixteen bits.
func.func @softmax_i16() {
  %c0 = tpu.constant dense<[[4118, 10392, 26655, -25232, 7408], [-24492, 12156, 31164, 24642, 21056]]> : tensor<2x5xi16> -> tensor<2x5x!quant.uniform<i16:f32, 0.0001>>
  %y1 = tpu.softmax %c0 {axis = 1 : i64}
      : (tensor<2x5x!quant.uniform<i16:f32, 0.0001>>) -> tensor<2x5x!quant.uniform<i16:f32, 3.0517578125e-05>>
  check.expect_eq_const %y1, dense<[[2368, 4434, 22549, 126, 3290], [62, 2403, 16078, 8375, 5851]]> : tensor<2x5xi16>
      : tensor<2x5x!quant.uniform<i16:f32, 3.0517578125e-05>>
  return
}

// One value takes all: 1 saturates.
func.func @softmax_saturated() {
  %c0 = tpu.constant dense<[[127, -128, -100]]> : tensor<1x3xi8> -> tensor<1x3x!quant.uniform<i8:f32, 0.5>>
  %y1 = tpu.softmax %c0 {axis = 1 : i64}
      : (tensor<1x3x!quant.uniform<i8:f32, 0.5>>) -> tensor<1x3x!quant.uniform<i8:f32, 0.00390625:-128>>
  check.expect_eq_const %y1, dense<[[127, -128, -128]]> : tensor<1x3xi8>
      : tensor<1x3x!quant.uniform<i8:f32, 0.00390625:-128>>
  return
}

// Its logarithm.
func.func @log_softmax() {
  %c0 = tpu.constant dense<[[102, 83, 87, 111, -64], [117, 64, -28, 108, 65]]> : tensor<2x5xi8> -> tensor<2x5x!quant.uniform<i8:f32, 0.03>>
  %y1 = tpu.log_softmax %c0 {axis = 1 : i64}
      : (tensor<2x5x!quant.uniform<i8:f32, 0.03>>) -> tensor<2x5x!quant.uniform<i8:f32, 0.06:127>>
  check.expect_eq_const %y1, dense<[[106, 97, 99, 111, 23], [114, 87, 41, 109, 88]]> : tensor<2x5xi8>
      : tensor<2x5x!quant.uniform<i8:f32, 0.06:127>>
  return
}

// Over the last dimension.
func.func @layer_norm() {
  %c0 = tpu.constant dense<[[123, 36, 126, 15, 116, 45], [84, -47, 86, 92, -28, -24]]> : tensor<2x6xi8> -> tensor<2x6x!quant.uniform<i8:f32, 0.1:3>>
  %c1 = tpu.constant dense<[0.6480000019073486, 0.5109999775886536, 1.1390000581741333, 0.7319999933242798, 1.4559999704360962, 0.6949999928474426]> : tensor<6xf32> -> tensor<6xf32>
  %c2 = tpu.constant dense<[-0.18400000035762787, 0.48399999737739563, 0.019999999552965164, 0.421999990940094, 0.2809999883174896, -0.38100001215934753]> : tensor<6xf32> -> tensor<6xf32>
  %y3 = tpu.layer_norm %c0, %c1, %c2 {axis = 1 : i64, epsilon = 0.000010 : f64}
      : (tensor<2x6x!quant.uniform<i8:f32, 0.1:3>>, tensor<6xf32>, tensor<6xf32>) -> tensor<2x6x!quant.uniform<i8:f32, 0.02:1>>
  check.expect_eq_const %y3, dense<[[24, 2, 63, -27, 77, -42], [22, -6, 57, 61, -51, -47]]> : tensor<2x6xi8>
      : tensor<2x6x!quant.uniform<i8:f32, 0.02:1>>
  return
}

// Over the last two; a large epsilon; sixteen bits.
func.func @layer_norm_two() {
  %c0 = tpu.constant dense<[[[-12543, -18614, 20256], [-7394, -28769, 24966]], [[27524, -10880, 29873], [-2420, -11884, -1261]]]> : tensor<2x2x3xi16> -> tensor<2x2x3x!quant.uniform<i16:f32, 0.0001>>
  %c1 = tpu.constant dense<[[0.824999988079071, 1.2860000133514404, 0.5550000071525574], [0.7260000109672546, 1.3250000476837158, 1.1160000562667847]]> : tensor<2x3xf32> -> tensor<2x3xf32>
  %c2 = tpu.constant dense<[[0.012000000104308128, -0.12999999523162842, -0.3700000047683716], [-0.0430000014603138, 0.4869999885559082, 0.0949999988079071]]> : tensor<2x3xf32> -> tensor<2x3xf32>
  %y3 = tpu.layer_norm %c0, %c1, %c2 {axis = 1 : i64, epsilon = 0.100000 : f64}
      : (tensor<2x2x3x!quant.uniform<i16:f32, 0.0001>>, tensor<2x3xf32>, tensor<2x3xf32>) -> tensor<2x2x3x!quant.uniform<i16:f32, 0.0001>>
  check.expect_eq_const %y3, dense<[[[-3536, -10904, 2945], [-1778, -11755, 16942]], [[10722, -13151, 4181], [-3591, -8105, -3167]]]> : tensor<2x2x3xi16>
      : tensor<2x2x3x!quant.uniform<i16:f32, 0.0001>>
  return
}
