// Addresses by live ranges: reuse, views, overwriting in place.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: qc-opt %s --split-input-file --schedule-memory | FileCheck %s
// RUN: qc-opt %s --split-input-file --schedule-memory --verify-memory-plan -o /dev/null
// RUN: qc-opt %s --split-input-file --schedule-memory=planner=greedy-by-size --verify-memory-plan -o /dev/null
// RUN: qc-opt %s --split-input-file --schedule-memory=planner=greedy-by-breadth --verify-memory-plan -o /dev/null
// RUN: qc-opt %s --split-input-file --schedule-memory=planner=smallest --verify-memory-plan -o /dev/null
// RUN: qc-opt %s --split-input-file --schedule-memory=alignment=4096 --verify-memory-plan -o /dev/null

!q = !quant.uniform<i8:f32, 0.5>

// The argument keeps its memory to the end, so the third tensor takes that of
// the first; none of these ops may work in place.
// CHECK: module attributes {qc.arena_lower_bound = 384 : i64, qc.arena_size = 384 : i64}
// CHECK-LABEL: func.func @reuse(
// CHECK-SAME: {qc.address = array<i64: [[X:[0-9]+]]>}
func.func @reuse(%x: tensor<1x128x!q>) -> tensor<1x128x!q> {
  // CHECK: tpu.softmax {{.*}} qc.address = array<i64: [[A:[0-9]+]]>
  %0 = tpu.softmax %x {axis = 1 : i64} : (tensor<1x128x!q>) -> tensor<1x128x!q>
  // CHECK: tpu.softmax {{.*}} qc.address = array<i64: [[B:[0-9]+]]>
  %1 = tpu.softmax %0 {axis = 1 : i64} : (tensor<1x128x!q>) -> tensor<1x128x!q>
  // CHECK: tpu.softmax {{.*}} qc.address = array<i64: [[A]]>
  %2 = tpu.softmax %1 {axis = 1 : i64} : (tensor<1x128x!q>) -> tensor<1x128x!q>
  return %2 : tensor<1x128x!q>
}

// -----

!q = !quant.uniform<i8:f32, 0.5>

// A clip works in place; a reshape is the same memory.
// CHECK: module attributes {qc.arena_lower_bound = 256 : i64, qc.arena_size = 256 : i64}
// CHECK-LABEL: func.func @in_place(
func.func @in_place(%x: tensor<128x!q>) -> tensor<2x64x!q> {
  // The argument is not overwritten.
  // CHECK: tpu.clip {{.*}} qc.address = array<i64: [[A:[0-9]+]]>
  %0 = tpu.clip %x {clamp = array<i64: 0, 9>} : (tensor<128x!q>) -> tensor<128x!q>
  // CHECK: tpu.clip {{.*}} qc.address = array<i64: [[A]]>
  %1 = tpu.clip %0 {clamp = array<i64: 0, 8>} : (tensor<128x!q>) -> tensor<128x!q>
  // CHECK: tpu.reshape {{.*}} {qc.address = array<i64: [[A]]>}
  %2 = tpu.reshape %1 : (tensor<128x!q>) -> tensor<2x64x!q>
  // CHECK: tpu.clip {{.*}} qc.address = array<i64: [[A]]>
  %3 = tpu.clip %2 {clamp = array<i64: 0, 7>} : (tensor<2x64x!q>) -> tensor<2x64x!q>
  return %3 : tensor<2x64x!q>
}

// -----

!q = !quant.uniform<i8:f32, 0.5>

// What is still needed is not overwritten: neither directly nor through a view.
// CHECK-LABEL: func.func @needed_later(
func.func @needed_later(%x: tensor<64x!q>) -> (tensor<64x!q>, tensor<64x!q>, tensor<8x8x!q>) {
  // CHECK: tpu.clip {{.*}} qc.address = array<i64: [[A:[0-9]+]]>
  %0 = tpu.clip %x {clamp = array<i64: 0, 9>} : (tensor<64x!q>) -> tensor<64x!q>
  // CHECK: tpu.reshape {{.*}} {qc.address = array<i64: [[A]]>}
  %1 = tpu.reshape %0 : (tensor<64x!q>) -> tensor<8x8x!q>
  // CHECK-NOT: tpu.clip {{.*}} qc.address = array<i64: [[A]]>
  %2 = tpu.clip %0 {clamp = array<i64: 0, 8>} : (tensor<64x!q>) -> tensor<64x!q>
  %3 = tpu.clip %2 {clamp = array<i64: 0, 8>} : (tensor<64x!q>) -> tensor<64x!q>
  return %2, %3, %1 : tensor<64x!q>, tensor<64x!q>, tensor<8x8x!q>
}

// -----

!q = !quant.uniform<i8:f32, 0.5>

// The second operand may be overwritten as well; a broadcast one never.
// CHECK-LABEL: func.func @either_operand(
func.func @either_operand(%x: tensor<1x64x!q>) -> tensor<2x64x!q> {
  // CHECK: tpu.expand {{.*}} {qc.address = array<i64: [[A:[0-9]+]]>}
  %0 = tpu.expand %x : (tensor<1x64x!q>) -> tensor<2x64x!q>
  // CHECK: tpu.clip {{.*}} qc.address = array<i64: [[B:[0-9]+]]>
  %1 = tpu.clip %x {clamp = array<i64: 0, 9>} : (tensor<1x64x!q>) -> tensor<1x64x!q>
  // CHECK: tpu.min {{.*}} {qc.address = array<i64: [[A]]>}
  %2 = tpu.min %1, %0 : (tensor<1x64x!q>, tensor<2x64x!q>) -> tensor<2x64x!q>
  return %2 : tensor<2x64x!q>
}

// -----

!q = !quant.uniform<i8:f32, 0.5>

// Another storage width is no reason to share; constants take no memory, and a
// view of one is a copy.
// CHECK: module attributes {qc.arena_lower_bound = 192 : i64, qc.arena_size = 192 : i64}
// CHECK-LABEL: func.func @constants(
func.func @constants(%x: tensor<4x!q>) -> (tensor<4x!quant.uniform<i16:f32, 0.5>>, tensor<2x2x!q>) {
  // CHECK: tpu.constant dense<1>
  %c = tpu.constant dense<1> : tensor<4xi8> -> tensor<4x!q>
  // CHECK: tpu.min {{.*}} {qc.address
  %0 = tpu.min %x, %c : (tensor<4x!q>, tensor<4x!q>) -> tensor<4x!quant.uniform<i16:f32, 0.5>>
  // CHECK: tpu.reshape {{.*}} {qc.address
  %1 = tpu.reshape %c : (tensor<4x!q>) -> tensor<2x2x!q>
  return %0, %1 : tensor<4x!quant.uniform<i16:f32, 0.5>>, tensor<2x2x!q>
}

// -----

!q = !quant.uniform<i8:f32, 0.5>

// An old plan is replaced.
// CHECK: module attributes {qc.arena_lower_bound = 128 : i64, qc.arena_size = 128 : i64}
module attributes {qc.arena_size = 1 : i64, qc.arena_lower_bound = 7 : i64} {
  // CHECK: qc.address = array<i64: {{0|64}}>
  // CHECK-NOT: 999
  func.func @replaced(%x: tensor<4x!q> {qc.address = array<i64: 999>}) -> tensor<4x!q> {
    %0 = tpu.clip %x {clamp = array<i64: 0, 9>, qc.address = array<i64: 999, 999>} : (tensor<4x!q>) -> tensor<4x!q>
    return %0 : tensor<4x!q>
  }
}
