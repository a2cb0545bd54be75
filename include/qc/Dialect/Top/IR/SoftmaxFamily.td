// Softmax and its logarithm.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_DIALECT_TOP_IR_SOFTMAXFAMILY
#define QC_DIALECT_TOP_IR_SOFTMAXFAMILY

include "qc/Dialect/Top/IR/TopBase.td"

class Top_SoftmaxLikeOp<string opMnemonic, list<string> quantizableMethods = []>
    : Top_InferOp<opMnemonic, [
    Top_InPlace,
    DeclareOpInterfaceMethods<QuantizableOpInterface, quantizableMethods>,
    DeclareOpInterfaceMethods<CostOpInterface>]> {
  let arguments = (ins Top_Float:$input, I64Attr:$axis);
  let results = (outs Top_Float:$output);
  let assemblyFormat = [{
    $input attr-dict `:` functional-type(operands, results)
  }];
  let extraClassDefinition = Top_inPlaceTypes # [{
    ::llvm::LogicalResult $cppClass::inferReturnTypes(
        ::mlir::MLIRContext *context, std::optional<::mlir::Location> location,
        Adaptor adaptor, ::llvm::SmallVectorImpl<::mlir::Type> &types) {
      types.push_back(::qc::top::getResultTypeLike(adaptor.getInput().getType()));
      return ::qc::top::checkAxis(
          adaptor.getAxis(), ::qc::top::getShape(adaptor.getInput()).size(),
          ::qc::top::getInferenceErrors<$cppClass>(context, location));
    }
  }];
}

def Top_SoftmaxOp : Top_SoftmaxLikeOp<"softmax", ["getFixedOutputRange",
                                               "getPeakAxis"]> {
  let summary = "Exponentials that sum to 1 along a dimension";
  let description = [{
    exp(x) divided by the sum of exp(x) along `axis`, which is not negative.

    Example:

    ```mlir
    func.func @example(%x: tensor<1x10xf32>) -> tensor<1x10xf32> {
      %y = top.softmax %x {axis = 1 : i64}
        : (tensor<1x10xf32>) -> tensor<1x10xf32>
      return %y : tensor<1x10xf32>
    }
    ```
  }];
}

def Top_LogSoftmaxOp : Top_SoftmaxLikeOp<"log_softmax"> {
  let summary = "Logarithm of the softmax along a dimension";
  let description = [{
    x minus the logarithm of the sum of exp(x) along `axis`, which is not
    negative.

    Example:

    ```mlir
    func.func @example(%x: tensor<1x10xf32>) -> tensor<1x10xf32> {
      %y = top.log_softmax %x {axis = 1 : i64}
        : (tensor<1x10xf32>) -> tensor<1x10xf32>
      return %y : tensor<1x10xf32>
    }
    ```
  }];
}

#endif // QC_DIALECT_TOP_IR_SOFTMAXFAMILY
