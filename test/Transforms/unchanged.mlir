// A pass that finds nothing leaves every byte as it is, names included.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: qc-opt %s --mlir-print-debuginfo -o %t.before
// RUN: qc-opt %s --mlir-print-debuginfo --insert-preprocess -o %t.after && diff %t.before %t.after
// RUN: qc-opt %s --mlir-print-debuginfo --remove-identities -o %t.after && diff %t.before %t.after
// RUN: qc-opt %s --mlir-print-debuginfo --fold-constants -o %t.after && diff %t.before %t.after
// RUN: qc-opt %s --mlir-print-debuginfo --recognize-layer-norm -o %t.after && diff %t.before %t.after
// RUN: qc-opt %s --mlir-print-debuginfo --recognize-activations -o %t.after && diff %t.before %t.after
// RUN: qc-opt %s --mlir-print-debuginfo --canonicalize-movement -o %t.after && diff %t.before %t.after
// RUN: qc-opt %s --mlir-print-debuginfo --fuse-padding -o %t.after && diff %t.before %t.after
// RUN: qc-opt %s --mlir-print-debuginfo --fuse-bias -o %t.after && diff %t.before %t.after
// RUN: qc-opt %s --mlir-print-debuginfo --fold-batch-norm -o %t.after && diff %t.before %t.after
// RUN: qc-opt %s --mlir-print-debuginfo --fuse-activation -o %t.after && diff %t.before %t.after
// RUN: qc-opt %s --mlir-print-debuginfo --prepare -o %t.after && diff %t.before %t.after
// RUN: qc-opt %s --mlir-print-debuginfo --prepare=insert-preprocess=true -o %t.after && diff %t.before %t.after

// Constants that are equal, in an order of their own, one in a resource.
module attributes {qc.data = #qc.data<"random:4">} {
  func.func @main(%x: tensor<1x3x8x8xf32> {qc.name = "x", qc.preprocess = #qc.preprocess<"resize=8x8">},
                  %y: tensor<1x4x4x4xf32> {qc.name = "y"}) -> (tensor<1x4x4x4xf32> {qc.name = "out"}) {
    %b = top.constant dense<[1.0, 2.0, 3.0, 4.0]> : tensor<4xf32> loc("b")
    %w = top.constant dense_resource<weight> : tensor<4x3x3x3xf32> loc("w")
    %0 = top.conv %x, %w, %b {strides = array<i64: 2, 2>, pads = array<i64: 1, 1, 1, 1>, dilations = array<i64: 1, 1>, act_min = 0.0 : f32}
      : (tensor<1x3x8x8xf32>, tensor<4x3x3x3xf32>, tensor<4xf32>) -> tensor<1x4x4x4xf32> loc("conv")
    %c = top.constant dense<[1.0, 2.0, 3.0, 4.0]> : tensor<4xf32> loc("c")
    %1 = top.scale %y, %b, %c : (tensor<1x4x4x4xf32>, tensor<4xf32>, tensor<4xf32>) -> tensor<1x4x4x4xf32> loc("scale")
    %2 = top.tanh %1 : (tensor<1x4x4x4xf32>) -> tensor<1x4x4x4xf32> loc("tanh")
    %3 = top.add %0, %2 {act_max = 6.0 : f32} : (tensor<1x4x4x4xf32>, tensor<1x4x4x4xf32>) -> tensor<1x4x4x4xf32> loc("sum"("/add/Add"))
    return %3 : tensor<1x4x4x4xf32>
  }
}

{-#
  dialect_resources: {
    builtin: {
      weight: "0x40000000B76D5BBF6EDB36BF254912BFB76DDBBE254992BE254912BE000000002549123E2549923EB76DDB3E2549123F6EDB363FB76D5B3FB76D5BBF6EDB36BF254912BFB76DDBBE254992BE254912BE000000002549123E2549923EB76DDB3E2549123F6EDB363FB76D5B3FB76D5BBF6EDB36BF254912BFB76DDBBE254992BE254912BE000000002549123E2549923EB76DDB3E2549123F6EDB363FB76D5B3FB76D5BBF6EDB36BF254912BFB76DDBBE254992BE254912BE000000002549123E2549923EB76DDB3E2549123F6EDB363FB76D5B3FB76D5BBF6EDB36BF254912BFB76DDBBE254992BE254912BE000000002549123E2549923EB76DDB3E2549123F6EDB363FB76D5B3FB76D5BBF6EDB36BF254912BFB76DDBBE254992BE254912BE000000002549123E2549923EB76DDB3E2549123F6EDB363FB76D5B3FB76D5BBF6EDB36BF254912BFB76DDBBE254992BE254912BE000000002549123E2549923EB76DDB3E2549123F6EDB363FB76D5B3FB76D5BBF6EDB36BF254912BFB76DDBBE254992BE254912BE000000002549123E2549923EB76DDB3E2549123F6EDB363FB76D5B3FB76D5BBF6EDB36BF254912BFB76DDBBE"
    }
  }
#-}
