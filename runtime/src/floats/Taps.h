// Which elements of an image meet which elements of a result, for one tap of a
// kernel that slides over them.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QCRT_SRC_FLOATS_TAPS_H
#define QCRT_SRC_FLOATS_TAPS_H

#include "Kernel.h"

#include <cstdint>
#include <vector>

namespace qcrt {

/// Along one dimension, result firstOut + i * outStep meets input
/// firstIn + i * inStep, for i below count.
struct TapRange {
  int64_t firstOut = 0, count = 0, outStep = 1, firstIn = 0, inStep = 1;

  /// The input of a result, -1 if there is none.
  int64_t inputOf(int64_t out) const {
    const int64_t distance = out - firstOut;
    if (distance < 0 || distance % outStep || distance / outStep >= count)
      return -1;
    return firstIn + distance / outStep * inStep;
  }
};

/// The one or two spatial dimensions of an [N, C, d...] image, with a kernel
/// over them; one dimension is an image of one row.
struct SlidingShape {
  int64_t in[2] = {1, 1}, out[2] = {1, 1}, kernel[2] = {1, 1};
  int64_t strides[2] = {1, 1}, dilations[2] = {1, 1};
  int64_t begins[2] = {0, 0}, ends[2] = {0, 0}; ///< padding

  /// Keeps every product of positions and sizes far inside 64 bits.
  static constexpr int64_t maxExtent = int64_t(1) << 24;
  /// There is a table with an entry for each tap.
  static constexpr int64_t maxKernel = int64_t(1) << 16;

  int64_t taps() const { return kernel[0] * kernel[1]; }
  int64_t inPixels() const { return in[0] * in[1]; }
  int64_t outPixels() const { return out[0] * out[1]; }

  /// Reads strides, pads and dilations of a kernel of the sizes `sizes`, one a
  /// spatial dimension, and checks that input and result are such images of
  /// one batch. False with an error in the context.
  bool read(PrepareContext &context, const int64_t *sizes);

  /// The taps of the window dimension d, for a kernel that reads the input
  /// where it lies (convolution, pooling), or one that lays its taps over the
  /// result (deconvolution).
  std::vector<TapRange> reading(int d) const;
  std::vector<TapRange> laying(int d) const;
};

} // namespace qcrt
#endif // QCRT_SRC_FLOATS_TAPS_H
