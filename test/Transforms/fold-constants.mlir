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

// What one op may grow by is little; what many may, is little more.
// CHECK-LABEL: func @many
// CHECK-NOT: top.expand
// SMALL-LABEL: func @many
// SMALL: top.expand
// SMALL: return
func.func @many(%x: tensor<4xf32>) -> tensor<4xf32> {
  %c = top.constant dense<1.0> : tensor<f32>
  %e0 = top.expand %c : (tensor<f32>) -> tensor<4xf32>
  %a0 = top.add %x, %e0 : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  %e1 = top.expand %c : (tensor<f32>) -> tensor<4xf32>
  %a1 = top.add %a0, %e1 : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  %e2 = top.expand %c : (tensor<f32>) -> tensor<4xf32>
  %a2 = top.add %a1, %e2 : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  %e3 = top.expand %c : (tensor<f32>) -> tensor<4xf32>
  %a3 = top.add %a2, %e3 : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  %e4 = top.expand %c : (tensor<f32>) -> tensor<4xf32>
  %a4 = top.add %a3, %e4 : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  %e5 = top.expand %c : (tensor<f32>) -> tensor<4xf32>
  %a5 = top.add %a4, %e5 : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  %e6 = top.expand %c : (tensor<f32>) -> tensor<4xf32>
  %a6 = top.add %a5, %e6 : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  %e7 = top.expand %c : (tensor<f32>) -> tensor<4xf32>
  %a7 = top.add %a6, %e7 : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  %e8 = top.expand %c : (tensor<f32>) -> tensor<4xf32>
  %a8 = top.add %a7, %e8 : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  %e9 = top.expand %c : (tensor<f32>) -> tensor<4xf32>
  %a9 = top.add %a8, %e9 : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  %e10 = top.expand %c : (tensor<f32>) -> tensor<4xf32>
  %a10 = top.add %a9, %e10 : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  %e11 = top.expand %c : (tensor<f32>) -> tensor<4xf32>
  %a11 = top.add %a10, %e11 : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  %e12 = top.expand %c : (tensor<f32>) -> tensor<4xf32>
  %a12 = top.add %a11, %e12 : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  %e13 = top.expand %c : (tensor<f32>) -> tensor<4xf32>
  %a13 = top.add %a12, %e13 : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  %e14 = top.expand %c : (tensor<f32>) -> tensor<4xf32>
  %a14 = top.add %a13, %e14 : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  %e15 = top.expand %c : (tensor<f32>) -> tensor<4xf32>
  %a15 = top.add %a14, %e15 : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  %e16 = top.expand %c : (tensor<f32>) -> tensor<4xf32>
  %a16 = top.add %a15, %e16 : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  %e17 = top.expand %c : (tensor<f32>) -> tensor<4xf32>
  %a17 = top.add %a16, %e17 : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  %e18 = top.expand %c : (tensor<f32>) -> tensor<4xf32>
  %a18 = top.add %a17, %e18 : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  %e19 = top.expand %c : (tensor<f32>) -> tensor<4xf32>
  %a19 = top.add %a18, %e19 : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  %e20 = top.expand %c : (tensor<f32>) -> tensor<4xf32>
  %a20 = top.add %a19, %e20 : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  %e21 = top.expand %c : (tensor<f32>) -> tensor<4xf32>
  %a21 = top.add %a20, %e21 : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  %e22 = top.expand %c : (tensor<f32>) -> tensor<4xf32>
  %a22 = top.add %a21, %e22 : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  %e23 = top.expand %c : (tensor<f32>) -> tensor<4xf32>
  %a23 = top.add %a22, %e23 : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  return %a23 : tensor<4xf32>
}
