// What schedule-memory refuses.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: qc-opt %s --split-input-file --verify-diagnostics --schedule-memory -o /dev/null
// RUN: not qc-opt %S/schedule-memory.mlir --split-input-file --schedule-memory=planner=optimal 2>&1 | FileCheck %s --check-prefix=PLANNER
// RUN: not qc-opt %S/schedule-memory.mlir --split-input-file --schedule-memory=alignment=96 2>&1 | FileCheck %s --check-prefix=ALIGNMENT

// PLANNER: error: unknown memory planner 'optimal'; known: greedy-by-breadth, greedy-by-size, hill-climb, smallest
// ALIGNMENT: error: alignment is 96, expected a power of two from 64 to 1048576

// expected-error @below {{a value of type 'tensor<?xf32>' cannot be placed in memory, expected a tensor of static shape with elements}}
func.func @dynamic(%x: tensor<?xf32>) {
  return
}

// -----

// expected-error @below {{a value of type 'f32' cannot be placed in memory}}
func.func @scalar(%x: f32) {
  return
}

// -----

// expected-error @below {{a value of type 'tensor<0x4xf32>' cannot be placed in memory}}
func.func @empty(%x: tensor<0x4xf32>) {
  return
}

// -----

func.func private @callee(tensor<1xf32>) -> tensor<*xf32>
func.func @result(%x: tensor<1xf32>) {
  // expected-error @below {{a value of type 'tensor<*xf32>' cannot be placed in memory}}
  %0 = func.call @callee(%x) : (tensor<1xf32>) -> tensor<*xf32>
  return
}
