// Depthwise convolution of bytes by dot products of four input rows at once.
//
// For one output line and 64 channels, four input rows are interleaved column
// by column, so that a group of four bytes holds four vertical taps of one
// channel. Every output is then one dot product per kernel column, and lines
// whose windows fit the same four rows share the columns. A rest of
// at most 32 (16) channels is filled up with channels of the second half
// (other quarters) of the line.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QCRT_COMPUTE_DEPTHWISEBYTES_H
#define QCRT_COMPUTE_DEPTHWISEBYTES_H

#include "SlidingGemm.h"

namespace qcrt::compute {

/// Runs what DepthwiseConv::fits accepts, for 8-bit operands.
class DepthwiseBytes {
public:
  DepthwiseBytes(const SlidingProblem &problem, const Weights &weights,
                 const Requant &requant, const Microkernels &kernels);

  /// Whether the instruction set and the values allow it.
  static bool fits(const SlidingProblem &problem, const Weights &weights,
                   const Microkernels &kernels);

  size_t scratchBytes(int threads) const;
  void run(const void *input, void *output, void *scratch,
           ThreadPool &pool) const;

private:
  /// 64 positions of the kernels: `pieces` times `channels` channels, each
  /// piece with its own `pieceWidth` pixels of the line.
  struct Block {
    int64_t firstChannel = 0;
    int channels = 0;
    int pieces = 1;
    int64_t pieceWidth = 0;
    RequantPlan requant;
    /// [line of the group][kernel column][row group][64][4]
    Buffer<uint8_t> weights;
    Buffer<int32_t> init;
  };

  Block makeBlock(int64_t firstChannel, const Weights &weights,
                  const Requant &requant,
                  const std::vector<uint64_t> &bounds) const;
  void setWeights(Block &block, const Weights &weights, int position,
                  int64_t channel) const;
  void runLines(const Block &block, int64_t image, int64_t firstLine,
                const uint8_t *input, uint8_t *output, uint8_t *scratch) const;
  void interleave(const Block &block, int64_t line, const uint8_t *image,
                  uint8_t *columns) const;
  void store(const Block &block, int64_t firstPixel, int pixels,
             const int32_t *acc, uint8_t *line, uint8_t *bytes) const;
  int64_t columnsOf(const Block &block) const;
  size_t workerBytes() const;

  SlidingProblem problem;
  const Microkernels &kernels;
  int64_t kernelHeight = 1, kernelWidth = 1;
  int64_t dilationY = 1, dilationX = 1, firstDy = 0, firstDx = 0;
  int64_t rowGroups = 1;
  int64_t linesAtOnce = 1;
  std::vector<Block> blocks;
  Buffer<uint8_t> outside; ///< one pixel of zero points
};

} // namespace qcrt::compute

#endif // QCRT_COMPUTE_DEPTHWISEBYTES_H
