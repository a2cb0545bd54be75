// Layers of a float function as users name them.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_QUANTIZATION_LAYERNAMES_H
#define QC_QUANTIZATION_LAYERNAMES_H

#include "qc/Support/MLIR.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

#include <string>
#include <vector>

namespace qc {

/// The ops of a function that are no constants, by what users call them.
class LayerNames {
public:
  explicit LayerNames(func::FuncOp function);

  /// In the order of execution.
  ArrayRef<Operation *> getAll() const { return layers; }

  /// The layer with the result `name`, or that has been fused with the one
  /// that had, or that was made by the model's node of that name; else null.
  Operation *find(StringRef name) const;

  /// All layers of a type: an op of top or one of the exporters' words for it,
  /// "LeakyRelu", "leaky_relu" and "leakyrelu" alike.
  SmallVector<Operation *> findType(StringRef type) const;

  /// The layer called `layer`, else all of that type; empty where there is
  /// neither.
  SmallVector<Operation *> select(StringRef layer) const;

  /// For suggestions: names of results, and types that are there.
  std::vector<std::string> getResultNames() const;
  std::vector<std::string> getTypes() const;

private:
  SmallVector<Operation *> layers;
};

} // namespace qc

#endif // QC_QUANTIZATION_LAYERNAMES_H
