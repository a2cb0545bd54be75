// What is missing or wrong is named.
// RUN: not qc-opt %s --correct="steps=bais data=random:16" 2>&1 | FileCheck %s --check-prefix=STEP
// RUN: not qc-opt %s --correct="steps=bias" 2>&1 | FileCheck %s --check-prefix=NONE
// RUN: qc-opt %s --correct -o /dev/null 2>&1 | FileCheck %s --check-prefix=REMARK
// RUN: not qc-opt %s --correct="data=/nowhere" 2>&1 | FileCheck %s --check-prefix=DATA
// RUN: not qc-opt %s --correct="data=random:16" 2>&1 | FileCheck %s --check-prefix=RANGES
// RUN: qc-opt %s --calibrate-ranges="data=random:4 quiet" --correct="data=random:4" -o /dev/null 2>&1 | FileCheck %s --check-prefix=FEW

// STEP: error: unknown correction 'bais'; did you mean 'bias'?
// NONE: error: corrections need samples: give qc compile --data DIR, or qc-opt --correct=data=DIR
// REMARK: remark: nothing is corrected: corrections need samples: give qc compile --data DIR, or qc-opt --correct=data=DIR
// DATA: error: {{.*}}/nowhere
// RANGES: error: 'x' has no calibrated range; run --calibrate first
// FEW: remark: nothing is corrected: 4 samples are too few, give at least 8
func.func @main(%x: tensor<1x8xf32> {qc.name = "x"}) -> (tensor<1x8xf32> {qc.name = "y"}) {
  %0 = top.relu %x : (tensor<1x8xf32>) -> tensor<1x8xf32> loc("y")
  return %0 : tensor<1x8xf32>
}
