// Ops that give values another shape or order.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_DIALECT_TOP_IR_SHAPEFAMILY
#define QC_DIALECT_TOP_IR_SHAPEFAMILY

include "qc/Dialect/Top/IR/TopBase.td"

/// An op whose result type is written, not inferred.
class Top_TypedShapeOp<string opMnemonic, list<Trait> traits = []>
    : Top_Op<opMnemonic, traits # [
    MovesElements,
    DeclareOpInterfaceMethods<QuantizableOpInterface,
                              ["sharesParameters", "getPeakAxis"]>,
    DeclareOpInterfaceMethods<CostOpInterface>]> {
  let arguments = (ins Top_Data:$input);
  let results = (outs Top_Data:$output);
  let assemblyFormat = [{
    $input attr-dict `:` functional-type(operands, results)
  }];
  let hasVerifier = 1;
  let hasFolder = 1;
}

def Top_ReshapeOp : Top_TypedShapeOp<"reshape", [
    DeclareOpInterfaceMethods<AliasOpInterface, ["getViewedOperand"]>]> {
  let summary = "The same elements in another shape";
  let description = [{
    Keeps the elements and their row-major order; the result type says the
    shape. Squeeze, unsqueeze and flatten are reshapes, too.

    Example:

    ```mlir
    func.func @example(%x: tensor<1x8x4x4xf32>) -> tensor<1x128xf32> {
      %y = top.reshape %x : (tensor<1x8x4x4xf32>) -> tensor<1x128xf32>
      return %y : tensor<1x128xf32>
    }
    ```
  }];
  let hasCanonicalizer = 1;
}

def Top_ExpandOp : Top_TypedShapeOp<"expand"> {
  let summary = "A tensor repeated along its dimensions of size 1";
  let description = [{
    Broadcasts `input` as numpy does to the shape that the result type says.

    Example:

    ```mlir
    func.func @example(%x: tensor<8x1xf32>) -> tensor<2x8x4xf32> {
      %y = top.expand %x : (tensor<8x1xf32>) -> tensor<2x8x4xf32>
      return %y : tensor<2x8x4xf32>
    }
    ```
  }];
}

def Top_TransposeOp : Top_InferOp<"transpose", [
    MovesElements,
    DeclareOpInterfaceMethods<QuantizableOpInterface,
                              ["sharesParameters", "getPeakAxis"]>,
    DeclareOpInterfaceMethods<CostOpInterface>]> {
  let summary = "Dimensions in another order";
  let description = [{
    Dimension i of the result is dimension `perm`[i] of `input`.

    Example:

    ```mlir
    func.func @example(%x: tensor<1x8x4x6xf32>) -> tensor<1x4x6x8xf32> {
      %y = top.transpose %x {perm = array<i64: 0, 2, 3, 1>}
        : (tensor<1x8x4x6xf32>) -> tensor<1x4x6x8xf32>
      return %y : tensor<1x4x6x8xf32>
    }
    ```
  }];
  let arguments = (ins Top_Data:$input, DenseI64ArrayAttr:$perm);
  let results = (outs Top_Data:$output);
  let assemblyFormat = [{
    $input attr-dict `:` functional-type(operands, results)
  }];
  let hasFolder = 1;
  let hasCanonicalizer = 1;
}

def Top_GatherOp : Top_InferOp<"gather", [
    MovesElements,
    DeclareOpInterfaceMethods<QuantizableOpInterface,
                              ["getOperandRole", "sharesParameters"]>,
    DeclareOpInterfaceMethods<CostOpInterface>]> {
  let summary = "Slices of a tensor picked by index";
  let description = [{
    Replaces dimension `axis` of `input` by the dimensions of `indices`: each
    index picks one slice along `axis`. An index below zero counts from the
    end.

    Example:

    ```mlir
    func.func @example(%table: tensor<100x64xf32>, %ids: tensor<1x16xi64>)
        -> tensor<1x16x64xf32> {
      %y = top.gather %table, %ids {axis = 0 : i64}
        : (tensor<100x64xf32>, tensor<1x16xi64>) -> tensor<1x16x64xf32>
      return %y : tensor<1x16x64xf32>
    }
    ```
  }];
  let arguments = (ins Top_Data:$input, Top_Index:$indices, I64Attr:$axis);
  let results = (outs Top_Data:$output);
  let assemblyFormat = [{
    $input `,` $indices attr-dict `:` functional-type(operands, results)
  }];
}

#endif // QC_DIALECT_TOP_IR_SHAPEFAMILY
