// Where the windows of pooling lie over an image.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Window.h"

#include <algorithm>

using namespace qcrt;

/// Smallest t >= 0 with start + t * step >= bound.
static int64_t stepsTo(int64_t start, int64_t step, int64_t bound) {
  return start >= bound ? 0 : (bound - start + step - 1) / step;
}

bool Window::read(PrepareContext &context) {
  if (!context.expectOperands(1, 1))
    return false;
  const TensorView &in = context.inputs[0], &out = context.outputs[0];
  const int64_t most = largestMappedDimension;
  Attributes &attributes = context.attributes;
  auto kernel = attributes.integers("kernel", 2, 1, most);
  auto strides = attributes.integers("strides", 2, 1, most);
  auto pads = attributes.integers("pads", 4, 0, most);
  std::vector<int64_t> dilations = {1, 1};
  if (attributes.has("dilations"))
    dilations = attributes.integers("dilations", 2, 1, most);
  if (context.failed() || !context.expectRank(in, 4) ||
      !context.expectRank(out, 4))
    return false;
  if (in.shape[0] != out.shape[0] || in.shape[3] != out.shape[3])
    return context.refuse("input and result differ in batch or channels");
  if (!context.expectMappable(in) || !context.expectMappable(out))
    return false;
  for (size_t d = 0; d < 2; ++d) {
    const int64_t size = in.shape[1 + d];
    dilation[d] = dilations[d];
    for (int64_t o = 0; o < out.shape[1 + d]; ++o) {
      int64_t start = o * strides[d] - pads[d];
      int64_t begin = stepsTo(start, dilation[d], 0);
      int64_t end = std::min(kernel[d], stepsTo(start, dilation[d], size));
      int64_t padded =
          std::min(kernel[d], stepsTo(start, dilation[d], size + pads[2 + d]));
      if (begin >= end)
        return context.refuse("the window of result position " +
                              std::to_string(o) + " in dimension " +
                              std::to_string(1 + d) +
                              " lies wholly in the padding");
      spans[d].push_back({start + begin * dilation[d], end - begin, padded});
    }
  }
  return true;
}
