// What cannot be written as an ONNX model, and how that is said.
// RUN: qc-translate --export-onnx --split-input-file --verify-diagnostics --allow-unregistered-dialect %s

// expected-error @+1 {{2 ops have no form in ONNX: 'first' (other.one), 'other.two' (other.two); emit the program alone (--emit qcb), or keep them out of the network}}
func.func @unknown(%x: tensor<4xf32>) -> tensor<4xf32> {
  %0 = "other.one"(%x) : (tensor<4xf32>) -> tensor<4xf32> loc("first")
  %1 = top.neg %0 : (tensor<4xf32>) -> tensor<4xf32>
  %2 = "other.two"(%1) : (tensor<4xf32>) -> tensor<4xf32>
  return %2 : tensor<4xf32>
}

// -----

func.func @assigned(%x: tensor<4xf32>) -> tensor<4x!quant.uniform<i8:f32, 0.1>> {
  // expected-error @unknown {{at 'rectified' has 'rectified' in 'tensor<4x!quant.uniform<i8:f32, 1.000000e-01>>', which is between the two forms of ONNX: give the stage in front of the assignment of types (correct.mlirbc) for a float model, the one behind it (quantize.mlirbc) for QDQ}}
  %0 = top.relu %x : (tensor<4xf32>) -> tensor<4x!quant.uniform<i8:f32, 0.1>> loc("rectified")
  return %0 : tensor<4x!quant.uniform<i8:f32, 0.1>>
}

// -----

func.func @unknown_function(%x: tensor<4xf32>) -> tensor<4xf32> {
  %t = tpu.constant dense<0> : tensor<256xi8> -> tensor<256xi8>
  %q = tpu.quantize %x : (tensor<4xf32>) -> tensor<4x!quant.uniform<i8:f32, 0.1>>
  // expected-error @+1 {{tabulates 'mystery', which ONNX export does not know; it knows abs, add}}
  %y = tpu.lut %q, %t {function = "mystery", params = array<f64>, frac_bits = 0 : i64}
    : (tensor<4x!quant.uniform<i8:f32, 0.1>>, tensor<256xi8>) -> tensor<4x!quant.uniform<i8:f32, 0.1>>
  %f = tpu.dequantize %y : (tensor<4x!quant.uniform<i8:f32, 0.1>>) -> tensor<4xf32>
  return %f : tensor<4xf32>
}

// -----

func.func @missing_parameter(%x: tensor<4xf32>) -> tensor<4xf32> {
  %t = tpu.constant dense<0> : tensor<256xi8> -> tensor<256xi8>
  %q = tpu.quantize %x : (tensor<4xf32>) -> tensor<4x!quant.uniform<i8:f32, 0.1>>
  // expected-error @+1 {{tabulates 'elu' with 0 parameters, expected 1}}
  %y = tpu.lut %q, %t {function = "elu", params = array<f64>, frac_bits = 0 : i64}
    : (tensor<4x!quant.uniform<i8:f32, 0.1>>, tensor<256xi8>) -> tensor<4x!quant.uniform<i8:f32, 0.1>>
  %f = tpu.dequantize %y : (tensor<4x!quant.uniform<i8:f32, 0.1>>) -> tensor<4xf32>
  return %f : tensor<4xf32>
}

// -----

func.func @computed_weight(%x: tensor<1x4xf32>, %w: tensor<2x4x!quant.uniform<i8<-127:127>:f32, 0.5>>) -> tensor<1x2xf32> {
  %b = tpu.constant dense<0> : tensor<2xi32> -> tensor<2xi32>
  %q = tpu.quantize %x : (tensor<1x4xf32>) -> tensor<1x4x!quant.uniform<i8:f32, 0.1>>
  // expected-error @+1 {{which the network computes, where ONNX export needs a constant}}
  %y = tpu.fully_connected %q, %w, %b {
      requant = #tpu.requant<mul32, single, multipliers = [1073741824], shifts = [32]>}
    : (tensor<1x4x!quant.uniform<i8:f32, 0.1>>, tensor<2x4x!quant.uniform<i8<-127:127>:f32, 0.5>>, tensor<2xi32>)
    -> tensor<1x2x!quant.uniform<i8:f32, 0.2>>
  %f = tpu.dequantize %y : (tensor<1x2x!quant.uniform<i8:f32, 0.2>>) -> tensor<1x2xf32>
  return %f : tensor<1x2xf32>
}

// -----

// expected-error @+1 {{argument 0 is a 'tensor<?x4xf32>', expected a tensor of static shape}}
func.func @open_shape(%x: tensor<?x4xf32> {qc.name = "image"}) -> tensor<?x4xf32> {
  return %x : tensor<?x4xf32>
}
