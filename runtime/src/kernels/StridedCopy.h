// Copies elements from anywhere in a tensor into row-major order.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QCRT_SRC_KERNELS_STRIDEDCOPY_H
#define QCRT_SRC_KERNELS_STRIDEDCOPY_H

#include "ThreadPool.h"
#include "qcrt.h"

#include <cstddef>
#include <cstdint>

namespace qcrt {

/// out[i0, i1, ...] = in[base + i0 * stride0 + i1 * stride1 + ...]. Slices,
/// transposes and broadcasts are all of this kind.
class StridedCopy {
public:
  /// Strides in elements, of any sign, 0 repeats. Neighbouring dimensions that
  /// form one run are merged.
  StridedCopy() = default;
  StridedCopy(int rank, const int64_t *shape, const int64_t *strides,
              int64_t base, size_t elementSize);

  void run(const void *in, void *out, ThreadPool &pool) const;

private:
  template <typename T> void copy(const T *in, T *out, ThreadPool &pool) const;
  template <typename T>
  void copyTiles(const T *in, T *out, int64_t from, int64_t rows) const;
  template <typename T> void copyRow(const T *in, T *out, int64_t count) const;

  int rank = 1;
  int64_t shape[QCRT_MAX_RANK + 1] = {1};
  int64_t strides[QCRT_MAX_RANK + 1] = {};
  int64_t base = 0;
  int64_t rows = 1;
  size_t elementSize = 1;
};

} // namespace qcrt
#endif // QCRT_SRC_KERNELS_STRIDEDCOPY_H
