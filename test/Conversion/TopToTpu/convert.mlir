// Calibrated float ops become integer ops that carry their arithmetic.
// RUN: qc-opt %s --assign-quantization --convert-top-to-tpu | FileCheck %s

// CHECK-LABEL: func.func @main(
// CHECK-SAME: %[[X:.*]]: tensor<1x2x2x2xf32>
// CHECK: %[[Q:.*]] = tpu.quantize %[[X]] {{.*}} -> tensor<1x2x2x2x!quant.uniform<i8:f32, {{.*}}>>
// CHECK: tpu.transpose %[[Q]] {perm = array<i64: 0, 2, 3, 1>}
// CHECK: tpu.conv2d {{.*}}clamp = array<i64: -1, 127>{{.*}}requant = #tpu.requant<mul32, single
// CHECK: tpu.transpose {{.*}}perm = array<i64: 0, 3, 1, 2>
// CHECK: tpu.softmax
// CHECK: tpu.dequantize {{.*}} -> tensor<1x1x2x2xf32>
func.func @main(%x: tensor<1x2x2x2x!quant.calibrated<f32<-1.0:1.0>>>)
    -> tensor<1x1x2x2x!quant.calibrated<f32<0.0:1.0>>> {
  %w = top.constant dense<[[[[0.5]], [[-1.0]]]]> : tensor<1x2x1x1xf32>
  %b = top.constant dense<[0.25]> : tensor<1xf32>
  %0 = top.conv %x, %w, %b {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>, group = 1 : i64, act_min = 0.0 : f32}
    : (tensor<1x2x2x2x!quant.calibrated<f32<-1.0:1.0>>>, tensor<1x2x1x1xf32>, tensor<1xf32>) -> tensor<1x1x2x2x!quant.calibrated<f32<-2.0:2.0>>>
  %1 = top.softmax %0 {axis = 3 : i64} : (tensor<1x1x2x2x!quant.calibrated<f32<-2.0:2.0>>>) -> tensor<1x1x2x2x!quant.calibrated<f32<0.0:1.0>>>
  return %1 : tensor<1x1x2x2x!quant.calibrated<f32<0.0:1.0>>>
}
