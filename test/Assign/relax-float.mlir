// RUN: qc-opt %s --relax-float 2>%t.err | FileCheck %s
// RUN: FileCheck %s --input-file=%t.err --check-prefix=TOLD

// TOLD: 'loud' stays in f32: half precision ends at 65504, which it exceeds
// TOLD: 'wide' stays in f32
// TOLD: stores 3 tensors of layers in float as f16; they are computed in f32

module attributes {qc.target = #qc.target<"generic", {}>, qc.precision = "float"} {
// CHECK-LABEL: func.func @main
func.func @main(%x: tensor<1x4xf32> {qc.name = "x"}) -> (tensor<1x4xf32> {qc.name = "y"}) {
  // CHECK-NEXT: top.constant {{.*}} : tensor<1x4xf16>
  %c = top.constant dense<[[1.0, 2.0, 3.0, 4.0]]> : tensor<1x4xf32> loc("c")
  // CHECK-NEXT: top.constant {{.*}} : tensor<1x4xf32>
  %loud = top.constant dense<[[1.0, 2.0, 3.0, 70000.0]]> : tensor<1x4xf32> loc("loud")
  // CHECK-NEXT: top.mul {{.*}} : (tensor<1x4xf32>, tensor<1x4xf16>) -> tensor<1x4xf16>
  %0 = top.mul %x, %c : (tensor<1x4xf32>, tensor<1x4xf32>) -> tensor<1x4xf32> loc("product")
  // CHECK-NEXT: top.add {{.*}} -> tensor<1x4x!quant.calibrated<f32<-1.000000e+00:7.000000e+04>>>
  %1 = top.add %0, %loud : (tensor<1x4xf32>, tensor<1x4xf32>) -> tensor<1x4x!quant.calibrated<f32<-1.0:70000.0>>> loc("wide")
  // CHECK-NEXT: top.relu {{.*}} -> tensor<1x4xf16>
  %2 = top.relu %1 : (tensor<1x4x!quant.calibrated<f32<-1.0:70000.0>>>) -> tensor<1x4xf32> loc("kept")
  // The output is what it was.
  // CHECK-NEXT: top.sigmoid {{.*}} -> tensor<1x4xf32>
  %3 = top.sigmoid %2 : (tensor<1x4xf32>) -> tensor<1x4xf32> loc("y")
  return %3 : tensor<1x4xf32>
}
}
