// Convolutions and matrix products.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: qc-opt %s --check-execute -o /dev/null
//
// The expected integers come from a numpy script that follows docs/Arithmetic.md.

// Strides, unequal pads and a zero point: padding contributes nothing.
func.func @conv() {
  %c0 = tpu.constant dense<[[[[86, 9, 81], [-44, -13, 73], [-97, -51, -97], [-12, 122, -94], [-30, -25, 103]], [[-76, 0, -61], [-123, 64, -113], [-57, -1, -4], [-99, 123, 63], [118, -105, 57]], [[-53, 10, 108], [-58, 57, -87], [-46, 120, -21], [4, -54, -99], [-20, 31, -12]], [[70, -36, 28], [69, 106, -19], [-118, 55, 7], [95, -11, -34], [-113, -11, 36]]]]> : tensor<1x4x5x3xi8> -> tensor<1x4x5x3x!quant.uniform<i8:f32, 0.05:3>>
  %c1 = tpu.constant dense<[[[[54, 71, -57], [19, 61, -48], [-31, 68, 16]], [[2, 35, 2], [97, 51, -90], [-71, 9, 64]], [[-87, 37, 52], [58, 75, -62], [11, 61, -29]]], [[[-62, -4, -84], [-56, 71, 34], [73, 68, 76]], [[-38, -6, 24], [-45, 84, -99], [68, 29, -50]], [[44, -17, 67], [100, -44, -6], [-57, 39, 28]]], [[[69, 61, 96], [93, 79, -70], [-92, -4, -31]], [[79, 60, -16], [15, 18, 79], [-96, -2, 35]], [[-9, 84, 91], [66, -7, 77], [-86, 32, -47]]], [[[-51, 36, 54], [78, -58, 75], [67, -37, -88]], [[55, 65, -8], [-67, -71, -25], [52, -37, -94]], [[38, 49, -65], [12, -21, 0], [-99, 27, -48]]]]> : tensor<4x3x3x3xi8> -> tensor<4x3x3x3x!quant.uniform<i8<-127:127>:f32:0, {0.01, 0.023, 0.036, 0.049}>>
  %c2 = tpu.constant dense<[54, -79, 109, -395]> : tensor<4xi32> -> tensor<4xi32>
  %y3 = tpu.conv2d %c0, %c1, %c2 {strides = array<i64: 1, 2>, pads = array<i64: 1, 0, 1, 2>, dilations = array<i64: 1, 1>,
      group = 1 : i64, requant = #tpu.requant<mul32, single, multipliers = [1221679610, 1404931585, 1099511626, 1496557516], shifts = [41, 40, 39, 39]>}
      : (tensor<1x4x5x3x!quant.uniform<i8:f32, 0.05:3>>, tensor<4x3x3x3x!quant.uniform<i8<-127:127>:f32:0, {0.01, 0.023, 0.036, 0.049}>>, tensor<4xi32>) -> tensor<1x4x3x4x!quant.uniform<i8:f32, 0.9:-10>>
  check.expect_eq_const %y3, dense<[[[[-12, -49, -12, 36], [-1, -28, -65, -128], [-17, 8, -32, -35]], [[2, -14, 18, 6], [-7, 36, -28, -63], [-16, -24, 7, 6]], [[4, 55, -13, -64], [-1, 44, -26, 39], [-6, -27, 9, -48]], [[6, -9, 53, -93], [9, -24, 12, -55], [-9, 0, -33, -28]]]]> : tensor<1x4x3x4xi8>
      : tensor<1x4x3x4x!quant.uniform<i8:f32, 0.9:-10>>
  return
}

// One channel a group, dilated.
func.func @depthwise() {
  %c0 = tpu.constant dense<[[[[-35, 34, 68, -31], [-122, 57, 1, 39], [-88, -18, 98, 94], [-48, 33, -107, 79], [-60, -41, 119, 11]], [[95, -78, 66, 127], [-109, -66, -91, -63], [-49, -110, 101, -63], [107, 67, -84, 50], [70, -96, -95, -32]], [[-111, -21, -6, 42], [18, -12, -72, 22], [-12, 86, 50, 57], [18, -35, -56, -14], [18, -34, -91, -100]], [[-117, -76, -24, -56], [-83, -48, 54, -48], [107, 19, -93, 120], [97, 70, -88, 74], [51, 66, 54, 24]], [[-41, 106, 123, 48], [-37, 0, 15, -109], [-106, -3, 15, -74], [-61, -95, 106, 1], [-58, 72, 117, -53]]]]> : tensor<1x5x5x4xi8> -> tensor<1x5x5x4x!quant.uniform<i8:f32, 0.05:-7>>
  %c1 = tpu.constant dense<[[[[80], [54], [59]], [[5], [83], [-71]], [[-83], [93], [-2]]], [[[-20], [46], [-41]], [[28], [70], [61]], [[-75], [94], [47]]], [[[40], [-63], [85]], [[-22], [89], [-54]], [[-82], [69], [17]]], [[[-22], [96], [95]], [[-98], [25], [62]], [[39], [20], [4]]]]> : tensor<4x3x3x1xi8> -> tensor<4x3x3x1x!quant.uniform<i8<-127:127>:f32:0, {0.01, 0.023, 0.036, 0.049}>>
  %c2 = tpu.constant dense<[33, -192, -358, -105]> : tensor<4xi32> -> tensor<4xi32>
  %y3 = tpu.conv2d %c0, %c1, %c2 {strides = array<i64: 1, 1>, pads = array<i64: 2, 2, 2, 2>, dilations = array<i64: 2, 2>,
      group = 4 : i64, requant = #tpu.requant<mul32, single, multipliers = [1099511620, 1264438393, 1979120874, 1346901729], shifts = [40, 39, 39, 38]>}
      : (tensor<1x5x5x4x!quant.uniform<i8:f32, 0.05:-7>>, tensor<4x3x3x1x!quant.uniform<i8<-127:127>:f32:0, {0.01, 0.023, 0.036, 0.049}>>, tensor<4xi32>) -> tensor<1x5x5x4x!quant.uniform<i8:f32, 0.5:5>>
  check.expect_eq_const %y3, dense<[[[[-1, 17, 11, 38], [1, 16, 7, 39], [10, 20, 16, 48], [1, 10, -22, -2], [3, -24, -2, -39]], [[6, -33, -3, 2], [-19, 5, 2, 13], [16, -4, 37, -71], [30, 36, -52, 38], [7, -5, 8, 56]], [[-12, 46, 42, 70], [-6, -5, -28, 58], [-14, 5, 38, 22], [-7, -19, 39, 6], [1, 19, -17, -57]], [[-9, -1, 31, 74], [-7, -4, 34, 24], [20, 15, -75, 1], [11, 25, -22, 67], [11, 13, 66, -58]], [[3, 13, 58, 44], [9, -5, -11, 5], [-7, 37, -62, -63], [4, -12, 40, 48], [1, 10, 69, -20]]]]> : tensor<1x5x5x4xi8>
      : tensor<1x5x5x4x!quant.uniform<i8:f32, 0.5:5>>
  return
}

// Two groups, unsigned activations, a fused clamp, scale for the whole weight.
func.func @grouped() {
  %c0 = tpu.constant dense<[[[[178, 240, 246, 51], [7, 252, 171, 194], [208, 92, 221, 164]], [[164, 97, 87, 97], [182, 128, 5, 4], [49, 126, 153, 248]], [[199, 73, 131, 191], [226, 113, 183, 53], [117, 231, 97, 4]]]]> : tensor<1x3x3x4xui8> -> tensor<1x3x3x4x!quant.uniform<u8:f32, 0.05:128>>
  %c1 = tpu.constant dense<[[[[58, -39], [-12, 100]], [[-23, -48], [-54, 70]]], [[[-57, 21], [-53, 62]], [[44, 26], [-15, -28]]], [[[90, 52], [-22, -95]], [[-75, -11], [-8, -26]]], [[[97, -5], [59, -75]], [[-25, -56], [-72, 12]]], [[[-72, -23], [37, 59]], [[12, 21], [-41, 73]]], [[[-63, 47], [-83, 20]], [[-50, -43], [-31, 57]]]]> : tensor<6x2x2x2xi8> -> tensor<6x2x2x2x!quant.uniform<i8<-127:127>:f32, 0.02>>
  %c2 = tpu.constant dense<[289, -249, 38, -425, 390, 462]> : tensor<6xi32> -> tensor<6xi32>
  %y3 = tpu.conv2d %c0, %c1, %c2 {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>,
      group = 2 : i64, requant = #tpu.requant<mul32, single, multipliers = [1374389504], shifts = [39]>, clamp = array<i64: 100, 200>}
      : (tensor<1x3x3x4x!quant.uniform<u8:f32, 0.05:128>>, tensor<6x2x2x2x!quant.uniform<i8<-127:127>:f32, 0.02>>, tensor<6xi32>) -> tensor<1x2x2x6x!quant.uniform<u8:f32, 0.4:100>>
  check.expect_eq_const %y3, dense<[[[[126, 133, 100, 148, 100, 100], [100, 116, 100, 140, 112, 129]], [[100, 100, 100, 100, 100, 101], [126, 105, 100, 100, 129, 100]]]]> : tensor<1x2x2x6xui8>
      : tensor<1x2x2x6x!quant.uniform<u8:f32, 0.4:100>>
  return
}

// Two outputs a group.
func.func @depthwise_multiplier() {
  %c0 = tpu.constant dense<[[[[-36, 10], [9, 70], [-111, 7]], [[87, 28], [14, -120], [108, -81]], [[-39, 44], [-10, 18], [22, -88]]]]> : tensor<1x3x3x2xi8> -> tensor<1x3x3x2x!quant.uniform<i8:f32, 0.05>>
  %c1 = tpu.constant dense<[[[[-98], [91], [62]], [[-69], [34], [2]], [[48], [-72], [40]]], [[[44], [100], [-45]], [[-14], [-74], [-97]], [[-91], [-10], [-65]]], [[[49], [-62], [25]], [[7], [-34], [-10]], [[100], [92], [-45]]], [[[91], [-57], [60]], [[-31], [34], [30]], [[69], [-24], [88]]]]> : tensor<4x3x3x1xi8> -> tensor<4x3x3x1x!quant.uniform<i8<-127:127>:f32:0, {0.01, 0.023, 0.036, 0.049}>>
  %c2 = tpu.constant dense<[379, -478, -401, -382]> : tensor<4xi32> -> tensor<4xi32>
  %y3 = tpu.conv2d %c0, %c1, %c2 {strides = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>, dilations = array<i64: 1, 1>,
      group = 2 : i64, requant = #tpu.requant<mul32, single, multipliers = [1374389504, 1580547968, 1236950528, 1683627136], shifts = [40, 39, 38, 38]>}
      : (tensor<1x3x3x2x!quant.uniform<i8:f32, 0.05>>, tensor<4x3x3x1x!quant.uniform<i8<-127:127>:f32:0, {0.01, 0.023, 0.036, 0.049}>>, tensor<4xi32>) -> tensor<1x3x3x4x!quant.uniform<i8:f32, 0.4>>
  check.expect_eq_const %y3, dense<[[[[-8, -1, 29, -56], [13, -14, -33, -3], [-14, 15, -88, -53]], [[4, -32, 19, 7], [-10, -19, 50, -95], [-12, -54, -8, 61]], [[10, 33, -31, -44], [3, -3, 31, 5], [13, 27, 8, -63]]]]> : tensor<1x3x3x4xi8>
      : tensor<1x3x3x4x!quant.uniform<i8:f32, 0.4>>
  return
}

// A kernel of one position over a batch.
func.func @pointwise_batch() {
  %c0 = tpu.constant dense<[[[[37, -36, -89, -105, 106], [25, -120, -62, 40, -61]], [[67, -55, 33, -103, 79], [61, 10, 38, -112, 27]]], [[[-12, -120, -121, -19, 56], [47, -84, -88, -64, -30]], [[-93, -123, -36, -108, -78], [-73, -31, -22, -115, -10]]]]> : tensor<2x2x2x5xi8> -> tensor<2x2x2x5x!quant.uniform<i8:f32, 0.03:1>>
  %c1 = tpu.constant dense<[[[[82, 77, -72, -37, 31]]], [[[-96, 15, 66, 58, -88]]], [[[-45, -82, 0, 93, 60]]]]> : tensor<3x1x1x5xi8> -> tensor<3x1x1x5x!quant.uniform<i8<-127:127>:f32:0, {0.01, 0.023, 0.036}>>
  %c2 = tpu.constant dense<[253, 253, -163]> : tensor<3xi32> -> tensor<3xi32>
  %y3 = tpu.conv2d %c0, %c1, %c2 {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>,
      group = 1 : i64, requant = #tpu.requant<mul32, single, multipliers = [1099511535, 1264438296, 1979120722], shifts = [40, 39, 39]>}
      : (tensor<2x2x2x5x!quant.uniform<i8:f32, 0.03:1>>, tensor<3x1x1x5x!quant.uniform<i8<-127:127>:f32:0, {0.01, 0.023, 0.036}>>, tensor<3xi32>) -> tensor<2x2x2x3x!quant.uniform<i8:f32, 0.3>>
  check.expect_eq_const %y3, dense<[[[[14, -58, -8], [-6, -1, 31]], [[5, -41, -13], [8, -27, -45]]], [[[1, -33, 42], [5, -28, -11]], [[-13, 13, -2], [-3, -1, -20]]]]> : tensor<2x2x2x3xi8>
      : tensor<2x2x2x3x!quant.uniform<i8:f32, 0.3>>
  return
}

// Sixteen-bit activations with a bias of 64 bits.
func.func @conv_i16() {
  %c0 = tpu.constant dense<[[[[31300, -24106, -23824], [-7424, -2552, -10539], [-1942, 24539, -2286]], [[-5325, 8992, -27392], [25741, 27971, -31406], [8015, 32456, -25120]]]]> : tensor<1x2x3x3xi16> -> tensor<1x2x3x3x!quant.uniform<i16:f32, 0.002>>
  %c1 = tpu.constant dense<[[[[-70, -78, 84], [-7, 92, -82]], [[38, 26, 7], [23, -75, -94]]], [[[24, 62, 80], [58, -8, 83]], [[-94, 34, 3], [39, 74, -68]]]]> : tensor<2x2x2x3xi8> -> tensor<2x2x2x3x!quant.uniform<i8<-127:127>:f32:0, {0.01, 0.023}>>
  %c2 = tpu.constant dense<[279, -477]> : tensor<2xi64> -> tensor<2xi64>
  %y3 = tpu.conv2d %c0, %c1, %c2 {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>,
      group = 1 : i64, requant = #tpu.requant<mul32, single, multipliers = [1099511680, 1264438463], shifts = [40, 39]>}
      : (tensor<1x2x3x3x!quant.uniform<i16:f32, 0.002>>, tensor<2x2x2x3x!quant.uniform<i8<-127:127>:f32:0, {0.01, 0.023}>>, tensor<2xi64>) -> tensor<1x1x2x2x!quant.uniform<i16:f32, 0.02>>
  check.expect_eq_const %y3, dense<[[[[-344, 4597], [3889, 2716]]]]> : tensor<1x1x2x2xi16>
      : tensor<1x1x2x2x!quant.uniform<i16:f32, 0.02>>
  return
}

// Sixteen-bit activations and weights.
func.func @conv_i16_weights() {
  %c0 = tpu.constant dense<[[[[-2637, -28472, -16708], [30438, -6090, 9549], [29724, 29288, -26898]], [[-9871, 32396, 16726], [-5204, -28483, 9704], [-21876, 26647, -14606]]]]> : tensor<1x2x3x3xi16> -> tensor<1x2x3x3x!quant.uniform<i16:f32, 0.002>>
  %c1 = tpu.constant dense<[[[[-321, 302, -57], [345, 1834, -6]], [[-974, -453, 1769], [454, -217, 2800]]], [[[-1477, -252, 2753], [2025, 451, -2665]], [[345, -687, 2811], [363, 447, 722]]]]> : tensor<2x2x2x3xi16> -> tensor<2x2x2x3x!quant.uniform<i16<-32767:32767>:f32:0, {0.01, 0.023}>>
  %c2 = tpu.constant dense<[-92, -250]> : tensor<2xi64> -> tensor<2xi64>
  %y3 = tpu.conv2d %c0, %c1, %c2 {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>,
      group = 1 : i64, requant = #tpu.requant<mul32, single, multipliers = [1407374919, 1618481196], shifts = [45, 44]>}
      : (tensor<1x2x3x3x!quant.uniform<i16:f32, 0.002>>, tensor<2x2x2x3x!quant.uniform<i16<-32767:32767>:f32:0, {0.01, 0.023}>>, tensor<2xi64>) -> tensor<1x1x2x2x!quant.uniform<i16:f32, 0.5>>
  check.expect_eq_const %y3, dense<[[[[1920, 1127], [1220, 15311]]]]> : tensor<1x1x2x2xi16>
      : tensor<1x1x2x2x!quant.uniform<i16:f32, 0.5>>
  return
}

// The result may be wider than the input.
func.func @conv_u8_to_i16() {
  %c0 = tpu.constant dense<[[[[130, 102, 212], [242, 119, 166]], [[49, 149, 39], [16, 52, 13]]]]> : tensor<1x2x2x3xui8> -> tensor<1x2x2x3x!quant.uniform<u8:f32, 0.05:10>>
  %c1 = tpu.constant dense<[[[[73, -58, 83]]], [[[-73, 34, 97]]]]> : tensor<2x1x1x3xi8> -> tensor<2x1x1x3x!quant.uniform<i8<-127:127>:f32:0, {0.01, 0.023}>>
  %c2 = tpu.constant dense<[-390, -498]> : tensor<2xi32> -> tensor<2xi32>
  %y3 = tpu.conv2d %c0, %c1, %c2 {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>,
      group = 1 : i64, requant = #tpu.requant<mul32, single, multipliers = [2147483530, 1234803060], shifts = [33, 31]>}
      : (tensor<1x2x2x3x!quant.uniform<u8:f32, 0.05:10>>, tensor<2x1x1x3x!quant.uniform<i8<-127:127>:f32:0, {0.01, 0.023}>>, tensor<2xi32>) -> tensor<1x2x2x2x!quant.uniform<i16:f32, 0.002>>
  check.expect_eq_const %y3, dense<[[[[4950, 7742], [5793, 807]], [[-799, 2412], [-535, 450]]]]> : tensor<1x2x2x2xi16>
      : tensor<1x2x2x2x!quant.uniform<i16:f32, 0.002>>
  return
}

// Scales that are powers of two.
func.func @conv_pow2() {
  %c0 = tpu.constant dense<[[[[-56, -35, -4], [-114, -111, 35]], [[-106, -117, -30], [-111, -91, -108]]]]> : tensor<1x2x2x3xi8> -> tensor<1x2x2x3x!quant.uniform<i8:f32, 0.0625>>
  %c1 = tpu.constant dense<[[[[-3, -46, 67]]], [[[15, -34, 61]]]]> : tensor<2x1x1x3xi8> -> tensor<2x1x1x3x!quant.uniform<i8<-127:127>:f32, 0.02>>
  %c2 = tpu.constant dense<[-301, -233]> : tensor<2xi32> -> tensor<2xi32>
  %y3 = tpu.conv2d %c0, %c1, %c2 {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>,
      group = 1 : i64, requant = #tpu.requant<pow2, single, shifts = [9]>}
      : (tensor<1x2x2x3x!quant.uniform<i8:f32, 0.0625>>, tensor<2x1x1x3x!quant.uniform<i8<-127:127>:f32, 0.02>>, tensor<2xi32>) -> tensor<1x2x2x2x!quant.uniform<i8:f32, 0.5>>
  check.expect_eq_const %y3, dense<[[[[2, 0], [15, 8]], [[7, 1], [-6, -11]]]]> : tensor<1x2x2x2xi8>
      : tensor<1x2x2x2x!quant.uniform<i8:f32, 0.5>>
  return
}

// Two roundings.
func.func @conv_double() {
  %c0 = tpu.constant dense<[[[[-93, -56, -24], [83, -36, 62]], [[88, -96, 58], [78, -38, 84]], [[78, -83, -87], [32, -21, -78]]]]> : tensor<1x3x2x3xi8> -> tensor<1x3x2x3x!quant.uniform<i8:f32, 0.05>>
  %c1 = tpu.constant dense<[[[[95, -52, -66]]], [[[-1, -27, 4]]], [[[-36, -4, -7]]]]> : tensor<3x1x1x3xi8> -> tensor<3x1x1x3x!quant.uniform<i8<-127:127>:f32:0, {0.01, 0.023, 0.036}>>
  %c2 = tpu.constant dense<[41, 409, -287]> : tensor<3xi32> -> tensor<3xi32>
  %y3 = tpu.conv2d %c0, %c1, %c2 {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>,
      group = 1 : i64, requant = #tpu.requant<mul32, double, multipliers = [1832519293, 2107397238, 1649267330], shifts = [40, 39, 38]>}
      : (tensor<1x3x2x3x!quant.uniform<i8:f32, 0.05>>, tensor<3x1x1x3x!quant.uniform<i8<-127:127>:f32:0, {0.01, 0.023, 0.036}>>, tensor<3xi32>) -> tensor<1x3x2x3x!quant.uniform<i8:f32, 0.3>>
  check.expect_eq_const %y3, dense<[[[[-7, 7, 21], [10, 6, -21]], [[16, 12, -21], [6, 6, -21]], [[29, 9, -13], [16, 2, -5]]]]> : tensor<1x3x2x3xi8>
      : tensor<1x3x2x3x!quant.uniform<i8:f32, 0.3>>
  return
}

// A float32 product.
func.func @conv_f32() {
  %c0 = tpu.constant dense<[[[[-22, 71, 104], [-57, 115, 105]], [[-57, 3, 54], [-51, -72, -84]], [[-9, -4, 57], [-32, -3, 31]]]]> : tensor<1x3x2x3xi8> -> tensor<1x3x2x3x!quant.uniform<i8:f32, 0.05>>
  %c1 = tpu.constant dense<[[[[49, 0, -64]]], [[[-93, 0, 67]]], [[[15, -90, -80]]]]> : tensor<3x1x1x3xi8> -> tensor<3x1x1x3x!quant.uniform<i8<-127:127>:f32:0, {0.01, 0.023, 0.036}>>
  %c2 = tpu.constant dense<[327, -190, 312]> : tensor<3xi32> -> tensor<3xi32>
  %y3 = tpu.conv2d %c0, %c1, %c2 {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>,
      group = 1 : i64, requant = #tpu.requant<f32, half_even, scales = array<f32: 0.0016666665906086564, 0.0038333332631736994, 0.005999999586492777>>}
      : (tensor<1x3x2x3x!quant.uniform<i8:f32, 0.05>>, tensor<3x1x1x3x!quant.uniform<i8<-127:127>:f32:0, {0.01, 0.023, 0.036}>>, tensor<3xi32>) -> tensor<1x3x2x3x!quant.uniform<i8:f32, 0.3>>
  check.expect_eq_const %y3, dense<[[[[-12, 34, -88], [-15, 47, -116]], [[-10, 33, -31], [5, -4, 76]], [[-6, 17, -24], [-5, 19, -14]]]]> : tensor<1x3x2x3xi8>
      : tensor<1x3x2x3x!quant.uniform<i8:f32, 0.3>>
  return
}

// Overlapping windows, pads and one more row and column than the windows reach.
func.func @deconv() {
  %c0 = tpu.constant dense<[[[[-86, 108], [-84, 42], [-14, -87]], [[-43, -15], [-71, -16], [-97, 33]]]]> : tensor<1x2x3x2xi8> -> tensor<1x2x3x2x!quant.uniform<i8:f32, 0.05:4>>
  %c1 = tpu.constant dense<[[[[91, -24], [-10, 35], [87, -60]], [[-69, -29], [92, 9], [-87, -15]], [[95, -76], [-54, 94], [-90, 38]]], [[[7, 67], [84, -29], [-40, 89]], [[21, 63], [-95, 96], [-14, -61]], [[30, -5], [47, -23], [-42, 23]]]]> : tensor<2x3x3x2xi8> -> tensor<2x3x3x2x!quant.uniform<i8<-127:127>:f32:0, {0.01, 0.023}>>
  %c2 = tpu.constant dense<[417, -250]> : tensor<2xi32> -> tensor<2xi32>
  %y3 = tpu.deconv2d %c0, %c1, %c2 {strides = array<i64: 2, 2>, pads = array<i64: 1, 1, 1, 1>, dilations = array<i64: 1, 1>,
      group = 1 : i64, requant = #tpu.requant<mul32, single, multipliers = [1832519293, 2107397238], shifts = [40, 39]>}
      : (tensor<1x2x3x2x!quant.uniform<i8:f32, 0.05:4>>, tensor<2x3x3x2x!quant.uniform<i8<-127:127>:f32:0, {0.01, 0.023}>>, tensor<2xi32>) -> tensor<1x4x6x2x!quant.uniform<i8:f32, 0.3:-3>>
  check.expect_eq_const %y3, dense<[[[[-15, 67], [16, -21], [-15, 42], [16, -32], [-6, -31], [3, 18]], [[22, -42], [-16, 2], [12, -45], [-3, 23], [-12, -35], [-23, 16]], [[-10, 6], [15, -8], [-14, 16], [19, 4], [-17, 43], [12, -5]], [[-1, -11], [-6, -6], [1, -16], [-12, -6], [11, -25], [15, 15]]]]> : tensor<1x4x6x2xi8>
      : tensor<1x4x6x2x!quant.uniform<i8:f32, 0.3:-3>>
  return
}

// Groups, unequal strides, dilation.
func.func @deconv_grouped() {
  %c0 = tpu.constant dense<[[[[162, 25, 41, 122], [15, 163, 148, 98]], [[192, 252, 236, 103], [154, 76, 22, 208]]]]> : tensor<1x2x2x4xui8> -> tensor<1x2x2x4x!quant.uniform<u8:f32, 0.05:120>>
  %c1 = tpu.constant dense<[[[[-20, -7], [-18, -46]], [[41, -43], [-96, 90]]], [[[42, 93], [67, 29]], [[99, -44], [-68, 42]]], [[[37, -57], [98, -36]], [[96, 8], [-64, -20]]], [[[-74, -30], [10, 95]], [[94, -66], [35, 23]]]]> : tensor<4x2x2x2xi8> -> tensor<4x2x2x2x!quant.uniform<i8<-127:127>:f32:0, {0.01, 0.023, 0.036, 0.049}>>
  %c2 = tpu.constant dense<[-125, -462, 51, -409]> : tensor<4xi32> -> tensor<4xi32>
  %y3 = tpu.deconv2d %c0, %c1, %c2 {strides = array<i64: 2, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 2>,
      group = 2 : i64, requant = #tpu.requant<mul32, single, multipliers = [1374389504, 1580547968, 1236950528, 1683627136], shifts = [39, 38, 37, 37]>, clamp = array<i64: 110, 255>}
      : (tensor<1x2x2x4x!quant.uniform<u8:f32, 0.05:120>>, tensor<4x2x2x2x!quant.uniform<i8<-127:127>:f32:0, {0.01, 0.023, 0.036, 0.049}>>, tensor<4xi32>) -> tensor<1x4x4x4x!quant.uniform<u8:f32, 0.2:110>>
  check.expect_eq_const %y3, dense<[[[[110, 110, 110, 176], [114, 110, 131, 110], [119, 110, 110, 110], [110, 110, 142, 110]], [[124, 155, 110, 110], [110, 110, 133, 155], [110, 110, 156, 110], [145, 159, 110, 111]], [[110, 195, 158, 110], [110, 110, 110, 161], [110, 157, 218, 110], [113, 113, 110, 195]], [[110, 115, 209, 252], [118, 138, 110, 110], [122, 111, 110, 150], [110, 110, 151, 110]]]]> : tensor<1x4x4x4xui8>
      : tensor<1x4x4x4x!quant.uniform<u8:f32, 0.2:110>>
  return
}

// One channel a group.
func.func @deconv_depthwise() {
  %c0 = tpu.constant dense<[[[[80, -75, 70], [125, -3, 57]], [[-24, 94, 50], [-116, -31, 46]]]]> : tensor<1x2x2x3xi8> -> tensor<1x2x2x3x!quant.uniform<i8:f32, 0.05>>
  %c1 = tpu.constant dense<[[[[-1], [-12]], [[-11], [-17]]], [[[6], [42]], [[-43], [-39]]], [[[-1], [3]], [[-2], [-48]]]]> : tensor<3x2x2x1xi8> -> tensor<3x2x2x1x!quant.uniform<i8<-127:127>:f32:0, {0.01, 0.023, 0.036}>>
  %c2 = tpu.constant dense<[215, -109, 105]> : tensor<3xi32> -> tensor<3xi32>
  %y3 = tpu.deconv2d %c0, %c1, %c2 {strides = array<i64: 2, 2>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>,
      group = 3 : i64, requant = #tpu.requant<mul32, single, multipliers = [1374389504, 1580547968, 1236950528], shifts = [38, 37, 36]>}
      : (tensor<1x2x2x3x!quant.uniform<i8:f32, 0.05>>, tensor<3x2x2x1x!quant.uniform<i8<-127:127>:f32:0, {0.01, 0.023, 0.036}>>, tensor<3xi32>) -> tensor<1x4x4x3x!quant.uniform<i8:f32, 0.1>>
  check.expect_eq_const %y3, dense<[[[[1, -6, 1], [-4, -37, 6], [0, -1, 1], [-6, -3, 5]], [[-3, 36, -1], [-6, 32, -59], [-6, 0, 0], [-10, 0, -47]], [[1, 5, 1], [3, 44, 5], [2, -3, 1], [8, -16, 4]], [[2, -48, 0], [3, -43, -41], [7, 14, 0], [11, 13, -38]]]]> : tensor<1x4x4x3xi8>
      : tensor<1x4x4x3x!quant.uniform<i8:f32, 0.1>>
  return
}

// Sixteen bits.
func.func @deconv_i16() {
  %c0 = tpu.constant dense<[[[[2184, 19561], [-22422, -22334]], [[-14668, 30919], [-5217, -30898]]]]> : tensor<1x2x2x2xi16> -> tensor<1x2x2x2x!quant.uniform<i16:f32, 0.002>>
  %c1 = tpu.constant dense<[[[[-5, -45], [60, -96]], [[29, -93], [13, 60]]]]> : tensor<1x2x2x2xi8> -> tensor<1x2x2x2x!quant.uniform<i8<-127:127>:f32:0, {0.01}>>
  %c2 = tpu.constant dense<[369]> : tensor<1xi64> -> tensor<1xi64>
  %y3 = tpu.deconv2d %c0, %c1, %c2 {strides = array<i64: 2, 2>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>,
      group = 1 : i64, requant = #tpu.requant<mul32, single, multipliers = [1099511680], shifts = [39]>}
      : (tensor<1x2x2x2x!quant.uniform<i16:f32, 0.002>>, tensor<1x2x2x2x!quant.uniform<i8<-127:127>:f32:0, {0.01}>>, tensor<1xi64>) -> tensor<1x4x4x1x!quant.uniform<i16:f32, 0.01>>
  check.expect_eq_const %y3, dense<[[[[-1782], [-3493], [2235], [1598]], [[-3511], [2405], [2854], [-3262]], [[-2635], [-7696], [2834], [5307]], [[-6601], [3330], [5445], [-3843]]]]> : tensor<1x4x4x1xi16>
      : tensor<1x4x4x1x!quant.uniform<i16:f32, 0.01>>
  return
}

// Over the last of three dimensions.
func.func @fully_connected() {
  %c0 = tpu.constant dense<[[[-98, -78, -88, -102, -122, -28, -11], [-93, 86, 14, 74, 18, 10, -95]], [[-28, 55, -66, 14, 36, -20, 127], [106, 30, 91, 75, -72, -66, -86]]]> : tensor<2x2x7xi8> -> tensor<2x2x7x!quant.uniform<i8:f32, 0.05:-5>>
  %c1 = tpu.constant dense<[[-78, 84, -20, -69, -42, 52, -29], [-38, 16, -28, -16, 11, -30, 86], [39, -100, 63, -68, 8, 44, -51], [-21, 81, -43, -77, 93, -22, -47], [86, 43, 43, 93, -85, 53, 20]]> : tensor<5x7xi8> -> tensor<5x7x!quant.uniform<i8<-127:127>:f32:0, {0.01, 0.023, 0.036, 0.049, 0.062}>>
  %c2 = tpu.constant dense<[376, 152, 401, 403, 549]> : tensor<5xi32> -> tensor<5xi32>
  %y3 = tpu.fully_connected %c0, %c1, %c2 {requant = #tpu.requant<mul32, single, multipliers = [1099511620, 1264438393, 1979120874, 1346901729, 1704243021], shifts = [40, 39, 39, 38, 38]>}
      : (tensor<2x2x7x!quant.uniform<i8:f32, 0.05:-5>>, tensor<5x7x!quant.uniform<i8<-127:127>:f32:0, {0.01, 0.023, 0.036, 0.049, 0.062}>>, tensor<5xi32>) -> tensor<2x2x5x!quant.uniform<i8:f32, 0.5:2>>
  check.expect_eq_const %y3, dense<[[[16, 14, 16, -11, -88], [13, -9, -37, 45, 15]], [[3, 38, -65, 26, -6], [-9, -29, 12, -49, 127]]]> : tensor<2x2x5xi8>
      : tensor<2x2x5x!quant.uniform<i8:f32, 0.5:2>>
  return
}

// One scale for the weight and a clamp.
func.func @fully_connected_u8() {
  %c0 = tpu.constant dense<[[87, 69, 122, 160, 86, 205, 181, 227, 160, 231, 110, 231, 175, 24, 77, 96, 190, 116, 91, 228]]> : tensor<1x20xui8> -> tensor<1x20x!quant.uniform<u8:f32, 0.03:130>>
  %c1 = tpu.constant dense<[[94, -16, -52, -47, -49, -97, 14, -42, 25, 56, -41, -96, 16, -67, 25, -38, 71, 6, 36, -28], [-17, 77, 14, -59, -79, 12, 65, 56, -90, 86, 41, 75, 98, -73, -91, 59, 94, 35, 71, -16], [80, -95, -81, -67, -40, 50, -38, -84, 85, -38, 87, -49, 39, 49, 24, -28, 29, -83, -28, -26]]> : tensor<3x20xi8> -> tensor<3x20x!quant.uniform<i8<-127:127>:f32, 0.02>>
  %c2 = tpu.constant dense<[652, -312, -594]> : tensor<3xi32> -> tensor<3xi32>
  %y3 = tpu.fully_connected %c0, %c1, %c2 {requant = #tpu.requant<mul32, single, multipliers = [1099511535], shifts = [39]>, clamp = array<i64: 90, 180>}
      : (tensor<1x20x!quant.uniform<u8:f32, 0.03:130>>, tensor<3x20x!quant.uniform<i8<-127:127>:f32, 0.02>>, tensor<3xi32>) -> tensor<1x3x!quant.uniform<u8:f32, 0.3:90>>
  check.expect_eq_const %y3, dense<[[90, 161, 90]]> : tensor<1x3xui8>
      : tensor<1x3x!quant.uniform<u8:f32, 0.3:90>>
  return
}

// Sixteen bits.
func.func @fully_connected_i16() {
  %c0 = tpu.constant dense<[[14222, -1555, -11789, 22552, 12688, -12781, 2529, 29961, 25410], [20846, 15293, 7813, -6035, -20878, -989, -5130, -1876, -20523]]> : tensor<2x9xi16> -> tensor<2x9x!quant.uniform<i16:f32, 0.001>>
  %c1 = tpu.constant dense<[[75, -66, -73, -28, -15, -77, 7, -54, -13], [-74, 20, 33, 0, -55, -17, 71, 38, -89]]> : tensor<2x9xi8> -> tensor<2x9x!quant.uniform<i8<-127:127>:f32:0, {0.01, 0.023}>>
  %c2 = tpu.constant dense<[-308, 211]> : tensor<2xi64> -> tensor<2xi64>
  %y3 = tpu.fully_connected %c0, %c1, %c2 {requant = #tpu.requant<mul32, single, multipliers = [1099511680, 1264438463], shifts = [41, 40]>}
      : (tensor<2x9x!quant.uniform<i16:f32, 0.001>>, tensor<2x9x!quant.uniform<i8<-127:127>:f32:0, {0.01, 0.023}>>, tensor<2xi64>) -> tensor<2x2x!quant.uniform<i16:f32, 0.02>>
  check.expect_eq_const %y3, dense<[[131, -3331], [437, 1814]]> : tensor<2x2xi16>
      : tensor<2x2x!quant.uniform<i16:f32, 0.02>>
  return
}

// Both operands have a zero point.
func.func @matmul() {
  %c0 = tpu.constant dense<[[[27, -122, 58, -111, -95], [44, -45, 45, 113, -46], [119, 21, 126, 73, -118]], [[-43, 83, 71, 111, 88], [102, -126, 55, -65, 44], [77, 56, 96, 19, -17]]]> : tensor<2x3x5xi8> -> tensor<2x3x5x!quant.uniform<i8:f32, 0.05:3>>
  %c1 = tpu.constant dense<[[[73, -73, 0, 121], [-71, 48, -104, 125], [104, 16, 65, 18], [-83, -19, 82, -60], [-52, 63, 34, -24]], [[-37, 76, -74, -42], [-84, -55, -110, -58], [-109, 17, -111, -127], [-105, -87, 85, 48], [4, -38, -96, 6]]]> : tensor<2x5x4xi8> -> tensor<2x5x4x!quant.uniform<i8:f32, 0.04:-6>>
  %y2 = tpu.matmul %c0, %c1 {transpose_lhs = false, transpose_rhs = false,
      requant = #tpu.requant<mul32, single, multipliers = [1374389504], shifts = [38]>}
      : (tensor<2x3x5x!quant.uniform<i8:f32, 0.05:3>>, tensor<2x5x4x!quant.uniform<i8:f32, 0.04:-6>>) -> tensor<2x3x4x!quant.uniform<i8:f32, 0.4:1>>
  check.expect_eq_const %y2, dense<[[[127, -61, 13, -19], [25, -45, 79, -25], [109, -66, 46, 93]], [[-107, -87, -50, -18], [45, 100, -42, -31], [-88, 26, -84, -79]]]> : tensor<2x3x4xi8>
      : tensor<2x3x4x!quant.uniform<i8:f32, 0.4:1>>
  return
}

// Both transposed, the left one broadcast.
func.func @matmul_transposed() {
  %c0 = tpu.constant dense<[[[6, 2, 10], [10, -1, -103], [-76, -108, -17], [23, 94, -26], [-30, 121, 1]]]> : tensor<1x5x3xi8> -> tensor<1x5x3x!quant.uniform<i8:f32, 0.05:3>>
  %c1 = tpu.constant dense<[[[97, 238, 162, 59, 212], [185, 37, 123, 138, 201], [106, 92, 150, 138, 143], [94, 51, 221, 225, 234]], [[17, 161, 82, 251, 165], [187, 158, 212, 54, 229], [97, 69, 101, 252, 40], [99, 217, 127, 47, 46]]]> : tensor<2x4x5xui8> -> tensor<2x4x5x!quant.uniform<u8:f32, 0.04:100>>
  %y2 = tpu.matmul %c0, %c1 {transpose_lhs = true, transpose_rhs = true,
      requant = #tpu.requant<mul32, single, multipliers = [1832519293], shifts = [39]>}
      : (tensor<1x5x3x!quant.uniform<i8:f32, 0.05:3>>, tensor<2x4x5x!quant.uniform<u8:f32, 0.04:100>>) -> tensor<2x3x4x!quant.uniform<i8:f32, 0.6>>
  check.expect_eq_const %y2, dense<[[[-28, -15, -15, -39], [7, 43, 10, 47], [-50, 18, -4, -4]], [[8, -45, 16, -2], [77, -6, 23, -49], [-37, -22, -3, -38]]]> : tensor<2x3x4xi8>
      : tensor<2x3x4x!quant.uniform<i8:f32, 0.6>>
  return
}

// A matrix for all of a batch of batches.
func.func @matmul_broadcast() {
  %c0 = tpu.constant dense<[[[[114, 82, 61], [-42, -119, 48]], [[91, -73, -101], [-39, -64, -30]]], [[[-25, -68, 120], [-120, 57, 69]], [[-19, 115, 126], [-71, -78, -87]]]]> : tensor<2x2x2x3xi8> -> tensor<2x2x2x3x!quant.uniform<i8:f32, 0.05>>
  %c1 = tpu.constant dense<[[-102, -40], [-72, -107], [10, 38]]> : tensor<3x2xi8> -> tensor<3x2x!quant.uniform<i8:f32, 0.04:5>>
  %y2 = tpu.matmul %c0, %c1 {transpose_lhs = false, transpose_rhs = false,
      requant = #tpu.requant<mul32, single, multipliers = [1832519293], shifts = [38]>, clamp = array<i64: 128, 255>}
      : (tensor<2x2x2x3x!quant.uniform<i8:f32, 0.05>>, tensor<3x2x!quant.uniform<i8:f32, 0.04:5>>) -> tensor<2x2x2x2x!quant.uniform<u8:f32, 0.3:128>>
  check.expect_eq_const %y2, dense<[[[[128, 128], [221, 240]], [[128, 133], [188, 181]]], [[[185, 213], [187, 137]], [[128, 128], [216, 188]]]]> : tensor<2x2x2x2xui8>
      : tensor<2x2x2x2x!quant.uniform<u8:f32, 0.3:128>>
  return
}

// Sixteen bits.
func.func @matmul_i16() {
  %c0 = tpu.constant dense<[[21019, -8615, -14594, 4094], [1282, 26597, 599, 23696]]> : tensor<2x4xi16> -> tensor<2x4x!quant.uniform<i16:f32, 0.001>>
  %c1 = tpu.constant dense<[[-27082, 27635, -6190], [28511, -24959, 5886], [3461, 150, -16723], [-30303, -23804, -26055]]> : tensor<4x3xi16> -> tensor<4x3x!quant.uniform<i16:f32, 0.0007>>
  %y2 = tpu.matmul %c0, %c1 {transpose_lhs = false, transpose_rhs = false,
      requant = #tpu.requant<mul32, single, multipliers = [1641937420], shifts = [46]>}
      : (tensor<2x4x!quant.uniform<i16:f32, 0.001>>, tensor<4x3x!quant.uniform<i16:f32, 0.0007>>) -> tensor<2x3x!quant.uniform<i16:f32, 0.03>>
  check.expect_eq_const %y2, dense<[[-23087, 16246, -1013], [177, -27822, -11172]]> : tensor<2x3xi16>
      : tensor<2x3x!quant.uniform<i16:f32, 0.03>>
  return
}
