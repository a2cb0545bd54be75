// The lower bound of all plans, and the check of one.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Schedule/MemoryPlan.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <numeric>

namespace qc {

uint64_t getLiveLowerBound(const std::vector<LiveBuffer> &buffers) {
  std::map<int64_t, int64_t> changes;
  for (const LiveBuffer &buffer : buffers) {
    changes[buffer.first] += static_cast<int64_t>(buffer.paddedBytes());
    changes[buffer.last + 1] -= static_cast<int64_t>(buffer.paddedBytes());
  }
  int64_t live = 0, most = 0;
  for (const auto &change : changes) {
    live += change.second;
    most = std::max(most, live);
  }
  return static_cast<uint64_t>(most);
}

//===----------------------------------------------------------------------===//
// Verification
//===----------------------------------------------------------------------===//

static Status checkPlacement(size_t index, const LiveBuffer &buffer,
                             uint64_t offset, uint64_t arena) {
  if (offset % buffer.alignment != 0)
    return error("buffer ", index, " lies at offset ", offset,
                 ", which is no multiple of ", buffer.alignment);
  if (buffer.bytes > arena || offset > arena - buffer.bytes)
    return error("buffer ", index, " of ", buffer.bytes, " bytes at offset ",
                 offset, " reaches outside the arena of ", arena, " bytes");
  return ok();
}

namespace {
/// The buffers that are live at the moment, by offset. As they are disjoint, a
/// new one can collide with its two neighbours only.
class LiveSet {
public:
  LiveSet(const std::vector<LiveBuffer> &buffers, const MemoryPlan &plan)
      : buffers(buffers), plan(plan) {}

  Status insert(size_t index) {
    auto next = byOffset.lower_bound(plan.offsets[index]);
    if (next != byOffset.end() && end(index) > next->first)
      return collision(index, next->second);
    if (next != byOffset.begin())
      if (size_t before = std::prev(next)->second;
          end(before) > plan.offsets[index])
        return collision(index, before);
    byOffset.emplace(plan.offsets[index], index);
    return ok();
  }
  void erase(size_t index) { byOffset.erase(plan.offsets[index]); }

private:
  uint64_t end(size_t index) const {
    return plan.offsets[index] + buffers[index].bytes;
  }
  Status collision(size_t a, size_t b) const {
    return error("buffers ", std::min(a, b), " and ", std::max(a, b),
                 " share memory while both are live");
  }

  const std::vector<LiveBuffer> &buffers;
  const MemoryPlan &plan;
  std::map<uint64_t, size_t> byOffset;
};
} // namespace

Status verifyMemoryPlan(const std::vector<LiveBuffer> &buffers,
                        const MemoryPlan &plan) {
  if (plan.offsets.size() != buffers.size())
    return error("the plan has ", plan.offsets.size(), " offsets for ",
                 buffers.size(), " buffers");
  for (size_t i = 0; i < buffers.size(); ++i)
    if (Status status =
            checkPlacement(i, buffers[i], plan.offsets[i], plan.bytes);
        !status)
      return status;

  std::vector<size_t> births(buffers.size());
  std::iota(births.begin(), births.end(), size_t(0));
  std::sort(births.begin(), births.end(), [&](size_t a, size_t b) {
    return buffers[a].first != buffers[b].first
               ? buffers[a].first < buffers[b].first
               : a < b;
  });
  std::multimap<int64_t, size_t> deaths;
  LiveSet live(buffers, plan);
  for (size_t index : births) {
    while (!deaths.empty() && deaths.begin()->first < buffers[index].first) {
      live.erase(deaths.begin()->second);
      deaths.erase(deaths.begin());
    }
    if (Status status = live.insert(index); !status)
      return status;
    deaths.emplace(buffers[index].last, index);
  }
  return ok();
}

} // namespace qc
