// Normalizations and the affine map that a folded one leaves behind.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_DIALECT_TOP_IR_NORMFAMILY
#define QC_DIALECT_TOP_IR_NORMFAMILY

include "qc/Dialect/Top/IR/TopBase.td"

def Top_BatchNormOp : Top_ElementwiseOp<"batch_norm", [
    DeclareOpInterfaceMethods<QuantizableOpInterface, ["getOperandRole"]>,
    DeclareOpInterfaceMethods<CostOpInterface, ["getMacs"]>]> {
  let summary = "Normalization of each channel by statistics of the training";
  let description = [{
    (x - mean) / sqrt(variance + `epsilon`) * scale + bias, where `scale`,
    `bias`, `mean` and `variance` [C] belong to dimension 1 of `input`.

    Example:

    ```mlir
    func.func @example(%x: tensor<1x8x4x4xf32>, %scale: tensor<8xf32>,
        %bias: tensor<8xf32>, %mean: tensor<8xf32>, %variance: tensor<8xf32>)
        -> tensor<1x8x4x4xf32> {
      %y = top.batch_norm %x, %scale, %bias, %mean, %variance
          {epsilon = 1.0e-5 : f32}
        : (tensor<1x8x4x4xf32>, tensor<8xf32>, tensor<8xf32>, tensor<8xf32>,
           tensor<8xf32>) -> tensor<1x8x4x4xf32>
      return %y : tensor<1x8x4x4xf32>
    }
    ```
  }];
  let arguments = (ins Top_Float:$input, Top_Float:$scale, Top_Float:$bias,
                       Top_Float:$mean, Top_Float:$variance,
                       Top_Epsilon:$epsilon);
  let results = (outs Top_Float:$output);
  let assemblyFormat = [{
    $input `,` $scale `,` $bias `,` $mean `,` $variance attr-dict
    `:` functional-type(operands, results)
  }];
  let hasVerifier = 1;
}

def Top_ScaleOp : Top_ElementwiseOp<"scale", [
    FusableActivation,
    DeclareOpInterfaceMethods<QuantizableOpInterface,
                              ["getOperandRole", "getWeightBlock"]>,
    DeclareOpInterfaceMethods<CostOpInterface, ["getMacs"]>,
    WeightedOpInterface]> {
  let summary = "One multiplication and one addition a channel";
  let description = [{
    x * scale + bias, where `scale` and `bias` [C] belong to dimension 1 of
    `input`, clamped to [`act_min`, `act_max`] where given. What is left of a
    batch norm without a convolution to fold it into, and of preprocessing.

    Example:

    ```mlir
    func.func @example(%x: tensor<1x3x4x4xf32>, %scale: tensor<3xf32>,
                       %bias: tensor<3xf32>) -> tensor<1x3x4x4xf32> {
      %y = top.scale %x, %scale, %bias
        : (tensor<1x3x4x4xf32>, tensor<3xf32>, tensor<3xf32>)
        -> tensor<1x3x4x4xf32>
      return %y : tensor<1x3x4x4xf32>
    }
    ```
  }];
  let arguments = !con((ins Top_Float:$input, Top_Float:$scale,
                            Top_Float:$bias),
                       Top_ActivationArgs);
  let extraClassDeclaration = [{
    ::mlir::Value getWeight() { return getScale(); }
    int64_t getOutputChannelAxis() { return 1; }
  }];
  let results = (outs Top_Float:$output);
  let assemblyFormat = [{
    $input `,` $scale `,` $bias attr-dict `:` functional-type(operands, results)
  }];
  let hasVerifier = 1;
}

def Top_LayerNormOp : Top_ElementwiseOp<"layer_norm", [
    AttrSizedOperandSegments,
    DeclareOpInterfaceMethods<QuantizableOpInterface, ["getOperandRole"]>,
    DeclareOpInterfaceMethods<CostOpInterface>]> {
  let summary = "Normalization by the statistics of the sample itself";
  let description = [{
    (x - mean) / sqrt(variance + `epsilon`) * scale + bias, where mean and
    (biased) variance are taken over the dimensions from `axis` to the last.
    `scale` and `bias` have the shape of these dimensions; without them the
    result is not scaled or not shifted.

    Example:

    ```mlir
    func.func @example(%x: tensor<1x16x64xf32>, %scale: tensor<64xf32>,
                       %bias: tensor<64xf32>) -> tensor<1x16x64xf32> {
      %y = top.layer_norm %x scale %scale bias %bias
          {axis = 2 : i64, epsilon = 1.0e-5 : f32}
        : (tensor<1x16x64xf32>, tensor<64xf32>, tensor<64xf32>)
        -> tensor<1x16x64xf32>
      return %y : tensor<1x16x64xf32>
    }
    ```
  }];
  let arguments = (ins Top_Float:$input, Optional<Top_Float>:$scale,
                       Optional<Top_Float>:$bias, I64Attr:$axis,
                       Top_Epsilon:$epsilon);
  let results = (outs Top_Float:$output);
  let assemblyFormat = [{
    $input (`scale` $scale^)? (`bias` $bias^)? attr-dict
    `:` functional-type(operands, results)
  }];
  let hasVerifier = 1;
}

#endif // QC_DIALECT_TOP_IR_NORMFAMILY
