// Elements read and written where other tensors say.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_DIALECT_TOP_IR_SAMPLEFAMILY
#define QC_DIALECT_TOP_IR_SAMPLEFAMILY

include "qc/Dialect/Top/IR/TopBase.td"

class Top_SampleOp<string opMnemonic> : Top_InferOp<opMnemonic, [
    NoIntegerForm, DeclareOpInterfaceMethods<CostOpInterface>]>;

def Top_ScatterOp : Top_SampleOp<"scatter"> {
  let summary = "Rows of a matrix replaced or added to by index";
  let description = [{
    `input`, [rows, size], with row `indices`[i] replaced by row i of `updates`,
    or by its sum, product, larger or smaller with what is there. An index below
    zero counts from the end. In order: of replacements the last counts.

    Example:

    ```mlir
    func.func @example(%x: tensor<16x8xf32>, %i: tensor<3xi64>,
                       %u: tensor<3x8xf32>) -> tensor<16x8xf32> {
      %y = top.scatter %x, %i, %u {reduction = "add"}
        : (tensor<16x8xf32>, tensor<3xi64>, tensor<3x8xf32>) -> tensor<16x8xf32>
      return %y : tensor<16x8xf32>
    }
    ```
  }];
  let arguments = (ins Top_Data:$input, Top_TensorOf<[I64]>:$indices,
      Top_Data:$updates,
      Top_OneOf<["none", "add", "mul", "max", "min"]>:$reduction);
  let results = (outs Top_Data:$output);
  let assemblyFormat = [{
    $input `,` $indices `,` $updates attr-dict `:`
    functional-type(operands, results)
  }];
  let hasVerifier = 1;
}

def Top_GridSampleOp : Top_SampleOp<"grid_sample"> {
  let summary = "An image read at computed places";
  let description = [{
    `input` is [N, C, H, W], `grid` [N, h, w, 2] with x and y from -1 to 1 across
    the image: between the middles of its outer pixels with `align_corners`, else
    between its borders. The result is [N, C, h, w].

    Example:

    ```mlir
    func.func @example(%x: tensor<1x8x16x16xf32>, %g: tensor<1x4x4x2xf32>)
        -> tensor<1x8x4x4xf32> {
      %y = top.grid_sample %x, %g {align_corners = false, mode = "linear",
                                   padding = "zeros"}
        : (tensor<1x8x16x16xf32>, tensor<1x4x4x2xf32>) -> tensor<1x8x4x4xf32>
      return %y : tensor<1x8x4x4xf32>
    }
    ```
  }];
  let arguments = (ins Top_Float:$input, Top_Float:$grid,
      Top_OneOf<["linear", "nearest", "cubic"]>:$mode,
      Top_OneOf<["zeros", "border", "reflection"]>:$padding,
      BoolAttr:$align_corners);
  let results = (outs Top_Float:$output);
  let assemblyFormat = [{
    $input `,` $grid attr-dict `:` functional-type(operands, results)
  }];
}

def Top_RoiAlignOp : Top_SampleOp<"roi_align"> {
  let summary = "Parts of images at one size";
  let description = [{
    `input` is [N, C, H, W], `rois` [M, 4] with x1, y1, x2, y2, and `batch` [M]
    says in which image each lies. The result is [M, C, `height`, `width`]: each
    bin the mean (or with mode "max" the largest) of samples read bilinearly,
    `sampling_ratio` squared of them, or where that is 0 as many as it has pixels.

    Example:

    ```mlir
    func.func @example(%x: tensor<3x8x16x16xf32>, %r: tensor<5x4xf32>,
                       %b: tensor<5xi64>) -> tensor<5x8x7x7xf32> {
      %y = top.roi_align %x, %r, %b {height = 7 : i64, width = 7 : i64,
          sampling_ratio = 2 : i64, spatial_scale = 0.25 : f32,
          half_pixel = true, mode = "avg"}
        : (tensor<3x8x16x16xf32>, tensor<5x4xf32>, tensor<5xi64>)
        -> tensor<5x8x7x7xf32>
      return %y : tensor<5x8x7x7xf32>
    }
    ```
  }];
  let arguments = (ins Top_Float:$input, Top_Float:$rois,
      Top_TensorOf<[I64]>:$batch, I64Attr:$height, I64Attr:$width,
      I64Attr:$sampling_ratio, Top_FiniteF32:$spatial_scale,
      BoolAttr:$half_pixel, Top_OneOf<["avg", "max"]>:$mode);
  let results = (outs Top_Float:$output);
  let assemblyFormat = [{
    $input `,` $rois `,` $batch attr-dict `:`
    functional-type(operands, results)
  }];
}

#endif // QC_DIALECT_TOP_IR_SAMPLEFAMILY
