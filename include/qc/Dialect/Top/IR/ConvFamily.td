// Convolutions and transposed convolutions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_DIALECT_TOP_IR_CONVFAMILY
#define QC_DIALECT_TOP_IR_CONVFAMILY

include "qc/Dialect/Top/IR/TopBase.td"

/// What convolutions share: operands, roles and cost.
class Top_ConvLikeOp<string opMnemonic> : Top_InferOp<opMnemonic, [
    FusableActivation, SameOperandElements,
    DeclareOpInterfaceMethods<QuantizableOpInterface,
                              ["getOperandRole", "getWeightBlock"]>,
    DeclareOpInterfaceMethods<CostOpInterface, ["getMacs"]>,
    WeightedOpInterface]> {
  let results = (outs Top_Float:$output);
  let extraClassDeclaration = [{
    int64_t getOutputChannelAxis() { return 1; }
  }];
  let assemblyFormat = [{
    $input `,` $weight (`,` $bias^)? attr-dict `:` functional-type(operands, results)
  }];
}

def Top_ConvOp : Top_ConvLikeOp<"conv"> {
  let summary = "Convolution over one or two spatial dimensions";
  let description = [{
    Cross-correlates `input` [N, C, d...] with `weight` [O, C / group, k...]
    and adds `bias` [O]. `pads` holds the begins of all spatial dimensions,
    then the ends; padding is zero. Depthwise when `group` equals C. The
    result is clamped to [`act_min`, `act_max`] where given.

    Example:

    ```mlir
    func.func @example(%x: tensor<1x3x8x8xf32>, %w: tensor<4x3x3x3xf32>,
                       %b: tensor<4xf32>) -> tensor<1x4x4x4xf32> {
      %y = top.conv %x, %w, %b {strides = array<i64: 2, 2>,
          pads = array<i64: 1, 1, 1, 1>, dilations = array<i64: 1, 1>,
          group = 1 : i64, act_min = 0.0 : f32}
        : (tensor<1x3x8x8xf32>, tensor<4x3x3x3xf32>, tensor<4xf32>)
        -> tensor<1x4x4x4xf32>
      return %y : tensor<1x4x4x4xf32>
    }
    ```
  }];
  let arguments = !con((ins Top_Float:$input, Top_Float:$weight,
                            Optional<Top_Float>:$bias,
                            DenseI64ArrayAttr:$strides, DenseI64ArrayAttr:$pads,
                            DenseI64ArrayAttr:$dilations,
                            DefaultValuedAttr<I64Attr, "1">:$group),
                       Top_ActivationArgs);
}

def Top_DeconvOp : Top_ConvLikeOp<"deconv"> {
  let summary = "Transposed convolution over one or two spatial dimensions";
  let description = [{
    The gradient of a convolution with respect to its input: `input`
    [N, C, d...], `weight` [C, O / group, k...], `bias` [O]. An output
    dimension is (d - 1) * stride + output_padding + (k - 1) * dilation + 1
    - pads.

    Example:

    ```mlir
    func.func @example(%x: tensor<1x4x4x4xf32>, %w: tensor<4x2x2x2xf32>)
        -> tensor<1x2x8x8xf32> {
      %y = top.deconv %x, %w {strides = array<i64: 2, 2>,
          pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>,
          output_padding = array<i64: 0, 0>, group = 1 : i64}
        : (tensor<1x4x4x4xf32>, tensor<4x2x2x2xf32>) -> tensor<1x2x8x8xf32>
      return %y : tensor<1x2x8x8xf32>
    }
    ```
  }];
  let arguments = !con((ins Top_Float:$input, Top_Float:$weight,
                            Optional<Top_Float>:$bias,
                            DenseI64ArrayAttr:$strides, DenseI64ArrayAttr:$pads,
                            DenseI64ArrayAttr:$dilations,
                            DenseI64ArrayAttr:$output_padding,
                            DefaultValuedAttr<I64Attr, "1">:$group),
                       Top_ActivationArgs);
}

#endif // QC_DIALECT_TOP_IR_CONVFAMILY
