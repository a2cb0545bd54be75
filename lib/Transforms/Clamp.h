// Ops that bound every element, whatever they are called.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_LIB_TRANSFORMS_CLAMP_H
#define QC_LIB_TRANSFORMS_CLAMP_H

#include "qc/Support/MLIR.h"

namespace qc {

/// min(max(x, lower), upper); infinite where there is no bound.
struct Clamp {
  float lower;
  float upper;

  /// What `outer` makes of the result of this.
  Clamp then(const Clamp &outer) const;
  bool operator==(const Clamp &other) const {
    return lower == other.lower && upper == other.upper;
  }
  bool isRelu() const;
};

/// The value that `op` (relu, clip, or min or max with one number) bounds, and
/// how; nothing if it is another op or also broadcasts.
std::optional<std::pair<Value, Clamp>> getClamp(Operation *op);

/// The clamp in attributes `min` and `max` that are absent or F32.
Clamp getClamp(Operation *op, StringRef min, StringRef max);

/// The attributes for the bounds of `clamp`, null where it has none.
FloatAttr getLowerAttr(MLIRContext *context, const Clamp &clamp);
FloatAttr getUpperAttr(MLIRContext *context, const Clamp &clamp);

} // namespace qc

#endif // QC_LIB_TRANSFORMS_CLAMP_H
