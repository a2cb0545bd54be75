// Ops with constant weights and a bias, float or integer.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_INTERFACES_WEIGHTEDOPINTERFACE
#define QC_INTERFACES_WEIGHTEDOPINTERFACE

include "mlir/IR/OpBase.td"

def WeightedOpInterface : OpInterface<"WeightedOpInterface"> {
  let cppNamespace = "::qc";
  let description = [{
    A layer: an op that multiplies its input by weights and adds a bias to each
    channel of its only result. What corrections work on. Ops of both dialects
    implement it, so that a float layer and the integer layer that it became can
    be told and changed alike.
  }];
  let methods = [
    InterfaceMethod<[{
        The operand that holds the weights. It is a constant, except where a
        product of two activations has the same op.
      }], "::mlir::Value", "getWeight">,
    InterfaceMethod<"The operand that holds the bias [C], or null.",
      "::mlir::Value", "getBias">,
    InterfaceMethod<"Sets the bias [C], also where there was none.",
      "void", "setBias", (ins "::mlir::Value":$bias), [{
        $_op.getBiasMutable().assign(bias);
      }]>,
    InterfaceMethod<"The dimension of the result along which the bias lies.",
      "int64_t", "getOutputChannelAxis">,
  ];
}

#endif // QC_INTERFACES_WEIGHTEDOPINTERFACE
