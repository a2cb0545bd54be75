// Ops on constants are computed; what would make the file grow is not.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: qc-opt %s --fold-constants | FileCheck %s
// RUN: qc-opt %s --fold-constants --mlir-print-debuginfo | FileCheck %s --check-prefix=NAMES
// RUN: qc-opt %s --fold-constants=max-growth=16 | FileCheck %s --check-prefix=SMALL
// RUN: %python %S/Inputs/same_results.py %s --fold-constants | qc-opt --check-execute -o /dev/null

// CHECK-LABEL: func @chain
// CHECK-NEXT: %[[C:.*]] = top.constant dense<{{\[\[}}2.000000e+00, 6.000000e+00], [4.000000e+00, 8.000000e+00]]> : tensor<2x2xf32>
// CHECK-NEXT: %[[Y:.*]] = top.add %arg0, %[[C]]
// NAMES: top.constant {{.*}} loc(#[[C:.*]])
// NAMES: return
// NAMES-DAG: #[[C]] = loc("doubled")
func.func @chain(%x: tensor<2x2xf32>) -> tensor<2x2xf32> {
  %0 = top.constant dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf32> loc("c")
  %1 = top.transpose %0 {perm = array<i64: 1, 0>} : (tensor<2x2xf32>) -> tensor<2x2xf32> loc("transposed")
  %2 = top.add %1, %1 : (tensor<2x2xf32>, tensor<2x2xf32>) -> tensor<2x2xf32> loc("doubled")
  %3 = top.add %x, %2 : (tensor<2x2xf32>, tensor<2x2xf32>) -> tensor<2x2xf32>
  return %3 : tensor<2x2xf32>
}

// Several results, integers, and a constant that is needed as it was.
// CHECK-LABEL: func @kinds
// CHECK: top.constant dense<[0, 1, 2]> : tensor<3xi64>
// CHECK: top.constant dense<[0.000000e+00, 1.000000e+00, 2.000000e+00]> : tensor<3xf32>
// CHECK: top.constant dense<0.000000e+00> : tensor<1xf32>
// CHECK: top.constant dense<[1.000000e+00, 2.000000e+00]> : tensor<2xf32>
// CHECK-NEXT: return
func.func @kinds() -> (tensor<3xi64>, tensor<3xf32>, tensor<1xf32>, tensor<2xf32>) {
  %0 = top.constant dense<[0, 1, 2]> : tensor<3xi64>
  %1 = top.cast %0 : (tensor<3xi64>) -> tensor<3xf32>
  %2, %3 = top.split %1 {axis = 0 : i64} : (tensor<3xf32>) -> (tensor<1xf32>, tensor<2xf32>)
  return %0, %1, %2, %3 : tensor<3xi64>, tensor<3xf32>, tensor<1xf32>, tensor<2xf32>
}

// CHECK-LABEL: func @grows
// CHECK-NOT: top.expand
// SMALL-LABEL: func @grows
// SMALL: top.expand
func.func @grows(%x: tensor<8xf32>) -> tensor<8xf32> {
  %0 = top.constant dense<1.0> : tensor<1xf32>
  %1 = top.expand %0 : (tensor<1xf32>) -> tensor<8xf32>
  %2 = top.add %x, %1 : (tensor<8xf32>, tensor<8xf32>) -> tensor<8xf32>
  return %2 : tensor<8xf32>
}

// A constant cannot carry a range.
// CHECK-LABEL: func @calibrated
// CHECK: top.add
func.func @calibrated() -> tensor<2x!quant.calibrated<f32<0.0:4.0>>> {
  %0 = top.constant dense<[1.0, 2.0]> : tensor<2xf32>
  %1 = top.add %0, %0 : (tensor<2xf32>, tensor<2xf32>) -> tensor<2x!quant.calibrated<f32<0.0:4.0>>>
  return %1 : tensor<2x!quant.calibrated<f32<0.0:4.0>>>
}
