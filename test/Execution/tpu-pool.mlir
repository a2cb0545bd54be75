// Pooling and reductions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: qc-opt %s --check-execute -o /dev/null
//
// The expected integers come from a numpy script that follows docs/Arithmetic.md.

// Padding never wins.
func.func @max_pool() {
  %c0 = tpu.constant dense<[[[[123, 19], [12, 125], [118, 98], [-79, 127]], [[74, 116], [-26, 42], [87, -50], [85, 32]], [[119, -39], [-40, 79], [-117, -93], [-84, -10]], [[-31, 87], [118, -12], [18, 25], [-26, -103]]]]> : tensor<1x4x4x2xi8> -> tensor<1x4x4x2x!quant.uniform<i8:f32, 0.1:5>>
  %y1 = tpu.max_pool %c0 {kernel = array<i64: 3, 3>, strides = array<i64: 2, 2>, pads = array<i64: 1, 1, 1, 1>, dilations = array<i64: 1, 1>}
      : (tensor<1x4x4x2x!quant.uniform<i8:f32, 0.1:5>>) -> tensor<1x2x2x2x!quant.uniform<i8:f32, 0.1:5>>
  check.expect_eq_const %y1, dense<[[[[123, 125], [118, 127]], [[119, 116], [118, 79]]]]> : tensor<1x2x2x2xi8>
      : tensor<1x2x2x2x!quant.uniform<i8:f32, 0.1:5>>
  return
}

// The last windows hang over the end; dilated.
func.func @max_pool_ceil() {
  %c0 = tpu.constant dense<[[[[223], [72], [186], [244]], [[166], [168], [179], [93]], [[176], [132], [200], [198]], [[151], [201], [13], [211]], [[246], [74], [148], [61]]]]> : tensor<1x5x4x1xui8> -> tensor<1x5x4x1x!quant.uniform<u8:f32, 0.1>>
  %y1 = tpu.max_pool %c0 {kernel = array<i64: 2, 2>, strides = array<i64: 2, 3>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 2, 1>}
      : (tensor<1x5x4x1x!quant.uniform<u8:f32, 0.1>>) -> tensor<1x3x1x1x!quant.uniform<u8:f32, 0.1>>
  check.expect_eq_const %y1, dense<[[[[223]], [[246]], [[246]]]]> : tensor<1x3x1x1xui8>
      : tensor<1x3x1x1x!quant.uniform<u8:f32, 0.1>>
  return
}

// Sixteen bits.
func.func @max_pool_i16() {
  %c0 = tpu.constant dense<[[[[3467], [9077], [26741]], [[1782], [8378], [4252]], [[27533], [-18703], [-20519]]]]> : tensor<1x3x3x1xi16> -> tensor<1x3x3x1x!quant.uniform<i16:f32, 0.1>>
  %y1 = tpu.max_pool %c0 {kernel = array<i64: 2, 2>, strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>}
      : (tensor<1x3x3x1x!quant.uniform<i16:f32, 0.1>>) -> tensor<1x2x2x1x!quant.uniform<i16:f32, 0.1>>
  check.expect_eq_const %y1, dense<[[[[9077], [26741]], [[27533], [8378]]]]> : tensor<1x2x2x1xi16>
      : tensor<1x2x2x1x!quant.uniform<i16:f32, 0.1>>
  return
}

// No padding: one divisor.
func.func @avg_pool() {
  %c0 = tpu.constant dense<[[[[-47, -30], [64, -104], [-37, -105], [65, -33]], [[-117, 52], [115, -39], [-75, 38], [-6, -128]], [[107, -94], [-64, -35], [-70, 21], [124, 58]], [[103, -7], [8, -35], [-113, 43], [26, -121]]]]> : tensor<1x4x4x2xi8> -> tensor<1x4x4x2x!quant.uniform<i8:f32, 0.1:5>>
  %y1 = tpu.avg_pool %c0 {kernel = array<i64: 2, 2>, strides = array<i64: 2, 2>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>,
      count_include_pad = false, divisors = array<i64: 4>,
      requant = #tpu.requant<mul32, single, multipliers = [1073741824], shifts = [32]>}
      : (tensor<1x4x4x2x!quant.uniform<i8:f32, 0.1:5>>) -> tensor<1x2x2x2x!quant.uniform<i8:f32, 0.1:5>>
  check.expect_eq_const %y1, dense<[[[[4, -30], [-13, -57]], [[39, -43], [-8, 0]]]]> : tensor<1x2x2x2xi8>
      : tensor<1x2x2x2x!quant.uniform<i8:f32, 0.1:5>>
  return
}

// Padding is not counted: a divisor for corners, edges and the inside.
func.func @avg_pool_padded() {
  %c0 = tpu.constant dense<[[[[-64, -125], [-74, 52], [110, 52]], [[30, 104], [-15, -18], [-112, -2]], [[-33, 4], [93, -91], [-51, -86]]]]> : tensor<1x3x3x2xi8> -> tensor<1x3x3x2x!quant.uniform<i8:f32, 0.1:5>>
  %y1 = tpu.avg_pool %c0 {kernel = array<i64: 3, 3>, strides = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>, dilations = array<i64: 1, 1>,
      count_include_pad = false, divisors = array<i64: 4, 6, 9>,
      requant = #tpu.requant<mul32, single, multipliers = [1533916908, 2045222544, 1363481696], shifts = [32, 33, 33]>}
      : (tensor<1x3x3x2x!quant.uniform<i8:f32, 0.1:5>>) -> tensor<1x3x3x2x!quant.uniform<u8:f32, 0.07:100>>
  check.expect_eq_const %y1, dense<[[[[49, 97], [63, 108], [60, 123]], [[78, 75], [74, 75], [81, 71]], [[120, 92], [72, 72], [62, 22]]]]> : tensor<1x3x3x2xui8>
      : tensor<1x3x3x2x!quant.uniform<u8:f32, 0.07:100>>
  return
}

// Padding is counted.
func.func @avg_pool_include() {
  %c0 = tpu.constant dense<[[[[82], [85], [155]], [[170], [64], [69]], [[142], [197], [196]]]]> : tensor<1x3x3x1xui8> -> tensor<1x3x3x1x!quant.uniform<u8:f32, 0.1:120>>
  %y1 = tpu.avg_pool %c0 {kernel = array<i64: 3, 3>, strides = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>, dilations = array<i64: 1, 1>,
      count_include_pad = true, divisors = array<i64: 9>,
      requant = #tpu.requant<mul32, single, multipliers = [1908874354], shifts = [33]>, clamp = array<i64: 110, 255>}
      : (tensor<1x3x3x1x!quant.uniform<u8:f32, 0.1:120>>) -> tensor<1x3x3x1x!quant.uniform<u8:f32, 0.05:120>>
  check.expect_eq_const %y1, dense<[[[[110], [110], [110]], [[124], [138], [130]], [[141], [146], [130]]]]> : tensor<1x3x3x1xui8>
      : tensor<1x3x3x1x!quant.uniform<u8:f32, 0.05:120>>
  return
}

// Sixteen bits.
func.func @avg_pool_i16() {
  %c0 = tpu.constant dense<[[[[-9728, -13981, -18405], [-1786, 6377, 4998]], [[24092, -8957, -217], [-18113, -3835, -25271]]]]> : tensor<1x2x2x3xi16> -> tensor<1x2x2x3x!quant.uniform<i16:f32, 0.01>>
  %y1 = tpu.avg_pool %c0 {kernel = array<i64: 2, 2>, strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>,
      count_include_pad = false, divisors = array<i64: 4>,
      requant = #tpu.requant<mul32, single, multipliers = [1073741824], shifts = [32]>}
      : (tensor<1x2x2x3x!quant.uniform<i16:f32, 0.01>>) -> tensor<1x1x1x3x!quant.uniform<i16:f32, 0.01>>
  check.expect_eq_const %y1, dense<[[[[-1384, -5099, -9724]]]]> : tensor<1x1x1x3xi16>
      : tensor<1x1x1x3x!quant.uniform<i16:f32, 0.01>>
  return
}

// A global average.
func.func @reduce_mean() {
  %c0 = tpu.constant dense<[[[[-13, 16, -111], [111, -118, -124], [-109, 93, 69], [118, 32, 10]], [[-33, 119, 35], [52, -16, 11], [84, -10, 42], [-9, 67, 46]], [[33, -68, -61], [55, -76, -3], [-9, 44, -109], [112, -19, -69]]]]> : tensor<1x3x4x3xi8> -> tensor<1x3x4x3x!quant.uniform<i8:f32, 0.1:5>>
  %y1 = tpu.reduce_mean %c0 {axes = array<i64: 1, 2>, keepdims = true,
      requant = #tpu.requant<mul32, single, multipliers = [1193046516], shifts = [32]>}
      : (tensor<1x3x4x3x!quant.uniform<i8:f32, 0.1:5>>) -> tensor<1x1x1x3x!quant.uniform<i8:f32, 0.03:-5>>
  check.expect_eq_const %y1, dense<[[[[87, -4, -95]]]]> : tensor<1x1x1x3xi8>
      : tensor<1x1x1x3x!quant.uniform<i8:f32, 0.03:-5>>
  return
}

// Over the last dimension, which goes.
func.func @reduce_mean_last() {
  %c0 = tpu.constant dense<[[[179, 103, 28, 70, 123, 13, 135], [159, 86, 160, 159, 255, 146, 153], [163, 101, 16, 230, 102, 3, 44]], [[77, 178, 192, 205, 41, 136, 92], [61, 217, 178, 88, 22, 62, 119], [227, 205, 19, 5, 219, 98, 80]]]> : tensor<2x3x7xui8> -> tensor<2x3x7x!quant.uniform<u8:f32, 0.1:120>>
  %y1 = tpu.reduce_mean %c0 {axes = array<i64: 2>, keepdims = false,
      requant = #tpu.requant<mul32, single, multipliers = [1227133513], shifts = [32]>, clamp = array<i64: 110, 255>}
      : (tensor<2x3x7x!quant.uniform<u8:f32, 0.1:120>>) -> tensor<2x3x!quant.uniform<u8:f32, 0.05:110>>
  check.expect_eq_const %y1, dense<[[110, 189, 110], [133, 110, 114]]> : tensor<2x3xui8>
      : tensor<2x3x!quant.uniform<u8:f32, 0.05:110>>
  return
}

// Over the first and last.
func.func @reduce_mean_outer() {
  %c0 = tpu.constant dense<[[[18841, -19151], [16691, -795], [-22529, -1087]], [[20837, 30454], [7277, 16548], [-16301, -2614]]]> : tensor<2x3x2xi16> -> tensor<2x3x2x!quant.uniform<i16:f32, 0.1>>
  %y1 = tpu.reduce_mean %c0 {axes = array<i64: 0, 2>, keepdims = false,
      requant = #tpu.requant<mul32, single, multipliers = [1073741824], shifts = [32]>}
      : (tensor<2x3x2x!quant.uniform<i16:f32, 0.1>>) -> tensor<3x!quant.uniform<i16:f32, 0.1>>
  check.expect_eq_const %y1, dense<[12745, 9930, -10633]> : tensor<3xi16>
      : tensor<3x!quant.uniform<i16:f32, 0.1>>
  return
}

// Sums.
func.func @reduce_sum() {
  %c0 = tpu.constant dense<[[-69, 15, -23, -47, -90], [123, 38, -30, -54, 98]]> : tensor<2x5xi8> -> tensor<2x5x!quant.uniform<i8:f32, 0.1:5>>
  %y1 = tpu.reduce_sum %c0 {axes = array<i64: 1>, keepdims = false,
      requant = #tpu.requant<mul32, single, multipliers = [1717986944], shifts = [33]>}
      : (tensor<2x5x!quant.uniform<i8:f32, 0.1:5>>) -> tensor<2x!quant.uniform<i8:f32, 0.5:-5>>
  check.expect_eq_const %y1, dense<[-53, 25]> : tensor<2xi8>
      : tensor<2x!quant.uniform<i8:f32, 0.5:-5>>
  return
}

// Parameters stay.
func.func @reduce_max() {
  %c0 = tpu.constant dense<[[[-83, 39, 10, 106], [87, -38, 32, -22], [-122, -34, 17, 83]], [[127, 115, -103, 83], [-74, -13, 6, 84], [57, 58, 121, 4]]]> : tensor<2x3x4xi8> -> tensor<2x3x4x!quant.uniform<i8:f32, 0.1:5>>
  %y1 = tpu.reduce_max %c0 {axes = array<i64: 1>, keepdims = true}
      : (tensor<2x3x4x!quant.uniform<i8:f32, 0.1:5>>) -> tensor<2x1x4x!quant.uniform<i8:f32, 0.1:5>>
  check.expect_eq_const %y1, dense<[[[87, 39, 32, 106]], [[127, 115, 121, 84]]]> : tensor<2x1x4xi8>
      : tensor<2x1x4x!quant.uniform<i8:f32, 0.1:5>>
  return
}

// Over everything.
func.func @reduce_max_all() {
  %c0 = tpu.constant dense<[[50, 46, 210], [60, 91, 180]]> : tensor<2x3xui8> -> tensor<2x3x!quant.uniform<u8:f32, 0.1:5>>
  %y1 = tpu.reduce_max %c0 {axes = array<i64: 0, 1>, keepdims = false}
      : (tensor<2x3x!quant.uniform<u8:f32, 0.1:5>>) -> tensor<!quant.uniform<u8:f32, 0.1:5>>
  check.expect_eq_const %y1, dense<210> : tensor<ui8>
      : tensor<!quant.uniform<u8:f32, 0.1:5>>
  return
}

// Over two dimensions.
func.func @reduce_min() {
  %c0 = tpu.constant dense<[[[-30, -78, -30, 15], [27, 77, -67, 39], [92, 28, 69, -63]], [[78, -98, 44, -120], [-34, -117, -21, -69], [-51, 14, 35, -20]]]> : tensor<2x3x4xi8> -> tensor<2x3x4x!quant.uniform<i8:f32, 0.1:5>>
  %y1 = tpu.reduce_min %c0 {axes = array<i64: 0, 2>, keepdims = false}
      : (tensor<2x3x4x!quant.uniform<i8:f32, 0.1:5>>) -> tensor<3x!quant.uniform<i8:f32, 0.1:5>>
  check.expect_eq_const %y1, dense<[-120, -117, -63]> : tensor<3xi8>
      : tensor<3x!quant.uniform<i8:f32, 0.1:5>>
  return
}
