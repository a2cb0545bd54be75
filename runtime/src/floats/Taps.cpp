// Which elements of an image meet which elements of a result.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Taps.h"

#include <algorithm>

using namespace qcrt;

bool SlidingShape::read(PrepareContext &context, const int64_t *sizes) {
  const TensorView &x = context.inputs[0], &y = context.outputs[0];
  if (x.rank != 3 && x.rank != 4)
    return context.refuse("tensor '" + std::string(x.name) + "' has rank " +
                          std::to_string(x.rank) +
                          ", expected a batch of images or of lines (4 or 3)");
  if (!context.expectRank(y, x.rank) || !context.expectMappable(x) ||
      !context.expectMappable(y))
    return false;
  const size_t rank = static_cast<size_t>(x.rank - 2);
  Attributes &attributes = context.attributes;
  auto steps = attributes.integers("strides", rank, 1, maxExtent);
  auto pads = attributes.integers("pads", 2 * rank, 0, maxExtent);
  auto apart = attributes.integers("dilations", rank, 1, maxExtent);
  if (context.failed())
    return false;
  if (x.shape[0] != y.shape[0])
    return context.refuse("input and result differ in the batch");
  for (size_t i = 0; i < rank; ++i) {
    const size_t d = i + 2 - rank;
    in[d] = x.shape[2 + i];
    out[d] = y.shape[2 + i];
    kernel[d] = sizes[i];
    strides[d] = steps[i];
    begins[d] = pads[i];
    ends[d] = pads[rank + i];
    dilations[d] = apart[i];
    if (kernel[d] < 1 || kernel[d] > maxKernel)
      return context.refuse("a kernel of size " + std::to_string(kernel[d]) +
                            " is not supported");
  }
  return true;
}

/// Smallest i >= 0 with start + i * step >= bound.
static int64_t stepsTo(int64_t start, int64_t step, int64_t bound) {
  return start >= bound ? 0 : (bound - start + step - 1) / step;
}

std::vector<TapRange> SlidingShape::reading(int d) const {
  std::vector<TapRange> ranges;
  for (int64_t k = 0; k < kernel[d]; ++k) {
    const int64_t start = k * dilations[d] - begins[d];
    const int64_t first = stepsTo(start, strides[d], 0);
    const int64_t last = std::min(out[d], stepsTo(start, strides[d], in[d]));
    ranges.push_back({first, std::max<int64_t>(0, last - first), 1,
                      start + first * strides[d], strides[d]});
  }
  return ranges;
}

std::vector<TapRange> SlidingShape::laying(int d) const {
  std::vector<TapRange> ranges;
  for (int64_t k = 0; k < kernel[d]; ++k) {
    const int64_t start = k * dilations[d] - begins[d];
    const int64_t first = stepsTo(start, strides[d], 0);
    const int64_t last = std::min(in[d], stepsTo(start, strides[d], out[d]));
    ranges.push_back({start + first * strides[d],
                      std::max<int64_t>(0, last - first), strides[d], first,
                      1});
  }
  return ranges;
}
