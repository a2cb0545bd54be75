// Matrix products: fully connected layers and batched products.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_DIALECT_TOP_IR_MATMULFAMILY
#define QC_DIALECT_TOP_IR_MATMULFAMILY

include "qc/Dialect/Top/IR/TopBase.td"

def Top_MatMulOp : Top_InferOp<"matmul", [
    FusableActivation, SameOperandElements,
    DeclareOpInterfaceMethods<QuantizableOpInterface,
                              ["getOperandRole", "getWeightBlock",
                               "getScaleRelation"]>,
    DeclareOpInterfaceMethods<CostOpInterface, ["getMacs"]>,
    WeightedOpInterface]> {
  let summary = "Product of two matrices or stacks of matrices";
  let description = [{
    Multiplies `lhs` [..., M, K] by `rhs` [..., K, N]; the dimensions before
    the last two broadcast as in numpy. `transpose_lhs` and `transpose_rhs`
    say that an operand holds its last two dimensions exchanged ([..., K, M],
    [..., N, K]). `bias` [N] is added to every row. The result is clamped to
    [`act_min`, `act_max`] where given.

    Example:

    ```mlir
    func.func @example(%x: tensor<8x64xf32>, %w: tensor<10x64xf32>,
                       %b: tensor<10xf32>) -> tensor<8x10xf32> {
      %y = top.matmul %x, %w, %b {transpose_rhs = true}
        : (tensor<8x64xf32>, tensor<10x64xf32>, tensor<10xf32>)
        -> tensor<8x10xf32>
      return %y : tensor<8x10xf32>
    }
    ```
  }];
  let arguments = !con((ins Top_Float:$lhs, Top_Float:$rhs,
                            Optional<Top_Float>:$bias,
                            DefaultValuedAttr<BoolAttr, "false">:$transpose_lhs,
                            DefaultValuedAttr<BoolAttr, "false">:$transpose_rhs),
                       Top_ActivationArgs);
  let results = (outs Top_Float:$output);
  let extraClassDeclaration = [{
    ::mlir::Value getWeight() { return getRhs(); }
    int64_t getOutputChannelAxis() { return getOutput().getType().getRank() - 1; }
  }];
  let assemblyFormat = [{
    $lhs `,` $rhs (`,` $bias^)? attr-dict `:` functional-type(operands, results)
  }];
}

#endif // QC_DIALECT_TOP_IR_MATMULFAMILY
