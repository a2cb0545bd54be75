// Pooling and reductions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_DIALECT_TPU_IR_POOLFAMILY
#define QC_DIALECT_TPU_IR_POOLFAMILY

include "qc/Dialect/Tpu/IR/TpuBase.td"

def Tpu_MaxPoolOp : Tpu_Op<"max_pool", [Tpu_SameParameters]> {
  let summary = "Largest value of each window";
  let description = [{
    Over NHWC; padding never wins. `pads` are top, left, bottom, right.

    Example:

    ```mlir
    func.func @example(%x: tensor<1x4x4x2x!quant.uniform<i8:f32, 0.1>>)
        -> tensor<1x2x2x2x!quant.uniform<i8:f32, 0.1>> {
      %y = tpu.max_pool %x {kernel = array<i64: 2, 2>, strides = array<i64: 2, 2>,
          pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>}
        : (tensor<1x4x4x2x!quant.uniform<i8:f32, 0.1>>)
        -> tensor<1x2x2x2x!quant.uniform<i8:f32, 0.1>>
      return %y : tensor<1x2x2x2x!quant.uniform<i8:f32, 0.1>>
    }
    ```
  }];
  let arguments = (ins Tpu_Activation:$input, DenseI64ArrayAttr:$kernel,
                       DenseI64ArrayAttr:$strides, DenseI64ArrayAttr:$pads,
                       DenseI64ArrayAttr:$dilations);
  let results = (outs Tpu_Activation:$output);
  let hasVerifier = 1;
  let assemblyFormat = Tpu_UnaryFormat;
}

def Tpu_AvgPoolOp : Tpu_Op<"avg_pool"> {
  let summary = "Mean of each window";
  let description = [{
    The sum of x - z over a window of NHWC, requantised with the ratio of the
    window's divisor: `divisors` lists the divisors that occur, ascending, and
    `requant` has one entry for each. The divisor counts padded positions only
    when `count_include_pad`.

    Example:

    ```mlir
    func.func @example(%x: tensor<1x4x4x2x!quant.uniform<i8:f32, 0.1>>)
        -> tensor<1x2x2x2x!quant.uniform<i8:f32, 0.1>> {
      %y = tpu.avg_pool %x {kernel = array<i64: 2, 2>, strides = array<i64: 2, 2>,
          pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>,
          count_include_pad = false, divisors = array<i64: 4>,
          requant = #tpu.requant<mul32, single, multipliers = [1073741824], shifts = [32]>}
        : (tensor<1x4x4x2x!quant.uniform<i8:f32, 0.1>>)
        -> tensor<1x2x2x2x!quant.uniform<i8:f32, 0.1>>
      return %y : tensor<1x2x2x2x!quant.uniform<i8:f32, 0.1>>
    }
    ```
  }];
  let arguments = !con((ins Tpu_Activation:$input, DenseI64ArrayAttr:$kernel,
                       DenseI64ArrayAttr:$strides, DenseI64ArrayAttr:$pads,
                       DenseI64ArrayAttr:$dilations,
                       BoolAttr:$count_include_pad, DenseI64ArrayAttr:$divisors,
                       Tpu_RequantAttr:$requant), Tpu_ClampArgs);
  let results = (outs Tpu_Activation:$output);
  let hasVerifier = 1;
  let assemblyFormat = Tpu_UnaryFormat;
}

/// A reduction over `axes`; kept as dimensions of one when `keepdims`.
class Tpu_ReduceOp<string opMnemonic, list<Trait> traits = []>
    : Tpu_Op<opMnemonic, traits # [
        DeclareOpInterfaceMethods<LayoutOpInterface, ["canPermute"]>]> {
  let results = (outs Tpu_Activation:$output);
  let hasVerifier = 1;
  let assemblyFormat = Tpu_UnaryFormat;
}

def Tpu_ReduceMeanOp : Tpu_ReduceOp<"reduce_mean"> {
  let summary = "Mean over axes";
  let description = [{
    The sum of x - z, requantised with s_in / (s_out * count).

    Example:

    ```mlir
    func.func @example(%x: tensor<1x4x4x2x!quant.uniform<i8:f32, 0.1>>)
        -> tensor<1x1x1x2x!quant.uniform<i8:f32, 0.2>> {
      %y = tpu.reduce_mean %x {axes = array<i64: 1, 2>, keepdims = true,
          requant = #tpu.requant<mul32, single, multipliers = [1073741824], shifts = [31]>}
        : (tensor<1x4x4x2x!quant.uniform<i8:f32, 0.1>>)
        -> tensor<1x1x1x2x!quant.uniform<i8:f32, 0.2>>
      return %y : tensor<1x1x1x2x!quant.uniform<i8:f32, 0.2>>
    }
    ```
  }];
  let arguments = !con((ins Tpu_Activation:$input, DenseI64ArrayAttr:$axes,
                       BoolAttr:$keepdims, Tpu_RequantAttr:$requant), Tpu_ClampArgs);
}

def Tpu_ReduceSumOp : Tpu_ReduceOp<"reduce_sum"> {
  let summary = "Sum over axes";
  let description = [{
    The sum of x - z, requantised with s_in / s_out.

    Example:

    ```mlir
    func.func @example(%x: tensor<1x4x4x2x!quant.uniform<i8:f32, 0.1>>)
        -> tensor<1x1x1x2x!quant.uniform<i8:f32, 0.2>> {
      %y = tpu.reduce_sum %x {axes = array<i64: 1, 2>, keepdims = true,
          requant = #tpu.requant<mul32, single, multipliers = [1073741824], shifts = [31]>}
        : (tensor<1x4x4x2x!quant.uniform<i8:f32, 0.1>>)
        -> tensor<1x1x1x2x!quant.uniform<i8:f32, 0.2>>
      return %y : tensor<1x1x1x2x!quant.uniform<i8:f32, 0.2>>
    }
    ```
  }];
  let arguments = !con((ins Tpu_Activation:$input, DenseI64ArrayAttr:$axes,
                       BoolAttr:$keepdims, Tpu_RequantAttr:$requant), Tpu_ClampArgs);
}

def Tpu_ReduceMaxOp : Tpu_ReduceOp<"reduce_max", [Tpu_SameParameters]> {
  let summary = "Largest value over axes";
  let description = [{
    Parameters stay.

    Example:

    ```mlir
    func.func @example(%x: tensor<1x4x4x2x!quant.uniform<i8:f32, 0.1>>)
        -> tensor<1x1x1x2x!quant.uniform<i8:f32, 0.1>> {
      %y = tpu.reduce_max %x {axes = array<i64: 1, 2>, keepdims = true}
        : (tensor<1x4x4x2x!quant.uniform<i8:f32, 0.1>>)
        -> tensor<1x1x1x2x!quant.uniform<i8:f32, 0.1>>
      return %y : tensor<1x1x1x2x!quant.uniform<i8:f32, 0.1>>
    }
    ```
  }];
  let arguments = (ins Tpu_Activation:$input, DenseI64ArrayAttr:$axes,
                       BoolAttr:$keepdims);
}

def Tpu_ReduceMinOp : Tpu_ReduceOp<"reduce_min", [Tpu_SameParameters]> {
  let summary = "Smallest value over axes";
  let description = [{
    Parameters stay.

    Example:

    ```mlir
    func.func @example(%x: tensor<1x4x4x2x!quant.uniform<i8:f32, 0.1>>)
        -> tensor<1x1x1x2x!quant.uniform<i8:f32, 0.1>> {
      %y = tpu.reduce_min %x {axes = array<i64: 1, 2>, keepdims = true}
        : (tensor<1x4x4x2x!quant.uniform<i8:f32, 0.1>>)
        -> tensor<1x1x1x2x!quant.uniform<i8:f32, 0.1>>
      return %y : tensor<1x1x1x2x!quant.uniform<i8:f32, 0.1>>
    }
    ```
  }];
  let arguments = (ins Tpu_Activation:$input, DenseI64ArrayAttr:$axes,
                       BoolAttr:$keepdims);
}

#endif // QC_DIALECT_TPU_IR_POOLFAMILY
