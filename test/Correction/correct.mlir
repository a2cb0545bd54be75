// A range that cuts an activation lowers its mean: the next bias gives that back.
// RUN: echo "x 1 -0.5 1" > %t.table
// RUN: echo "p 0.8 0 0.8" >> %t.table
// RUN: echo "y 6 0 6" >> %t.table
// RUN: qc-opt %s --calibrate-ranges="table-in=%t.table" -o %t.calibrated.mlir
// RUN: qc-opt %t.calibrated.mlir --correct="data=random:32 quiet" -o %t.corrected.mlir
// RUN: FileCheck %s < %t.corrected.mlir
// RUN: qc-opt %t.calibrated.mlir --correct="data=random:32 quiet threads=3" -o %t.threads.mlir
// RUN: diff %t.corrected.mlir %t.threads.mlir
// What was done is noted, and not done again.
// RUN: qc-opt %t.corrected.mlir --correct="data=random:32 quiet" -o %t.again.mlir
// RUN: diff %t.corrected.mlir %t.again.mlir
// Without corrections nothing changes.
// RUN: qc-opt %t.calibrated.mlir -o %t.same.mlir
// RUN: qc-opt %t.calibrated.mlir --correct=steps=none -o %t.none.mlir
// RUN: diff %t.same.mlir %t.none.mlir
// One of them alone.
// RUN: qc-opt %t.calibrated.mlir --correct="steps=inputs data=random:32 quiet" -o - | FileCheck %s --check-prefix=INPUTS

// CHECK: qc.corrections = {bias = {channels = 1 : i64, order = 3 : i64, sqnr_after = {{.*}}, sqnr_before = {{.*}}}, inputs = {inputs = 1 : i64,
// The half of the input that the relu cuts off needs no range.
// CHECK: func.func @main(%arg0: tensor<1x32x4x4x!quant.calibrated<f32<-0.{{[0-4].*}}:
// Half of the values are uniform in [0, 1): cut at 0.8 they lose 0.01 on average, times a sum of weights of 3.5.
// CHECK: top.constant dense<3.03{{.*}}> : tensor<1xf32>
// INPUTS-NOT: bias =
// INPUTS: inputs = {
// INPUTS: top.constant dense<3.000000e+00> : tensor<1xf32>
func.func @main(%x: tensor<1x32x4x4xf32> {qc.name = "x"}) -> (tensor<1x1x4x4xf32> {qc.name = "y"}) {
  %w = top.constant dense<[[
      [[1.0]], [[0.0822]], [[0.0822]], [[0.0822]], [[0.0822]], [[0.0822]], [[0.0822]],
      [[0.0822]], [[0.0822]], [[0.0822]], [[0.0822]], [[0.0822]], [[0.0822]], [[0.0822]],
      [[0.0822]], [[0.0822]], [[0.0822]], [[0.0822]], [[0.0822]], [[0.0822]], [[0.0822]],
      [[0.0822]], [[0.0822]], [[0.0822]], [[0.0822]], [[0.0822]], [[0.0822]], [[0.0822]],
      [[0.0822]], [[0.0822]], [[0.0822]], [[0.0822]]]]> : tensor<1x32x1x1xf32>
  %b = top.constant dense<3.0> : tensor<1xf32>
  %p = top.relu %x : (tensor<1x32x4x4xf32>) -> tensor<1x32x4x4xf32> loc("p")
  %y = top.conv %p, %w, %b {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>,
      dilations = array<i64: 1, 1>, group = 1 : i64}
    : (tensor<1x32x4x4xf32>, tensor<1x32x1x1xf32>, tensor<1xf32>) -> tensor<1x1x4x4xf32> loc("y")
  return %y : tensor<1x1x4x4xf32>
}
