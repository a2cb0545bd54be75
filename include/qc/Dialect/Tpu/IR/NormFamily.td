// Softmax and normalisations.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_DIALECT_TPU_IR_NORMFAMILY
#define QC_DIALECT_TPU_IR_NORMFAMILY

include "qc/Dialect/Tpu/IR/TpuBase.td"

def Tpu_SoftmaxOp : Tpu_Op<"softmax", [SameOperandsAndResultShape, Tpu_Pointwise]> {
  let summary = "Softmax over one axis";
  let description = [{
    Within one unit of the rounded float softmax of the dequantized
    input; the same bytes on every host.

    Example:

    ```mlir
    func.func @example(%x: tensor<2x4x!quant.uniform<i8:f32, 0.1>>)
        -> tensor<2x4x!quant.uniform<i8:f32, 0.00390625:-128>> {
      %y = tpu.softmax %x {axis = 1 : i64}
        : (tensor<2x4x!quant.uniform<i8:f32, 0.1>>)
        -> tensor<2x4x!quant.uniform<i8:f32, 0.00390625:-128>>
      return %y : tensor<2x4x!quant.uniform<i8:f32, 0.00390625:-128>>
    }
    ```
  }];
  let arguments = (ins Tpu_Activation:$input, I64Attr:$axis);
  let results = (outs Tpu_Activation:$output);
  let hasVerifier = 1;
  let assemblyFormat = Tpu_UnaryFormat;
}

def Tpu_LogSoftmaxOp : Tpu_Op<"log_softmax", [SameOperandsAndResultShape, Tpu_Pointwise]> {
  let summary = "Logarithm of softmax over one axis";
  let description = [{
    Within one unit of the rounded float log softmax of the dequantized
    input; the same bytes on every host.

    Example:

    ```mlir
    func.func @example(%x: tensor<2x4x!quant.uniform<i8:f32, 0.1>>)
        -> tensor<2x4x!quant.uniform<i8:f32, 0.00390625:-128>> {
      %y = tpu.log_softmax %x {axis = 1 : i64}
        : (tensor<2x4x!quant.uniform<i8:f32, 0.1>>)
        -> tensor<2x4x!quant.uniform<i8:f32, 0.00390625:-128>>
      return %y : tensor<2x4x!quant.uniform<i8:f32, 0.00390625:-128>>
    }
    ```
  }];
  let arguments = (ins Tpu_Activation:$input, I64Attr:$axis);
  let results = (outs Tpu_Activation:$output);
  let hasVerifier = 1;
  let assemblyFormat = Tpu_UnaryFormat;
}

def Tpu_LayerNormOp : Tpu_Op<"layer_norm"> {
  let summary = "Layer normalisation over the last dimensions";
  let description = [{
    Normalises dimensions `axis` to the last, then multiplies by `scale` and
    adds `bias` (float constants of the normalised shape). Within one unit of
    the rounded float result; the same bytes on every host.

    Example:

    ```mlir
    func.func @example(%x: tensor<2x4x!quant.uniform<i8:f32, 0.1>>, %s: tensor<4xf32>, %b: tensor<4xf32>)
        -> tensor<2x4x!quant.uniform<i8:f32, 0.2>> {
      %y = tpu.layer_norm %x, %s, %b {axis = 1 : i64, epsilon = 1.0e-5 : f64}
        : (tensor<2x4x!quant.uniform<i8:f32, 0.1>>, tensor<4xf32>, tensor<4xf32>)
        -> tensor<2x4x!quant.uniform<i8:f32, 0.2>>
      return %y : tensor<2x4x!quant.uniform<i8:f32, 0.2>>
    }
    ```
  }];
  let arguments = (ins Tpu_Activation:$input, Tpu_Float:$scale, Tpu_Float:$bias,
                       I64Attr:$axis, F64Attr:$epsilon);
  let results = (outs Tpu_Activation:$output);
  let hasVerifier = 1;
  let assemblyFormat = "$input `,` $scale `,` $bias attr-dict `:` functional-type(operands, results)";
}

#endif // QC_DIALECT_TPU_IR_NORMFAMILY
