// Integers that enter the network stay what they are until something makes floats of them.
// RUN: qc-opt %s --split-input-file --assign-quantization --convert-top-to-tpu | FileCheck %s

// CHECK-LABEL: func.func @main(
// CHECK-SAME: %[[I:[a-z0-9]+]]: tensor<1x4xi64>
// CHECK: %[[R:.*]] = tpu.reshape %[[I]] : (tensor<1x4xi64>) -> tensor<2x2xi64>
// CHECK: tpu.gather {{.*}}, %[[R]]
// CHECK: tpu.quantize %[[R]] : (tensor<2x2xi64>) -> tensor<2x2x!quant.uniform<i8:f32,
// CHECK: return {{.*}}, {{.*}}, %[[R]] : tensor<2x2x3xf32>, tensor<2x2xf32>, tensor<2x2xi64>
func.func @main(%i: tensor<1x4xi64>)
    -> (tensor<2x2x3x!quant.calibrated<f32<-1.0:1.0>>>, tensor<2x2x!quant.calibrated<f32<0.0:4.0>>>, tensor<2x2xi64>) {
  %t = top.constant dense<0.5> : tensor<4x3xf32>
  %0 = top.reshape %i : (tensor<1x4xi64>) -> tensor<2x2xi64>
  %1 = top.gather %t, %0 {axis = 0 : i64} : (tensor<4x3xf32>, tensor<2x2xi64>) -> tensor<2x2x3x!quant.calibrated<f32<-1.0:1.0>>>
  %2 = top.cast %0 : (tensor<2x2xi64>) -> tensor<2x2x!quant.calibrated<f32<0.0:4.0>>>
  return %1, %2, %0 : tensor<2x2x3x!quant.calibrated<f32<-1.0:1.0>>>, tensor<2x2x!quant.calibrated<f32<0.0:4.0>>>, tensor<2x2xi64>
}

// -----

// Integers that leave the network are made of floats, on the CPU.
// CHECK-LABEL: func.func @leave(
// CHECK: %[[F:.*]] = tpu.dequantize
// CHECK: %[[C:.*]] = top.cast %[[F]] {qc.placement = "cpu"} : (tensor<4xf32>) -> tensor<4xui8>
// CHECK: return %[[C]] : tensor<4xui8>
func.func @leave(%x: tensor<4xui8>) -> tensor<4xui8> {
  %0 = top.cast %x : (tensor<4xui8>) -> tensor<4x!quant.calibrated<f32<0.0:255.0>>>
  %1 = top.relu %0 : (tensor<4x!quant.calibrated<f32<0.0:255.0>>>) -> tensor<4x!quant.calibrated<f32<0.0:255.0>>>
  %2 = top.cast %1 : (tensor<4x!quant.calibrated<f32<0.0:255.0>>>) -> tensor<4xui8>
  return %2 : tensor<4xui8>
}
