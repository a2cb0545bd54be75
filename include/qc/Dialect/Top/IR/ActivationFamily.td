// Activation functions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_DIALECT_TOP_IR_ACTIVATIONFAMILY
#define QC_DIALECT_TOP_IR_ACTIVATIONFAMILY

include "qc/Dialect/Top/IR/TopBase.td"

class Top_ActivationOp<string opMnemonic, list<string> quantizableMethods = [],
                       list<Trait> traits = [ElementwiseFunction]>
    : Top_ElementwiseOp<opMnemonic, traits # [
    DeclareOpInterfaceMethods<QuantizableOpInterface, quantizableMethods>,
    DeclareOpInterfaceMethods<CostOpInterface>]> {
  let arguments = (ins Top_Float:$input);
  let results = (outs Top_Float:$output);
  let assemblyFormat = [{
    $input attr-dict `:` functional-type(operands, results)
  }];
}

def Top_ReluOp : Top_ActivationOp<"relu", ["getScaleRelation", "getUsefulRange"]> {
  let summary = "Rectifier: max(x, 0)";
  let description = [{
    Example:

    ```mlir
    func.func @example(%x: tensor<1x8x4x4xf32>) -> tensor<1x8x4x4xf32> {
      %y = top.relu %x : (tensor<1x8x4x4xf32>) -> tensor<1x8x4x4xf32>
      return %y : tensor<1x8x4x4xf32>
    }
    ```
  }];
  let hasFolder = 1;
}

def Top_LeakyReluOp : Top_ActivationOp<"leaky_relu"> {
  let summary = "Rectifier with a slope below zero";
  let description = [{
    x where x is not negative, else `alpha` * x.

    Example:

    ```mlir
    func.func @example(%x: tensor<1x8x4x4xf32>) -> tensor<1x8x4x4xf32> {
      %y = top.leaky_relu %x {alpha = 0.1 : f32}
        : (tensor<1x8x4x4xf32>) -> tensor<1x8x4x4xf32>
      return %y : tensor<1x8x4x4xf32>
    }
    ```
  }];
  let arguments = (ins Top_Float:$input, Top_FiniteF32:$alpha);
}

// No function of elements alone: its slopes belong to the channels.
def Top_PReluOp : Top_ActivationOp<"prelu", ["getOperandRole"], []> {
  let summary = "Rectifier with a learned slope below zero";
  let description = [{
    x where x is not negative, else `slope` * x. `slope` broadcasts to the
    shape of `input`, e.g. [C, 1, 1] for one slope a channel of an image.

    Example:

    ```mlir
    func.func @example(%x: tensor<1x8x4x4xf32>, %slope: tensor<8x1x1xf32>)
        -> tensor<1x8x4x4xf32> {
      %y = top.prelu %x, %slope
        : (tensor<1x8x4x4xf32>, tensor<8x1x1xf32>) -> tensor<1x8x4x4xf32>
      return %y : tensor<1x8x4x4xf32>
    }
    ```
  }];
  let arguments = (ins Top_Float:$input, Top_Float:$slope);
  let assemblyFormat = [{
    $input `,` $slope attr-dict `:` functional-type(operands, results)
  }];
  let hasVerifier = 1;
}

def Top_ClipOp : Top_ActivationOp<"clip", ["getScaleRelation", "getUsefulRange"]> {
  let summary = "Bounds every element";
  let description = [{
    Raises elements below `min` to `min`, then lowers elements above `max` to
    `max`. Either bound may be absent.

    Example:

    ```mlir
    func.func @example(%x: tensor<1x8x4x4xf32>) -> tensor<1x8x4x4xf32> {
      %y = top.clip %x {min = 0.0 : f32, max = 6.0 : f32}
        : (tensor<1x8x4x4xf32>) -> tensor<1x8x4x4xf32>
      return %y : tensor<1x8x4x4xf32>
    }
    ```
  }];
  let arguments = (ins Top_Float:$input, OptionalAttr<F32Attr>:$min,
                       OptionalAttr<F32Attr>:$max);
  let hasVerifier = 1;
  let hasFolder = 1;
  let hasCanonicalizer = 1;
}

def Top_SigmoidOp
    : Top_ActivationOp<"sigmoid", ["getFixedOutputRange", "getUsefulRange"]> {
  let summary = "Logistic function: 1 / (1 + exp(-x))";
  let description = [{
    Example:

    ```mlir
    func.func @example(%x: tensor<1x8xf32>) -> tensor<1x8xf32> {
      %y = top.sigmoid %x : (tensor<1x8xf32>) -> tensor<1x8xf32>
      return %y : tensor<1x8xf32>
    }
    ```
  }];
}

def Top_TanhOp
    : Top_ActivationOp<"tanh", ["getFixedOutputRange", "getUsefulRange"]> {
  let summary = "Hyperbolic tangent";
  let description = [{
    Example:

    ```mlir
    func.func @example(%x: tensor<1x8xf32>) -> tensor<1x8xf32> {
      %y = top.tanh %x : (tensor<1x8xf32>) -> tensor<1x8xf32>
      return %y : tensor<1x8xf32>
    }
    ```
  }];
}

def Top_HardSigmoidOp
    : Top_ActivationOp<"hard_sigmoid",
                       ["getFixedOutputRange", "getUsefulRange"]> {
  let summary = "Logistic function approximated by a clamped line";
  let description = [{
    min(max(`alpha` * x + `beta`, 0), 1).

    Example:

    ```mlir
    func.func @example(%x: tensor<1x8xf32>) -> tensor<1x8xf32> {
      %y = top.hard_sigmoid %x {alpha = 0.2 : f32, beta = 0.5 : f32}
        : (tensor<1x8xf32>) -> tensor<1x8xf32>
      return %y : tensor<1x8xf32>
    }
    ```
  }];
  let arguments = (ins Top_Float:$input, Top_FiniteF32:$alpha,
                       Top_FiniteF32:$beta);
}

def Top_HardSwishOp : Top_ActivationOp<"hard_swish", ["getUsefulRange"]> {
  let summary = "x * min(max(x / 6 + 0.5, 0), 1)";
  let description = [{
    Example:

    ```mlir
    func.func @example(%x: tensor<1x8xf32>) -> tensor<1x8xf32> {
      %y = top.hard_swish %x : (tensor<1x8xf32>) -> tensor<1x8xf32>
      return %y : tensor<1x8xf32>
    }
    ```
  }];
}

def Top_SiluOp : Top_ActivationOp<"silu", ["getUsefulRange"]> {
  let summary = "x * sigmoid(x), also called swish";
  let description = [{
    Example:

    ```mlir
    func.func @example(%x: tensor<1x8xf32>) -> tensor<1x8xf32> {
      %y = top.silu %x : (tensor<1x8xf32>) -> tensor<1x8xf32>
      return %y : tensor<1x8xf32>
    }
    ```
  }];
}

def Top_SoftplusOp : Top_ActivationOp<"softplus", ["getUsefulRange"]> {
  let summary = "log(1 + exp(x))";
  let description = [{
    Example:

    ```mlir
    func.func @example(%x: tensor<1x8xf32>) -> tensor<1x8xf32> {
      %y = top.softplus %x : (tensor<1x8xf32>) -> tensor<1x8xf32>
      return %y : tensor<1x8xf32>
    }
    ```
  }];
}

def Top_MishOp : Top_ActivationOp<"mish", ["getUsefulRange"]> {
  let summary = "x * tanh(softplus(x))";
  let description = [{
    Example:

    ```mlir
    func.func @example(%x: tensor<1x8xf32>) -> tensor<1x8xf32> {
      %y = top.mish %x : (tensor<1x8xf32>) -> tensor<1x8xf32>
      return %y : tensor<1x8xf32>
    }
    ```
  }];
}

def Top_EluOp : Top_ActivationOp<"elu", ["getUsefulRange"]> {
  let summary = "Exponential linear unit";
  let description = [{
    x where x is not negative, else `alpha` * (exp(x) - 1).

    Example:

    ```mlir
    func.func @example(%x: tensor<1x8xf32>) -> tensor<1x8xf32> {
      %y = top.elu %x {alpha = 1.0 : f32} : (tensor<1x8xf32>) -> tensor<1x8xf32>
      return %y : tensor<1x8xf32>
    }
    ```
  }];
  let arguments = (ins Top_Float:$input, Top_FiniteF32:$alpha);
}

def Top_GeluOp : Top_ActivationOp<"gelu", ["getUsefulRange"]> {
  let summary = "Gaussian error linear unit";
  let description = [{
    x * (1 + erf(x / sqrt(2))) / 2; with `approximate` "tanh" instead
    x * (1 + tanh(sqrt(2 / pi) * (x + 0.044715 * x^3))) / 2.

    Example:

    ```mlir
    func.func @example(%x: tensor<1x8xf32>) -> tensor<1x8xf32> {
      %y = top.gelu %x {approximate = "tanh"}
        : (tensor<1x8xf32>) -> tensor<1x8xf32>
      return %y : tensor<1x8xf32>
    }
    ```
  }];
  let arguments = (ins Top_Float:$input,
                       DefaultValuedAttr<Top_OneOf<["none", "tanh"]>,
                                         "\"none\"">:$approximate);
}

#endif // QC_DIALECT_TOP_IR_ACTIVATIONFAMILY
