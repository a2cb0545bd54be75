// A tensor cut into others along an axis.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Parts.h"

using namespace qcrt;

bool Parts::read(PrepareContext &context, const TensorView &whole,
                 const char *name, const TensorView *parts, int count,
                 const char *names) {
  const int axis = context.attributes.axis(whole.rank);
  if (context.failed())
    return false;
  const size_t width = qcrt_dtype_size(whole.dtype);
  int64_t sum = 0;
  for (int i = 0; i < count; ++i) {
    const TensorView &part = parts[i];
    if (!context.expectSameParameters(part, whole) ||
        !context.expectRank(part, whole.rank))
      return false;
    for (int d = 0; d < whole.rank; ++d)
      if (d != axis && part.shape[d] != whole.shape[d])
        return context.refuse("tensor '" + std::string(part.name) +
                              "' differs from the " + name + " in dimension " +
                              std::to_string(d));
    offsets.push_back(rowBytes);
    widths.push_back(static_cast<size_t>(part.product(axis, part.rank)) *
                     width);
    rowBytes += widths.back();
    sum += part.shape[axis];
  }
  rows = whole.product(0, axis);
  return sum == whole.shape[axis] ||
         context.refuse("the " + std::string(names) + " have " +
                        std::to_string(sum) + " elements along the axis, but " +
                        "the " + name + " has " +
                        std::to_string(whole.shape[axis]));
}
