// A segment tree over the steps at which buffers live.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "LiveIndex.h"

#include <algorithm>

namespace qc {

LiveIndex::LiveIndex(const std::vector<LiveBuffer> &buffers)
    : buffers(buffers) {
  for (const LiveBuffer &buffer : buffers) {
    steps.push_back(buffer.first);
    steps.push_back(buffer.last);
  }
  std::sort(steps.begin(), steps.end());
  steps.erase(std::unique(steps.begin(), steps.end()), steps.end());
  while (leaves < steps.size())
    leaves *= 2;
  covering.resize(2 * leaves);
  beginning.resize(steps.size());
}

size_t LiveIndex::getPosition(int64_t step) const {
  return std::lower_bound(steps.begin(), steps.end(), step) - steps.begin();
}

void LiveIndex::insert(size_t index) {
  size_t first = getPosition(buffers[index].first);
  beginning[first].push_back(index);
  size_t low = first + leaves;
  size_t high = getPosition(buffers[index].last) + leaves + 1;
  for (; low < high; low /= 2, high /= 2) {
    if (low % 2 == 1)
      covering[low++].push_back(index);
    if (high % 2 == 1)
      covering[--high].push_back(index);
  }
}

} // namespace qc
