// Functions of one activation: tables, slopes and clamps.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_DIALECT_TPU_IR_FUNCTIONFAMILY
#define QC_DIALECT_TPU_IR_FUNCTIONFAMILY

include "qc/Dialect/Tpu/IR/TpuBase.td"

def Tpu_LutOp : Tpu_Op<"lut", [DeclareOpInterfaceMethods<LayoutOpInterface, ["getPermutedOperands"]>,
    DeclareOpInterfaceMethods<AliasOpInterface, ["getInPlaceOperands"]>]> {
  let summary = "Any function of one value, as a table";
  let description = [{
    8-bit inputs index a table of 256 results by q - qmin. 16-bit inputs
    interpolate linearly in a table of 2^k + 1 entries that hold results times
    2^frac_bits. `function` and `params` say which function the table holds,
    for exporters that must name it.

    Example:

    ```mlir
    func.func @example(%x: tensor<4x!quant.uniform<i8:f32, 0.1>>, %t: tensor<256xi8>)
        -> tensor<4x!quant.uniform<i8:f32, 0.2>> {
      %y = tpu.lut %x, %t {function = "sigmoid", params = array<f64>, frac_bits = 0 : i64}
        : (tensor<4x!quant.uniform<i8:f32, 0.1>>, tensor<256xi8>)
        -> tensor<4x!quant.uniform<i8:f32, 0.2>>
      return %y : tensor<4x!quant.uniform<i8:f32, 0.2>>
    }
    ```
  }];
  let arguments = (ins Tpu_Activation:$input, StaticShapeTensorOf<[I8, UI8, I16, I32]>:$table,
                       StrAttr:$function, DenseF64ArrayAttr:$params, I64Attr:$frac_bits);
  let results = (outs Tpu_Activation:$output);
  let hasVerifier = 1;
  let assemblyFormat = "$input `,` $table attr-dict `:` functional-type(operands, results)";
}

def Tpu_PreluOp : Tpu_Op<"prelu", [
    DeclareOpInterfaceMethods<AliasOpInterface, ["getInPlaceOperands"]>]> {
  let summary = "Leaky relu with a slope a channel";
  let description = [{
    `clamp(z_o + requant(x - z))` where x >= z, else
    `clamp(z_o + requant_negative((x - z) * slope))`; the slopes follow the last
    dimension.

    Example:

    ```mlir
    func.func @example(%x: tensor<2x4x!quant.uniform<i8:f32, 0.1>>, %s: tensor<4x!quant.uniform<i8<-127:127>:f32, 0.01>>)
        -> tensor<2x4x!quant.uniform<i8:f32, 0.2>> {
      %y = tpu.prelu %x, %s {requant = #tpu.requant<mul32, single,
          multipliers = [1073741824], shifts = [31]>,
          requant_negative = #tpu.requant<mul32, single, multipliers = [1073741824], shifts = [37]>}
        : (tensor<2x4x!quant.uniform<i8:f32, 0.1>>, tensor<4x!quant.uniform<i8<-127:127>:f32, 0.01>>)
        -> tensor<2x4x!quant.uniform<i8:f32, 0.2>>
      return %y : tensor<2x4x!quant.uniform<i8:f32, 0.2>>
    }
    ```
  }];
  let arguments = !con((ins Tpu_Activation:$input, Tpu_Weight:$slope, Tpu_RequantAttr:$requant,
                            Tpu_RequantAttr:$requant_negative), Tpu_ClampArgs);
  let results = (outs Tpu_Activation:$output);
  let hasVerifier = 1;
  let assemblyFormat = "$input `,` $slope attr-dict `:` functional-type(operands, results)";
}

def Tpu_ClipOp : Tpu_Op<"clip", [SameOperandsAndResultShape, Tpu_SameParameters, Tpu_Pointwise,
    DeclareOpInterfaceMethods<AliasOpInterface, ["getInPlaceOperands"]>]> {
  let summary = "Clamp in the units of the storage type";
  let description = [{
    `min(max(q, clamp[0]), clamp[1])`; parameters stay.

    Example:

    ```mlir
    func.func @example(%x: tensor<4x!quant.uniform<i8:f32, 0.1>>)
        -> tensor<4x!quant.uniform<i8:f32, 0.1>> {
      %y = tpu.clip %x {clamp = array<i64: 0, 60>}
        : (tensor<4x!quant.uniform<i8:f32, 0.1>>)
        -> tensor<4x!quant.uniform<i8:f32, 0.1>>
      return %y : tensor<4x!quant.uniform<i8:f32, 0.1>>
    }
    ```
  }];
  let arguments = (ins Tpu_Activation:$input, DenseI64ArrayAttr:$clamp);
  let results = (outs Tpu_Activation:$output);
  let hasVerifier = 1;
  let assemblyFormat = Tpu_UnaryFormat;
}

#endif // QC_DIALECT_TPU_IR_FUNCTIONFAMILY
