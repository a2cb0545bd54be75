// Brings the activations under a sliding window into the rows of a panel.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QCRT_COMPUTE_GATHER_H
#define QCRT_COMPUTE_GATHER_H

#include <cstddef>
#include <cstdint>
#include <vector>

namespace qcrt::compute {

/// How elements change on the way into the panel.
enum class PanelCopy : uint8_t {
  Bytes,   ///< uint8 unchanged
  Flipped, ///< int8 to uint8 + 128
  Words,   ///< int16 unchanged
  WidenI8, ///< int8 to int16
  WidenU8, ///< uint8 to int16
};

/// Neighbouring pixels of one input line, copied in one go.
struct TapRun {
  int64_t dy, dx; ///< offset of the first pixel from the window's position
  int64_t pixels;
};

/// A grid of windows over an NHWC tensor. Window (n, i, j) stands at pixel
/// (i * stepY, j * stepX) of image n; its row of the panel holds `channels`
/// elements of each pixel of each run, in order. Pixels outside the image read
/// as `fill`.
struct GatherPlan {
  PanelCopy copy = PanelCopy::Bytes;
  int64_t height = 0, width = 0;
  ptrdiff_t pixelElements = 0; ///< channels of the whole tensor
  int64_t channels = 0;        ///< channels taken
  int64_t gridHeight = 0, gridWidth = 0;
  int64_t stepY = 1, stepX = 1;
  std::vector<TapRun> runs;
  int32_t fill = 0; ///< in stored units of the tensor

  size_t sourceBytes() const { return copy == PanelCopy::Words ? 2 : 1; }
  size_t panelBytes() const {
    return copy == PanelCopy::Bytes || copy == PanelCopy::Flipped ? 1 : 2;
  }
};

/// The windows [first, first + rows) in the order (n, i, j).
struct GatherRows {
  const uint8_t *input; ///< the tensor, at the first channel taken
  int64_t first;
  int64_t rows;
  uint8_t *panel;
  ptrdiff_t rowStride; ///< bytes
};

} // namespace qcrt::compute

#endif // QCRT_COMPUTE_GATHER_H
