// Placing buffers as an allocator would, step by step.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "TimeOrder.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <queue>
#include <set>
#include <tuple>

namespace qc {

bool isVeryWide(const std::vector<LiveBuffer> &buffers) {
  constexpr uint64_t kMostPairs = uint64_t(1) << 22;
  std::vector<int64_t> births, deaths;
  for (const LiveBuffer &buffer : buffers) {
    births.push_back(buffer.first);
    deaths.push_back(buffer.last);
  }
  std::sort(births.begin(), births.end());
  std::sort(deaths.begin(), deaths.end());
  uint64_t pairs = 0;
  size_t dead = 0;
  for (size_t born = 0; born < births.size(); ++born) {
    while (deaths[dead] < births[born])
      ++dead;
    pairs += born - dead;
  }
  return pairs > kMostPairs;
}

namespace {
/// Stretches of the arena that nothing lies in; the arena grows where none is
/// long enough.
class FreeStretches {
public:
  uint64_t take(uint64_t bytes) {
    auto fitting = bySize.lower_bound({bytes, 0});
    if (fitting == bySize.end())
      return takeFromEnd(bytes);
    auto [size, offset] = *fitting;
    remove(byOffset.find(offset));
    if (size > bytes)
      add(offset + bytes, size - bytes);
    return offset;
  }

  void giveBack(uint64_t offset, uint64_t bytes) {
    auto next = byOffset.lower_bound(offset);
    if (next != byOffset.end() && next->first == offset + bytes) {
      bytes += next->second;
      next = remove(next);
    }
    if (next != byOffset.begin()) {
      auto before = std::prev(next);
      if (before->first + before->second == offset) {
        offset = before->first;
        bytes += before->second;
        remove(before);
      }
    }
    add(offset, bytes);
  }

  uint64_t getArenaBytes() const { return end; }

private:
  using Position = std::map<uint64_t, uint64_t>::iterator;

  uint64_t takeFromEnd(uint64_t bytes) {
    uint64_t offset = end;
    if (!byOffset.empty()) {
      auto last = std::prev(byOffset.end());
      if (last->first + last->second == end) {
        offset = last->first;
        remove(last);
      }
    }
    end = offset + bytes;
    return offset;
  }
  void add(uint64_t offset, uint64_t bytes) {
    byOffset.emplace(offset, bytes);
    bySize.emplace(bytes, offset);
  }
  Position remove(Position stretch) {
    bySize.erase({stretch->second, stretch->first});
    return byOffset.erase(stretch);
  }

  std::map<uint64_t, uint64_t> byOffset;
  std::set<std::pair<uint64_t, uint64_t>> bySize;
  uint64_t end = 0;
};
} // namespace

MemoryPlan placeByTime(const std::vector<LiveBuffer> &buffers) {
  // All in units of one alignment, so that any stretch suits any buffer.
  uint64_t unit = 1;
  for (const LiveBuffer &buffer : buffers)
    unit = std::max(unit, buffer.alignment);
  auto sizeOf = [&](size_t index) {
    return (buffers[index].bytes + unit - 1) / unit * unit;
  };
  std::vector<size_t> order(buffers.size());
  std::iota(order.begin(), order.end(), size_t(0));
  // Of those that begin together the larger ones, then the longer-lived ones.
  auto rank = [&](size_t index) {
    return std::tuple(buffers[index].first, ~sizeOf(index),
                      -buffers[index].last, index);
  };
  std::sort(order.begin(), order.end(),
            [&](size_t a, size_t b) { return rank(a) < rank(b); });

  MemoryPlan plan;
  plan.offsets.resize(buffers.size());
  FreeStretches free;
  using Death = std::pair<int64_t, size_t>;
  std::priority_queue<Death, std::vector<Death>, std::greater<Death>> deaths;
  for (size_t index : order) {
    for (; !deaths.empty() && deaths.top().first < buffers[index].first;
         deaths.pop())
      free.giveBack(plan.offsets[deaths.top().second],
                    sizeOf(deaths.top().second));
    plan.offsets[index] = free.take(sizeOf(index));
    deaths.push({buffers[index].last, index});
  }
  plan.bytes = free.getArenaBytes();
  return plan;
}

} // namespace qc
