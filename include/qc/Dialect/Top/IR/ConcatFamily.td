// Joining and cutting tensors along a dimension.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_DIALECT_TOP_IR_CONCATFAMILY
#define QC_DIALECT_TOP_IR_CONCATFAMILY

include "qc/Dialect/Top/IR/TopBase.td"

def Top_ConcatOp : Top_InferOp<"concat", [
    MovesElements,
    SameOperandElements,
    DeclareOpInterfaceMethods<QuantizableOpInterface,
                              ["sharesParameters", "getPeakAxis"]>,
    DeclareOpInterfaceMethods<CostOpInterface>]> {
  let summary = "Tensors one after the other along a dimension";
  let description = [{
    Joins one or more `inputs` along `axis`, which is not negative; their
    other dimensions are equal.

    Example:

    ```mlir
    func.func @example(%a: tensor<1x3x4x4xf32>, %b: tensor<1x5x4x4xf32>)
        -> tensor<1x8x4x4xf32> {
      %y = top.concat %a, %b {axis = 1 : i64}
        : (tensor<1x3x4x4xf32>, tensor<1x5x4x4xf32>) -> tensor<1x8x4x4xf32>
      return %y : tensor<1x8x4x4xf32>
    }
    ```
  }];
  let arguments = (ins Variadic<Top_Data>:$inputs, I64Attr:$axis);
  let results = (outs Top_Data:$output);
  let assemblyFormat = [{
    $inputs attr-dict `:` functional-type(operands, results)
  }];
  let hasFolder = 1;
}

def Top_SplitOp : Top_Op<"split", [
    MovesElements,
    DeclareOpInterfaceMethods<QuantizableOpInterface, ["sharesParameters"]>,
    DeclareOpInterfaceMethods<CostOpInterface>]> {
  let summary = "Consecutive parts of a tensor along a dimension";
  let description = [{
    Cuts `input` along `axis`, which is not negative, into parts whose sizes
    the result types say; they add up to the size of `input`.

    Example:

    ```mlir
    func.func @example(%x: tensor<1x8x4x4xf32>)
        -> (tensor<1x3x4x4xf32>, tensor<1x5x4x4xf32>) {
      %a, %b = top.split %x {axis = 1 : i64}
        : (tensor<1x8x4x4xf32>) -> (tensor<1x3x4x4xf32>, tensor<1x5x4x4xf32>)
      return %a, %b : tensor<1x3x4x4xf32>, tensor<1x5x4x4xf32>
    }
    ```
  }];
  let arguments = (ins Top_Data:$input, I64Attr:$axis);
  let results = (outs Variadic<Top_Data>:$outputs);
  let assemblyFormat = [{
    $input attr-dict `:` functional-type(operands, results)
  }];
  let hasVerifier = 1;
  let hasFolder = 1;
}

#endif // QC_DIALECT_TOP_IR_CONCATFAMILY
