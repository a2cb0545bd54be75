// Mathematical functions of one tensor.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_DIALECT_TOP_IR_MATHFAMILY
#define QC_DIALECT_TOP_IR_MATHFAMILY

include "qc/Dialect/Top/IR/TopBase.td"

class Top_MathOp<string opMnemonic, list<string> quantizableMethods = []>
    : Top_ElementwiseOp<opMnemonic, [
    ElementwiseFunction,
    DeclareOpInterfaceMethods<QuantizableOpInterface, quantizableMethods>,
    DeclareOpInterfaceMethods<CostOpInterface>]> {
  let arguments = (ins Top_Float:$input);
  let results = (outs Top_Float:$output);
  let assemblyFormat = [{
    $input attr-dict `:` functional-type(operands, results)
  }];
}

def Top_ErfOp : Top_MathOp<"erf"> {
  let summary = "Error function: 2 / sqrt(pi) times the integral of exp(-t^2) from 0 to x";
  let description = [{
    Example:

    ```mlir
    func.func @example(%x: tensor<1x8xf32>) -> tensor<1x8xf32> {
      %y = top.erf %x : (tensor<1x8xf32>) -> tensor<1x8xf32>
      return %y : tensor<1x8xf32>
    }
    ```
  }];
}

def Top_ExpOp : Top_MathOp<"exp", ["getUsefulRange"]> {
  let summary = "Exponential function";
  let description = [{
    Example:

    ```mlir
    func.func @example(%x: tensor<1x8xf32>) -> tensor<1x8xf32> {
      %y = top.exp %x : (tensor<1x8xf32>) -> tensor<1x8xf32>
      return %y : tensor<1x8xf32>
    }
    ```
  }];
}

def Top_LogOp : Top_MathOp<"log"> {
  let summary = "Natural logarithm";
  let description = [{
    Example:

    ```mlir
    func.func @example(%x: tensor<1x8xf32>) -> tensor<1x8xf32> {
      %y = top.log %x : (tensor<1x8xf32>) -> tensor<1x8xf32>
      return %y : tensor<1x8xf32>
    }
    ```
  }];
}

def Top_SqrtOp : Top_MathOp<"sqrt"> {
  let summary = "Square root";
  let description = [{
    Example:

    ```mlir
    func.func @example(%x: tensor<1x8xf32>) -> tensor<1x8xf32> {
      %y = top.sqrt %x : (tensor<1x8xf32>) -> tensor<1x8xf32>
      return %y : tensor<1x8xf32>
    }
    ```
  }];
}

def Top_AbsOp : Top_MathOp<"abs"> {
  let summary = "Absolute value";
  let description = [{
    Example:

    ```mlir
    func.func @example(%x: tensor<1x8xf32>) -> tensor<1x8xf32> {
      %y = top.abs %x : (tensor<1x8xf32>) -> tensor<1x8xf32>
      return %y : tensor<1x8xf32>
    }
    ```
  }];
  let hasFolder = 1;
}

def Top_NegOp : Top_MathOp<"neg", ["getUsefulRange"]> {
  let summary = "Negation";
  let description = [{
    Example:

    ```mlir
    func.func @example(%x: tensor<1x8xf32>) -> tensor<1x8xf32> {
      %y = top.neg %x : (tensor<1x8xf32>) -> tensor<1x8xf32>
      return %y : tensor<1x8xf32>
    }
    ```
  }];
  let hasFolder = 1;
}

def Top_ReciprocalOp : Top_MathOp<"reciprocal"> {
  let summary = "1 / x";
  let description = [{
    Example:

    ```mlir
    func.func @example(%x: tensor<1x8xf32>) -> tensor<1x8xf32> {
      %y = top.reciprocal %x : (tensor<1x8xf32>) -> tensor<1x8xf32>
      return %y : tensor<1x8xf32>
    }
    ```
  }];
}

def Top_FloorOp : Top_MathOp<"floor"> {
  let summary = "The largest integer that is not above x";
  let description = [{
    Example:

    ```mlir
    func.func @example(%x: tensor<1x8xf32>) -> tensor<1x8xf32> {
      %y = top.floor %x : (tensor<1x8xf32>) -> tensor<1x8xf32>
      return %y : tensor<1x8xf32>
    }
    ```
  }];
  let hasFolder = 1;
}

def Top_CeilOp : Top_MathOp<"ceil"> {
  let summary = "The smallest integer that is not below x";
  let description = [{
    Example:

    ```mlir
    func.func @example(%x: tensor<1x8xf32>) -> tensor<1x8xf32> {
      %y = top.ceil %x : (tensor<1x8xf32>) -> tensor<1x8xf32>
      return %y : tensor<1x8xf32>
    }
    ```
  }];
  let hasFolder = 1;
}

def Top_RoundOp : Top_MathOp<"round"> {
  let summary = "The nearest integer; from the middle between two, the even one";
  let description = [{
    Example:

    ```mlir
    func.func @example(%x: tensor<1x8xf32>) -> tensor<1x8xf32> {
      %y = top.round %x : (tensor<1x8xf32>) -> tensor<1x8xf32>
      return %y : tensor<1x8xf32>
    }
    ```
  }];
  let hasFolder = 1;
}

def Top_SignOp : Top_MathOp<"sign", ["getFixedOutputRange"]> {
  let summary = "-1, 0 or 1, as x is below, at or above 0";
  let description = [{
    Example:

    ```mlir
    func.func @example(%x: tensor<1x8xf32>) -> tensor<1x8xf32> {
      %y = top.sign %x : (tensor<1x8xf32>) -> tensor<1x8xf32>
      return %y : tensor<1x8xf32>
    }
    ```
  }];
  let hasFolder = 1;
}

def Top_SinOp : Top_MathOp<"sin", ["getFixedOutputRange"]> {
  let summary = "Sine of an angle in radians";
  let description = [{
    Example:

    ```mlir
    func.func @example(%x: tensor<1x8xf32>) -> tensor<1x8xf32> {
      %y = top.sin %x : (tensor<1x8xf32>) -> tensor<1x8xf32>
      return %y : tensor<1x8xf32>
    }
    ```
  }];
}

def Top_CosOp : Top_MathOp<"cos", ["getFixedOutputRange"]> {
  let summary = "Cosine of an angle in radians";
  let description = [{
    Example:

    ```mlir
    func.func @example(%x: tensor<1x8xf32>) -> tensor<1x8xf32> {
      %y = top.cos %x : (tensor<1x8xf32>) -> tensor<1x8xf32>
      return %y : tensor<1x8xf32>
    }
    ```
  }];
}

#endif // QC_DIALECT_TOP_IR_MATHFAMILY
