// A tensor cut into others along an axis.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QCRT_SRC_KERNELS_PARTS_H
#define QCRT_SRC_KERNELS_PARTS_H

#include "Kernel.h"

namespace qcrt {

/// Where parts lie in the whole: rows of it, each with a run of every part.
struct Parts {
  std::vector<size_t> offsets, widths; ///< bytes within a row
  size_t rowBytes = 0;
  int64_t rows = 1;

  /// Reads the axis and checks that `count` parts make up the whole, which the
  /// error calls `name`, and them `names`.
  bool read(PrepareContext &context, const TensorView &whole, const char *name,
            const TensorView *parts, int count, const char *names);
  /// Rows that a thread takes at a time.
  int64_t grain() const {
    const int64_t bytes = static_cast<int64_t>(rowBytes);
    return bytes < 262144 ? 262144 / bytes : 1;
  }
};

} // namespace qcrt
#endif // QCRT_SRC_KERNELS_PARTS_H
