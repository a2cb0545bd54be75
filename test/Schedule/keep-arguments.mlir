// Memory of arguments, kept and given away.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: qc-opt %s --schedule-memory | FileCheck %s --check-prefix=KEPT
// RUN: qc-opt %s --schedule-memory=keep-arguments=false --verify-memory-plan | FileCheck %s --check-prefix=GIVEN
// RUN: qc-opt %s --schedule-memory=keep-arguments=false --schedule-memory | FileCheck %s --check-prefix=KEPT
// RUN: qc-opt %s --schedule-memory=keep-arguments=false | qc-translate --export-qcb -o %t.qcb
// RUN: qc-translate --import-qcb %t.qcb | FileCheck %s --check-prefix=FILE

// KEPT: module attributes {qc.arena_lower_bound = 384 : i64, qc.arena_size = 384 : i64}
// GIVEN: module attributes {qc.arena_lower_bound = 256 : i64, qc.arena_size = 256 : i64, qc.arguments_overwritten}
// FILE: arena        256 bytes, of which 256 are live at once

!q = !quant.uniform<i8:f32, 0.5>
func.func @main(%x: tensor<1x128x!q>) -> tensor<1x128x!q> {
  %0 = tpu.softmax %x {axis = 1 : i64} : (tensor<1x128x!q>) -> tensor<1x128x!q>
  // GIVEN: tpu.clip {{.*}} qc.address = array<i64: [[A:[0-9]+]]>
  %1 = tpu.clip %x {clamp = array<i64: 0, 9>} : (tensor<1x128x!q>) -> tensor<1x128x!q>
  %2 = tpu.min %0, %1 : (tensor<1x128x!q>, tensor<1x128x!q>) -> tensor<1x128x!q>
  %3 = tpu.softmax %2 {axis = 1 : i64} : (tensor<1x128x!q>) -> tensor<1x128x!q>
  return %3 : tensor<1x128x!q>
}
