// Constants.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_DIALECT_TOP_IR_CONSTANTFAMILY
#define QC_DIALECT_TOP_IR_CONSTANTFAMILY

include "qc/Dialect/Top/IR/TopBase.td"

def Top_ConstantOp : Top_InferOp<"constant", [ConstantLike]> {
  let summary = "A tensor that is known when the model is compiled";
  let description = [{
    Weights and other constants. Large values are resource blobs
    (`dense_resource`), so that they are kept once and written in binary.

    Example:

    ```mlir
    func.func @example() -> tensor<2xf32> {
      %c = top.constant dense<[1.0, 2.0]> : tensor<2xf32>
      return %c : tensor<2xf32>
    }
    ```
  }];
  let arguments = (ins ElementsAttr:$value);
  let results = (outs Top_Any:$output);
  let assemblyFormat = "attr-dict $value";
  let hasFolder = 1;
}

#endif // QC_DIALECT_TOP_IR_CONSTANTFAMILY
