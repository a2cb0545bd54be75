// Arithmetic on two tensors, with numpy broadcasting.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_DIALECT_TOP_IR_BINARYFAMILY
#define QC_DIALECT_TOP_IR_BINARYFAMILY

include "qc/Dialect/Top/IR/TopBase.td"

class Top_BinaryOp<string opMnemonic, list<Trait> traits = [],
                   list<string> quantizableMethods = []>
    : Top_InferOp<opMnemonic, traits # [
    ElementwiseFunction,
    SameOperandElements,
    Top_InPlace,
    DeclareOpInterfaceMethods<QuantizableOpInterface, quantizableMethods>,
    DeclareOpInterfaceMethods<CostOpInterface>]> {
  let arguments = (ins Top_Float:$lhs, Top_Float:$rhs);
  let results = (outs Top_Float:$output);
  let assemblyFormat = [{
    $lhs `,` $rhs attr-dict `:` functional-type(operands, results)
  }];
  let extraClassDefinition = Top_inPlaceTypes # [{
    ::llvm::LogicalResult $cppClass::inferReturnTypes(
        ::mlir::MLIRContext *context, std::optional<::mlir::Location> location,
        Adaptor adaptor, ::llvm::SmallVectorImpl<::mlir::Type> &types) {
      return ::qc::top::inferBroadcast(
          adaptor.getLhs(), adaptor.getRhs(), types,
          ::qc::top::getInferenceErrors<$cppClass>(context, location));
    }
  }];
}

class Top_FusableBinaryOp<string opMnemonic,
                          list<string> quantizableMethods = []>
    : Top_BinaryOp<opMnemonic, [FusableActivation], quantizableMethods> {
  let arguments = !con((ins Top_Float:$lhs, Top_Float:$rhs), Top_ActivationArgs);
}

def Top_AddOp : Top_FusableBinaryOp<"add",
                                     ["getScaleRelation", "getUsefulRange"]> {
  let summary = "Sum of two tensors";
  let description = [{
    `lhs + rhs` with numpy broadcasting, clamped to [`act_min`, `act_max`]
    where given.

    Example:

    ```mlir
    func.func @example(%a: tensor<1x8x4x4xf32>, %b: tensor<8x1x1xf32>)
        -> tensor<1x8x4x4xf32> {
      %y = top.add %a, %b {act_min = 0.0 : f32}
        : (tensor<1x8x4x4xf32>, tensor<8x1x1xf32>) -> tensor<1x8x4x4xf32>
      return %y : tensor<1x8x4x4xf32>
    }
    ```
  }];
  let hasFolder = 1;
}

def Top_SubOp : Top_FusableBinaryOp<"sub",
                                     ["getScaleRelation", "getUsefulRange"]> {
  let summary = "Difference of two tensors";
  let description = [{
    `lhs - rhs` with numpy broadcasting, clamped to [`act_min`, `act_max`]
    where given.

    Example:

    ```mlir
    func.func @example(%a: tensor<4x8xf32>, %b: tensor<4x1xf32>)
        -> tensor<4x8xf32> {
      %y = top.sub %a, %b
        : (tensor<4x8xf32>, tensor<4x1xf32>) -> tensor<4x8xf32>
      return %y : tensor<4x8xf32>
    }
    ```
  }];
  let hasFolder = 1;
}

def Top_MulOp : Top_FusableBinaryOp<"mul",
                                     ["getScaleRelation", "getUsefulRange"]> {
  let summary = "Product of two tensors, element by element";
  let description = [{
    `lhs * rhs` with numpy broadcasting, clamped to [`act_min`, `act_max`]
    where given.

    Example:

    ```mlir
    func.func @example(%x: tensor<1x8x4x4xf32>, %gate: tensor<1x8x1x1xf32>)
        -> tensor<1x8x4x4xf32> {
      %y = top.mul %x, %gate
        : (tensor<1x8x4x4xf32>, tensor<1x8x1x1xf32>) -> tensor<1x8x4x4xf32>
      return %y : tensor<1x8x4x4xf32>
    }
    ```
  }];
  let hasFolder = 1;
}

def Top_DivOp : Top_FusableBinaryOp<"div", ["getUsefulRange"]> {
  let summary = "Quotient of two tensors, element by element";
  let description = [{
    `lhs / rhs` with numpy broadcasting, clamped to [`act_min`, `act_max`]
    where given.

    Example:

    ```mlir
    func.func @example(%a: tensor<4x8xf32>, %b: tensor<4x1xf32>)
        -> tensor<4x8xf32> {
      %y = top.div %a, %b
        : (tensor<4x8xf32>, tensor<4x1xf32>) -> tensor<4x8xf32>
      return %y : tensor<4x8xf32>
    }
    ```
  }];
  let hasFolder = 1;
}

def Top_MinOp : Top_BinaryOp<"min", [], ["getUsefulRange"]> {
  let summary = "The smaller of two elements";
  let description = [{
    Element-wise minimum with numpy broadcasting.

    Example:

    ```mlir
    func.func @example(%a: tensor<4x8xf32>, %b: tensor<f32>) -> tensor<4x8xf32> {
      %y = top.min %a, %b : (tensor<4x8xf32>, tensor<f32>) -> tensor<4x8xf32>
      return %y : tensor<4x8xf32>
    }
    ```
  }];
  let hasFolder = 1;
}

def Top_MaxOp : Top_BinaryOp<"max", [], ["getUsefulRange"]> {
  let summary = "The larger of two elements";
  let description = [{
    Element-wise maximum with numpy broadcasting.

    Example:

    ```mlir
    func.func @example(%a: tensor<4x8xf32>, %b: tensor<f32>) -> tensor<4x8xf32> {
      %y = top.max %a, %b : (tensor<4x8xf32>, tensor<f32>) -> tensor<4x8xf32>
      return %y : tensor<4x8xf32>
    }
    ```
  }];
  let hasFolder = 1;
}

def Top_PowOp : Top_BinaryOp<"pow"> {
  let summary = "Power of one element to another";
  let description = [{
    `lhs` raised to `rhs`, element-wise with numpy broadcasting.

    Example:

    ```mlir
    func.func @example(%x: tensor<4x8xf32>) -> tensor<4x8xf32> {
      %two = top.constant dense<2.0> : tensor<f32>
      %y = top.pow %x, %two : (tensor<4x8xf32>, tensor<f32>) -> tensor<4x8xf32>
      return %y : tensor<4x8xf32>
    }
    ```
  }];
  let hasFolder = 1;
}

#endif // QC_DIALECT_TOP_IR_BINARYFAMILY
