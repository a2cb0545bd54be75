// What conv2d and deconv2d have in common: attributes, channels, weights.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QCRT_SRC_KERNELS_CONVOLUTION_H
#define QCRT_SRC_KERNELS_CONVOLUTION_H

#include "Kernel.h"
#include "Requant.h"
#include "compute/SlidingGemm.h"

#include <cstdint>
#include <vector>

namespace qcrt {

struct Convolution {
  /// Keeps every product of positions and sizes far inside 64 bits.
  static constexpr int64_t maxExtent = int64_t(1) << 24;

  std::vector<int64_t> strides, dilations; ///< along y and x
  std::vector<int64_t> pads;               ///< top, left, bottom, right
  int64_t group = 1;
  Requant requant;
  compute::Weights weights;

  /// Reads what there is but the weights, of operands x, w [O, KH, KW,
  /// C/group], bias and, maybe, factors of w, and checks everything but heights
  /// and widths. False with an error in the context.
  bool read(PrepareContext &context, int64_t maxStride);
  /// Reads the weights; after the heights and widths were checked.
  bool readWeights(PrepareContext &context);

  /// The problem without its phases.
  compute::SlidingProblem makeProblem(const PrepareContext &context) const;

private:
  bool checkChannels(PrepareContext &context) const;
};

} // namespace qcrt
#endif // QCRT_SRC_KERNELS_CONVOLUTION_H
