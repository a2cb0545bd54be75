// What only softmaxes read is calibrated as far as they see: 16 below the largest of a row, whatever a mask holds.
// RUN: qc-opt %s --calibrate-ranges="data=random:4 method=minmax quiet" | FileCheck %s

// CHECK: top.add {{.*}} -> tensor<2x4x!quant.calibrated<f32<-1{{[5-6]\..*}}:
// CHECK: top.add {{.*}} -> tensor<2x4x!quant.calibrated<f32<-100{{.*}}:
func.func @main(%x: tensor<2x4xf32> {qc.name = "x"}) -> (tensor<4x2xf32> {qc.name = "y"}, tensor<2x4xf32> {qc.name = "b"}) {
  %mask = top.constant dense<[[0.0, 0.0, 0.0, -1000.0], [0.0, 0.0, 0xFF800000, 0xFF800000]]> : tensor<2x4xf32>
  %0 = top.add %x, %mask : (tensor<2x4xf32>, tensor<2x4xf32>) -> tensor<2x4xf32> loc("a")
  %1 = top.reshape %0 : (tensor<2x4xf32>) -> tensor<2x1x4xf32> loc("r")
  %2 = top.softmax %1 {axis = 2 : i64} : (tensor<2x1x4xf32>) -> tensor<2x1x4xf32> loc("s")
  %3 = top.reshape %2 : (tensor<2x1x4xf32>) -> tensor<4x2xf32> loc("y")
  %finite = top.constant dense<[[0.0, 0.0, 0.0, -1000.0], [0.0, 0.0, 0.0, -1000.0]]> : tensor<2x4xf32>
  // Somebody else reads this one.
  %4 = top.add %x, %finite : (tensor<2x4xf32>, tensor<2x4xf32>) -> tensor<2x4xf32> loc("b")
  %5 = top.softmax %4 {axis = 1 : i64} : (tensor<2x4xf32>) -> tensor<2x4xf32> loc("t")
  return %3, %4 : tensor<4x2xf32>, tensor<2x4xf32>
}
