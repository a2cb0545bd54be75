// What no reader can tell apart stretches no range, what is in a tensor by the definition of its op is in its range, and
// an infinity that nothing limits is told of.
// RUN: qc-opt %s --split-input-file --calibrate-ranges="data=random:4 method=minmax quiet" 2>%t.warnings | FileCheck %s
// RUN: FileCheck %s --check-prefix=WARN < %t.warnings
// RUN: qc-opt %s --split-input-file --calibrate-ranges="data=random:4 method=mse quiet" | FileCheck %s

// A product that hides positions from a softmax: only what brings the sum down to where the softmax sees nothing.
// CHECK-LABEL: func.func @mask
// CHECK: top.mul {{.*}} -> tensor<4x!quant.calibrated<f32<-{{[12][0-9]\..*}}:
func.func @mask(%x: tensor<2x4xf32> {qc.name = "x"}, %m: tensor<4xf32> {qc.name = "m"}) -> (tensor<2x4xf32> {qc.name = "y"}) {
  %zero = top.constant dense<0.0> : tensor<f32>
  %lowest = top.constant dense<-3.40282347E+38> : tensor<f32>
  %0 = top.max %m, %zero : (tensor<4xf32>, tensor<f32>) -> tensor<4xf32> loc("hidden")
  %1 = top.mul %0, %lowest : (tensor<4xf32>, tensor<f32>) -> tensor<4xf32> loc("mask")
  %2 = top.add %x, %1 : (tensor<2x4xf32>, tensor<4xf32>) -> tensor<2x4xf32> loc("masked")
  %3 = top.softmax %2 {axis = 1 : i64} : (tensor<2x4xf32>) -> tensor<2x4xf32> loc("y")
  return %3 : tensor<2x4xf32>
}

// -----

// Minus infinity behind a logarithm, which the maximum limits.
// CHECK-LABEL: func.func @clamped
// CHECK: top.log {{.*}} -> tensor<2x4x!quant.calibrated<f32<-1.000000e+01:
// CHECK: top.max {{.*}} -> tensor<2x4x!quant.calibrated<f32<-1.000000e+01:
func.func @clamped(%x: tensor<2x4xf32> {qc.name = "x"}) -> (tensor<2x4xf32> {qc.name = "y"}) {
  %floor = top.constant dense<-10.0> : tensor<f32>
  %0 = top.relu %x : (tensor<2x4xf32>) -> tensor<2x4xf32> loc("r")
  %1 = top.log %0 : (tensor<2x4xf32>) -> tensor<2x4xf32> loc("lg")
  %2 = top.max %1, %floor : (tensor<2x4xf32>, tensor<f32>) -> tensor<2x4xf32> loc("y")
  return %2 : tensor<2x4xf32>
}

// -----

// The same without a limit: said once, where it comes from.
// WARN-NOT: warning
// WARN: warning: {{.*}}'lg' holds -infinity {{[0-9]+}} times in the calibration samples, and nothing behind it limits that: the range of 'y' is {{.*}}; let the model limit it (Clip, Max, Min) or end before it (--cut-at)
// WARN-NOT: warning
// CHECK-LABEL: func.func @infinite
func.func @infinite(%x: tensor<2x4xf32> {qc.name = "x"}) -> (tensor<2x4xf32> {qc.name = "y"}) {
  %two = top.constant dense<2.0> : tensor<f32>
  %0 = top.relu %x : (tensor<2x4xf32>) -> tensor<2x4xf32> loc("r")
  %1 = top.log %0 : (tensor<2x4xf32>) -> tensor<2x4xf32> loc("lg")
  %2 = top.mul %1, %two : (tensor<2x4xf32>, tensor<f32>) -> tensor<2x4xf32> loc("y")
  return %2 : tensor<2x4xf32>
}

// -----

// What a pad puts around and constants that are joined are in the range, whatever the method thinks of clipping.
// CHECK-LABEL: func.func @inserted
// CHECK: top.pad {{.*}} -> tensor<2x6x!quant.calibrated<f32<{{.*}}:9.000000e+00>>>
// CHECK: top.concat {{.*}} -> tensor<2x8x!quant.calibrated<f32<-7.000000e+00:9.000000e+00>>>
func.func @inserted(%x: tensor<2x4xf32> {qc.name = "x"}) -> (tensor<2x8xf32> {qc.name = "y"}) {
  %far = top.constant dense<-7.0> : tensor<2x2xf32>
  %0 = top.tanh %x : (tensor<2x4xf32>) -> tensor<2x4xf32> loc("t")
  %1 = top.pad %0 {pads = array<i64: 0, 1, 0, 1>, value = 9.0 : f32} : (tensor<2x4xf32>) -> tensor<2x6xf32> loc("p")
  %2 = top.concat %1, %far {axis = 1 : i64} : (tensor<2x6xf32>, tensor<2x2xf32>) -> tensor<2x8xf32> loc("c")
  %3 = top.abs %2 : (tensor<2x8xf32>) -> tensor<2x8xf32> loc("y")
  return %3 : tensor<2x8xf32>
}

// -----

// Padding that never wins is no reason to widen.
// CHECK-LABEL: func.func @never_wins
// CHECK: top.pad {{.*}} -> tensor<1x1x6x6x!quant.calibrated<f32<-{{[0-9]\..*}}:
func.func @never_wins(%x: tensor<1x1x4x4xf32> {qc.name = "x"}) -> (tensor<1x1x4x4xf32> {qc.name = "y"}) {
  %0 = top.pad %x {pads = array<i64: 0, 0, 1, 1, 0, 0, 1, 1>, value = 0xFF800000 : f32} : (tensor<1x1x4x4xf32>) -> tensor<1x1x6x6xf32> loc("p")
  %1 = top.max_pool %0 {kernel = array<i64: 3, 3>, strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>} : (tensor<1x1x6x6xf32>) -> tensor<1x1x4x4xf32> loc("q")
  %2 = top.neg %1 : (tensor<1x1x4x4xf32>) -> tensor<1x1x4x4xf32> loc("y")
  return %2 : tensor<1x1x4x4xf32>
}
