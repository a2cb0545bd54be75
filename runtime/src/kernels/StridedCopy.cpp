// Copies elements from anywhere in a tensor into row-major order.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "StridedCopy.h"

#include <algorithm>
#include <cstring>

using namespace qcrt;

StridedCopy::StridedCopy(int fullRank, const int64_t *fullShape,
                         const int64_t *fullStrides, int64_t base,
                         size_t elementSize)
    : rank(0), base(base), elementSize(elementSize) {
  for (int i = 0; i < fullRank; ++i) {
    if (fullShape[i] == 1)
      continue;
    if (rank > 0 && strides[rank - 1] == fullStrides[i] * fullShape[i]) {
      shape[rank - 1] *= fullShape[i];
      strides[rank - 1] = fullStrides[i];
      continue;
    }
    shape[rank] = fullShape[i];
    strides[rank] = fullStrides[i];
    ++rank;
  }
  // At least two dimensions, so that a row and the dimension above it exist.
  while (rank < 2) {
    shape[rank] = 1;
    strides[rank] = 0;
    if (rank == 1) { // keep the row last
      std::swap(shape[0], shape[1]);
      std::swap(strides[0], strides[1]);
    }
    ++rank;
  }
  for (int i = 0; i + 1 < rank; ++i)
    rows *= shape[i];
}

template <typename T>
void StridedCopy::copyRow(const T *in, T *out, int64_t count) const {
  const int64_t stride = strides[rank - 1];
  if (stride == 1)
    std::memcpy(out, in, static_cast<size_t>(count) * sizeof(T));
  else if (stride == 0)
    std::fill(out, out + count, *in);
  else
    for (int64_t i = 0; i < count; ++i)
      out[i] = in[i * stride];
}

/// Exchanges, for every second of the words, its lower parts with the upper
/// parts of the word `distance` further on.
static void exchange(uint64_t *words, int distance, int bits, uint64_t lower) {
  for (int i = 0; i < 8; ++i) {
    if (i & distance)
      continue;
    uint64_t moved = ((words[i] >> bits) ^ words[i + distance]) & lower;
    words[i + distance] ^= moved;
    words[i] ^= moved << bits;
  }
}

/// out[r * outStride + c] = in[c * inStride + r] for 8 by 8 bytes, in three
/// rounds of exchanges between words of little endian.
static void transposeBytes(const uint8_t *in, int64_t inStride, uint8_t *out,
                           int64_t outStride) {
  uint64_t words[8];
  for (int64_t c = 0; c < 8; ++c)
    std::memcpy(words + c, in + c * inStride, 8);
  exchange(words, 1, 8, 0x00ff00ff00ff00ffu);
  exchange(words, 2, 16, 0x0000ffff0000ffffu);
  exchange(words, 4, 32, 0x00000000ffffffffu);
  for (int64_t r = 0; r < 8; ++r)
    std::memcpy(out + r * outStride, words + r, 8);
}

/// Several rows at once, a strip of columns at a time, so that a transpose
/// touches each cache line of the source a few times in a row only.
template <typename T>
void StridedCopy::copyTiles(const T *in, T *out, int64_t from,
                            int64_t count) const {
  const int64_t columns = shape[rank - 1], strip = 32;
  const int64_t rowStep = strides[rank - 2], columnStep = strides[rank - 1];
  for (int64_t c = 0; c < columns; c += strip) {
    const int64_t last = std::min(columns, c + strip);
    int64_t r = 0;
    if constexpr (sizeof(T) == 1)
      for (; rowStep == 1 && last - c == strip && r + 8 <= count; r += 8)
        for (int64_t i = c; i < last; i += 8)
          transposeBytes(in + from + r + i * columnStep, columnStep,
                         out + r * columns + i, columns);
    for (; r < count; ++r) {
      const T *source = in + from + r * rowStep;
      T *target = out + r * columns;
      for (int64_t i = c; i < last; ++i)
        target[i] = source[i * columnStep];
    }
  }
}

template <typename T>
void StridedCopy::copy(const T *in, T *out, ThreadPool &pool) const {
  const int64_t columns = shape[rank - 1], group = shape[rank - 2];
  const bool tiles = strides[rank - 1] > 1;
  auto piece = [&](int64_t begin, int64_t end, int) {
    int64_t index[QCRT_MAX_RANK + 1];
    int64_t from = base, rest = begin;
    for (int i = rank - 2; i >= 0; --i) {
      index[i] = rest % shape[i];
      rest /= shape[i];
      from += index[i] * strides[i];
    }
    for (int64_t row = begin; row < end;) {
      // Up to a whole run of the dimension above the rows.
      int64_t count = std::min(end - row, group - index[rank - 2]);
      if (tiles)
        copyTiles(in, out + row * columns, from, count);
      else
        for (int64_t r = 0; r < count; ++r)
          copyRow(in + from + r * strides[rank - 2], out + (row + r) * columns,
                  columns);
      row += count;
      from -= index[rank - 2] * strides[rank - 2];
      index[rank - 2] = 0;
      for (int i = rank - 3; i >= 0; --i) {
        from += strides[i];
        if (++index[i] < shape[i])
          break;
        from -= shape[i] * strides[i];
        index[i] = 0;
      }
    }
  };
  const int64_t least = strides[rank - 1] == 1 ? 262144 : 65536;
  pool.parallelFor(rows, std::max<int64_t>(1, least / columns), piece);
}

void StridedCopy::run(const void *in, void *out, ThreadPool &pool) const {
  switch (elementSize) {
  case 1:
    return copy(static_cast<const uint8_t *>(in), static_cast<uint8_t *>(out),
                pool);
  case 2:
    return copy(static_cast<const uint16_t *>(in), static_cast<uint16_t *>(out),
                pool);
  case 4:
    return copy(static_cast<const uint32_t *>(in), static_cast<uint32_t *>(out),
                pool);
  default:
    return copy(static_cast<const uint64_t *>(in), static_cast<uint64_t *>(out),
                pool);
  }
}
