// A constant of a sum is told apart only as far as the result can show it: a mask does not cost its other values their
// step.
// RUN: qc-opt %s --assign-quantization --convert-top-to-tpu --split-input-file | FileCheck %s

// The result reaches from -8 to 8 and x from -1 to 1: below -9 all is one.
// CHECK-LABEL: func.func @add
// CHECK: tpu.constant {{.*}} -> tensor<3x!quant.uniform<i8:f32, 0.03{{.*}}>>
// CHECK: tpu.add
func.func @add(%x: tensor<3x!quant.calibrated<f32<-1.0:1.0>>>) -> tensor<3x!quant.calibrated<f32<-8.0:8.0>>> {
  %mask = top.constant dense<[0.0, 0xFF800000, 0.5]> : tensor<3xf32>
  %0 = top.add %x, %mask : (tensor<3x!quant.calibrated<f32<-1.0:1.0>>>, tensor<3xf32>) -> tensor<3x!quant.calibrated<f32<-8.0:8.0>>>
  return %0 : tensor<3x!quant.calibrated<f32<-8.0:8.0>>>
}

// -----

// CHECK-LABEL: func.func @sub
// CHECK: tpu.constant {{.*}} -> tensor<3x!quant.uniform<i8:f32, 0.03{{.*}}>>
// CHECK: tpu.sub
func.func @sub(%x: tensor<3x!quant.calibrated<f32<-1.0:1.0>>>) -> tensor<3x!quant.calibrated<f32<-8.0:8.0>>> {
  %mask = top.constant dense<[0.0, 1.0e9, 0.5]> : tensor<3xf32>
  %0 = top.sub %x, %mask : (tensor<3x!quant.calibrated<f32<-1.0:1.0>>>, tensor<3xf32>) -> tensor<3x!quant.calibrated<f32<-8.0:8.0>>>
  return %0 : tensor<3x!quant.calibrated<f32<-8.0:8.0>>>
}
