// Constants and the ops at which values enter, leave or change parameters.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_DIALECT_TPU_IR_BOUNDARYFAMILY
#define QC_DIALECT_TPU_IR_BOUNDARYFAMILY

include "qc/Dialect/Tpu/IR/TpuBase.td"

def Tpu_ConstantOp : Tpu_Op<"constant", [ConstantLike]> {
  let summary = "Weights, biases and tables";
  let description = [{
    The stored integers (or floats) of a constant. The result type may be
    quantized; then `value` holds its storage type.

    Example:

    ```mlir
    func.func @example() -> tensor<2x!quant.uniform<i8<-127:127>:f32, 0.5>> {
      %w = tpu.constant dense<[1, -2]> : tensor<2xi8>
          -> tensor<2x!quant.uniform<i8<-127:127>:f32, 0.5>>
      return %w : tensor<2x!quant.uniform<i8<-127:127>:f32, 0.5>>
    }
    ```
  }];
  let arguments = (ins ElementsAttr:$value);
  let results = (outs Tpu_Any:$output);
  let assemblyFormat = "attr-dict $value `->` type($output)";
  let hasVerifier = 1;
  let hasFolder = 1;
}

def Tpu_QuantizeOp : Tpu_Op<"quantize", [SameOperandsAndResultShape, Tpu_Pointwise]> {
  let summary = "Float to integer";
  let description = [{
    `clamp(round_half_even(x / s) + z)`. An input of the network that holds
    numbers as integers (a mask) is made float on the way.

    Example:

    ```mlir
    func.func @example(%x: tensor<4xf32>) -> tensor<4x!quant.uniform<i8:f32, 0.1>> {
      %q = tpu.quantize %x : (tensor<4xf32>) -> tensor<4x!quant.uniform<i8:f32, 0.1>>
      return %q : tensor<4x!quant.uniform<i8:f32, 0.1>>
    }
    ```
  }];
  let arguments = (ins Tpu_Number:$input);
  let results = (outs Tpu_Activation:$output);
  let assemblyFormat = Tpu_UnaryFormat;
}

def Tpu_DequantizeOp : Tpu_Op<"dequantize", [SameOperandsAndResultShape, Tpu_Pointwise]> {
  let summary = "Integer to float";
  let description = [{
    `(q - z) * s`.

    Example:

    ```mlir
    func.func @example(%q: tensor<4x!quant.uniform<i8:f32, 0.1>>) -> tensor<4xf32> {
      %x = tpu.dequantize %q : (tensor<4x!quant.uniform<i8:f32, 0.1>>) -> tensor<4xf32>
      return %x : tensor<4xf32>
    }
    ```
  }];
  let arguments = (ins Tpu_Activation:$input);
  let results = (outs Tpu_Float:$output);
  let assemblyFormat = Tpu_UnaryFormat;
}

def Tpu_RequantizeOp : Tpu_Op<"requantize", [SameOperandsAndResultShape, Tpu_Pointwise,
    DeclareOpInterfaceMethods<AliasOpInterface, ["getInPlaceOperands"]>]> {
  let summary = "Integer to integer of other parameters";
  let description = [{
    Changes scale, zero point or storage type: `clamp(requant(q - z_in) + z_out)`.

    Example:

    ```mlir
    func.func @example(%q: tensor<4x!quant.uniform<i8:f32, 0.1>>)
        -> tensor<4x!quant.uniform<i8:f32, 0.2>> {
      %r = tpu.requantize %q {requant = #tpu.requant<mul32, single,
          multipliers = [1073741824], shifts = [31]>}
        : (tensor<4x!quant.uniform<i8:f32, 0.1>>) -> tensor<4x!quant.uniform<i8:f32, 0.2>>
      return %r : tensor<4x!quant.uniform<i8:f32, 0.2>>
    }
    ```
  }];
  let arguments = !con((ins Tpu_Activation:$input, Tpu_RequantAttr:$requant), Tpu_ClampArgs);
  let results = (outs Tpu_Activation:$output);
  let assemblyFormat = Tpu_UnaryFormat;
  let hasVerifier = 1;
}

#endif // QC_DIALECT_TPU_IR_BOUNDARYFAMILY
