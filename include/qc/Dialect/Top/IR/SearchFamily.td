// Where elements are: arg max, top k, boxes that stand out.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_DIALECT_TOP_IR_SEARCHFAMILY
#define QC_DIALECT_TOP_IR_SEARCHFAMILY

include "qc/Dialect/Top/IR/TopBase.td"

def Top_ArgMaxOp : Top_InferOp<"arg_max", [
    NoIntegerForm, DeclareOpInterfaceMethods<CostOpInterface>]> {
  let summary = "The index of the largest element along a dimension";
  let description = [{
    Of the smallest where `smallest` is set. Of equal ones the first counts, or
    the last where `last` is set.

    Example:

    ```mlir
    func.func @example(%x: tensor<1x19x8x8xf32>) -> tensor<1x8x8xi64> {
      %y = top.arg_max %x {axis = 1 : i64, keepdims = false}
        : (tensor<1x19x8x8xf32>) -> tensor<1x8x8xi64>
      return %y : tensor<1x8x8xi64>
    }
    ```
  }];
  let arguments = (ins Top_Data:$input, I64Attr:$axis,
      DefaultValuedAttr<BoolAttr, "true">:$keepdims,
      DefaultValuedAttr<BoolAttr, "false">:$smallest,
      DefaultValuedAttr<BoolAttr, "false">:$last);
  let results = (outs Top_TensorOf<[I64]>:$output);
  let assemblyFormat = [{
    $input attr-dict `:` functional-type(operands, results)
  }];
}

def Top_TopKOp : Top_InferOp<"top_k", [
    NoIntegerForm, DeclareOpInterfaceMethods<CostOpInterface>]> {
  let summary = "The k largest elements along a dimension, and their indices";
  let description = [{
    Sorted, the largest (or smallest) first; of equal ones the first in the
    tensor comes first.

    Example:

    ```mlir
    func.func @example(%x: tensor<1x100xf32>)
        -> (tensor<1x5xf32>, tensor<1x5xi64>) {
      %y:2 = top.top_k %x {axis = 1 : i64, k = 5 : i64}
        : (tensor<1x100xf32>) -> (tensor<1x5xf32>, tensor<1x5xi64>)
      return %y#0, %y#1 : tensor<1x5xf32>, tensor<1x5xi64>
    }
    ```
  }];
  let arguments = (ins Top_Data:$input, I64Attr:$axis, I64Attr:$k,
      DefaultValuedAttr<BoolAttr, "true">:$largest);
  let results = (outs Top_Data:$values, Top_TensorOf<[I64]>:$indices);
  let assemblyFormat = [{
    $input attr-dict `:` functional-type(operands, results)
  }];
}

def Top_NmsOp : Top_InferOp<"nms", [
    NoIntegerForm, DeclareOpInterfaceMethods<CostOpInterface>]> {
  let summary = "The boxes that no better one of their class overlaps";
  let description = [{
    `boxes` is [N, B, 4]: two corners, or centre and size where
    `center_point_box` is set; `scores` is [N, C, B]. Of each class the boxes
    whose score is above `score_threshold`, the best first, without those whose
    intersection over union with a better one that is kept is above
    `iou_threshold`, and at most `max_output` of them. A row of the result says
    image, class and box; there are N * C * `max_output` rows, those behind the
    last box hold -1.

    Example:

    ```mlir
    func.func @example(%b: tensor<1x100x4xf32>, %s: tensor<1x3x100xf32>)
        -> tensor<30x3xi64> {
      %y = top.nms %b, %s {max_output = 10 : i64, iou_threshold = 0.5 : f32,
          score_threshold = 0.25 : f32, center_point_box = false}
        : (tensor<1x100x4xf32>, tensor<1x3x100xf32>) -> tensor<30x3xi64>
      return %y : tensor<30x3xi64>
    }
    ```
  }];
  let arguments = (ins Top_Float:$boxes, Top_Float:$scores,
      I64Attr:$max_output, Top_FiniteF32:$iou_threshold,
      Top_FiniteF32:$score_threshold, BoolAttr:$center_point_box);
  let results = (outs Top_TensorOf<[I64]>:$output);
  let assemblyFormat = [{
    $boxes `,` $scores attr-dict `:` functional-type(operands, results)
  }];
}

#endif // QC_DIALECT_TOP_IR_SEARCHFAMILY
