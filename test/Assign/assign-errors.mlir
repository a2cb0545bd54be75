// Values that cannot have a storage type, or not these two, are named.
// RUN: qc-opt %s --assign-quantization --split-input-file --verify-diagnostics

// expected-error @below {{'x' has no calibrated range; run --calibrate first or give its range in a calibration table}}
func.func @main(%x: tensor<4xf32> {qc.name = "x"}) -> tensor<4xf32> {
  return %x : tensor<4xf32>
}

// -----

!a = tensor<1x4x!quant.uniform<i8:f32, 0.5>>
!b = tensor<4x1x!quant.uniform<i8:f32, 0.25>>
func.func @main(%x: !a {qc.name = "x"}) -> !b {
  // expected-error @unknown {{'y' (top.transpose) only moves values, but 'x' (!quant.uniform<i8:f32, 5.000000e-01>, given: in the IR) and 'y' (!quant.uniform<i8:f32, 2.500000e-01>, given: in the IR) have different storage types; give them one, or let one follow the other}}
  %y = top.transpose %x {perm = array<i64: 1, 0>} : (!a) -> !b loc("y")
  return %y : !b
}

// -----

func.func @main(%x: tensor<1x2x!quant.calibrated<f32<-1.0:1.0>>> {qc.name = "x"}) -> tensor<1x2x!quant.calibrated<f32<-3.0:3.0>>> {
  // expected-error @unknown {{constant 'm' holds a value that is not finite}}
  %m = top.constant dense<[1.0, 0x7FC00000]> : tensor<2xf32> loc("m")
  %y = top.add %x, %m : (tensor<1x2x!quant.calibrated<f32<-1.0:1.0>>>, tensor<2xf32>) -> tensor<1x2x!quant.calibrated<f32<-3.0:3.0>>> loc("y")
  return %y : tensor<1x2x!quant.calibrated<f32<-3.0:3.0>>>
}
