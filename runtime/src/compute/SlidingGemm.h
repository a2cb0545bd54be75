// Convolution, transposed convolution and fully connected layers as matrix
// products.
//
// The output is a set of grids (phases). Within a phase every output reads the
// same window relative to its place, so that gathering windows into the rows of
// a panel turns the phase into activations × weights. A convolution has one
// phase; a transposed convolution has one per position within its stride.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QCRT_COMPUTE_SLIDINGGEMM_H
#define QCRT_COMPUTE_SLIDINGGEMM_H

#include "Gather.h"
#include "Requant.h"
#include "Weights.h"

#include <cstdint>
#include <vector>

namespace qcrt::compute {

/// NHWC shapes and what they hold.
struct SlidingShape {
  int64_t batch = 1;
  int64_t inHeight = 1, inWidth = 1, inChannels = 1;
  int64_t outHeight = 1, outWidth = 1, outChannels = 1;
  int64_t groups = 1;
};

/// One tap of a window: where it reads, and which kernel position it is.
struct SlidingTap {
  int64_t dy, dx;
  int64_t kernelPosition; ///< kh * KW + kw
};

/// Outputs (firstY + i * strideY, firstX + j * strideX) of a grid; their window
/// stands at input (i * stepY, j * stepX).
struct SlidingPhase {
  int64_t firstY = 0, firstX = 0;
  int64_t strideY = 1, strideX = 1;
  int64_t gridHeight = 1, gridWidth = 1;
  int64_t stepY = 1, stepX = 1;
  std::vector<SlidingTap> taps;
};

struct SlidingProblem {
  SlidingShape shape;
  ActivationRange input;
  qcrt_dtype outputType = QCRT_I8;
  std::vector<SlidingPhase> phases;
};

class SlidingGemm {
public:
  /// `weights` are [O, KH*KW, C/groups].
  SlidingGemm(const SlidingProblem &problem, const Weights &weights,
              const Requant &requant, const Microkernels &kernels);

  size_t scratchBytes(int threads) const;
  void run(const void *input, void *output, void *scratch,
           ThreadPool &pool) const;

private:
  struct Phase {
    SlidingPhase grid;
    GatherPlan gather;
    std::vector<PackedMatrix> matrices; ///< one per group
    Buffer<int32_t> init;               ///< [group][padded columns]
    Buffer<int64_t> wideInit;
    int64_t reduction = 0;
    /// Rows are read where they are: the window is one whole pixel.
    bool direct = false;
    /// All windows of a phase follow each other in input and output.
    bool contiguous = false;
    int64_t panelStride = 0; ///< bytes
    int64_t blockRows = 0;   ///< most rows of one panel
  };
  /// One share of the work: some rows and columns of one group of a phase.
  struct Share {
    const Phase *phase;
    int64_t group;
    int64_t firstRow, rows; ///< of the grid, in the order (n, i, j)
    int64_t firstBlock, lastBlock;
  };
  struct Cut {
    int64_t blocks, rowsPerBlock, columnShares;
  };
  struct Scratch {
    uint8_t *panel;
    int32_t *acc;
    int64_t *wideAcc;
  };

  void preparePhase(const SlidingPhase &grid, const Weights &weights,
                    Phase &phase);
  void packPhase(const Weights &weights, Phase &phase);
  Cut cutOf(const Phase &phase, int threads) const;
  int64_t sharesOf(const Phase &phase, const Cut &cut) const;
  Share shareAt(const Phase &phase, const Cut &cut, int64_t index) const;
  void runShare(const Share &share, const void *input, void *output,
                const Scratch &scratch) const;
  void runTile(const Share &share, const GemmTile &tile, int64_t firstVector,
               void *out, ptrdiff_t outStride, const Scratch &scratch) const;
  void runWideTile(const Share &share, GemmTile tile, int64_t firstVector,
                   const Scratch &scratch) const;
  size_t panelBytes() const;
  size_t workerBytes() const;

  SlidingProblem problem;
  const Microkernels &kernels;
  GemmFormat format;
  RequantPlan requant;
  ColumnBlocks columns;      ///< of one group
  int64_t groupColumns = 0;  ///< output channels of one group
  int64_t groupChannels = 0; ///< input channels of one group
  std::vector<Phase> phases;
};

} // namespace qcrt::compute

#endif // QCRT_COMPUTE_SLIDINGGEMM_H
