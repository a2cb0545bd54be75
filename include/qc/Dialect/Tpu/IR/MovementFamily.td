// Ops that only move data: operands and results share parameters.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_DIALECT_TPU_IR_MOVEMENTFAMILY
#define QC_DIALECT_TPU_IR_MOVEMENTFAMILY

include "qc/Dialect/Tpu/IR/TpuBase.td"

def Tpu_ConcatOp : Tpu_Op<"concat", [Tpu_SameParameters, Tpu_Pointwise]> {
  let summary = "Operands one after the other along an axis";
  let description = [{
    Sizes other than that of `axis` agree.

    Example:

    ```mlir
    func.func @example(%a: tensor<4x!quant.uniform<i8:f32, 0.1>>, %b: tensor<4x!quant.uniform<i8:f32, 0.1>>)
        -> tensor<8x!quant.uniform<i8:f32, 0.1>> {
      %y = tpu.concat %a, %b {axis = 0 : i64}
        : (tensor<4x!quant.uniform<i8:f32, 0.1>>, tensor<4x!quant.uniform<i8:f32, 0.1>>)
        -> tensor<8x!quant.uniform<i8:f32, 0.1>>
      return %y : tensor<8x!quant.uniform<i8:f32, 0.1>>
    }
    ```
  }];
  let arguments = (ins Variadic<Tpu_Activation>:$inputs, I64Attr:$axis);
  let results = (outs Tpu_Activation:$output);
  let hasVerifier = 1;
  let assemblyFormat = "$inputs attr-dict `:` functional-type(operands, results)";
}

def Tpu_SliceOp : Tpu_Op<"slice", [Tpu_SameParameters, Tpu_Pointwise]> {
  let summary = "A strided part";
  let description = [{
    Result element i of a dimension is input element offset + i * stride.

    Example:

    ```mlir
    func.func @example(%x: tensor<4x!quant.uniform<i8:f32, 0.1>>)
        -> tensor<2x!quant.uniform<i8:f32, 0.1>> {
      %y = tpu.slice %x {offsets = array<i64: 0>, sizes = array<i64: 2>, strides = array<i64: 2>}
        : (tensor<4x!quant.uniform<i8:f32, 0.1>>)
        -> tensor<2x!quant.uniform<i8:f32, 0.1>>
      return %y : tensor<2x!quant.uniform<i8:f32, 0.1>>
    }
    ```
  }];
  let arguments = (ins Tpu_Movable:$input, DenseI64ArrayAttr:$offsets,
                       DenseI64ArrayAttr:$sizes, DenseI64ArrayAttr:$strides);
  let results = (outs Tpu_Movable:$output);
  let hasVerifier = 1;
  let assemblyFormat = Tpu_UnaryFormat;
}

def Tpu_PadOp : Tpu_Op<"pad", [Tpu_SameParameters, Tpu_Pointwise]> {
  let summary = "Elements added around";
  let description = [{
    `pads` holds the begins of all dimensions, then the ends. `mode` is constant
    (with the stored `value`), reflect or edge.

    Example:

    ```mlir
    func.func @example(%x: tensor<4x!quant.uniform<i8:f32, 0.1>>)
        -> tensor<6x!quant.uniform<i8:f32, 0.1>> {
      %y = tpu.pad %x {pads = array<i64: 1, 1>, mode = "constant", value = 0 : i64}
        : (tensor<4x!quant.uniform<i8:f32, 0.1>>)
        -> tensor<6x!quant.uniform<i8:f32, 0.1>>
      return %y : tensor<6x!quant.uniform<i8:f32, 0.1>>
    }
    ```
  }];
  let arguments = (ins Tpu_Activation:$input, DenseI64ArrayAttr:$pads, StrAttr:$mode,
                       I64Attr:$value);
  let results = (outs Tpu_Activation:$output);
  let hasVerifier = 1;
  let assemblyFormat = Tpu_UnaryFormat;
}

def Tpu_ReshapeOp : Tpu_Op<"reshape", [Tpu_SameParameters,
    DeclareOpInterfaceMethods<AliasOpInterface, ["getViewedOperand"]>]> {
  let summary = "The same elements in another shape";
  let description = [{
    Row-major order is kept.

    Example:

    ```mlir
    func.func @example(%x: tensor<4x!quant.uniform<i8:f32, 0.1>>)
        -> tensor<2x2x!quant.uniform<i8:f32, 0.1>> {
      %y = tpu.reshape %x
        : (tensor<4x!quant.uniform<i8:f32, 0.1>>)
        -> tensor<2x2x!quant.uniform<i8:f32, 0.1>>
      return %y : tensor<2x2x!quant.uniform<i8:f32, 0.1>>
    }
    ```
  }];
  let arguments = (ins Tpu_Movable:$input);
  let results = (outs Tpu_Movable:$output);
  let hasVerifier = 1;
  let hasFolder = 1;
  let hasCanonicalizer = 1;
  let assemblyFormat = Tpu_UnaryFormat;
}

def Tpu_TransposeOp : Tpu_Op<"transpose", [Tpu_SameParameters]> {
  let summary = "Dimensions in another order";
  let description = [{
    Result dimension i is input dimension perm[i].

    Example:

    ```mlir
    func.func @example(%x: tensor<2x4x!quant.uniform<i8:f32, 0.1>>)
        -> tensor<4x2x!quant.uniform<i8:f32, 0.1>> {
      %y = tpu.transpose %x {perm = array<i64: 1, 0>}
        : (tensor<2x4x!quant.uniform<i8:f32, 0.1>>)
        -> tensor<4x2x!quant.uniform<i8:f32, 0.1>>
      return %y : tensor<4x2x!quant.uniform<i8:f32, 0.1>>
    }
    ```
  }];
  let arguments = (ins Tpu_Any:$input, DenseI64ArrayAttr:$perm);
  let results = (outs Tpu_Any:$output);
  let hasVerifier = 1;
  let hasFolder = 1;
  let hasCanonicalizer = 1;
  let extraClassDeclaration = [{
    /// The part of the canonicalization that leaves transposes what they are.
    static void getMergePatterns(::mlir::RewritePatternSet &patterns,
                                 ::mlir::MLIRContext *context);
  }];
  let assemblyFormat = Tpu_UnaryFormat;
}

def Tpu_ExpandOp : Tpu_Op<"expand", [Tpu_SameParameters]> {
  let summary = "Broadcast to the result's shape";
  let description = [{
    numpy rules: missing and unit dimensions repeat.

    Example:

    ```mlir
    func.func @example(%x: tensor<1x4x!quant.uniform<i8:f32, 0.1>>)
        -> tensor<3x4x!quant.uniform<i8:f32, 0.1>> {
      %y = tpu.expand %x
        : (tensor<1x4x!quant.uniform<i8:f32, 0.1>>)
        -> tensor<3x4x!quant.uniform<i8:f32, 0.1>>
      return %y : tensor<3x4x!quant.uniform<i8:f32, 0.1>>
    }
    ```
  }];
  let arguments = (ins Tpu_Movable:$input);
  let results = (outs Tpu_Movable:$output);
  let hasVerifier = 1;
  let assemblyFormat = Tpu_UnaryFormat;
}

def Tpu_GatherOp : Tpu_Op<"gather"> {
  let summary = "Slices picked by indices along an axis";
  let description = [{
    The result's shape is the input's with `axis` replaced by the shape of
    `indices`; a negative index counts from the end.

    Example:

    ```mlir
    func.func @example(%x: tensor<4x2x!quant.uniform<i8:f32, 0.1>>, %i: tensor<3xi64>)
        -> tensor<3x2x!quant.uniform<i8:f32, 0.1>> {
      %y = tpu.gather %x, %i {axis = 0 : i64}
        : (tensor<4x2x!quant.uniform<i8:f32, 0.1>>, tensor<3xi64>)
        -> tensor<3x2x!quant.uniform<i8:f32, 0.1>>
      return %y : tensor<3x2x!quant.uniform<i8:f32, 0.1>>
    }
    ```
  }];
  let arguments = (ins Tpu_Activation:$input, Tpu_Index:$indices, I64Attr:$axis);
  let results = (outs Tpu_Activation:$output);
  let hasVerifier = 1;
  let assemblyFormat = "$input `,` $indices attr-dict `:` functional-type(operands, results)";
}

#endif // QC_DIALECT_TPU_IR_MOVEMENTFAMILY
