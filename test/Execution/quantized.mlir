// Values of quantized types are real numbers, rounded to what the type can represent; stored constants stand for theirs.
// RUN: qc-opt %s --check-execute

!q = !quant.uniform<i8:f32, 5.0e-01:3>
!narrow = !quant.uniform<u8<10:20>:f32, 1.0:15>

// 0.25 is half a step: to even. 200 and -200 lie outside. What is not a number is zero.
func.func @rounds() {
  %x = top.constant dense<[0.25, 0.75, 0.3, 200.0, -200.0, 0x7FC00000]> : tensor<6xf32>
  %q = top.requantize %x : (tensor<6xf32>) -> tensor<6x!q>
  %y = top.requantize %q : (tensor<6x!q>) -> tensor<6xf32>
  check.expect_eq_const %y, dense<[0.0, 1.0, 0.5, 62.0, -65.5, 0.0]> : tensor<6xf32> : tensor<6xf32>
  check.expect_eq_const %q, dense<[3, 5, 4, 127, -128, 3]> : tensor<6xi8> : tensor<6x!q>
  %n = top.requantize %x : (tensor<6xf32>) -> tensor<6x!narrow>
  check.expect_eq_const %n, dense<[15, 16, 15, 20, 10, 15]> : tensor<6xui8> : tensor<6x!narrow>
  return
}

// A scale a tensor, an axis and a block; narrower integers take a byte each.
func.func @constants() {
  %t = top.quantized_constant dense<[[1, 3], [5, -128]]> : tensor<2x2xi8> -> tensor<2x2x!q>
  %ft = top.requantize %t : (tensor<2x2x!q>) -> tensor<2x2xf32>
  check.expect_eq_const %ft, dense<[[-1.0, 0.0], [1.0, -65.5]]> : tensor<2x2xf32> : tensor<2x2xf32>
  %a = top.quantized_constant dense<[[1, 2], [3, 4]]> : tensor<2x2xi8> -> tensor<2x2x!quant.uniform<i8:f32:1, {0.5, 0.25:2}>>
  %fa = top.requantize %a : (tensor<2x2x!quant.uniform<i8:f32:1, {0.5, 0.25:2}>>) -> tensor<2x2xf32>
  check.expect_eq_const %fa, dense<[[0.5, 0.0], [1.5, 0.5]]> : tensor<2x2xf32> : tensor<2x2xf32>
  %b = top.quantized_constant dense<[[1, 2, 3, 4], [5, 6, 7, -8]]> : tensor<2x4xi4>
    -> tensor<2x4x!quant.uniform<i4:f32:{0:1, 1:2}, {{1.0, 0.5}, {0.25, 2.0}}>>
  %fb = top.requantize %b : (tensor<2x4x!quant.uniform<i4:f32:{0:1, 1:2}, {{1.0, 0.5}, {0.25, 2.0}}>>) -> tensor<2x4xf32>
  check.expect_eq_const %fb, dense<[[1.0, 2.0, 1.5, 2.0], [1.25, 1.5, 14.0, -16.0]]> : tensor<2x4xf32> : tensor<2x4xf32>
  return
}

// A layer rounds its result once, behind its activation; what only moves values does not round again.
func.func @layer() {
  %x = top.constant dense<[[[[1.0, 2.0]], [[3.0, 4.0]]]]> : tensor<1x2x1x2xf32>
  %w = top.quantized_constant dense<[[[[3]], [[1]]]]> : tensor<1x2x1x1xi8> -> tensor<1x2x1x1x!quant.uniform<i8:f32, 0.3>>
  %y = top.conv %x, %w {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>, act_max = 2.0 : f32}
    : (tensor<1x2x1x2xf32>, tensor<1x2x1x1x!quant.uniform<i8:f32, 0.3>>) -> tensor<1x1x1x2x!q>
  check.expect_eq_const %y, dense<[[[[7, 7]]]]> : tensor<1x1x1x2xi8> : tensor<1x1x1x2x!q>
  %t = top.transpose %y {perm = array<i64: 0, 1, 3, 2>} : (tensor<1x1x1x2x!q>) -> tensor<1x1x2x1x!q>
  check.expect_eq_const %t, dense<[[[[7], [7]]]]> : tensor<1x1x2x1xi8> : tensor<1x1x2x1x!q>
  return
}
