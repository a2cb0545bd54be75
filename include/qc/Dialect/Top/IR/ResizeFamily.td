// Resampling of images.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_DIALECT_TOP_IR_RESIZEFAMILY
#define QC_DIALECT_TOP_IR_RESIZEFAMILY

include "qc/Dialect/Top/IR/TopBase.td"

def Top_ResizeOp : Top_Op<"resize", [
    DeclareOpInterfaceMethods<QuantizableOpInterface, ["sharesParameters", "getScaleRelation"]>,
    DeclareOpInterfaceMethods<CostOpInterface>]> {
  let summary = "A tensor resampled to other sizes";
  let description = [{
    Resamples `input` to the shape that the result type says. `scales` has one
    value a dimension, result over input, and is what the coordinates are
    computed with; a size is within one element of scale times the input's.
    With `coordinate_transformation`, position x of the result is read at

    | word | position in the input |
    |---|---|
    | asymmetric | x / scale |
    | half_pixel | (x + 0.5) / scale - 0.5 |
    | pytorch_half_pixel | as half_pixel; 0 when the result has size 1 |
    | align_corners | x * (input size - 1) / (scale * input size - 1); 0 when the result has size 1 |

    Mode "nearest" rounds it as `nearest_mode` says and takes that element;
    "linear" interpolates between the two neighbours in each dimension. Both
    stay inside the input by repeating its border.

    Example:

    ```mlir
    func.func @example(%x: tensor<1x3x4x4xf32>) -> tensor<1x3x8x8xf32> {
      %y = top.resize %x {mode = "linear",
          coordinate_transformation = "half_pixel",
          scales = array<f64: 1.0, 1.0, 2.0, 2.0>}
        : (tensor<1x3x4x4xf32>) -> tensor<1x3x8x8xf32>
      return %y : tensor<1x3x8x8xf32>
    }
    ```
  }];
  let arguments = (ins Top_Float:$input,
      Top_OneOf<["nearest", "linear"]>:$mode,
      Top_OneOf<["asymmetric", "half_pixel", "align_corners",
                 "pytorch_half_pixel"]>:$coordinate_transformation,
      DefaultValuedAttr<Top_OneOf<["floor", "ceil", "round_prefer_floor",
                                   "round_prefer_ceil"]>,
                        "\"round_prefer_floor\"">:$nearest_mode,
      DenseF64ArrayAttr:$scales);
  let extraClassDeclaration = [{
    /// For each dimension the number that the weights of linear interpolation
    /// are multiples of one over: the smallest that makes them exact, else 2048
    /// (what two axes may have so that sums of bytes fit 32 bits).
    ::llvm::SmallVector<int64_t> getWeightDenominators();

    /// The size of dimension `dim` before it is rounded down: scale times the
    /// input's, which need not be whole. Whole where float32 cannot tell.
    double getResizedLength(size_t dim);
  }];
  let results = (outs Top_Float:$output);
  let assemblyFormat = [{
    $input attr-dict `:` functional-type(operands, results)
  }];
  let hasVerifier = 1;
  let hasFolder = 1;
}

#endif // QC_DIALECT_TOP_IR_RESIZEFAMILY
