// Which elements of two operands meet in each element of a result.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QCRT_SRC_KERNELS_BROADCAST_H
#define QCRT_SRC_KERNELS_BROADCAST_H

#include "Kernel.h"

#include <algorithm>
#include <cstdint>

namespace qcrt {

/// numpy broadcasting of two operands, with neighbouring dimensions merged
/// where all three tensors allow it. Strides are in elements, 0 repeats.
class Broadcast {
public:
  /// False with an error in the context if the shapes do not broadcast to that
  /// of out.
  bool prepare(PrepareContext &context, const TensorView &a,
               const TensorView &b, const TensorView &out);

  int64_t count() const { return total; }
  /// Step of an operand inside a row: 1, or 0 if one value serves the row.
  int64_t stepA() const { return strideA[rank - 1]; }
  int64_t stepB() const { return strideB[rank - 1]; }

  /// Calls row(out, a, b, length) for the pieces of rows that cover result
  /// elements [begin, end); out, a and b are offsets in elements.
  template <typename Row>
  void visit(int64_t begin, int64_t end, Row row) const {
    const int last = rank - 1;
    const int64_t inner = shape[last];
    int64_t index[QCRT_MAX_RANK + 1];
    int64_t rest = begin, a = 0, b = 0;
    for (int i = last; i >= 0; --i) {
      index[i] = rest % shape[i];
      rest /= shape[i];
      a += index[i] * strideA[i];
      b += index[i] * strideB[i];
    }
    while (begin < end) {
      int64_t length = std::min(end - begin, inner - index[last]);
      row(begin, a, b, length);
      begin += length;
      a -= index[last] * strideA[last];
      b -= index[last] * strideB[last];
      index[last] = 0;
      for (int i = last - 1; i >= 0; --i) {
        a += strideA[i];
        b += strideB[i];
        if (++index[i] < shape[i])
          break;
        a -= shape[i] * strideA[i];
        b -= shape[i] * strideB[i];
        index[i] = 0;
      }
    }
  }

private:
  int rank = 1;
  int64_t total = 1;
  int64_t shape[QCRT_MAX_RANK + 1] = {1};
  int64_t strideA[QCRT_MAX_RANK + 1] = {};
  int64_t strideB[QCRT_MAX_RANK + 1] = {};
};

} // namespace qcrt
#endif // QCRT_SRC_KERNELS_BROADCAST_H
