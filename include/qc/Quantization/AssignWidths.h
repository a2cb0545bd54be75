// Chooses whether an activation of a float function will have 8 or 16 bits.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A width belongs to a tensor, and an op reads it as it is. Where the target
// says that an op takes 8 bits only, or one width for all, it reads a
// requantised copy of what has another. Ops that only move data have one width
// for all that they touch.
#ifndef QC_QUANTIZATION_ASSIGNWIDTHS_H
#define QC_QUANTIZATION_ASSIGNWIDTHS_H

#include "qc/Quantization/QuantSpec.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/DenseSet.h"

#include <map>

namespace qc {

/// What decides about widths beside the function itself.
struct WidthRequest {
  /// What the target says about ops of tpu; those not in it take any width.
  std::map<std::string, OpWidthRule> rules;
  /// Names of tensors that shall have 16 bits.
  std::vector<std::string> wideTensors;
};

/// The widths of a function's activations.
struct ActivationWidths {
  /// How activations of 8 and of 16 bits are represented; the second is not
  /// used when the target has none.
  ActivationScheme narrowScheme, wideScheme;
  llvm::DenseSet<Value> wide;
  /// Ops that read operands of one width only, and whether that is 16 bits.
  llvm::DenseMap<Operation *, bool> readers;
  /// What somebody who asked for 16 bits should know, in order.
  std::vector<std::pair<Operation *, std::string>> remarks;

  bool isWide(Value value) const { return wide.contains(value); }
  const ActivationScheme &getScheme(Value value) const {
    return getScheme(isWide(value));
  }
  const ActivationScheme &getScheme(bool isWide) const {
    return isWide ? wideScheme : narrowScheme;
  }
  /// Whether `op` reads a copy of `value` in the other width.
  bool readsCopy(Operation *op, Value value) const {
    auto reader = readers.find(op);
    return reader != readers.end() && reader->second != isWide(value);
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
/// means the tensor that its op computes now. An unknown name is an error that
/// lists or suggests known ones.
FailureOr<SmallVector<Value>> findActivations(func::FuncOp function,
                                              ArrayRef<std::string> names);

} // namespace qc

#endif // QC_QUANTIZATION_ASSIGNWIDTHS_H
