// A target's rewrites, and what it runs stays as it is.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: split-file %s %t
// RUN: qc-opt --legalize %t/generic.mlir | FileCheck %s --check-prefix=GENERIC
// RUN: qc-opt --legalize %t/batch.mlir | FileCheck %s --check-prefix=BATCH
// RUN: qc-opt --legalize %t/single.mlir | FileCheck %s --check-prefix=SINGLE
// RUN: qc-opt --legalize=allow-cpu %t/cpu.mlir 2>%t/remarks | FileCheck %s --check-prefix=PLACED
// RUN: FileCheck %s --check-prefix=REMARK < %t/remarks
// RUN: qc-opt --legalize %t/shuffle.mlir | FileCheck %s --check-prefix=SHUFFLE
// RUN: qc-opt --check-execute %t/shuffle.mlir -o /dev/null
// RUN: qc-opt --legalize --check-execute %t/shuffle.mlir -o /dev/null
// RUN: qc-opt --check-execute %t/executed.mlir -o /dev/null
// RUN: qc-opt --legalize --check-execute %t/executed.mlir -o /dev/null

//--- generic.mlir
// Without a target the module is for the generic one, which runs everything.
// GENERIC: tpu.softmax
// GENERIC-NOT: qc.placement
func.func @main(%x: tensor<2x4x!quant.uniform<i8:f32, 0.1>>) -> tensor<2x4x!quant.uniform<i8:f32, 0.00390625:-128>> {
  %y = tpu.softmax %x {axis = 1 : i64} : (tensor<2x4x!quant.uniform<i8:f32, 0.1>>) -> tensor<2x4x!quant.uniform<i8:f32, 0.00390625:-128>>
  return %y : tensor<2x4x!quant.uniform<i8:f32, 0.00390625:-128>>
}

//--- batch.mlir
// A batch of three is none that the engine has: it becomes a convolution.
// BATCH: tpu.reshape {{.*}} -> tensor<1x1x3x2x!
// BATCH: tpu.conv2d {{.*}}clamp = array<i64: 0, 9>{{.*}} -> tensor<1x1x3x4x!
// BATCH: tpu.reshape {{.*}} -> tensor<3x4x!
// BATCH-NOT: fully_connected
module attributes {qc.target = #qc.target<"mtk", {}>} {
  func.func @main(%x: tensor<3x2x!quant.uniform<i8:f32, 0.5>>) -> tensor<3x4x!quant.uniform<i8:f32, 0.5>> {
    %w = tpu.constant dense<[[1, 2], [3, 4], [5, 6], [7, 8]]> : tensor<4x2xi8> -> tensor<4x2x!quant.uniform<i8<-127:127>:f32, 0.5>>
    %b = tpu.constant dense<[1, 2, 3, 4]> : tensor<4xi32> -> tensor<4xi32>
    %y = tpu.fully_connected %x, %w, %b {clamp = array<i64: 0, 9>, requant = #tpu.requant<mul32, single, multipliers = [1073741824], shifts = [31]>}
      : (tensor<3x2x!quant.uniform<i8:f32, 0.5>>, tensor<4x2x!quant.uniform<i8<-127:127>:f32, 0.5>>, tensor<4xi32>) -> tensor<3x4x!quant.uniform<i8:f32, 0.5>>
    return %y : tensor<3x4x!quant.uniform<i8:f32, 0.5>>
  }
}

//--- executed.mlir
// The rewrite changes no value: run before and after.
module attributes {qc.target = #qc.target<"mtk", {}>} {
  func.func @main() {
    %x = tpu.constant dense<[[1, 2], [-3, 4], [50, 60]]> : tensor<3x2xi8> -> tensor<3x2x!quant.uniform<i8:f32, 0.5:1>>
    %w = tpu.constant dense<[[1, 2], [3, -4]]> : tensor<2x2xi8> -> tensor<2x2x!quant.uniform<i8<-127:127>:f32:0, {0.5, 0.25}>>
    %b = tpu.constant dense<[1, -2]> : tensor<2xi32> -> tensor<2xi32>
    %y = tpu.fully_connected %x, %w, %b {requant = #tpu.requant<mul32, single, multipliers = [1073741824, 1073741824], shifts = [31, 32]>}
      : (tensor<3x2x!quant.uniform<i8:f32, 0.5:1>>, tensor<2x2x!quant.uniform<i8<-127:127>:f32:0, {0.5, 0.25}>>, tensor<2xi32>) -> tensor<3x2x!quant.uniform<i8:f32, 0.5:-1>>
    // Rows (x - 1) are [0, 1], [-4, 3], [49, 59]; the sums 3, 3, 168 and -6, -26, -91.
    check.expect_eq_const %y, dense<[[1, -2], [1, -7], [83, -24]]> : tensor<3x2xi8>
      : tensor<3x2x!quant.uniform<i8:f32, 0.5:-1>>
    return
  }
}

//--- single.mlir
// A batch of two runs as it is.
// SINGLE: tpu.fully_connected
// SINGLE-NOT: tpu.conv2d
module attributes {qc.target = #qc.target<"mtk", {chip = "mdla5"}>} {
  func.func @main(%x: tensor<2x2x!quant.uniform<i8:f32, 0.5>>) -> tensor<2x1x!quant.uniform<i8:f32, 0.5>> {
    %w = tpu.constant dense<[[1, 2]]> : tensor<1x2xi8> -> tensor<1x2x!quant.uniform<i8<-127:127>:f32, 0.5>>
    %b = tpu.constant dense<1> : tensor<1xi32> -> tensor<1xi32>
    %y = tpu.fully_connected %x, %w, %b {requant = #tpu.requant<mul32, single, multipliers = [1073741824], shifts = [31]>}
      : (tensor<2x2x!quant.uniform<i8:f32, 0.5>>, tensor<1x2x!quant.uniform<i8<-127:127>:f32, 0.5>>, tensor<1xi32>) -> tensor<2x1x!quant.uniform<i8:f32, 0.5>>
    return %y : tensor<2x1x!quant.uniform<i8:f32, 0.5>>
  }
}

//--- cpu.mlir
// With --allow-cpu what the target does not run is marked, and each is told.
// PLACED: tpu.softmax {{.*}}qc.placement = "cpu"
// PLACED: tpu.add
// PLACED-NOT: qc.placement
// REMARK: remark: {{.*}}'probabilities' (tpu.softmax) runs on the CPU: the target has no tpu.softmax
// REMARK-NOT: remark
module attributes {qc.target = #qc.target<"horizon", {chip = "x3"}>} {
  func.func @main(%x: tensor<2x4x!quant.uniform<i8:f32, 0.1>>) -> tensor<2x4x!quant.uniform<i8:f32, 0.1>> {
    %y = tpu.softmax %x {axis = 1 : i64} : (tensor<2x4x!quant.uniform<i8:f32, 0.1>>) -> tensor<2x4x!quant.uniform<i8:f32, 0.1>> loc("probabilities")
    %z = tpu.add %y, %x {requant = #tpu.requant<mul32, single, multipliers = [1073741824, 1073741824], shifts = [30]>}
      : (tensor<2x4x!quant.uniform<i8:f32, 0.1>>, tensor<2x4x!quant.uniform<i8:f32, 0.1>>) -> tensor<2x4x!quant.uniform<i8:f32, 0.1>>
    return %z : tensor<2x4x!quant.uniform<i8:f32, 0.1>>
  }
}

//--- shuffle.mlir
// A channel shuffle in five dimensions is a transpose of three.
// SHUFFLE: tpu.reshape {{.*}} -> tensor<2x2x3x!
// SHUFFLE: tpu.transpose {{.*}}perm = array<i64: 0, 2, 1>{{.*}} -> tensor<2x3x2x!
// SHUFFLE: tpu.reshape {{.*}} -> tensor<1x1x2x6x!
// SHUFFLE-NOT: tensor<1x1x2x2x3x
module attributes {qc.target = #qc.target<"sigmastar", {}>} {
  func.func @main() {
    %x = tpu.constant dense<[[[[0, 1, 2, 10, 11, 12], [20, 21, 22, 30, 31, 32]]]]> : tensor<1x1x2x6xui8> -> tensor<1x1x2x6x!quant.uniform<u8:f32, 0.5:1>>
    %a = tpu.reshape %x : (tensor<1x1x2x6x!quant.uniform<u8:f32, 0.5:1>>) -> tensor<1x1x2x2x3x!quant.uniform<u8:f32, 0.5:1>>
    %b = tpu.transpose %a {perm = array<i64: 0, 1, 2, 4, 3>} : (tensor<1x1x2x2x3x!quant.uniform<u8:f32, 0.5:1>>) -> tensor<1x1x2x3x2x!quant.uniform<u8:f32, 0.5:1>>
    %c = tpu.reshape %b : (tensor<1x1x2x3x2x!quant.uniform<u8:f32, 0.5:1>>) -> tensor<1x1x2x6x!quant.uniform<u8:f32, 0.5:1>>
    check.expect_eq_const %c, dense<[[[[0, 10, 1, 11, 2, 12], [20, 30, 21, 31, 22, 32]]]]> : tensor<1x1x2x6xui8>
      : tensor<1x1x2x6x!quant.uniform<u8:f32, 0.5:1>>
    return
  }
}
