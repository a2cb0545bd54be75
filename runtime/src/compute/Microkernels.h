// The inner loops that exist once per instruction set, behind one table of
// functions.
//
// Everything above this table (packing, tiling, threads) is written once. Every
// function computes exact integers, so that the tables are interchangeable.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QCRT_COMPUTE_MICROKERNELS_H
#define QCRT_COMPUTE_MICROKERNELS_H

#include "Gather.h"
#include "Isa.h"
#include "RequantPlan.h"

#include <cstddef>
#include <cstdint>

namespace qcrt::compute {

/// How the reduction dimension is stored: in groups of four bytes, either four
/// unsigned activation bytes (against signed weight bytes) or two int16.
enum class PanelKind : uint8_t { BytesU8S8, PairsS16 };

constexpr int groupBytes = 4;
inline int elementsPerGroup(PanelKind kind) {
  return kind == PanelKind::BytesU8S8 ? 4 : 2;
}

/// One call of the matrix kernel: a tile of `rows` × `vectors * lanes` results.
///
///   acc[r][c] = init[c] + sum over k of a[r][k] * b[k][c]   (modulo 2^32)
///
/// Weights are stored as [vector][group][lane][4 bytes], or, with splitPairs,
/// as [vector][group][2][lane] int16.
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

/// One call of a depthwise kernel: `pixels` results of all channels.
///
///   acc[p][c] = init[c] + sum over t of taps[p * numTaps + t][c] *
///   weight[t][c]
struct DepthwiseRow {
  /// `pixels * numTaps` addresses, each of `channels` activations.
  const void *const *taps;
  int numTaps;
  int pixels;
  int64_t channels;
  const void *weights;
  const void *init;    ///< one start value per column
  void *acc;           ///< `pixels` × `accStride`
  ptrdiff_t accStride; ///< elements
};

/// Interleaves up to four input rows of a line, column by column:
/// out[column][position][r] = rows[r][column][interleavedChannel(position)].
/// Piece p of the 64 positions is taken `p * pieceColumns` columns further on.
struct InterleaveColumns {
  const uint8_t *rows[4]; ///< column 0 of the image; null outside of it
  int numRows;
  const uint8_t *outside; ///< what columns and rows outside read, 64 bytes
  ptrdiff_t pixelBytes;
  int64_t width;       ///< of the image
  int64_t firstColumn; ///< may be negative
  int64_t columns;
  int64_t pieceColumns;
  int pieces;   ///< 1, 2 or 4
  int channels; ///< of one piece, at most 64 / pieces
  uint8_t flip; ///< as in copyFlipped
  uint8_t *out; ///< aligned to 64 bytes
  ptrdiff_t outStride;
};

/// Dot products over interleaved columns, 64 positions at once:
/// acc[p][i] = init[i] + sum over kernel columns and rows.
struct DepthwiseDots {
  const uint8_t *columns; ///< first column of the first pixel
  ptrdiff_t columnStride; ///< bytes; holds rowGroups times 256 of them
  int64_t stepColumns;    ///< from one pixel to the next
  int64_t tapColumns;     ///< from one kernel column to the next
  int kernelWidth;
  int rowGroups;
  const uint8_t *weights; ///< [kernelWidth][rowGroups][64][4]
  const int32_t *init;
  int pixels;
  int32_t *acc; ///< [pixels][64]
};

/// Rows of a panel of activations.
struct PanelRows {
  const uint8_t *first;
  ptrdiff_t stride; ///< bytes
  int64_t count;
  int64_t elements;
};

/// One weight vector of a packed matrix, made of columns of activations.
struct PackVector {
  qcrt_dtype type;
  const void *from;      ///< first element of the first column
  int64_t columnStep;    ///< elements
  int64_t reductionStep; ///< elements
  int64_t columns;       ///< 1 to lanes
  int64_t reduction;
  int32_t offset; ///< added to every element; 0 or -128
  PanelKind kind;
  int planes;
  uint8_t *to;
  ptrdiff_t planeStride; ///< bytes
};

constexpr int maxTileVectors = 4;
constexpr int maxTileRows = 12;

struct Microkernels {
  Isa isa;
  /// Columns of one weight vector.
  int lanes;
  /// Whether 8-bit operands multiply as BytesU8S8; else they are widened to
  /// PairsS16.
  bool byteDot;
  /// Layout of int16 weights, see GemmTile.
  bool splitPairs;
  /// Largest number of vectors of one tile, and of rows per number of vectors.
  int tileVectors;
  int tileRows[maxTileVectors + 1];

  void (*gemmBytes)(const GemmTile &tile);
  void (*gemmPairs)(const GemmTile &tile);

  /// dst[i] = src[i] ^ flip; turns int8 into uint8 + 128 with flip 0x80.
  void (*copyFlipped)(uint8_t *dst, const uint8_t *src, size_t count,
                      uint8_t flip);

  /// Copies `count` elements as `copy` (one that widens) says.
  void (*copyWidened)(uint8_t *dst, const uint8_t *src, size_t count,
                      PanelCopy copy);

  void (*gather)(const GatherPlan &plan, const GatherRows &rows);

  void (*requantize)(const RequantPlan &plan, const RequantTile &tile);
  void (*requantizeWide)(const RequantPlan &plan, const WideRequantTile &tile);
  /// sums[i] += acc[i] << shift, shift being 0 or 8.
  void (*accumulateWide)(int64_t *sums, const int32_t *acc, int count,
                         int shift);

  /// What products of two activation tensors need beside gemm.
  void (*packVector)(const PackVector &job);
  void (*rowSums)(PanelKind kind, const PanelRows &rows, int64_t *sums);
  /// Adds terms[r] to every column of row r, modulo 2^32.
  void (*addRowTerms)(int32_t *acc, int width, int rows, const int64_t *terms);

  /// The two steps of a depthwise convolution of bytes; null if there are none.
  void (*interleaveColumns)(const InterleaveColumns &job);
  void (*depthwiseDots)(const DepthwiseDots &job);
  /// Plain order, weights int16 [numTaps][channels], 32-bit accumulators.
  void (*depthwise)(const DepthwiseRow &row, qcrt_dtype type);
};

/// Where one weight lies inside its group of a vector.
struct GroupLayout {
  int laneStride, elementStride; ///< bytes

  static GroupLayout of(PanelKind kind, const Microkernels &kernels) {
    if (kind == PanelKind::BytesU8S8)
      return {groupBytes, 1};
    return kernels.splitPairs ? GroupLayout{2, 2 * kernels.lanes}
                              : GroupLayout{groupBytes, 2};
  }
};

/// The table of `isa`, which must be one of supportedIsas().
const Microkernels &microkernels(Isa isa);

/// int16 activations with 64-bit accumulators; weights int16
/// [numTaps][channels].
void depthwiseWide(const DepthwiseRow &row);

extern const Microkernels portableMicrokernels;
#if QCRT_HAS_X86_KERNELS
extern const Microkernels avx2Microkernels;
extern const Microkernels avx512Microkernels;
#endif

} // namespace qcrt::compute

#endif // QCRT_COMPUTE_MICROKERNELS_H
