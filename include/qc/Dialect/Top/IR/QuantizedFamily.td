// What appears once storage types are assigned.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_DIALECT_TOP_IR_QUANTIZEDFAMILY
#define QC_DIALECT_TOP_IR_QUANTIZEDFAMILY

include "qc/Dialect/Top/IR/TopBase.td"

def Top_QuantizedConstantOp : Top_Op<"quantized_constant", [ConstantLike]> {
  let summary = "Stored integers that stand for real numbers";
  let description = [{
    A weight or another constant whose storage type has been assigned: the real
    value of an element is (stored - zero point) * scale in the parameters of
    the result type (per tensor, per axis, or per block). Ops compute with the
    real values. `value` holds the storage type; what is narrower than a byte
    takes a byte each.

    Example:

    ```mlir
    func.func @example() -> tensor<2x!quant.uniform<i8<-127:127>:f32, 0.5>> {
      %w = top.quantized_constant dense<[1, -2]> : tensor<2xi8>
          -> tensor<2x!quant.uniform<i8<-127:127>:f32, 0.5>>
      return %w : tensor<2x!quant.uniform<i8<-127:127>:f32, 0.5>>
    }
    ```
  }];
  let arguments = (ins ElementsAttr:$value);
  let results = (outs Top_Float:$output);
  let assemblyFormat = "attr-dict $value `->` type($output)";
  let hasVerifier = 1;
  let hasFolder = 1;
}

def Top_RequantizeOp : Top_ElementwiseOp<"requantize", [
    DeclareOpInterfaceMethods<CostOpInterface>]> {
  let summary = "The same values in another storage type";
  let description = [{
    A copy of what is read in another storage type than it is computed in, as
    where an op takes 8 bits of a tensor that has 16. The result is the operand,
    rounded to what its own type can represent.

    Example:

    ```mlir
    func.func @example(%x: tensor<1x8x!quant.uniform<i16:f32, 0.01>>)
        -> tensor<1x8x!quant.uniform<i8:f32, 2.5>> {
      %y = top.requantize %x : (tensor<1x8x!quant.uniform<i16:f32, 0.01>>)
          -> tensor<1x8x!quant.uniform<i8:f32, 2.5>>
      return %y : tensor<1x8x!quant.uniform<i8:f32, 2.5>>
    }
    ```
  }];
  let arguments = (ins Top_Float:$input);
  let results = (outs Top_Float:$output);
  let assemblyFormat = [{
    $input attr-dict `:` functional-type(operands, results)
  }];
}

#endif // QC_DIALECT_TOP_IR_QUANTIZEDFAMILY
