// Ops that only move data.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: qc-opt %s --check-execute -o /dev/null
//
// The expected integers come from a numpy script that follows docs/Arithmetic.md.

// Along the middle.
func.func @concat() {
  %c0 = tpu.constant dense<[[[-113, -71, 86], [82, 120, 90]], [[86, 16, -126], [58, -7, 81]]]> : tensor<2x2x3xi8> -> tensor<2x2x3x!quant.uniform<i8:f32, 0.1:3>>
  %c1 = tpu.constant dense<[[[22, -41, 99]], [[19, 0, -60]]]> : tensor<2x1x3xi8> -> tensor<2x1x3x!quant.uniform<i8:f32, 0.1:3>>
  %y2 = tpu.concat %c0, %c1 {axis = 1 : i64}
      : (tensor<2x2x3x!quant.uniform<i8:f32, 0.1:3>>, tensor<2x1x3x!quant.uniform<i8:f32, 0.1:3>>) -> tensor<2x3x3x!quant.uniform<i8:f32, 0.1:3>>
  check.expect_eq_const %y2, dense<[[[-113, -71, 86], [82, 120, 90], [22, -41, 99]], [[86, 16, -126], [58, -7, 81], [19, 0, -60]]]> : tensor<2x3x3xi8>
      : tensor<2x3x3x!quant.uniform<i8:f32, 0.1:3>>
  return
}

// Along the last dimension.
func.func @concat_last() {
  %c0 = tpu.constant dense<[[[-113, -71, 86], [82, 120, 90]], [[86, 16, -126], [58, -7, 81]]]> : tensor<2x2x3xi8> -> tensor<2x2x3x!quant.uniform<i8:f32, 0.1:3>>
  %c1 = tpu.constant dense<[[[-109], [-100]], [[110], [-115]]]> : tensor<2x2x1xi8> -> tensor<2x2x1x!quant.uniform<i8:f32, 0.1:3>>
  %y2 = tpu.concat %c0, %c1 {axis = 2 : i64}
      : (tensor<2x2x3x!quant.uniform<i8:f32, 0.1:3>>, tensor<2x2x1x!quant.uniform<i8:f32, 0.1:3>>) -> tensor<2x2x4x!quant.uniform<i8:f32, 0.1:3>>
  check.expect_eq_const %y2, dense<[[[-113, -71, 86, -109], [82, 120, 90, -100]], [[86, 16, -126, 110], [58, -7, 81, -115]]]> : tensor<2x2x4xi8>
      : tensor<2x2x4x!quant.uniform<i8:f32, 0.1:3>>
  return
}

// Strides, one of them negative.
func.func @slice() {
  %c0 = tpu.constant dense<[[[115, -119, -4, -25], [-115, 110, 86, 38], [61, 1, 120, 89], [-127, -57, -17, 39], [-56, 18, -101, 35]], [[60, 63, -41, -108], [-119, -10, -94, -88], [78, 91, 27, -102], [-73, 103, 50, -68], [-95, 9, 44, 26]], [[39, -72, -127, -90], [2, 59, 57, 24], [66, -2, 52, -117], [98, 78, 65, 92], [108, 9, -22, 6]]]> : tensor<3x5x4xi8> -> tensor<3x5x4x!quant.uniform<i8:f32, 0.1:3>>
  %y1 = tpu.slice %c0 {offsets = array<i64: 0, 4, 1>, sizes = array<i64: 2, 3, 2>, strides = array<i64: 2, -2, 1>}
      : (tensor<3x5x4x!quant.uniform<i8:f32, 0.1:3>>) -> tensor<2x3x2x!quant.uniform<i8:f32, 0.1:3>>
  check.expect_eq_const %y1, dense<[[[18, -101], [1, 120], [-119, -4]], [[9, -22], [-2, 52], [-72, -127]]]> : tensor<2x3x2xi8>
      : tensor<2x3x2x!quant.uniform<i8:f32, 0.1:3>>
  return
}

// With a stored value.
func.func @pad() {
  %c0 = tpu.constant dense<[[-120, 107, -82], [107, -55, 8]]> : tensor<2x3xi8> -> tensor<2x3x!quant.uniform<i8:f32, 0.1:3>>
  %y1 = tpu.pad %c0 {pads = array<i64: 1, 0, 0, 2>, mode = "constant", value = -7 : i64}
      : (tensor<2x3x!quant.uniform<i8:f32, 0.1:3>>) -> tensor<3x5x!quant.uniform<i8:f32, 0.1:3>>
  check.expect_eq_const %y1, dense<[[-7, -7, -7, -7, -7], [-120, 107, -82, -7, -7], [107, -55, 8, -7, -7]]> : tensor<3x5xi8>
      : tensor<3x5x!quant.uniform<i8:f32, 0.1:3>>
  return
}

// Reflected, without repeating the border.
func.func @pad_reflect() {
  %c0 = tpu.constant dense<[[-120, 107, -82], [107, -55, 8]]> : tensor<2x3xi8> -> tensor<2x3x!quant.uniform<i8:f32, 0.1:3>>
  %y1 = tpu.pad %c0 {pads = array<i64: 1, 2, 0, 1>, mode = "reflect", value = 0 : i64}
      : (tensor<2x3x!quant.uniform<i8:f32, 0.1:3>>) -> tensor<3x6x!quant.uniform<i8:f32, 0.1:3>>
  check.expect_eq_const %y1, dense<[[8, -55, 107, -55, 8, -55], [-82, 107, -120, 107, -82, 107], [8, -55, 107, -55, 8, -55]]> : tensor<3x6xi8>
      : tensor<3x6x!quant.uniform<i8:f32, 0.1:3>>
  return
}

// The border repeated.
func.func @pad_edge() {
  %c0 = tpu.constant dense<[[-120, 107, -82], [107, -55, 8]]> : tensor<2x3xi8> -> tensor<2x3x!quant.uniform<i8:f32, 0.1:3>>
  %y1 = tpu.pad %c0 {pads = array<i64: 1, 2, 3, 1>, mode = "edge", value = 0 : i64}
      : (tensor<2x3x!quant.uniform<i8:f32, 0.1:3>>) -> tensor<6x6x!quant.uniform<i8:f32, 0.1:3>>
  check.expect_eq_const %y1, dense<[[-120, -120, -120, 107, -82, -82], [-120, -120, -120, 107, -82, -82], [107, 107, 107, -55, 8, 8], [107, 107, 107, -55, 8, 8], [107, 107, 107, -55, 8, 8], [107, 107, 107, -55, 8, 8]]> : tensor<6x6xi8>
      : tensor<6x6x!quant.uniform<i8:f32, 0.1:3>>
  return
}

// Row-major order stays.
func.func @reshape() {
  %c0 = tpu.constant dense<[[-118, -123, -101, -99, 4, -93], [-64, -68, -55, 89, 61, 111]]> : tensor<2x6xi8> -> tensor<2x6x!quant.uniform<i8:f32, 0.1:3>>
  %y1 = tpu.reshape %c0
      : (tensor<2x6x!quant.uniform<i8:f32, 0.1:3>>) -> tensor<3x2x2x!quant.uniform<i8:f32, 0.1:3>>
  check.expect_eq_const %y1, dense<[[[-118, -123], [-101, -99]], [[4, -93], [-64, -68]], [[-55, 89], [61, 111]]]> : tensor<3x2x2xi8>
      : tensor<3x2x2x!quant.uniform<i8:f32, 0.1:3>>
  return
}

// Result dimension i is input dimension perm[i].
func.func @transpose() {
  %c0 = tpu.constant dense<[[[90, -73, 92, -119], [-34, -100, 53, 23], [90, 37, -90, 98]], [[-77, 115, 37, -52], [-61, -57, -79, 120], [-34, 99, -124, 26]]]> : tensor<2x3x4xi8> -> tensor<2x3x4x!quant.uniform<i8:f32, 0.1:3>>
  %y1 = tpu.transpose %c0 {perm = array<i64: 2, 0, 1>}
      : (tensor<2x3x4x!quant.uniform<i8:f32, 0.1:3>>) -> tensor<4x2x3x!quant.uniform<i8:f32, 0.1:3>>
  check.expect_eq_const %y1, dense<[[[90, -34, 90], [-77, -61, -34]], [[-73, -100, 37], [115, -57, 99]], [[92, 53, -90], [37, -79, -124]], [[-119, 23, 98], [-52, 120, 26]]]> : tensor<4x2x3xi8>
      : tensor<4x2x3x!quant.uniform<i8:f32, 0.1:3>>
  return
}

// Sixteen bits.
func.func @transpose_i16() {
  %c0 = tpu.constant dense<[[-4043, 24720, -29671], [24371, -16731, -19706]]> : tensor<2x3xi16> -> tensor<2x3x!quant.uniform<i16:f32, 0.01>>
  %y1 = tpu.transpose %c0 {perm = array<i64: 1, 0>}
      : (tensor<2x3x!quant.uniform<i16:f32, 0.01>>) -> tensor<3x2x!quant.uniform<i16:f32, 0.01>>
  check.expect_eq_const %y1, dense<[[-4043, 24371], [24720, -16731], [-29671, -19706]]> : tensor<3x2xi16>
      : tensor<3x2x!quant.uniform<i16:f32, 0.01>>
  return
}

// Floats pass too.
func.func @transpose_f32() {
  %c0 = tpu.constant dense<[[1.5, -2.0], [0.25, 3.0]]> : tensor<2x2xf32> -> tensor<2x2xf32>
  %y1 = tpu.transpose %c0 {perm = array<i64: 1, 0>}
      : (tensor<2x2xf32>) -> tensor<2x2xf32>
  check.expect_eq_const %y1, dense<[[1.5, 0.25], [-2.0, 3.0]]> : tensor<2x2xf32>
      : tensor<2x2xf32>
  return
}

// Unit and missing dimensions repeat.
func.func @expand() {
  %c0 = tpu.constant dense<[[-73], [-44], [-44]]> : tensor<3x1xi8> -> tensor<3x1x!quant.uniform<i8:f32, 0.1:3>>
  %y1 = tpu.expand %c0
      : (tensor<3x1x!quant.uniform<i8:f32, 0.1:3>>) -> tensor<2x3x4x!quant.uniform<i8:f32, 0.1:3>>
  check.expect_eq_const %y1, dense<[[[-73, -73, -73, -73], [-44, -44, -44, -44], [-44, -44, -44, -44]], [[-73, -73, -73, -73], [-44, -44, -44, -44], [-44, -44, -44, -44]]]> : tensor<2x3x4xi8>
      : tensor<2x3x4x!quant.uniform<i8:f32, 0.1:3>>
  return
}

// A negative index counts from the end.
func.func @gather() {
  %c0 = tpu.constant dense<[[-41, -96], [9, -8], [-22, 48], [-98, -42]]> : tensor<4x2xi8> -> tensor<4x2x!quant.uniform<i8:f32, 0.1:3>>
  %c1 = tpu.constant dense<[2, 0, -1]> : tensor<3xi64> -> tensor<3xi64>
  %y2 = tpu.gather %c0, %c1 {axis = 0 : i64}
      : (tensor<4x2x!quant.uniform<i8:f32, 0.1:3>>, tensor<3xi64>) -> tensor<3x2x!quant.uniform<i8:f32, 0.1:3>>
  check.expect_eq_const %y2, dense<[[-22, 48], [-41, -96], [-98, -42]]> : tensor<3x2xi8>
      : tensor<3x2x!quant.uniform<i8:f32, 0.1:3>>
  return
}

// A matrix of indices replaces the last dimension.
func.func @gather_inner() {
  %c0 = tpu.constant dense<[[65, 109, -126, 92], [67, -50, 109, -119]]> : tensor<2x4xi8> -> tensor<2x4x!quant.uniform<i8:f32, 0.1:3>>
  %c1 = tpu.constant dense<[[3, 3], [1, 0]]> : tensor<2x2xi32> -> tensor<2x2xi32>
  %y2 = tpu.gather %c0, %c1 {axis = 1 : i64}
      : (tensor<2x4x!quant.uniform<i8:f32, 0.1:3>>, tensor<2x2xi32>) -> tensor<2x2x2x!quant.uniform<i8:f32, 0.1:3>>
  check.expect_eq_const %y2, dense<[[[92, 92], [109, 65]], [[-119, -119], [-50, 67]]]> : tensor<2x2x2xi8>
      : tensor<2x2x2x!quant.uniform<i8:f32, 0.1:3>>
  return
}
