// Elementwise ops of two activations, with numpy broadcasting.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_DIALECT_TPU_IR_ELEMENTWISEFAMILY
#define QC_DIALECT_TPU_IR_ELEMENTWISEFAMILY

include "qc/Dialect/Tpu/IR/TpuBase.td"

/// Shapes broadcast; operands of the result's rank let a transpose through.
class Tpu_BinaryOp<string opMnemonic> : Tpu_Op<opMnemonic, [
    DeclareOpInterfaceMethods<LayoutOpInterface, ["canPermute"]>,
    DeclareOpInterfaceMethods<AliasOpInterface, ["getInPlaceOperands"]>]> {
  let results = (outs Tpu_Activation:$output);
  let hasVerifier = 1;
  let assemblyFormat = Tpu_BinaryFormat;
}

def Tpu_AddOp : Tpu_BinaryOp<"add"> {
  let summary = "Sum with one rounding";
  let description = [{
    `clamp(z_o + round_shift(m1 * (x1 - z1) + m2 * (x2 - z2), n))`: `requant`
    holds the two multipliers and one shift.

    Example:

    ```mlir
    func.func @example(%a: tensor<4x!quant.uniform<i8:f32, 0.1>>, %b: tensor<4x!quant.uniform<i8:f32, 0.1>>)
        -> tensor<4x!quant.uniform<i8:f32, 0.2>> {
      %y = tpu.add %a, %b {requant = #tpu.requant<mul32, single,
          multipliers = [1073741824, 1073741824], shifts = [31]>}
        : (tensor<4x!quant.uniform<i8:f32, 0.1>>, tensor<4x!quant.uniform<i8:f32, 0.1>>)
        -> tensor<4x!quant.uniform<i8:f32, 0.2>>
      return %y : tensor<4x!quant.uniform<i8:f32, 0.2>>
    }
    ```
  }];
  let arguments = !con((ins Tpu_Activation:$lhs, Tpu_Activation:$rhs,
                            Tpu_RequantAttr:$requant), Tpu_ClampArgs);
}

def Tpu_SubOp : Tpu_BinaryOp<"sub"> {
  let summary = "Difference with one rounding";
  let description = [{
    `clamp(z_o + round_shift(m1 * (x1 - z1) - m2 * (x2 - z2), n))`: `requant`
    holds the two multipliers and one shift.

    Example:

    ```mlir
    func.func @example(%a: tensor<4x!quant.uniform<i8:f32, 0.1>>, %b: tensor<4x!quant.uniform<i8:f32, 0.1>>)
        -> tensor<4x!quant.uniform<i8:f32, 0.2>> {
      %y = tpu.sub %a, %b {requant = #tpu.requant<mul32, single,
          multipliers = [1073741824, 1073741824], shifts = [31]>}
        : (tensor<4x!quant.uniform<i8:f32, 0.1>>, tensor<4x!quant.uniform<i8:f32, 0.1>>)
        -> tensor<4x!quant.uniform<i8:f32, 0.2>>
      return %y : tensor<4x!quant.uniform<i8:f32, 0.2>>
    }
    ```
  }];
  let arguments = !con((ins Tpu_Activation:$lhs, Tpu_Activation:$rhs,
                            Tpu_RequantAttr:$requant), Tpu_ClampArgs);
}

def Tpu_MulOp : Tpu_BinaryOp<"mul"> {
  let summary = "Product";
  let description = [{
    `clamp(z_o + requant((x1 - z1) * (x2 - z2)))`.

    Example:

    ```mlir
    func.func @example(%a: tensor<4x!quant.uniform<i8:f32, 0.1>>, %b: tensor<4x!quant.uniform<i8:f32, 0.1>>)
        -> tensor<4x!quant.uniform<i8:f32, 0.2>> {
      %y = tpu.mul %a, %b {requant = #tpu.requant<mul32, single,
          multipliers = [1717986918], shifts = [35]>}
        : (tensor<4x!quant.uniform<i8:f32, 0.1>>, tensor<4x!quant.uniform<i8:f32, 0.1>>)
        -> tensor<4x!quant.uniform<i8:f32, 0.2>>
      return %y : tensor<4x!quant.uniform<i8:f32, 0.2>>
    }
    ```
  }];
  let arguments = !con((ins Tpu_Activation:$lhs, Tpu_Activation:$rhs,
                            Tpu_RequantAttr:$requant), Tpu_ClampArgs);
}

def Tpu_DivOp : Tpu_BinaryOp<"div"> {
  let summary = "Quotient";
  let description = [{
    `quantize(div(dequantize(x1), dequantize(x2)))` in IEEE double: a / b; a zero divisor saturates.
    The parameters of operands and result may differ.

    Example:

    ```mlir
    func.func @example(%a: tensor<4x!quant.uniform<i8:f32, 0.1>>, %b: tensor<4x!quant.uniform<i8:f32, 0.1>>)
        -> tensor<4x!quant.uniform<i8:f32, 0.2>> {
      %y = tpu.div %a, %b
        : (tensor<4x!quant.uniform<i8:f32, 0.1>>, tensor<4x!quant.uniform<i8:f32, 0.1>>)
        -> tensor<4x!quant.uniform<i8:f32, 0.2>>
      return %y : tensor<4x!quant.uniform<i8:f32, 0.2>>
    }
    ```
  }];
  let arguments = !con((ins Tpu_Activation:$lhs, Tpu_Activation:$rhs), Tpu_ClampArgs);
}

def Tpu_MinOp : Tpu_BinaryOp<"min"> {
  let summary = "Smaller of two";
  let description = [{
    `quantize(min(dequantize(x1), dequantize(x2)))` in IEEE double: min(a, b).
    The parameters of operands and result may differ.

    Example:

    ```mlir
    func.func @example(%a: tensor<4x!quant.uniform<i8:f32, 0.1>>, %b: tensor<4x!quant.uniform<i8:f32, 0.1>>)
        -> tensor<4x!quant.uniform<i8:f32, 0.2>> {
      %y = tpu.min %a, %b
        : (tensor<4x!quant.uniform<i8:f32, 0.1>>, tensor<4x!quant.uniform<i8:f32, 0.1>>)
        -> tensor<4x!quant.uniform<i8:f32, 0.2>>
      return %y : tensor<4x!quant.uniform<i8:f32, 0.2>>
    }
    ```
  }];
  let arguments = !con((ins Tpu_Activation:$lhs, Tpu_Activation:$rhs), Tpu_ClampArgs);
}

def Tpu_MaxOp : Tpu_BinaryOp<"max"> {
  let summary = "Larger of two";
  let description = [{
    `quantize(max(dequantize(x1), dequantize(x2)))` in IEEE double: max(a, b).
    The parameters of operands and result may differ.

    Example:

    ```mlir
    func.func @example(%a: tensor<4x!quant.uniform<i8:f32, 0.1>>, %b: tensor<4x!quant.uniform<i8:f32, 0.1>>)
        -> tensor<4x!quant.uniform<i8:f32, 0.2>> {
      %y = tpu.max %a, %b
        : (tensor<4x!quant.uniform<i8:f32, 0.1>>, tensor<4x!quant.uniform<i8:f32, 0.1>>)
        -> tensor<4x!quant.uniform<i8:f32, 0.2>>
      return %y : tensor<4x!quant.uniform<i8:f32, 0.2>>
    }
    ```
  }];
  let arguments = !con((ins Tpu_Activation:$lhs, Tpu_Activation:$rhs), Tpu_ClampArgs);
}

def Tpu_PowOp : Tpu_BinaryOp<"pow"> {
  let summary = "Power";
  let description = [{
    `quantize(pow(dequantize(x1), dequantize(x2)))` in IEEE double: a raised to b; what has no real value quantizes to the zero point.
    The parameters of operands and result may differ.

    Example:

    ```mlir
    func.func @example(%a: tensor<4x!quant.uniform<i8:f32, 0.1>>, %b: tensor<4x!quant.uniform<i8:f32, 0.1>>)
        -> tensor<4x!quant.uniform<i8:f32, 0.2>> {
      %y = tpu.pow %a, %b
        : (tensor<4x!quant.uniform<i8:f32, 0.1>>, tensor<4x!quant.uniform<i8:f32, 0.1>>)
        -> tensor<4x!quant.uniform<i8:f32, 0.2>>
      return %y : tensor<4x!quant.uniform<i8:f32, 0.2>>
    }
    ```
  }];
  let arguments = !con((ins Tpu_Activation:$lhs, Tpu_Activation:$rhs), Tpu_ClampArgs);
}

#endif // QC_DIALECT_TPU_IR_ELEMENTWISEFAMILY
