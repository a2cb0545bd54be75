// What the user gives wrong is named.
// RUN: not qc-opt %s --calibrate-ranges="data=/nowhere" 2>&1 | FileCheck %s --check-prefix=DATA
// RUN: not qc-opt %s --calibrate-ranges="data=random:2 method=minmex" 2>&1 | FileCheck %s --check-prefix=METHOD
// RUN: not qc-opt %s --calibrate-ranges="table-in=%s" 2>&1 | FileCheck %s --check-prefix=TABLE
// RUN: not qc-opt %s --calibrate-ranges="stats-in=%s" 2>&1 | FileCheck %s --check-prefix=STATS
// RUN: qc-opt %s --calibrate-ranges=quiet -o /dev/null 2>&1 | FileCheck %s --check-prefix=RANDOM

// DATA: error: {{.*}}/nowhere
// METHOD: error: {{.*}}minmex
// TABLE: error: {{.*}}calibrate-errors.mlir
// STATS: error: {{.*}}calibrate-errors.mlir
// RANDOM: warning: no calibration data: ranges come from 4 random samples and accuracy is meaningless
func.func @main(%x: tensor<1x8xf32> {qc.name = "x"}) -> (tensor<1x8xf32> {qc.name = "y"}) {
  %0 = top.relu %x : (tensor<1x8xf32>) -> tensor<1x8xf32> loc("y")
  return %0 : tensor<1x8xf32>
}
