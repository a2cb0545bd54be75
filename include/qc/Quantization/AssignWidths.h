// Chooses whether an activation of a float function will have 8 or 16 bits.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A width belongs to a tensor, and an op reads it as it is. Where a rule of the
// target does not take it at that operand, the op reads a requantized copy of
// the other width. Ops that only move data have one width for all that they
// touch.
#ifndef QC_QUANTIZATION_ASSIGNWIDTHS_H
#define QC_QUANTIZATION_ASSIGNWIDTHS_H

#include "qc/Quantization/QuantSpec.h"
#include "qc/Quantization/TypeRules.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/ADT/DenseMap.h"

namespace qc {

/// Attribute of a module: an array of layers, by result or type, whose weights
/// shall have 16 bits.
inline constexpr llvm::StringLiteral kInt16WeightsAttr = "qc.int16_weights";

/// What decides about widths beside the function itself.
struct WidthRequest {
  /// What the target says about ops of tpu; those not in it take any type.
  TypeRules rules;
  /// Names of tensors that shall have 16 bits, or selections of them:
  /// "inputs:LAYER", "input1:LAYER", "results:LAYER", "network:outputs"; a
  /// layer is a type (Conv) or the name of a result.
  std::vector<std::string> wideTensors;
  /// Whether tensors inside of what the model computes as one (InnerTensors.h)
  /// have 16 bits where they can.
  bool wideInside = true;
  /// Layers, by type or result, whose weights shall have 16 bits.
  std::vector<std::string> wideWeights;
};

/// The widths of a function's activations, in bits.
struct ActivationWidths {
  /// How activations of 8 and of 16 bits are represented; the second is not
  /// used when the target has none.
  ActivationScheme narrowScheme, wideScheme;
  /// Of activations; those not in it have 8 bits.
  llvm::DenseMap<Value, unsigned> bits;
  /// Those that are symmetric in 8 bits where others are affine, and how.
  llvm::DenseSet<Value> symmetric;
  ActivationScheme symmetricScheme = {};
  /// In which width an operand is read where a rule settles it.
  llvm::DenseMap<OpOperand *, unsigned> reads;
  /// Of the weights of ops whose rules do not take those of the precision.
  llvm::DenseMap<Operation *, unsigned> weights;
  /// Ops whose weights have one scale whatever the precision says.
  llvm::DenseSet<Operation *> oneScale;
  /// What somebody who asked for 16 bits should know, in order.
  std::vector<std::pair<Operation *, std::string>> remarks;

  unsigned getBits(Value value) const {
    auto found = bits.find(value);
    return found == bits.end() ? 8 : found->second;
  }
  const ActivationScheme &getScheme(Value value) const {
    return getScheme(value, getBits(value));
  }
  /// How `value` is represented where it has `bits`.
  const ActivationScheme &getScheme(Value value, unsigned bits) const {
    if (bits > 8)
      return wideScheme;
    return symmetric.contains(value) ? symmetricScheme : narrowScheme;
  }
  /// How a copy of `value` in the other width is represented.
  const ActivationScheme &getCopyScheme(Value value) const {
    return getScheme(value, getBits(value) > 8 ? 8u : 16u);
  }
  /// Whether `use` reads a copy of its value in the other width.
  bool readsCopy(OpOperand &use) const {
    auto read = reads.find(&use);
    return read != reads.end() && read->second != getBits(use.get());
  }
  /// How the weights of `op` are represented, `usual` in the precision.
  WeightScheme getWeightScheme(Operation *op, WeightScheme usual) const {
    if (auto found = weights.find(op); found != weights.end())
      usual.bits = found->second;
    usual.perChannel &= !oneScale.contains(op);
    if (usual.bits != 4)
      usual.group = 0;
    return usual;
  }
};

/// The widths in `function` by what the precision wants, what is asked for and
/// what ops take; values that have a storage type keep its width. A tensor that
/// shall have 16 bits and cannot is an error that names all of them with the
/// ops in the way; so is an unknown name.
FailureOr<ActivationWidths> assignWidths(func::FuncOp function,
                                         const QuantSpec &spec,
                                         const Precision &precision,
                                         const WidthRequest &request);

/// Whether both give every activation of `function` as many bits and the same
/// symmetry: what ranges are chosen for.
bool haveSameSchemes(func::FuncOp function, const ActivationWidths &a,
                     const ActivationWidths &b);

/// The activations called `names`, each once. A name that fusion has swallowed
/// means the tensor that its op computes now. What is no name may be a
/// selection, as WidthRequest has it. An unknown name is an error that lists or
/// suggests known ones.
FailureOr<SmallVector<Value>> findActivations(func::FuncOp function,
                                              ArrayRef<std::string> names);

/// The layers with weights that `names` are results or types of. One that is
/// not there, or has no weights, is an error.
FailureOr<SmallVector<Operation *>>
findWeightLayers(func::FuncOp function, ArrayRef<std::string> names);

} // namespace qc

#endif // QC_QUANTIZATION_ASSIGNWIDTHS_H
