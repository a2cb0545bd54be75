// One error names every op that the target cannot run, with all reasons.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: split-file %s %t
// RUN: not qc-opt --legalize %t/reasons.mlir 2>&1 | FileCheck %s --check-prefix=REASONS --implicit-check-not=error:
// RUN: not qc-opt --legalize %t/float.mlir 2>&1 | FileCheck %s --check-prefix=FLOAT --implicit-check-not=error:
// RUN: qc-opt --legalize=allow-cpu %t/float.mlir 2>%t/remarks | FileCheck %s --check-prefix=PLACED
// RUN: FileCheck %s --check-prefix=REMARK < %t/remarks
// RUN: not qc-opt --legalize %t/unknown.mlir 2>&1 | FileCheck %s --check-prefix=UNKNOWN
// RUN: not qc-opt --legalize %t/option.mlir 2>&1 | FileCheck %s --check-prefix=OPTION
// RUN: not qc-opt --legalize %t/value.mlir 2>&1 | FileCheck %s --check-prefix=VALUE
// RUN: not qc-opt --legalize %t/kind.mlir 2>&1 | FileCheck %s --check-prefix=KIND
// RUN: not qc-opt --load-target-plugin=%t/unknown.mlir %t/unknown.mlir 2>&1 | FileCheck %s --check-prefix=PLUGIN

//--- reasons.mlir
// REASONS: error: target 'horizon' cannot run 2 ops; --allow-cpu places what it cannot run on the CPU
// REASONS: note: {{.*}}'features' (tpu.conv2d): conv-kernel: kernel height and width from 1 to 7; found 9; conv-dilation: dilations that are powers of two; found 3x3
// REASONS: note: {{.*}}'probabilities' (tpu.softmax): the target has no tpu.softmax
module attributes {qc.target = #qc.target<"horizon", {chip = "x3"}>} {
  func.func @main(%x: tensor<1x32x32x2x!quant.uniform<i8:f32, 0.5>>, %w: tensor<2x9x7x2x!quant.uniform<i8<-127:127>:f32, 0.5>>, %b: tensor<2xi32>) -> tensor<1x8x14x2x!quant.uniform<i8:f32, 0.1>> {
    %y = tpu.conv2d %x, %w, %b {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 3, 3>, group = 1 : i64,
        requant = #tpu.requant<mul32, single, multipliers = [1073741824], shifts = [31]>}
      : (tensor<1x32x32x2x!quant.uniform<i8:f32, 0.5>>, tensor<2x9x7x2x!quant.uniform<i8<-127:127>:f32, 0.5>>, tensor<2xi32>) -> tensor<1x8x14x2x!quant.uniform<i8:f32, 0.1>> loc("features")
    %z = tpu.softmax %y {axis = 3 : i64} : (tensor<1x8x14x2x!quant.uniform<i8:f32, 0.1>>) -> tensor<1x8x14x2x!quant.uniform<i8:f32, 0.1>> loc("probabilities")
    return %z : tensor<1x8x14x2x!quant.uniform<i8:f32, 0.1>>
  }
}

//--- float.mlir
// No target computes in float; what has been placed is not asked for again.
// FLOAT: error: target 'generic' cannot run 1 op; --allow-cpu places what it cannot run on the CPU
// FLOAT: note: {{.*}}'rectified' (top.relu): it computes in float
// REMARK: remark: {{.*}}'rectified' (top.relu) runs on the CPU: it computes in float
// PLACED: top.relu %{{.*}} {qc.placement = "cpu"}
// PLACED: top.exp %{{.*}} {qc.placement = "cpu"}
func.func @main(%x: tensor<4x!quant.uniform<i8:f32, 0.5>>) -> tensor<4xf32> {
  %0 = tpu.dequantize %x : (tensor<4x!quant.uniform<i8:f32, 0.5>>) -> tensor<4xf32>
  %1 = top.relu %0 : (tensor<4xf32>) -> tensor<4xf32> loc("rectified")
  %2 = top.exp %1 {qc.placement = "cpu"} : (tensor<4xf32>) -> tensor<4xf32>
  return %2 : tensor<4xf32>
}

//--- unknown.mlir
// UNKNOWN: error: unknown target 'horizn'; did you mean 'horizon'?
// PLUGIN: error: cannot load plugin
module attributes {qc.target = #qc.target<"horizn", {}>} {}

//--- option.mlir
// OPTION: error: target 'horizon' has no option 'chp'; its options are: chip
module attributes {qc.target = #qc.target<"horizon", {chp = "x3"}>} {}

//--- value.mlir
// VALUE: error: option 'chip' of target 'horizon' is one of x3, x5, nash; found 'x4'
module attributes {qc.target = #qc.target<"horizon", {chip = "x4"}>} {}

//--- kind.mlir
// KIND: error: option 'chip' of target 'horizon' takes a string
module attributes {qc.target = #qc.target<"horizon", {chip = 3 : i64}>} {}
