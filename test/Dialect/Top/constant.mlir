// Constants round-trip through text and bytecode, resource blobs included.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: qc-opt %s | qc-opt | FileCheck %s
// RUN: qc-opt --emit-bytecode %s | qc-opt | FileCheck %s

// CHECK-LABEL: func.func @constants
func.func @constants() -> (tensor<2xf32>, tensor<i64>, tensor<2x2xf32>) {
  // CHECK: top.constant dense<[1.000000e+00, 2.000000e+00]> : tensor<2xf32>
  %a = top.constant dense<[1.0, 2.0]> : tensor<2xf32>
  // CHECK: top.constant dense<7> : tensor<i64>
  %b = top.constant dense<7> : tensor<i64>
  // CHECK: top.constant dense_resource<weight> : tensor<2x2xf32>
  %c = top.constant dense_resource<weight> : tensor<2x2xf32>
  return %a, %b, %c : tensor<2xf32>, tensor<i64>, tensor<2x2xf32>
}

// CHECK: weight: "0x10000000{{0*}}000080BF000000400000404000008040"

{-#
  dialect_resources: {
    builtin: {
      weight: "0x10000000000080BF000000400000404000008040"
    }
  }
#-}
