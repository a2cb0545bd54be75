// Passes on the tpu dialect.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_DIALECT_TPU_TRANSFORMS_PASSES
#define QC_DIALECT_TPU_TRANSFORMS_PASSES

include "mlir/Pass/PassBase.td"

def DropEdges : Pass<"drop-edges", "::mlir::func::FuncOp"> {
  let summary = "Lets integers go in and come out";
  let description = [{
    An argument that a `tpu.quantize` alone reads takes what that gives, and a
    result that a `tpu.dequantize` makes is what that reads. Scale and zero point
    stand in the types. Runs before layouts move.

    ```mlir
    // Before
    func.func @main(%x: tensor<4xf32>) -> tensor<4xf32> {
      %q = tpu.quantize %x : (tensor<4xf32>) -> tensor<4x!quant.uniform<i8:f32, 0.1>>
      %y = tpu.dequantize %q : (tensor<4x!quant.uniform<i8:f32, 0.1>>) -> tensor<4xf32>
      return %y : tensor<4xf32>
    }
    // After
    func.func @main(%x: tensor<4x!quant.uniform<i8:f32, 0.1>>)
        -> tensor<4x!quant.uniform<i8:f32, 0.1>> {
      return %x : tensor<4x!quant.uniform<i8:f32, 0.1>>
    }
    ```
  }];
  let statistics = [
    Statistic<"numDropped", "dropped", "Conversions at inputs and outputs">
  ];
}

def PropagateLayout : Pass<"propagate-layout", "::mlir::func::FuncOp"> {
  let summary = "Move transposes until they cancel";
  let description = [{
    Lowering puts transposes around each op that wants channels last. This pass
    moves them towards the results, through every op that implements
    `LayoutOpInterface` and through reshapes that keep the permuted dimensions
    together, so that opposite ones meet and vanish. What is left is at the
    function's boundary, or belongs to the network (channel shuffle, attention).
    A dense layer behind a flattened image gets its weights reordered instead.

    Before:

    ```mlir
    %0 = tpu.conv2d %a, %w, %b ...
    %1 = tpu.transpose %0 {perm = array<i64: 0, 3, 1, 2>}
    %2 = tpu.lut %1, %t ...
    %3 = tpu.transpose %2 {perm = array<i64: 0, 2, 3, 1>}
    %4 = tpu.conv2d %3, %v, %c ...
    ```

    After:

    ```mlir
    %0 = tpu.conv2d %a, %w, %b ...
    %1 = tpu.lut %0, %t ...
    %2 = tpu.conv2d %1, %v, %c ...
    ```
  }];
  let dependentDialects = ["::qc::tpu::TpuDialect"];
  let statistics = [
    Statistic<"boundaryTransposes", "boundary-transposes",
              "transposes next to an argument or a result">,
    Statistic<"innerTransposes", "inner-transposes",
              "transposes left inside the network">,
  ];
}

#endif // QC_DIALECT_TPU_TRANSFORMS_PASSES
