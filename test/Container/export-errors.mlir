// What has no place in a container.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: qc-translate --export-qcb %s --split-input-file --verify-diagnostics -o /dev/null

!q = !quant.uniform<i8:f32, 0.5>

// All of them at once.
func.func @main(%x: tensor<4x!q>) {
  // expected-error @below {{'func.call' op cannot be run by the runtime, which takes ops of tpu and top only}}
  %0 = func.call @main2(%x) : (tensor<4x!q>) -> tensor<4x!q>
  // expected-error @below {{'func.call' op cannot be run by the runtime, which takes ops of tpu and top only}}
  %1 = func.call @main2(%0) : (tensor<4x!q>) -> tensor<4x!q>
  return
}
func.func private @main2(tensor<4x!q>) -> tensor<4x!q>

// -----

!q = !quant.uniform<i8:f32, 0.5>

// expected-error @below {{a value of type 'tensor<4xbf16>' has no place in a container}}
func.func @main(%x: tensor<4xbf16>) {
  return
}

// -----

!q = !quant.uniform<i8:f32, 0.5>

// expected-error @below {{has rank 9, the runtime takes at most 8}}
func.func @main(%x: tensor<1x1x1x1x1x1x1x1x4x!q>) {
  return
}

// -----

!q = !quant.uniform<i8:f32, 0.5>

func.func @main(%x: tensor<4x!q>) -> tensor<4x!q> {
  // expected-error @below {{attribute 'note' of kind [1, 2] has no place in a container}}
  %0 = tpu.clip %x {clamp = array<i64: 0, 1>, note = [1, 2]} : (tensor<4x!q>) -> tensor<4x!q>
  return %0 : tensor<4x!q>
}

// -----

!q = !quant.uniform<i8:f32, 0.5>

// expected-error @below {{the runtime refuses this program: instruction 0 (clip): attribute 'note' is not known here}}
module {
  func.func @main(%x: tensor<4x!q>) -> tensor<4x!q> {
    %0 = tpu.clip %x {clamp = array<i64: 0, 1>, note = 3 : i64} : (tensor<4x!q>) -> tensor<4x!q>
    return %0 : tensor<4x!q>
  }
}

// -----

!q = !quant.uniform<i8:f32, 0.5>

// A plan that no longer fits is found.
module attributes {qc.arena_size = 64 : i64, qc.arena_lower_bound = 64 : i64} {
  func.func @main(%x: tensor<4x!q> {qc.address = array<i64: 0>}) -> tensor<4x!q> {
    // expected-error @below {{has no attribute qc.address: run --schedule-memory}}
    %0 = tpu.clip %x {clamp = array<i64: 0, 1>} : (tensor<4x!q>) -> tensor<4x!q>
    return %0 : tensor<4x!q>
  }
}

// -----

// expected-error @below {{expects a function 'main' or a single function, found 0}}
module {}

// -----

// expected-error @below {{is a declaration: a network needs a body to compile or run}}
func.func private @main(tensor<4xf32>)

// -----

// A float network of nobody's choice is a source model, not a program.
func.func @main(%x: tensor<4xf32>) -> tensor<4xf32> {
  // expected-error @below {{'top.relu' op is of a float network, which is no program yet: quantize it, or compile it with --precision float}}
  %0 = top.relu %x : (tensor<4xf32>) -> tensor<4xf32>
  return %0 : tensor<4xf32>
}

// -----

func.func @main(%x: tensor<4xf32>) -> tensor<4xi1> {
  // expected-error @below {{'top.cast' op to booleans has no kernel; compare with zero instead}}
  %0 = top.cast %x {qc.placement = "cpu"} : (tensor<4xf32>) -> tensor<4xi1>
  return %0 : tensor<4xi1>
}
