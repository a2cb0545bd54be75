// What verify-memory-plan finds in plans that are wrong.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: qc-opt %s --split-input-file --verify-diagnostics --verify-memory-plan -o /dev/null

!q = !quant.uniform<i8:f32, 0.5>
// A good plan.
module attributes {qc.arena_size = 128 : i64, qc.arena_lower_bound = 128 : i64} {
  func.func @good(%x: tensor<64x!q> {qc.address = array<i64: 0>}) -> tensor<64x!q> {
    %0 = tpu.clip %x {clamp = array<i64: 0, 9>, qc.address = array<i64: 64>} : (tensor<64x!q>) -> tensor<64x!q>
    %1 = tpu.clip %0 {clamp = array<i64: 0, 8>, qc.address = array<i64: 64>} : (tensor<64x!q>) -> tensor<64x!q>
    return %1 : tensor<64x!q>
  }
}

// -----

// expected-error @below {{expects attribute qc.arena_size with a number of bytes: run --schedule-memory}}
module {
  func.func @unplanned() {
    return
  }
}

// -----

!q = !quant.uniform<i8:f32, 0.5>
module attributes {qc.arena_size = 128 : i64, qc.arena_lower_bound = 128 : i64} {
  // expected-error @below {{has no attribute qc.address: run --schedule-memory}}
  func.func @argument(%x: tensor<64x!q>) {
    return
  }
}

// -----

!q = !quant.uniform<i8:f32, 0.5>
module attributes {qc.arena_size = 128 : i64, qc.arena_lower_bound = 128 : i64} {
  func.func @op(%x: tensor<64x!q> {qc.address = array<i64: 0>}) -> tensor<64x!q> {
    // expected-error @below {{has no attribute qc.address: run --schedule-memory}}
    %0 = tpu.clip %x {clamp = array<i64: 0, 9>} : (tensor<64x!q>) -> tensor<64x!q>
    return %0 : tensor<64x!q>
  }
}

// -----

!q = !quant.uniform<i8:f32, 0.5>
module attributes {qc.arena_size = 128 : i64, qc.arena_lower_bound = 128 : i64} {
  func.func @count(%x: tensor<64x!q> {qc.address = array<i64: 0>}) -> tensor<64x!q> {
    // expected-error @below {{qc.address holds 2 offsets, expected 1}}
    %0 = tpu.clip %x {clamp = array<i64: 0, 9>, qc.address = array<i64: 64, 64>} : (tensor<64x!q>) -> tensor<64x!q>
    return %0 : tensor<64x!q>
  }
}

// -----

!q = !quant.uniform<i8:f32, 0.5>
module attributes {qc.arena_size = 128 : i64, qc.arena_lower_bound = 128 : i64} {
  func.func @negative(%x: tensor<64x!q> {qc.address = array<i64: 0>}) -> tensor<64x!q> {
    // expected-error @below {{qc.address holds -64, expected no negative offset}}
    %0 = tpu.clip %x {clamp = array<i64: 0, 9>, qc.address = array<i64: -64>} : (tensor<64x!q>) -> tensor<64x!q>
    return %0 : tensor<64x!q>
  }
}

// -----

!q = !quant.uniform<i8:f32, 0.5>
module attributes {qc.arena_size = 128 : i64, qc.arena_lower_bound = 128 : i64} {
  func.func @unaligned(%x: tensor<64x!q> {qc.address = array<i64: 0>}) -> tensor<4x!q> {
    // expected-error @below {{address 72 of a result of tpu.slice is no multiple of 64}}
    %0 = tpu.slice %x {offsets = array<i64: 0>, sizes = array<i64: 4>, strides = array<i64: 1>, qc.address = array<i64: 72>} : (tensor<64x!q>) -> tensor<4x!q>
    return %0 : tensor<4x!q>
  }
}

// -----

!q = !quant.uniform<i8:f32, 0.5>
module attributes {qc.arena_size = 128 : i64, qc.arena_lower_bound = 128 : i64} {
  func.func @outside(%x: tensor<64x!q> {qc.address = array<i64: 0>}) -> tensor<64x!q> {
    // expected-error @below {{a result of tpu.clip of 64 bytes at address 128 reaches outside the arena of 128 bytes}}
    %0 = tpu.clip %x {clamp = array<i64: 0, 9>, qc.address = array<i64: 128>} : (tensor<64x!q>) -> tensor<64x!q>
    return %0 : tensor<64x!q>
  }
}

// -----

!q = !quant.uniform<i8:f32, 0.5>
module attributes {qc.arena_size = 128 : i64, qc.arena_lower_bound = 128 : i64} {
  // expected-error @below {{the memory of 'a' and 'b' overlaps}}
  func.func @arguments(%a: tensor<65x!q> {qc.address = array<i64: 0>, qc.name = "a"},
                       %b: tensor<64x!q> {qc.address = array<i64: 64>, qc.name = "b"}) {
    return
  }
}

// -----

!q = !quant.uniform<i8:f32, 0.5>
module attributes {qc.arena_size = 256 : i64, qc.arena_lower_bound = 128 : i64} {
  func.func @overwritten(%x: tensor<64x!q> {qc.address = array<i64: 0>}) -> tensor<64x!q> {
    %0 = tpu.clip %x {clamp = array<i64: 0, 9>, qc.address = array<i64: 64>} : (tensor<64x!q>) -> tensor<64x!q>
    %1 = tpu.clip %x {clamp = array<i64: 0, 8>, qc.address = array<i64: 64>} : (tensor<64x!q>) -> tensor<64x!q> loc("second")
    // expected-error @below {{'tpu.clip' op reads a result of tpu.clip, which 'second' has overwritten}}
    %2 = tpu.clip %0 {clamp = array<i64: 0, 8>, qc.address = array<i64: 128>} : (tensor<64x!q>) -> tensor<64x!q>
    return %2 : tensor<64x!q>
  }
}

// -----

!q = !quant.uniform<i8:f32, 0.5>
module attributes {qc.arena_size = 256 : i64, qc.arena_lower_bound = 128 : i64} {
  func.func @overwritten_view(%x: tensor<64x!q> {qc.address = array<i64: 0>}) -> tensor<64x!q> {
    %0 = tpu.clip %x {clamp = array<i64: 0, 9>, qc.address = array<i64: 64>} : (tensor<64x!q>) -> tensor<64x!q>
    %1 = tpu.reshape %0 {qc.address = array<i64: 64>} : (tensor<64x!q>) -> tensor<8x8x!q>
    %2 = tpu.clip %x {clamp = array<i64: 0, 8>, qc.address = array<i64: 64>} : (tensor<64x!q>) -> tensor<64x!q> loc("second")
    // expected-error @below {{'tpu.reshape' op reads a result of tpu.reshape, which 'second' has overwritten}}
    %3 = tpu.reshape %1 {qc.address = array<i64: 128>} : (tensor<8x8x!q>) -> tensor<64x!q>
    return %3 : tensor<64x!q>
  }
}

// -----

!q = !quant.uniform<i8:f32, 0.5>
// A result that is overwritten before the end.
module attributes {qc.arena_size = 256 : i64, qc.arena_lower_bound = 128 : i64} {
  func.func @lost_result(%x: tensor<64x!q> {qc.address = array<i64: 0>}) -> tensor<64x!q> {
    %0 = tpu.clip %x {clamp = array<i64: 0, 9>, qc.address = array<i64: 64>} : (tensor<64x!q>) -> tensor<64x!q> loc("first")
    %1 = tpu.clip %x {clamp = array<i64: 0, 8>, qc.address = array<i64: 64>} : (tensor<64x!q>) -> tensor<64x!q> loc("second")
    // expected-error @below {{'func.return' op reads 'first', which 'second' has overwritten}}
    return %0 : tensor<64x!q>
  }
}

// -----

!q = !quant.uniform<i8:f32, 0.5>
// An op that reads while it writes elsewhere in the same place.
module attributes {qc.arena_size = 256 : i64, qc.arena_lower_bound = 128 : i64} {
  func.func @not_in_place(%x: tensor<1x64x!q> {qc.address = array<i64: 0>}) -> tensor<1x64x!q> {
    %0 = tpu.clip %x {clamp = array<i64: 0, 9>, qc.address = array<i64: 64>} : (tensor<1x64x!q>) -> tensor<1x64x!q> loc("first")
    // expected-error @below {{'tpu.softmax' op writes over its operand 'first' while reading it}}
    %1 = tpu.softmax %0 {axis = 1 : i64, qc.address = array<i64: 64>} : (tensor<1x64x!q>) -> tensor<1x64x!q>
    return %1 : tensor<1x64x!q>
  }
}

// -----

!q = !quant.uniform<i8:f32, 0.5>
// In place only at the very same address.
module attributes {qc.arena_size = 256 : i64, qc.arena_lower_bound = 128 : i64} {
  func.func @shifted(%x: tensor<128x!q> {qc.address = array<i64: 0>}) -> tensor<128x!q> {
    // expected-error @below {{'tpu.clip' op writes over its operand argument 0 while reading it}}
    %0 = tpu.clip %x {clamp = array<i64: 0, 9>, qc.address = array<i64: 64>} : (tensor<128x!q>) -> tensor<128x!q>
    return %0 : tensor<128x!q>
  }
}

// -----

!q = !quant.uniform<i8:f32, 0.5>
module attributes {qc.arena_size = 128 : i64, qc.arena_lower_bound = 128 : i64} {
  func.func @argument_lost(%x: tensor<64x!q> {qc.address = array<i64: 0>, qc.name = "input"}) -> tensor<64x!q> {
    // expected-error @below {{a result of tpu.clip overwrites 'input', but arguments stay as the caller filled them}}
    %0 = tpu.clip %x {clamp = array<i64: 0, 9>, qc.address = array<i64: 0>} : (tensor<64x!q>) -> tensor<64x!q>
    return %0 : tensor<64x!q>
  }
}
