// Reductions along whole dimensions; global pooling is one of them.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_DIALECT_TOP_IR_REDUCEFAMILY
#define QC_DIALECT_TOP_IR_REDUCEFAMILY

include "qc/Dialect/Top/IR/TopBase.td"

class Top_ReduceOp<string opMnemonic, list<string> quantizableMethods = []>
    : Top_InferOp<opMnemonic, [
    DeclareOpInterfaceMethods<QuantizableOpInterface, quantizableMethods>,
    DeclareOpInterfaceMethods<CostOpInterface>]> {
  let arguments = (ins Top_Float:$input, DenseI64ArrayAttr:$axes,
                       DefaultValuedAttr<BoolAttr, "true">:$keepdims);
  let results = (outs Top_Float:$output);
  let assemblyFormat = [{
    $input attr-dict `:` functional-type(operands, results)
  }];
  let extraClassDefinition = Top_compatibleTypes # [{
    ::llvm::LogicalResult $cppClass::inferReturnTypes(
        ::mlir::MLIRContext *context, std::optional<::mlir::Location> location,
        Adaptor adaptor, ::llvm::SmallVectorImpl<::mlir::Type> &types) {
      return ::qc::top::inferReduction(
          adaptor.getInput(), adaptor.getAxes(), adaptor.getKeepdims(), types,
          ::qc::top::getInferenceErrors<$cppClass>(context, location));
    }
  }];
}

def Top_ReduceMeanOp : Top_ReduceOp<"reduce_mean", ["getScaleRelation"]> {
  let summary = "Mean along dimensions";
  let description = [{
    The mean of the elements along `axes`, which are not
    negative and ascend. The dimensions stay with size 1, or vanish when
    `keepdims` is false.

    Example:

    ```mlir
    func.func @example(%x: tensor<1x8x7x7xf32>) -> tensor<1x8xf32> {
      %y = top.reduce_mean %x {axes = array<i64: 2, 3>, keepdims = false}
        : (tensor<1x8x7x7xf32>) -> tensor<1x8xf32>
      return %y : tensor<1x8xf32>
    }
    ```
  }];
}

def Top_ReduceSumOp : Top_ReduceOp<"reduce_sum", ["getScaleRelation"]> {
  let summary = "Sum along dimensions";
  let description = [{
    The sum of the elements along `axes`, which are not
    negative and ascend. The dimensions stay with size 1, or vanish when
    `keepdims` is false.

    Example:

    ```mlir
    func.func @example(%x: tensor<1x8x7x7xf32>) -> tensor<1x8xf32> {
      %y = top.reduce_sum %x {axes = array<i64: 2, 3>, keepdims = false}
        : (tensor<1x8x7x7xf32>) -> tensor<1x8xf32>
      return %y : tensor<1x8xf32>
    }
    ```
  }];
}

def Top_ReduceMaxOp : Top_ReduceOp<"reduce_max",
                                    ["sharesParameters", "getUsefulRange"]> {
  let summary = "Largest element along dimensions";
  let description = [{
    The largest of the elements along `axes`, which are not
    negative and ascend. The dimensions stay with size 1, or vanish when
    `keepdims` is false.

    Example:

    ```mlir
    func.func @example(%x: tensor<1x8x7x7xf32>) -> tensor<1x8xf32> {
      %y = top.reduce_max %x {axes = array<i64: 2, 3>, keepdims = false}
        : (tensor<1x8x7x7xf32>) -> tensor<1x8xf32>
      return %y : tensor<1x8xf32>
    }
    ```
  }];
}

def Top_ReduceMinOp : Top_ReduceOp<"reduce_min",
                                    ["sharesParameters", "getUsefulRange"]> {
  let summary = "Smallest element along dimensions";
  let description = [{
    The smallest of the elements along `axes`, which are not
    negative and ascend. The dimensions stay with size 1, or vanish when
    `keepdims` is false.

    Example:

    ```mlir
    func.func @example(%x: tensor<1x8x7x7xf32>) -> tensor<1x8xf32> {
      %y = top.reduce_min %x {axes = array<i64: 2, 3>, keepdims = false}
        : (tensor<1x8x7x7xf32>) -> tensor<1x8xf32>
      return %y : tensor<1x8xf32>
    }
    ```
  }];
}

#endif // QC_DIALECT_TOP_IR_REDUCEFAMILY
