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

// Activations of 8 and of 16 bits in one network: whoever reads them takes them as they are.
!narrow = !quant.uniform<u8:f32, 0.5:128>
!wide = !quant.uniform<i16:f32, 0.00390625>

func.func @widths() {
  %x = tpu.constant dense<[[[[132, 120]]]]> : tensor<1x1x1x2xui8> -> tensor<1x1x1x2x!narrow>
  %w = tpu.constant dense<[[[[3, -2]]]]> : tensor<1x1x1x2xi8> -> tensor<1x1x1x2x!quant.uniform<i8<-127:127>:f32, 0.25>>
  %b = tpu.constant dense<[5]> : tensor<1xi32> -> tensor<1xi32>
  %bw = tpu.constant dense<[-1000]> : tensor<1xi64> -> tensor<1xi64>
  // (4 * 3 + 8 * 2 + 5) * 0.5 * 0.25 = 4.125
  %up = tpu.conv2d %x, %w, %b {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>, group = 1 : i64,
      requant = #tpu.requant<mul32, single, multipliers = [1073741824], shifts = [25]>}
    : (tensor<1x1x1x2x!narrow>, tensor<1x1x1x2x!quant.uniform<i8<-127:127>:f32, 0.25>>, tensor<1xi32>) -> tensor<1x1x1x1x!wide>
  %pair = tpu.constant dense<[[[[1056, -256]]]]> : tensor<1x1x1x2xi16> -> tensor<1x1x1x2x!wide>
  // (1056 * 3 + 256 * 2 - 1000) * 0.00390625 * 0.25 = 2.617..
  %down = tpu.conv2d %pair, %w, %bw {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>, group = 1 : i64,
      requant = #tpu.requant<mul32, single, multipliers = [1073741824], shifts = [39]>}
    : (tensor<1x1x1x2x!wide>, tensor<1x1x1x2x!quant.uniform<i8<-127:127>:f32, 0.25>>, tensor<1xi64>) -> tensor<1x1x1x1x!narrow>
  %sum = tpu.add %up, %down {requant = #tpu.requant<mul32, single, multipliers = [8388608, 1073741824], shifts = [30]>}
    : (tensor<1x1x1x1x!wide>, tensor<1x1x1x1x!narrow>) -> tensor<1x1x1x1x!narrow>
  %copy = tpu.requantize %up {requant = #tpu.requant<mul32, single, multipliers = [1073741824], shifts = [37]>}
    : (tensor<1x1x1x1x!wide>) -> tensor<1x1x1x1x!narrow>
  %back = tpu.requantize %copy {requant = #tpu.requant<mul32, single, multipliers = [1073741824], shifts = [23]>}
    : (tensor<1x1x1x1x!narrow>) -> tensor<1x1x1x1x!wide>
  check.expect_eq_const %up, dense<1056> : tensor<1x1x1x1xi16> : tensor<1x1x1x1x!wide>
  check.expect_eq_const %down, dense<133> : tensor<1x1x1x1xui8> : tensor<1x1x1x1x!narrow>
  check.expect_eq_const %sum, dense<141> : tensor<1x1x1x1xui8> : tensor<1x1x1x1x!narrow>
  check.expect_eq_const %copy, dense<136> : tensor<1x1x1x1xui8> : tensor<1x1x1x1x!narrow>
  check.expect_eq_const %back, dense<1024> : tensor<1x1x1x1xi16> : tensor<1x1x1x1x!wide>
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
