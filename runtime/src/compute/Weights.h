// Constant weights read into plain integers, their bounds, and the packed form
// of the matrix kernels.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QCRT_COMPUTE_WEIGHTS_H
#define QCRT_COMPUTE_WEIGHTS_H

#include "Buffer.h"
#include "Kernel.h"
#include "Microkernels.h"

#include <algorithm>
#include <cstdint>
#include <vector>

namespace qcrt::compute {

/// Zero point and value range of activations.
struct ActivationRange {
  qcrt_dtype type = QCRT_I8;
  int32_t zeroPoint = 0;

  int64_t lowest() const {
    return type == QCRT_U8 ? 0 : type == QCRT_I8 ? -128 : -32768;
  }
  int64_t highest() const {
    return type == QCRT_U8 ? 255 : type == QCRT_I8 ? 127 : 32767;
  }
  /// Largest |x - zeroPoint| and |x|.
  uint64_t maxCentered() const;
  uint64_t maxStored() const;
};

/// Weights of one operation, outputs first: value[o * reduction + k], with the
/// zero point already subtracted, and the bias.
struct Weights {
  int64_t outputs = 0, reduction = 0;
  std::vector<int16_t> values;
  std::vector<int64_t> bias;
  int32_t lowest = 0, highest = 0;
  /// Per output: sum of |w|.
  std::vector<uint64_t> magnitudes;

  const int16_t *row(int64_t output) const {
    return values.data() + output * reduction;
  }
  int32_t at(int64_t output, int64_t k) const { return row(output)[k]; }
  /// Fills in lowest, highest and magnitudes from values.
  void measure();
  /// Per output: |bias| + sum |w| * max |x - z|, the largest accumulator.
  std::vector<uint64_t> accumulatorBounds(const ActivationRange &range) const;
  /// Whether every partial sum of stored values, in any order, fits int32.
  bool partialSumsFit32(const ActivationRange &range) const;
  bool fitInt8() const { return lowest >= -128 && highest <= 127; }
  uint64_t largest() const {
    return static_cast<uint64_t>(std::max(highest, -lowest));
  }
};

/// Reads weights [O, ...] (4, 8 or 16 bits) and bias [O] (i32 or i64) from
/// constants; `factors`, where there are any, are those of groups along the
/// last dimension of the weights: [O, ..., groups] of i8, from 1 on. False with
/// an error in the context.
bool readWeights(PrepareContext &context, const TensorView &weight,
                 const TensorView &bias, const TensorView *factors,
                 Weights &weights);

/// How one operation multiplies: chosen once from types and bounds.
struct GemmFormat {
  PanelKind kind = PanelKind::PairsS16;
  /// 2 if weights are split into w = high * 256 + low, both within int16 and
  /// small enough that a useful piece of the reduction fits 32 bits.
  int planes = 1;
  /// 64-bit accumulators.
  bool wide = false;
  /// Groups whose partial sums fit 32 bits (the whole reduction if not wide).
  int64_t chunkGroups = 0;

  int64_t groupsOf(int64_t reduction) const {
    return (reduction + elementsPerGroup(kind) - 1) / elementsPerGroup(kind);
  }
};

/// `bytes` says whether byte activations and weights are to be used,
/// `maxWeight` and `maxStored` are the largest magnitudes in panel units.
GemmFormat chooseFormat(bool bytes, bool wide, uint64_t maxWeight,
                        uint64_t maxStored);

/// Column blocks of at most `tileVectors` vectors, as equal as possible.
struct ColumnBlocks {
  int64_t vectors = 0;
  int64_t blocks = 0;
  int64_t firstVector(int64_t block) const { return vectors * block / blocks; }
  static ColumnBlocks of(int64_t columns, const Microkernels &kernels);
};

/// Packed weights of one matrix: [plane], then as GemmTile says.
class PackedMatrix {
public:
  PackedMatrix() = default;
  PackedMatrix(const GemmFormat &format, const Microkernels &kernels,
               int64_t columns, int64_t reduction);

  /// Sets `count` weights of column `column` from position `k` of the reduction
  /// on; returns their sum.
  int64_t set(int64_t column, int64_t k, const int16_t *values, int64_t count);

  const uint8_t *vector(int plane, int64_t index) const {
    return bytes.data() + plane * planeStride + index * vectorStride;
  }
  int64_t groups = 0;
  ptrdiff_t vectorStride = 0;
  ptrdiff_t planeStride = 0;

private:
  GemmFormat format;
  GroupLayout layout = {};
  int lanes = 0;
  Buffer<uint8_t> bytes;
};

} // namespace qcrt::compute

#endif // QCRT_COMPUTE_WEIGHTS_H
