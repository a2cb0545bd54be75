// Pooling over sliding windows.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_DIALECT_TOP_IR_POOLFAMILY
#define QC_DIALECT_TOP_IR_POOLFAMILY

include "qc/Dialect/Top/IR/TopBase.td"

class Top_PoolOp<string opMnemonic, list<string> quantizableMethods = []>
    : Top_InferOp<opMnemonic, [
    DeclareOpInterfaceMethods<QuantizableOpInterface, quantizableMethods>,
    DeclareOpInterfaceMethods<CostOpInterface>]> {
  let arguments = (ins Top_Float:$input,
                       DenseI64ArrayAttr:$kernel, DenseI64ArrayAttr:$strides,
                       DenseI64ArrayAttr:$pads, DenseI64ArrayAttr:$dilations,
                       DefaultValuedAttr<BoolAttr, "false">:$ceil_mode);
  let results = (outs Top_Float:$output);
  let assemblyFormat = [{
    $input attr-dict `:` functional-type(operands, results)
  }];
}

def Top_MaxPoolOp : Top_PoolOp<"max_pool",
                                ["sharesParameters", "getUsefulRange"]> {
  let summary = "Largest element of each window";
  let description = [{
    Slides a window of `kernel` elements, `dilations` apart, over the one or
    two spatial dimensions of `input` [N, C, d...]. `pads` holds the begins of
    all spatial dimensions, then the ends; padding never wins. `ceil_mode`
    adds a last window that hangs over the end, unless it would start in the
    end padding.

    Example:

    ```mlir
    func.func @example(%x: tensor<1x8x7x7xf32>) -> tensor<1x8x4x4xf32> {
      %y = top.max_pool %x {kernel = array<i64: 3, 3>,
          strides = array<i64: 2, 2>, pads = array<i64: 1, 1, 1, 1>,
          dilations = array<i64: 1, 1>}
        : (tensor<1x8x7x7xf32>) -> tensor<1x8x4x4xf32>
      return %y : tensor<1x8x4x4xf32>
    }
    ```
  }];
}

def Top_AvgPoolOp : Top_PoolOp<"avg_pool", ["getScaleRelation"]> {
  let summary = "Mean of each window";
  let description = [{
    As `top.max_pool` for the windows. The sum of a window is divided by the
    number of its elements inside `input`, or inside `input` and `pads` when
    `count_include_pad`; elements that `ceil_mode` adds never count.

    Example:

    ```mlir
    func.func @example(%x: tensor<1x8x8x8xf32>) -> tensor<1x8x4x4xf32> {
      %y = top.avg_pool %x {kernel = array<i64: 2, 2>,
          strides = array<i64: 2, 2>, pads = array<i64: 0, 0, 0, 0>,
          dilations = array<i64: 1, 1>, count_include_pad = true}
        : (tensor<1x8x8x8xf32>) -> tensor<1x8x4x4xf32>
      return %y : tensor<1x8x4x4xf32>
    }
    ```
  }];
  let arguments = (ins Top_Float:$input,
                       DenseI64ArrayAttr:$kernel, DenseI64ArrayAttr:$strides,
                       DenseI64ArrayAttr:$pads, DenseI64ArrayAttr:$dilations,
                       DefaultValuedAttr<BoolAttr, "false">:$ceil_mode,
                       DefaultValuedAttr<BoolAttr, "false">:$count_include_pad);
  let extraClassDeclaration = [{
    /// The numbers that sums of windows are divided by, ascending.
    ::llvm::SmallVector<int64_t> getDivisors();
  }];
}

#endif // QC_DIALECT_TOP_IR_POOLFAMILY
