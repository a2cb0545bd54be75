// Where the windows of pooling lie over an image.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QCRT_SRC_KERNELS_WINDOW_H
#define QCRT_SRC_KERNELS_WINDOW_H

#include "Kernel.h"

#include <cstdint>
#include <vector>

namespace qcrt {

/// The taps of each result position along one dimension.
struct WindowSpan {
  int64_t first;    ///< input index of the first tap inside the input
  int64_t taps;     ///< taps inside the input, at least 1
  int64_t inPadded; ///< taps inside the input with its padding
};

/// Windows over the two image dimensions of an NHWC tensor.
struct Window {
  int64_t dilation[2] = {1, 1};
  std::vector<WindowSpan> spans[2]; ///< rows, columns of the result

  /// Reads kernel, strides, pads (top, left, bottom, right) and dilations
  /// (default 1), checks shapes. Every window must touch the input.
  bool read(PrepareContext &context);
};

} // namespace qcrt
#endif // QCRT_SRC_KERNELS_WINDOW_H
