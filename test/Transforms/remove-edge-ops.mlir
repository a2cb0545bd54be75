// RUN: qc-opt %s --remove-edge-ops=layers=Softmax,Transpose --split-input-file | FileCheck %s
// RUN: not qc-opt %s --remove-edge-ops=layers=name:prob --split-input-file 2>&1 | FileCheck %s --check-prefix=NAME
// RUN: not qc-opt %s --remove-edge-ops=layers=name:wide 2>&1 | FileCheck %s --check-prefix=INSIDE
// RUN: not qc-opt %s --remove-edge-ops=layers=name:prop 2>&1 | FileCheck %s --check-prefix=UNKNOWN
// RUN: qc-opt %s --remove-edge-ops=layers=Cast 2>&1 | FileCheck %s --check-prefix=NONE

// Both ends go, one after the other; the output is what the last op read.
// CHECK: func.func @main(%arg0: tensor<1x3x4x4xf32> {qc.name = "image"}{{.*}}) -> tensor<1x3x4x4xf32>
// CHECK-NEXT:    %[[WIDE:.*]] = top.relu %arg0
// CHECK-NEXT:    return %[[WIDE]]

// NAME: remark: {{.*}}'prob' (softmax) is left out as asked for
// NAME: top.transpose
// NAME-NOT: top.softmax

// INSIDE: error: {{.*}}'wide' is at no input or output of the network, or others read it too: only ops at the edges can be left out
// UNKNOWN: error: {{.*}}has no layer 'prop' to leave out; did you mean 'prob'?
// NONE: remark: {{.*}}has no layer of type 'Cast' at an input or output that could be left out
func.func @main(%arg0: tensor<1x4x4x3xf32> {qc.name = "image"}) -> tensor<1x3x4x4xf32> {
  %0 = top.transpose %arg0 {perm = array<i64: 0, 3, 1, 2>} : (tensor<1x4x4x3xf32>) -> tensor<1x3x4x4xf32> loc("nchw")
  %1 = top.relu %0 : (tensor<1x3x4x4xf32>) -> tensor<1x3x4x4xf32> loc("wide")
  %2 = top.softmax %1 {axis = 1 : i64} : (tensor<1x3x4x4xf32>) -> tensor<1x3x4x4xf32> loc("prob")
  return %2 : tensor<1x3x4x4xf32>
}

// -----

// What others read as well stays.
// CHECK-LABEL: func.func @shared
// CHECK:         top.softmax
func.func @shared(%arg0: tensor<1x4xf32> {qc.name = "x"}) -> (tensor<1x4xf32>, tensor<1x4xf32>) {
  %0 = top.softmax %arg0 {axis = 1 : i64} : (tensor<1x4xf32>) -> tensor<1x4xf32> loc("prob")
  %1 = top.relu %0 : (tensor<1x4xf32>) -> tensor<1x4xf32> loc("again")
  %2 = top.relu %arg0 : (tensor<1x4xf32>) -> tensor<1x4xf32> loc("other")
  return %1, %2 : tensor<1x4xf32>, tensor<1x4xf32>
}
