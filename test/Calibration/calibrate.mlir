// Ranges are written into types; statistics and tables give the same bytes again.
// RUN: qc-opt %s --calibrate-ranges="data=random:4 method=minmax quiet stats-out=%t.stats table-out=%t.table" -o %t.mlir
// RUN: FileCheck %s < %t.mlir
// RUN: qc-opt %s --calibrate-ranges="stats-in=%t.stats method=minmax" -o %t2.mlir
// RUN: diff %t.mlir %t2.mlir
// RUN: qc-opt %s --calibrate-ranges="table-in=%t.table" -o %t3.mlir
// RUN: diff %t.mlir %t3.mlir
// RUN: qc-opt %s --calibrate-ranges="data=random:4 method=minmax quiet threads=3" -o %t4.mlir
// RUN: diff %t.mlir %t4.mlir
// RUN: FileCheck %s --check-prefix=TABLE < %t.table
// RUN: qc-opt %s --calibrate-ranges="data=random:4 method=percentile=0.9 quiet" --remark-format=emitRemark --remarks-filter-analyse=calibrate -o /dev/null 2>&1 | FileCheck %s --check-prefix=WHY
// RUN: qc-opt %s --calibrate-ranges="table-in=%t.table" --remark-format=emitRemark --remarks-filter-analyse=calibrate -o /dev/null 2>&1 | FileCheck %s --check-prefix=FROM-TABLE

// CHECK: qc.calibration_samples = 4 : i64
// CHECK: func.func @main(%arg0: tensor<1x8x!quant.calibrated<f32<{{-0.*:0.*}}>>>
// CHECK: top.relu {{.*}} -> tensor<1x8x!quant.calibrated<f32<0.000000e+00:{{.*}}>>>
// WHY: remark: {{.*}}Category:calibrate{{.*}}Reason="percentile 0.9, clips {{.*}}Tensor=x
// WHY: remark: {{.*}}Reason="extremes, being a result", Tensor=y
// FROM-TABLE: remark: {{.*}}Reason={{"?}}table{{"?}}, Tensor=x
// TABLE: x {{.*}}
// TABLE: y {{.*}}
func.func @main(%x: tensor<1x8xf32> {qc.name = "x"}) -> (tensor<1x8xf32> {qc.name = "y"}) {
  %0 = top.relu %x : (tensor<1x8xf32>) -> tensor<1x8xf32> loc("y")
  return %0 : tensor<1x8xf32>
}
