// Conversion between element types.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_DIALECT_TOP_IR_CASTFAMILY
#define QC_DIALECT_TOP_IR_CASTFAMILY

include "qc/Dialect/Top/IR/TopBase.td"

// Not quantizable: what an integer means is not said by a scale, so that a
// cast and its neighbours stay as they are.
def Top_CastOp : Top_Op<"cast", [DeclareOpInterfaceMethods<CostOpInterface>]> {
  let summary = "The same values in another element type";
  let description = [{
    Converts each element to the element type of the result: floats become
    integers towards zero, a boolean says whether the element is not zero.

    Example:

    ```mlir
    func.func @example(%ids: tensor<1x16xi64>) -> tensor<1x16xf32> {
      %y = top.cast %ids : (tensor<1x16xi64>) -> tensor<1x16xf32>
      return %y : tensor<1x16xf32>
    }
    ```
  }];
  let arguments = (ins Top_Data:$input);
  let results = (outs Top_Data:$output);
  let assemblyFormat = [{
    $input attr-dict `:` functional-type(operands, results)
  }];
  let hasVerifier = 1;
  let hasFolder = 1;
}

#endif // QC_DIALECT_TOP_IR_CASTFAMILY
