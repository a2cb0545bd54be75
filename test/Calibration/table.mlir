// A symmetric scheme takes the threshold of a table, any other the extremes; what was written reads back.
// RUN: split-file %s %t
// RUN: qc-opt %t/affine.mlir --calibrate-ranges="table-in=%t/ranges table-out=%t/affine.table" | FileCheck %s --check-prefix=AFFINE
// RUN: qc-opt %t/symmetric.mlir --calibrate-ranges="table-in=%t/ranges table-out=%t/symmetric.table" | FileCheck %s --check-prefix=SYMMETRIC
// RUN: qc-opt %t/symmetric.mlir --calibrate-ranges="table-in=%t/symmetric.table table-out=%t/again.table" | FileCheck %s --check-prefix=SYMMETRIC
// RUN: diff %t/symmetric.table %t/again.table
// RUN: not qc-opt %t/symmetric.mlir --calibrate-ranges="table-in=%t/none" 2>&1 | FileCheck %s --check-prefix=NONE
// RUN: not qc-opt %t/symmetric.mlir --calibrate-ranges="table-in=%t/negative" 2>&1 | FileCheck %s --check-prefix=NEGATIVE

// AFFINE: tensor<1x8x!quant.calibrated<f32<-4.000000e+00:4.000000e+00>>>
// AFFINE: top.leaky_relu {{.*}} -> tensor<1x8x!quant.calibrated<f32<-1.000000e+00:8.000000e+00>>>
// SYMMETRIC: tensor<1x8x!quant.calibrated<f32<-3.000000e+00:3.000000e+00>>>
// SYMMETRIC: top.leaky_relu {{.*}} -> tensor<1x8x!quant.calibrated<f32<-5.000000e+00:5.000000e+00>>>
// NONE: error: the calibration table gives 'y' the threshold 0{{.*}}, but its scheme is symmetric; write the largest magnitude to represent
// NEGATIVE: error: {{.*}}negative:2: 'y' has the threshold -5, which is a magnitude and not below zero

//--- ranges
x 3 -4 4
y 5 -1 8
//--- none
x 3 -4 4
y 0 -1 8
//--- negative
x 3 -4 4
y -5 -1 8
//--- affine.mlir
module attributes {qc.precision = "int8", qc.target = #qc.target<"generic", {}>} {
  func.func @main(%x: tensor<1x8xf32> {qc.name = "x"}) -> (tensor<1x8xf32> {qc.name = "y"}) {
    %0 = top.leaky_relu %x {alpha = 0.25 : f32} : (tensor<1x8xf32>) -> tensor<1x8xf32> loc("y")
    return %0 : tensor<1x8xf32>
  }
}
//--- symmetric.mlir
module attributes {qc.precision = "int16", qc.target = #qc.target<"generic", {}>} {
  func.func @main(%x: tensor<1x8xf32> {qc.name = "x"}) -> (tensor<1x8xf32> {qc.name = "y"}) {
    %0 = top.leaky_relu %x {alpha = 0.25 : f32} : (tensor<1x8xf32>) -> tensor<1x8xf32> loc("y")
    return %0 : tensor<1x8xf32>
  }
}
