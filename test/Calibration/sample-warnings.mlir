// Samples and networks that say nothing are warned of, and calibrated all the same.
// RUN: qc-opt %s --calibrate-ranges="data=random:3 quiet" -o /dev/null 2>&1 | FileCheck %s
// RUN: qc-opt %s --calibrate-ranges="data=random:3 quiet stats-out=%t.stats" -o %t.mlir 2>/dev/null
// RUN: qc-opt %s --calibrate-ranges="stats-in=%t.stats quiet" -o /dev/null 2>&1 | FileCheck %s
// RUN: FileCheck %s --check-prefix=IR < %t.mlir

// What follows from the dead relu is constant in each sample, though not one number; the other output lives.
// CHECK-NOT: output 'alive'
// CHECK: warning: output 'dead' does not depend on the inputs: 'relu' is 0 everywhere in all samples (3)
// CHECK-NOT: output 'alive'
// IR: tensor<1x4x!quant.calibrated
func.func @main(%x: tensor<1x4xf32> {qc.name = "x"})
    -> (tensor<1x4xf32> {qc.name = "dead"}, tensor<1x4xf32> {qc.name = "alive"}) {
  %low = top.constant dense<-5.0> : tensor<1xf32>
  %bias = top.constant dense<[1.0, 2.0, 3.0, 4.0]> : tensor<4xf32>
  %shifted = top.add %x, %low : (tensor<1x4xf32>, tensor<1xf32>) -> tensor<1x4xf32> loc("shifted")
  %relu = top.relu %shifted : (tensor<1x4xf32>) -> tensor<1x4xf32> loc("relu")
  %dead = top.add %relu, %bias : (tensor<1x4xf32>, tensor<4xf32>) -> tensor<1x4xf32> loc("dead")
  %alive = top.relu %x : (tensor<1x4xf32>) -> tensor<1x4xf32> loc("alive")
  return %dead, %alive : tensor<1x4xf32>, tensor<1x4xf32>
}
