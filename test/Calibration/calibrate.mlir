// Ranges are written into types; statistics and tables give the same bytes again.
// RUN: qc-opt %s --calibrate-ranges="data=random:4 method=minmax quiet stats-out=%t.stats table-out=%t.table" -o %t.mlir
// RUN: FileCheck %s < %t.mlir
// RUN: qc-opt %s --calibrate-ranges="stats-in=%t.stats method=minmax" -o %t2.mlir
// RUN: diff %t.mlir %t2.mlir
// RUN: qc-opt %s --calibrate-ranges="table-in=%t.table" -o %t3.mlir
// RUN: sed 's/, *qc.parameters = #[^>]*>//; s/ {qc.parameters = [^}]*}//' %t.mlir > %t.ranges
// RUN: sed 's/, *qc.parameters = #[^>]*>//; s/ {qc.parameters = [^}]*}//' %t3.mlir | diff %t.ranges -
// RUN: qc-opt %s --calibrate-ranges="data=random:4 method=minmax quiet threads=3" -o %t4.mlir
// RUN: diff %t.mlir %t4.mlir
// RUN: FileCheck %s --check-prefix=TABLE < %t.table
// RUN: qc-opt %s --calibrate-ranges="data=random:4 method=percentile=0.9 quiet" | FileCheck %s --check-prefix=WHY
// RUN: qc-opt %s --calibrate-ranges="table-in=%t.table" | FileCheck %s --check-prefix=FROM-TABLE

// CHECK: qc.calibration_samples = 4 : i64
// CHECK: func.func @main(%arg0: tensor<1x8x!quant.calibrated<f32<{{-0.*:0.*}}>>>
// CHECK: top.relu {{.*}} -> tensor<1x8x!quant.calibrated<f32<0.000000e+00:{{.*}}>>>
// WHY: qc.name = "x", qc.parameters = #qc.parameters<method, "percentile 0.9, clips {{.*}}">}
// WHY: top.relu {{.*}}qc.parameters = [#qc.parameters<method, "extremes, being a result">]
// FROM-TABLE: qc.parameters = #qc.parameters<file, "table">
// TABLE: x {{.*}}
// TABLE: y {{.*}}
func.func @main(%x: tensor<1x8xf32> {qc.name = "x"}) -> (tensor<1x8xf32> {qc.name = "y"}) {
  %0 = top.relu %x : (tensor<1x8xf32>) -> tensor<1x8xf32> loc("y")
  return %0 : tensor<1x8xf32>
}
