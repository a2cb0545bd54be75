// A tensor whose rounding costs the result most gets 16 bits, and says why.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: split-file %s %t
// RUN: qc-opt %t/unlike.mlir --calibrate-ranges="data=random:32 quiet" -o %t/calibrated.mlir
// RUN: qc-opt %t/calibrated.mlir --correct="steps=widths data=random:32 quiet" -o %t/wide.mlir
// RUN: FileCheck %s < %t/wide.mlir
// Threads do not show.
// RUN: qc-opt %t/calibrated.mlir --correct="steps=widths data=random:32 quiet threads=3" | diff %t/wide.mlir -
// The types follow, and say whose choice they are.
// RUN: qc-opt %t/wide.mlir --assign-quantization | FileCheck %s --check-prefix=ASSIGNED
// The effort decides where no steps are named.
// RUN: qc-opt %t/calibrated.mlir --correct="effort=low data=random:32 quiet" | FileCheck %s --check-prefix=LOW
// RUN: qc-opt %t/calibrated.mlir --correct="data=random:32 quiet" | FileCheck %s --check-prefix=DEFAULT
// RUN: qc-opt %t/calibrated.mlir --correct="effort=high data=random:32 quiet" | FileCheck %s --check-prefix=HIGH
// RUN: not qc-opt %t/calibrated.mlir --correct="effort=hihg data=random:32 quiet" 2>&1 | FileCheck %s --check-prefix=EFFORT
// A chip without 16 bits has nothing to choose.
// RUN: sed 's/"generic", {}/"horizon", {chip = "x3"}/' %t/unlike.mlir > %t/x3.mlir
// RUN: qc-opt %t/x3.mlir --calibrate-ranges="data=random:32 quiet" --correct="steps=widths data=random:32 quiet" | FileCheck %s --check-prefix=NONE
// A tensor that somebody has given a type keeps it.
// RUN: qc-opt %t/given.mlir --calibrate-ranges="data=random:32 quiet" --correct="steps=widths data=random:32 quiet" | FileCheck %s --check-prefix=GIVEN

// CHECK: qc.corrections = {widths = {order = 0 : i64, sqnr_after = {{[0-9.e+]*}} : f64, sqnr_before = {{[0-9.e+]*}} : f64, tensors = 1 : i64}}
// CHECK-SAME: qc.widths = {cycles_after = {{[0-9.e+]*}} : f64, cycles_before = {{[0-9.e+]*}} : f64, sqnr_activations_alone = {{[0-9.e+]*}} : f64, sqnr_before = {{[0-9.e+]*}} : f64, tensors = [{cycles = {{[0-9.e+]*}} : f64, gain = {{[0-9.e+]*}} : f64, name = "p"}]}
// CHECK: top.conv {{.*}}qc.parameters = [#qc.parameters<correction, "16 bits by --effort: {{[0-9.]*}} dB at the results for {{[0-9.]*}} % more cycles, estimated">]
// ASSIGNED: top.conv {{.*}}#qc.parameters<correction, "16 bits by --effort: {{.*}} -> tensor<1x2x8x8x!quant.uniform<i16:f32
// ASSIGNED: top.conv {{.*}} -> tensor<1x1x8x8x!quant.uniform<i8:f32
// LOW: qc.corrections = {bias = {{{[^}]*}}}, inputs = {{{[^}]*}}}}
// DEFAULT: qc.corrections = {bias = {{{[^}]*}}}, equalize = {{{[^}]*}}}, inputs = {{{[^}]*}}}, rounding = {{{[^}]*}}}}
// HIGH: qc.corrections = {bias = {{{[^}]*}}}, equalize = {{{[^}]*}}}, inputs = {{{[^}]*}}}, rounding = {{{[^}]*}}}, widths = {
// EFFORT: error: unknown effort 'hihg'; did you mean 'high'?
// NONE: qc.corrections = {widths = {{{.*}}tensors = 0 : i64}}
// NONE-NOT: qc.widths
// GIVEN: qc.widths = {{{.*}}tensors = []}

//--- unlike.mlir
// What y is made of is a hundred times smaller in p than what it leaves out.
module attributes {qc.target = #qc.target<"generic", {}>} {
  func.func @main(%x: tensor<1x64x8x8xf32> {qc.name = "x"}) -> (tensor<1x1x8x8xf32> {qc.name = "y"}) {
    %w = top.constant dense<[[[[50.0]], [[50.0]], [[0.0]], [[0.0]], [[0.0]], [[0.0]], [[0.0]], [[0.0]], [[0.0]], [[0.0]], [[0.0]], [[0.0]], [[0.0]], [[0.0]], [[0.0]], [[0.0]], [[0.0]], [[0.0]], [[0.0]], [[0.0]], [[0.0]], [[0.0]], [[0.0]], [[0.0]], [[0.0]], [[0.0]], [[0.0]], [[0.0]], [[0.0]], [[0.0]], [[0.0]], [[0.0]], [[0.0]], [[0.0]], [[0.0]], [[0.0]], [[0.0]], [[0.0]], [[0.0]], [[0.0]], [[0.0]], [[0.0]], [[0.0]], [[0.0]], [[0.0]], [[0.0]], [[0.0]], [[0.0]], [[0.0]], [[0.0]], [[0.0]], [[0.0]], [[0.0]], [[0.0]], [[0.0]], [[0.0]], [[0.0]], [[0.0]], [[0.0]], [[0.0]], [[0.0]], [[0.0]], [[0.0]], [[0.0]]],
      [[[0.0]], [[0.0]], [[0.25]], [[-0.25]], [[0.0]], [[0.0]], [[0.0]], [[0.0]], [[0.0]], [[0.0]], [[0.0]], [[0.0]], [[0.0]], [[0.0]], [[0.0]], [[0.0]], [[0.0]], [[0.0]], [[0.0]], [[0.0]], [[0.0]], [[0.0]], [[0.0]], [[0.0]], [[0.0]], [[0.0]], [[0.0]], [[0.0]], [[0.0]], [[0.0]], [[0.0]], [[0.0]], [[0.0]], [[0.0]], [[0.0]], [[0.0]], [[0.0]], [[0.0]], [[0.0]], [[0.0]], [[0.0]], [[0.0]], [[0.0]], [[0.0]], [[0.0]], [[0.0]], [[0.0]], [[0.0]], [[0.0]], [[0.0]], [[0.0]], [[0.0]], [[0.0]], [[0.0]], [[0.0]], [[0.0]], [[0.0]], [[0.0]], [[0.0]], [[0.0]], [[0.0]], [[0.0]], [[0.0]], [[0.0]]]]> : tensor<2x64x1x1xf32>
    %b = top.constant dense<0.0> : tensor<2xf32>
    %v = top.constant dense<[[[[0.0001]], [[1.0]]]]> : tensor<1x2x1x1xf32>
    %c = top.constant dense<0.0> : tensor<1xf32>
    %p = top.conv %x, %w, %b {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>,
        dilations = array<i64: 1, 1>, group = 1 : i64}
      : (tensor<1x64x8x8xf32>, tensor<2x64x1x1xf32>, tensor<2xf32>) -> tensor<1x2x8x8xf32> loc("p")
    %y = top.conv %p, %v, %c {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>,
        dilations = array<i64: 1, 1>, group = 1 : i64}
      : (tensor<1x2x8x8xf32>, tensor<1x2x1x1xf32>, tensor<1xf32>) -> tensor<1x1x8x8xf32> loc("y")
    return %y : tensor<1x1x8x8xf32>
  }
}

//--- given.mlir
module attributes {qc.target = #qc.target<"generic", {}>} {
  func.func @main(%x: tensor<1x64x8x8xf32> {qc.name = "x"}) -> (tensor<1x1x8x8xf32> {qc.name = "y"}) {
    %w = top.constant dense<[[[[50.0]], [[50.0]], [[0.0]], [[0.0]], [[0.0]], [[0.0]], [[0.0]], [[0.0]], [[0.0]], [[0.0]], [[0.0]], [[0.0]], [[0.0]], [[0.0]], [[0.0]], [[0.0]], [[0.0]], [[0.0]], [[0.0]], [[0.0]], [[0.0]], [[0.0]], [[0.0]], [[0.0]], [[0.0]], [[0.0]], [[0.0]], [[0.0]], [[0.0]], [[0.0]], [[0.0]], [[0.0]], [[0.0]], [[0.0]], [[0.0]], [[0.0]], [[0.0]], [[0.0]], [[0.0]], [[0.0]], [[0.0]], [[0.0]], [[0.0]], [[0.0]], [[0.0]], [[0.0]], [[0.0]], [[0.0]], [[0.0]], [[0.0]], [[0.0]], [[0.0]], [[0.0]], [[0.0]], [[0.0]], [[0.0]], [[0.0]], [[0.0]], [[0.0]], [[0.0]], [[0.0]], [[0.0]], [[0.0]], [[0.0]]],
      [[[0.0]], [[0.0]], [[0.25]], [[-0.25]], [[0.0]], [[0.0]], [[0.0]], [[0.0]], [[0.0]], [[0.0]], [[0.0]], [[0.0]], [[0.0]], [[0.0]], [[0.0]], [[0.0]], [[0.0]], [[0.0]], [[0.0]], [[0.0]], [[0.0]], [[0.0]], [[0.0]], [[0.0]], [[0.0]], [[0.0]], [[0.0]], [[0.0]], [[0.0]], [[0.0]], [[0.0]], [[0.0]], [[0.0]], [[0.0]], [[0.0]], [[0.0]], [[0.0]], [[0.0]], [[0.0]], [[0.0]], [[0.0]], [[0.0]], [[0.0]], [[0.0]], [[0.0]], [[0.0]], [[0.0]], [[0.0]], [[0.0]], [[0.0]], [[0.0]], [[0.0]], [[0.0]], [[0.0]], [[0.0]], [[0.0]], [[0.0]], [[0.0]], [[0.0]], [[0.0]], [[0.0]], [[0.0]], [[0.0]], [[0.0]]]]> : tensor<2x64x1x1xf32>
    %b = top.constant dense<0.0> : tensor<2xf32>
    %v = top.constant dense<[[[[0.0001]], [[1.0]]]]> : tensor<1x2x1x1xf32>
    %c = top.constant dense<0.0> : tensor<1xf32>
    %p = top.conv %x, %w, %b {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>,
        dilations = array<i64: 1, 1>, group = 1 : i64}
      : (tensor<1x64x8x8xf32>, tensor<2x64x1x1xf32>, tensor<2xf32>) -> tensor<1x2x8x8x!quant.uniform<i8:f32, 0.8:-128>> loc("p")
    %y = top.conv %p, %v, %c {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>,
        dilations = array<i64: 1, 1>, group = 1 : i64}
      : (tensor<1x2x8x8x!quant.uniform<i8:f32, 0.8:-128>>, tensor<1x2x1x1xf32>, tensor<1xf32>) -> tensor<1x1x8x8xf32> loc("y")
    return %y : tensor<1x1x8x8xf32>
  }
}
