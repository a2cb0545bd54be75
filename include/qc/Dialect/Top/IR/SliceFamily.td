// Taking a part of a tensor and surrounding it.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_DIALECT_TOP_IR_SLICEFAMILY
#define QC_DIALECT_TOP_IR_SLICEFAMILY

include "qc/Dialect/Top/IR/TopBase.td"

def Top_SliceOp : Top_InferOp<"slice", [
    MovesElements,
    DeclareOpInterfaceMethods<QuantizableOpInterface,
                              ["sharesParameters", "getPeakAxis"]>,
    DeclareOpInterfaceMethods<CostOpInterface>]> {
  let summary = "Elements at regular distances along each dimension";
  let description = [{
    Takes `sizes` elements along each dimension, the first at `offsets`, then
    every `strides` further. A negative stride walks backwards from the
    offset. All three have one value a dimension.

    Example:

    ```mlir
    func.func @example(%x: tensor<1x8x4x4xf32>) -> tensor<1x4x4x4xf32> {
      %y = top.slice %x {offsets = array<i64: 0, 2, 0, 3>,
          sizes = array<i64: 1, 4, 4, 4>, strides = array<i64: 1, 1, 1, -1>}
        : (tensor<1x8x4x4xf32>) -> tensor<1x4x4x4xf32>
      return %y : tensor<1x4x4x4xf32>
    }
    ```
  }];
  let arguments = (ins Top_Data:$input, DenseI64ArrayAttr:$offsets,
                       DenseI64ArrayAttr:$sizes, DenseI64ArrayAttr:$strides);
  let results = (outs Top_Data:$output);
  let assemblyFormat = [{
    $input attr-dict `:` functional-type(operands, results)
  }];
  let hasFolder = 1;
}

def Top_PadOp : Top_InferOp<"pad", [
    MovesElements,
    DeclareOpInterfaceMethods<QuantizableOpInterface,
                              ["sharesParameters", "getInsertedValues",
                               "getPeakAxis"]>,
    DeclareOpInterfaceMethods<CostOpInterface>]> {
  let summary = "Elements added around a tensor";
  let description = [{
    Adds `pads` elements, the begins of all dimensions followed by the ends:
    `value` in mode "constant", the mirror image without the border itself in
    mode "reflect", the border repeated in mode "edge".

    Example:

    ```mlir
    func.func @example(%x: tensor<1x3x4x4xf32>) -> tensor<1x3x6x6xf32> {
      %y = top.pad %x {pads = array<i64: 0, 0, 1, 1, 0, 0, 1, 1>,
          mode = "constant", value = 0.0 : f32}
        : (tensor<1x3x4x4xf32>) -> tensor<1x3x6x6xf32>
      return %y : tensor<1x3x6x6xf32>
    }
    ```
  }];
  let arguments = (ins Top_Data:$input, DenseI64ArrayAttr:$pads,
                       DefaultValuedAttr<
                           Top_OneOf<["constant", "reflect", "edge"]>,
                           "\"constant\"">:$mode,
                       DefaultValuedAttr<F32Attr, "0.0f">:$value);
  let results = (outs Top_Data:$output);
  let assemblyFormat = [{
    $input attr-dict `:` functional-type(operands, results)
  }];
  let hasFolder = 1;
}

#endif // QC_DIALECT_TOP_IR_SLICEFAMILY
