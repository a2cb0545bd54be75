// What cannot be written as a LiteRT model, and how that is said.
// RUN: qc-translate --export-tflite --split-input-file --verify-diagnostics --allow-unregistered-dialect %s

// expected-error @+1 {{3 ops have no form in LiteRT: 'first' (other.one), 'wave' (top.erf: LiteRT has no error function), 'other.two' (other.two); emit the program alone (--emit qcb), or keep them out of the network}}
func.func @unknown(%x: tensor<4xf32>) -> tensor<4xf32> {
  %0 = "other.one"(%x) : (tensor<4xf32>) -> tensor<4xf32> loc("first")
  %1 = top.erf %0 : (tensor<4xf32>) -> tensor<4xf32> loc("wave")
  %2 = "other.two"(%1) : (tensor<4xf32>) -> tensor<4xf32>
  return %2 : tensor<4xf32>
}

// -----

func.func @assigned(%x: tensor<4xf32>) -> tensor<4x!quant.uniform<i8:f32, 0.1>> {
  // expected-error @unknown {{at 'rectified' has 'rectified' in 'tensor<4x!quant.uniform<i8:f32, 1.000000e-01>>', which is between the two forms of a .tflite model: give the stage in front of the assignment of types (correct.mlirbc) for a float model, the one behind it (quantize.mlirbc) for integers}}
  %0 = top.relu %x : (tensor<4xf32>) -> tensor<4x!quant.uniform<i8:f32, 0.1>> loc("rectified")
  return %0 : tensor<4x!quant.uniform<i8:f32, 0.1>>
}

// -----

func.func @asymmetric_words(%x: tensor<4xf32>) -> tensor<4xf32> {
  // expected-error @+1 {{of type '!quant.uniform<i16:f32, 1.000000e-01:5>', but LiteRT's 16-bit activations have zero point 0; quantize them symmetrically, or with 8 bits, or emit the program alone (--emit qcb)}}
  %q = tpu.quantize %x : (tensor<4xf32>) -> tensor<4x!quant.uniform<i16:f32, 0.1:5>>
  %f = tpu.dequantize %q : (tensor<4x!quant.uniform<i16:f32, 0.1:5>>) -> tensor<4xf32>
  return %f : tensor<4xf32>
}

// -----

func.func @asymmetric_weights(%x: tensor<1x4x!quant.uniform<i8:f32, 0.1>>) -> tensor<1x2x!quant.uniform<i8:f32, 0.2>> {
  %w = tpu.constant dense<1> : tensor<2x4xi8> -> tensor<2x4x!quant.uniform<u8:f32, 0.5:3>> loc("kernel")
  %b = tpu.constant dense<0> : tensor<2xi32> -> tensor<2xi32>
  // expected-error @+1 {{has weights 'kernel' of 8 bits, asymmetric, but LiteRT takes weights with zero point 0 only, as most NPUs do; quantize them symmetrically (of a quantized model: --refit), or emit the program alone (--emit qcb)}}
  %y = tpu.fully_connected %x, %w, %b {
      requant = #tpu.requant<mul32, single, multipliers = [1073741824], shifts = [31]>}
    : (tensor<1x4x!quant.uniform<i8:f32, 0.1>>, tensor<2x4x!quant.uniform<u8:f32, 0.5:3>>, tensor<2xi32>)
    -> tensor<1x2x!quant.uniform<i8:f32, 0.2>>
  return %y : tensor<1x2x!quant.uniform<i8:f32, 0.2>>
}

// -----

// expected-error @+1 {{1 op has no form in LiteRT: 'pool' (top.max_pool: MAX_POOL_2D has no dilations)}}
func.func @dilated_pool(%x: tensor<1x2x8x8xf32>) -> tensor<1x2x4x4xf32> {
  %y = top.max_pool %x {kernel = array<i64: 3, 3>, strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>,
                        dilations = array<i64: 2, 2>} : (tensor<1x2x8x8xf32>) -> tensor<1x2x4x4xf32> loc("pool")
  return %y : tensor<1x2x4x4xf32>
}
