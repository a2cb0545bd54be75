// Convolution in which every output channel reads its own input channel only.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QCRT_COMPUTE_DEPTHWISECONV_H
#define QCRT_COMPUTE_DEPTHWISECONV_H

#include "SlidingGemm.h"

namespace qcrt::compute {

/// Runs a SlidingProblem of one phase whose groups are single channels.
class DepthwiseConv {
public:
  /// `weights` are [C, KH*KW, 1]; the phase of `problem` covers the output.
  DepthwiseConv(const SlidingProblem &problem, const Weights &weights,
                const Requant &requant, const Microkernels &kernels);

  /// Whether `problem` is one of these.
  static bool fits(const SlidingProblem &problem);

  size_t scratchBytes(int threads) const;
  void run(const void *input, void *output, void *scratch,
           ThreadPool &pool) const;

private:
  void packPlain(const Weights &weights);
  void runLine(int64_t line, const uint8_t *input, uint8_t *output,
               uint8_t *scratch) const;
  void findTaps(const uint8_t *image, int64_t y, int64_t firstX, int pixels,
                const void **taps) const;
  size_t tapBytes() const;
  size_t accBytes() const;

  SlidingProblem problem;
  const Microkernels &kernels;
  RequantPlan requant;
  bool wide = false; ///< 64-bit accumulators
  int64_t accStride = 0;
  int pixelsAtOnce = 1;
  int numTaps = 0;
  Buffer<uint8_t> weightBytes;
  Buffer<int32_t> init;
  Buffer<int64_t> wideInit;
  Buffer<uint8_t> outside; ///< one pixel of zero points
};

} // namespace qcrt::compute

#endif // QCRT_COMPUTE_DEPTHWISECONV_H
