// Resizing of images.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: qc-opt %s --check-execute -o /dev/null
//
// The expected integers come from a numpy script that follows docs/Arithmetic.md.

// Twice as large.
func.func @nearest() {
  %c0 = tpu.constant dense<[[[[-105, -76], [10, -51], [-121, -10]], [[84, 76], [-127, 39], [-77, -118]]]]> : tensor<1x2x3x2xi8> -> tensor<1x2x3x2x!quant.uniform<i8:f32, 0.1:3>>
  %y1 = tpu.resize_nearest %c0 {coordinate_transformation = "asymmetric", nearest_mode = "floor",
      scales = array<f64: 2.0, 2.0>}
      : (tensor<1x2x3x2x!quant.uniform<i8:f32, 0.1:3>>) -> tensor<1x4x6x2x!quant.uniform<i8:f32, 0.1:3>>
  check.expect_eq_const %y1, dense<[[[[-105, -76], [-105, -76], [10, -51], [10, -51], [-121, -10], [-121, -10]], [[-105, -76], [-105, -76], [10, -51], [10, -51], [-121, -10], [-121, -10]], [[84, 76], [84, 76], [-127, 39], [-127, 39], [-77, -118], [-77, -118]], [[84, 76], [84, 76], [-127, 39], [-127, 39], [-77, -118], [-77, -118]]]]> : tensor<1x4x6x2xi8>
      : tensor<1x4x6x2x!quant.uniform<i8:f32, 0.1:3>>
  return
}

// Smaller, ties to the lower index.
func.func @nearest_half_pixel() {
  %c0 = tpu.constant dense<[[[[130], [123], [38], [47], [96], [218]], [[31], [226], [121], [141], [249], [188]], [[82], [175], [173], [209], [128], [71]], [[144], [58], [146], [191], [193], [245]]]]> : tensor<1x4x6x1xui8> -> tensor<1x4x6x1x!quant.uniform<u8:f32, 0.1:3>>
  %y1 = tpu.resize_nearest %c0 {coordinate_transformation = "half_pixel", nearest_mode = "round_prefer_floor",
      scales = array<f64: 0.5, 0.75>}
      : (tensor<1x4x6x1x!quant.uniform<u8:f32, 0.1:3>>) -> tensor<1x2x4x1x!quant.uniform<u8:f32, 0.1:3>>
  check.expect_eq_const %y1, dense<[[[[130], [123], [47], [96]], [[82], [175], [209], [128]]]]> : tensor<1x2x4x1xui8>
      : tensor<1x2x4x1x!quant.uniform<u8:f32, 0.1:3>>
  return
}

// To the higher index.
func.func @nearest_ceil() {
  %c0 = tpu.constant dense<[[[[-97], [-70]], [[82], [17]]]]> : tensor<1x2x2x1xi8> -> tensor<1x2x2x1x!quant.uniform<i8:f32, 0.1:3>>
  %y1 = tpu.resize_nearest %c0 {coordinate_transformation = "asymmetric", nearest_mode = "ceil",
      scales = array<f64: 1.5, 2.5>}
      : (tensor<1x2x2x1x!quant.uniform<i8:f32, 0.1:3>>) -> tensor<1x3x5x1x!quant.uniform<i8:f32, 0.1:3>>
  check.expect_eq_const %y1, dense<[[[[-97], [-70], [-70], [-70], [-70]], [[82], [17], [17], [17], [17]], [[82], [17], [17], [17], [17]]]]> : tensor<1x3x5x1xi8>
      : tensor<1x3x5x1x!quant.uniform<i8:f32, 0.1:3>>
  return
}

// Corners meet; ties to the higher index.
func.func @nearest_align() {
  %c0 = tpu.constant dense<[[[[-85], [11], [34]], [[-33], [-64], [64]], [[123], [-95], [-2]]]]> : tensor<1x3x3x1xi8> -> tensor<1x3x3x1x!quant.uniform<i8:f32, 0.1:3>>
  %y1 = tpu.resize_nearest %c0 {coordinate_transformation = "align_corners", nearest_mode = "round_prefer_ceil",
      scales = array<f64: 1.6666666666666667, 1.3333333333333333>}
      : (tensor<1x3x3x1x!quant.uniform<i8:f32, 0.1:3>>) -> tensor<1x5x4x1x!quant.uniform<i8:f32, 0.1:3>>
  check.expect_eq_const %y1, dense<[[[[-85], [11], [11], [34]], [[-33], [-64], [-64], [64]], [[-33], [-64], [-64], [64]], [[123], [-95], [-95], [-2]], [[123], [-95], [-95], [-2]]]]> : tensor<1x5x4x1xi8>
      : tensor<1x5x4x1x!quant.uniform<i8:f32, 0.1:3>>
  return
}

// Twice as large: halves go to the even neighbour.
func.func @linear() {
  %c0 = tpu.constant dense<[[[[-33, -82], [-18, -68], [115, -75]], [[47, -4], [54, 27], [127, 8]]]]> : tensor<1x2x3x2xi8> -> tensor<1x2x3x2x!quant.uniform<i8:f32, 0.1:3>>
  %y1 = tpu.resize_linear %c0 {coordinate_transformation = "half_pixel",
      scales = array<f64: 2.0, 2.0>, denominators = array<i64: 4, 4>,
      requant = #tpu.requant<mul32, half_even, multipliers = [1073741824], shifts = [34]>}
      : (tensor<1x2x3x2x!quant.uniform<i8:f32, 0.1:3>>) -> tensor<1x4x6x2x!quant.uniform<i8:f32, 0.1:3>>
  check.expect_eq_const %y1, dense<[[[[-33, -82], [-29, -79], [-22, -71], [15, -70], [82, -73], [115, -75]], [[-13, -63], [-10, -58], [-3, -49], [29, -47], [89, -52], [118, -54]], [[27, -23], [29, -17], [34, -3], [58, -1], [102, -9], [124, -13]], [[47, -4], [49, 4], [52, 19], [72, 22], [109, 13], [127, 8]]]]> : tensor<1x4x6x2xi8>
      : tensor<1x4x6x2x!quant.uniform<i8:f32, 0.1:3>>
  return
}

// Corners meet; another scale, halves up.
func.func @linear_align() {
  %c0 = tpu.constant dense<[[[[58], [112]], [[154], [84]], [[27], [56]]]]> : tensor<1x3x2x1xui8> -> tensor<1x3x2x1x!quant.uniform<u8:f32, 0.1:3>>
  %y1 = tpu.resize_linear %c0 {coordinate_transformation = "align_corners",
      scales = array<f64: 1.6666666666666667, 1.5>, denominators = array<i64: 2, 2>,
      requant = #tpu.requant<mul32, single, multipliers = [1342177280], shifts = [32]>}
      : (tensor<1x3x2x1x!quant.uniform<u8:f32, 0.1:3>>) -> tensor<1x5x3x1x!quant.uniform<u8:f32, 0.08:7>>
  check.expect_eq_const %y1, dense<[[[[76], [110], [143]], [[136], [131], [126]], [[196], [152], [108]], [[116], [104], [91]], [[37], [55], [73]]]]> : tensor<1x5x3x1xui8>
      : tensor<1x5x3x1x!quant.uniform<u8:f32, 0.08:7>>
  return
}

// By thirds.
func.func @linear_asymmetric() {
  %c0 = tpu.constant dense<[[[[-87], [81]], [[50], [105]]]]> : tensor<1x2x2x1xi8> -> tensor<1x2x2x1x!quant.uniform<i8:f32, 0.1:3>>
  %y1 = tpu.resize_linear %c0 {coordinate_transformation = "asymmetric",
      scales = array<f64: 1.5, 3.0>, denominators = array<i64: 3, 3>,
      requant = #tpu.requant<mul32, half_even, multipliers = [1908874354], shifts = [34]>}
      : (tensor<1x2x2x1x!quant.uniform<i8:f32, 0.1:3>>) -> tensor<1x3x6x1x!quant.uniform<i8:f32, 0.1:3>>
  check.expect_eq_const %y1, dense<[[[[-87], [-31], [25], [81], [81], [81]], [[4], [35], [66], [97], [97], [97]], [[50], [68], [87], [105], [105], [105]]]]> : tensor<1x3x6x1xi8>
      : tensor<1x3x6x1x!quant.uniform<i8:f32, 0.1:3>>
  return
}

// Sixteen bits, smaller.
func.func @linear_i16() {
  %c0 = tpu.constant dense<[[[[21363], [-20080], [8899], [27761]], [[5228], [10053], [19046], [-28965]], [[29899], [22346], [27887], [-26956]], [[20236], [21722], [-4449], [-20624]]]]> : tensor<1x4x4x1xi16> -> tensor<1x4x4x1x!quant.uniform<i16:f32, 0.1>>
  %y1 = tpu.resize_linear %c0 {coordinate_transformation = "pytorch_half_pixel",
      scales = array<f64: 0.5, 0.75>, denominators = array<i64: 2, 6>,
      requant = #tpu.requant<mul32, half_even, multipliers = [1431655765], shifts = [34]>}
      : (tensor<1x4x4x1x!quant.uniform<i16:f32, 0.1>>) -> tensor<1x2x3x1x!quant.uniform<i16:f32, 0.1>>
  check.expect_eq_const %y1, dense<[[[[10244], [4480], [1827]], [[24562], [16876], [-17872]]]]> : tensor<1x2x3x1xi16>
      : tensor<1x2x3x1x!quant.uniform<i16:f32, 0.1>>
  return
}
