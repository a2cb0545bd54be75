// What cannot be quantized is named, with what to do.
// RUN: qc-opt %s --assign-quantization --convert-top-to-tpu --split-input-file --verify-diagnostics

// expected-error @below {{'x' has no calibrated range; run --calibrate first or give its range in a calibration table}}
func.func @main(%x: tensor<4xf32> {qc.name = "x"}) -> tensor<4xf32> {
  return %x : tensor<4xf32>
}

// -----

// expected-error @below {{unknown target 'genric'; did you mean 'generic'?}}
module attributes {qc.target = #qc.target<"genric", {}>} {
  func.func @main(%x: tensor<4x!quant.calibrated<f32<-1.0:1.0>>>) -> tensor<4x!quant.calibrated<f32<-1.0:1.0>>> {
    return %x : tensor<4x!quant.calibrated<f32<-1.0:1.0>>>
  }
}

// -----

// expected-error @below {{the target has no precision 'int7'}}
module attributes {qc.precision = "int7"} {
  func.func @main(%x: tensor<4x!quant.calibrated<f32<-1.0:1.0>>>) -> tensor<4x!quant.calibrated<f32<-1.0:1.0>>> {
    return %x : tensor<4x!quant.calibrated<f32<-1.0:1.0>>>
  }
}

// -----

func.func @main(%x: tensor<1x2x8x8x!quant.calibrated<f32<-3.0e9:3.0e9>>>)
    -> tensor<1x2x11x11x!quant.calibrated<f32<-1.0e-9:1.0e-9>>> {
  // expected-error @below {{the scales of operands and result are too far apart; check the calibrated ranges}}
  %0 = top.resize %x {mode = "linear", coordinate_transformation = "half_pixel", scales = array<f64: 1.0, 1.0, 1.4142135, 1.4142135>}
    : (tensor<1x2x8x8x!quant.calibrated<f32<-3.0e9:3.0e9>>>) -> tensor<1x2x11x11x!quant.calibrated<f32<-1.0e-9:1.0e-9>>>
  return %0 : tensor<1x2x11x11x!quant.calibrated<f32<-1.0e-9:1.0e-9>>>
}

// -----

func.func @main(%x: tensor<4x!quant.calibrated<f32<-1.0:1.0>>> {qc.name = "x"}) -> tensor<4xi1> {
  // expected-error @unknown {{into 'tensor<4xi1>', which has no quantized form; --deny name:y leaves it in float}}
  %y = top.cast %x : (tensor<4x!quant.calibrated<f32<-1.0:1.0>>>) -> tensor<4xi1> loc("y")
  return %y : tensor<4xi1>
}

// -----

func.func @main(%x: tensor<1x2x3x4x5x!quant.calibrated<f32<-1.0:1.0>>> {qc.name = "x"}) -> tensor<1x2x3x4x10x!quant.calibrated<f32<-1.0:1.0>>> {
  // expected-error @below {{has an integer form only for the width, or height and width}}
  %y = top.resize %x {scales = array<f64: 1.0, 1.0, 1.0, 1.0, 2.0>, mode = "linear", coordinate_transformation = "half_pixel", nearest_mode = "floor"}
    : (tensor<1x2x3x4x5x!quant.calibrated<f32<-1.0:1.0>>>) -> tensor<1x2x3x4x10x!quant.calibrated<f32<-1.0:1.0>>>
  return %y : tensor<1x2x3x4x10x!quant.calibrated<f32<-1.0:1.0>>>
}

// -----

// expected-error @below {{is a declaration: a network needs a body to compile or run}}
func.func private @main(tensor<4xf32>)

// -----

// expected-error @below {{argument 0 is a 'tensor<?xf32>', expected a tensor of static shape}}
func.func @main(%x: tensor<?xf32>) -> tensor<?xf32> {
  return %x : tensor<?xf32>
}

// -----

// expected-error @below {{expects one block that ends in a return}}
func.func @main(%x: tensor<4x!quant.calibrated<f32<-1.0:1.0>>>) -> tensor<4x!quant.calibrated<f32<-1.0:1.0>>> {
  return %x : tensor<4x!quant.calibrated<f32<-1.0:1.0>>>
^second:
  return %x : tensor<4x!quant.calibrated<f32<-1.0:1.0>>>
}

// -----

// Weights that the network computes: two networks of which one is correlated with the other.
func.func @main(%z: tensor<1x8x4x4x!quant.calibrated<f32<-1.0:1.0>>> {qc.name = "z"}, %x: tensor<1x8x12x12x!quant.calibrated<f32<-1.0:1.0>>> {qc.name = "x"})
    -> tensor<1x1x9x9x!quant.calibrated<f32<-1.0:1.0>>> {
  %r = top.relu %z : (tensor<1x8x4x4x!quant.calibrated<f32<-1.0:1.0>>>) -> tensor<1x8x4x4x!quant.calibrated<f32<0.0:1.0>>> loc("rz")
  // expected-error @unknown {{'y' has a weight that the network computes ('rz'), for which there is no integer form; --deny name:y leaves it in float, --cut-at rz ends the network before it; of node 'xcorr'}}
  %y = top.conv %x, %r {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>, group = 1 : i64}
    : (tensor<1x8x12x12x!quant.calibrated<f32<-1.0:1.0>>>, tensor<1x8x4x4x!quant.calibrated<f32<0.0:1.0>>>) -> tensor<1x1x9x9x!quant.calibrated<f32<-1.0:1.0>>> loc("y"("xcorr"))
  return %y : tensor<1x1x9x9x!quant.calibrated<f32<-1.0:1.0>>>
}
