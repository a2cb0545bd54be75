// The inner loops that exist once per instruction set, behind one table of functions.
//
// Everything above this table (packing, tiling, threads) is written once. Every
// function computes exact integers, so that the tables are interchangeable.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QCRT_COMPUTE_MICROKERNELS_H
#define QCRT_COMPUTE_MICROKERNELS_H

#include "Isa.h"
#include "RequantPlan.h"

#include <cstddef>
#include <cstdint>

namespace qcrt::compute {

/// How the reduction dimension is stored: in groups of four bytes, either four
/// unsigned activation bytes (against signed weight bytes) or two int16.
enum class PanelKind : uint8_t { BytesU8S8, PairsS16 };

inline int elementsPerGroup(PanelKind kind) {
  return kind == PanelKind::BytesU8S8 ? 4 : 2;
}

/// One call of the matrix kernel: a tile of `rows` × `vectors * lanes` results.
///
///   acc[r][c] = init[c] + sum over k of a[r][k] * b[k][c]   (modulo 2^32)
///
/// Weights are stored as [vector][group][lane][4 bytes].
struct GemmTile {
  const uint8_t *a;       ///< first row of the activations
  ptrdiff_t rowStride;    ///< bytes from one row of `a` to the next
  const uint8_t *b;       ///< first weight vector
  ptrdiff_t vectorStride; ///< bytes from one weight vector to the next
  int64_t groups;         ///< groups of four bytes in the reduction
  const int32_t *init;    ///< `vectors * lanes` start values
  int32_t *acc;           ///< result, `rows` × `vectors * lanes`, contiguous
  int rows;
  int vectors;
};

/// One run of the depthwise kernel: a row of `pixels` results of all channels.
struct DepthwiseRow {
  /// `pixels * taps` addresses, each of `channels` activations.
  const void *const *taps;
  int numTaps;
  int pixels;
  int64_t channels;
  const void *weights;  ///< packed by Microkernels::packDepthwise
  const int32_t *init;  ///< one start value per channel (depthwise order)
  int32_t *acc;         ///< `pixels` × `accStride`
  ptrdiff_t accStride;
};

/// The element type of activations as the depthwise kernels see it.
enum class DepthwiseInput : uint8_t { I8, U8, I16 };

constexpr int maxTileRows = 16;
constexpr int maxTileVectors = 4;

struct Microkernels {
  Isa isa;
  /// Columns of one weight vector.
  int lanes;
  /// Whether 8-bit operands multiply as BytesU8S8; otherwise they are widened to int16 pairs.
  bool byteDot;
  /// Largest number of vectors of one tile, and of rows for each number of vectors.
  int tileVectors;
  int tileRows[maxTileVectors + 1];

  void (*gemm)(PanelKind kind, const GemmTile &tile);

  /// dst[i] = src[i] ^ flip; used to turn int8 into uint8 + 128.
  void (*copyFlipped)(uint8_t *dst, const uint8_t *src, size_t count, uint8_t flip);

  void (*requantize)(const RequantPlan &plan, const RequantTile &tile);
};

/// The table of `isa`, which must be one of supportedIsas().
const Microkernels &microkernels(Isa isa);

} // namespace qcrt::compute

#endif // QCRT_COMPUTE_MICROKERNELS_H
