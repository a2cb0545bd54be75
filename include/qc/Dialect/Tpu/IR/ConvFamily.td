// Ops that multiply and accumulate.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_DIALECT_TPU_IR_CONVFAMILY
#define QC_DIALECT_TPU_IR_CONVFAMILY

include "qc/Dialect/Tpu/IR/TpuBase.td"

class Tpu_WeightedOp<string opMnemonic> : Tpu_Op<opMnemonic, [
    DeclareOpInterfaceMethods<CostOpInterface, ["getMacs"]>,
    WeightedOpInterface]> {
  let extraClassDeclaration = [{
    int64_t getOutputChannelAxis() { return getOutput().getType().getRank() - 1; }
  }];
  let results = (outs Tpu_Activation:$output);
  let hasVerifier = 1;
  let assemblyFormat = [{
    $input `,` $weight `,` $bias (`,` $factors^)? attr-dict
        `:` functional-type(operands, results)
  }];
}

/// Weights of 4 bits may have a factor for each group of equal size along their
/// last dimension: what is multiplied is weight * factor.
defvar Tpu_FactorArgs = (ins Optional<Tpu_Factors>:$factors);

defvar Tpu_ConvArgs = (ins Tpu_Activation:$input, Tpu_Weight:$weight,
    Tpu_Bias:$bias, DenseI64ArrayAttr:$strides, DenseI64ArrayAttr:$pads,
    DenseI64ArrayAttr:$dilations, I64Attr:$group, Tpu_RequantAttr:$requant);

def Tpu_Conv2dOp : Tpu_WeightedOp<"conv2d"> {
  let summary = "Convolution, NHWC by OHWI";
  let description = [{
    `acc = sum (x - z_x) * w + b`, requantised per output channel. `input`
    [N, H, W, C], `weight` [O, KH, KW, C / group], `bias` [O] in units of
    s_x * s_w. `pads` are top, left, bottom, right and contribute nothing.
    `factors` [O, KH, KW, groups], where there are any, multiply groups of
    weights along their last dimension.

    Example:

    ```mlir
    func.func @example(%x: tensor<1x4x4x2x!quant.uniform<i8:f32, 0.1:3>>,
                       %w: tensor<1x1x1x2x!quant.uniform<i8<-127:127>:f32, 0.5>>,
                       %b: tensor<1xi32>) -> tensor<1x4x4x1x!quant.uniform<i8:f32, 0.2>> {
      %y = tpu.conv2d %x, %w, %b {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>,
          dilations = array<i64: 1, 1>, group = 1 : i64,
          requant = #tpu.requant<mul32, single, multipliers = [1073741824], shifts = [32]>}
        : (tensor<1x4x4x2x!quant.uniform<i8:f32, 0.1:3>>,
           tensor<1x1x1x2x!quant.uniform<i8<-127:127>:f32, 0.5>>, tensor<1xi32>)
        -> tensor<1x4x4x1x!quant.uniform<i8:f32, 0.2>>
      return %y : tensor<1x4x4x1x!quant.uniform<i8:f32, 0.2>>
    }
    ```
  }];
  let arguments = !con(Tpu_ConvArgs, Tpu_ClampArgs, Tpu_FactorArgs);
}

def Tpu_Deconv2dOp : Tpu_WeightedOp<"deconv2d"> {
  let summary = "Transposed convolution, NHWC by OHWI";
  let description = [{
    `y[oh, ow, o] += (x[ih, iw, c] - z_x) * w[o, kh, kw, c]` with
    oh = ih * stride - pad + kh * dilation; the size of the output is that of
    the result type.

    Example:

    ```mlir
    func.func @example(%x: tensor<1x2x2x2x!quant.uniform<i8:f32, 0.1>>,
                       %w: tensor<1x2x2x2x!quant.uniform<i8<-127:127>:f32, 0.5>>,
                       %b: tensor<1xi32>) -> tensor<1x4x4x1x!quant.uniform<i8:f32, 0.2>> {
      %y = tpu.deconv2d %x, %w, %b {strides = array<i64: 2, 2>, pads = array<i64: 0, 0, 0, 0>,
          dilations = array<i64: 1, 1>, group = 1 : i64,
          requant = #tpu.requant<mul32, single, multipliers = [1073741824], shifts = [32]>}
        : (tensor<1x2x2x2x!quant.uniform<i8:f32, 0.1>>,
           tensor<1x2x2x2x!quant.uniform<i8<-127:127>:f32, 0.5>>, tensor<1xi32>)
        -> tensor<1x4x4x1x!quant.uniform<i8:f32, 0.2>>
      return %y : tensor<1x4x4x1x!quant.uniform<i8:f32, 0.2>>
    }
    ```
  }];
  let arguments = !con(Tpu_ConvArgs, Tpu_ClampArgs, Tpu_FactorArgs);
}

def Tpu_FullyConnectedOp : Tpu_WeightedOp<"fully_connected"> {
  let summary = "Matrix product with constant weights";
  let description = [{
    Over the last dimension of `input` [..., K] with `weight` [N, K] and
    `bias` [N]: `acc = sum (x - z_x) * w + b`, requantised per output channel.

    Example:

    ```mlir
    func.func @example(%x: tensor<1x4x!quant.uniform<i8:f32, 0.1>>,
                       %w: tensor<2x4x!quant.uniform<i8<-127:127>:f32, 0.5>>,
                       %b: tensor<2xi32>) -> tensor<1x2x!quant.uniform<i8:f32, 0.2>> {
      %y = tpu.fully_connected %x, %w, %b {
          requant = #tpu.requant<mul32, single, multipliers = [1073741824], shifts = [32]>}
        : (tensor<1x4x!quant.uniform<i8:f32, 0.1>>,
           tensor<2x4x!quant.uniform<i8<-127:127>:f32, 0.5>>, tensor<2xi32>)
        -> tensor<1x2x!quant.uniform<i8:f32, 0.2>>
      return %y : tensor<1x2x!quant.uniform<i8:f32, 0.2>>
    }
    ```
  }];
  let arguments = !con((ins Tpu_Activation:$input, Tpu_Weight:$weight,
                            Tpu_Bias:$bias, Tpu_RequantAttr:$requant),
                       Tpu_ClampArgs, Tpu_FactorArgs);
}

def Tpu_MatmulOp : Tpu_Op<"matmul", [
    DeclareOpInterfaceMethods<CostOpInterface, ["getMacs"]>]> {
  let summary = "Matrix product of two activations";
  let description = [{
    `acc = sum (a - z_a) * (b - z_b)` over `lhs` [..., M, K] and `rhs`
    [..., K, N] (the last two dimensions exchanged when transposed); leading
    dimensions broadcast.

    Example:

    ```mlir
    func.func @example(%a: tensor<2x4x!quant.uniform<i8:f32, 0.1>>,
                       %b: tensor<4x3x!quant.uniform<i8:f32, 0.1>>)
        -> tensor<2x3x!quant.uniform<i8:f32, 0.2>> {
      %y = tpu.matmul %a, %b {transpose_lhs = false, transpose_rhs = false,
          requant = #tpu.requant<mul32, single, multipliers = [1073741824], shifts = [34]>}
        : (tensor<2x4x!quant.uniform<i8:f32, 0.1>>, tensor<4x3x!quant.uniform<i8:f32, 0.1>>)
        -> tensor<2x3x!quant.uniform<i8:f32, 0.2>>
      return %y : tensor<2x3x!quant.uniform<i8:f32, 0.2>>
    }
    ```
  }];
  let arguments = !con((ins Tpu_Activation:$lhs, Tpu_Activation:$rhs,
                            BoolAttr:$transpose_lhs, BoolAttr:$transpose_rhs,
                            Tpu_RequantAttr:$requant), Tpu_ClampArgs);
  let results = (outs Tpu_Activation:$output);
  let hasVerifier = 1;
  let assemblyFormat = Tpu_BinaryFormat;
}

#endif // QC_DIALECT_TPU_IR_CONVFAMILY
