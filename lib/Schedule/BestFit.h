// Placing one buffer after the other; what the greedy planners share.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_LIB_SCHEDULE_BESTFIT_H
#define QC_LIB_SCHEDULE_BESTFIT_H

#include "LiveIndex.h"

namespace qc {

/// Places each buffer into the smallest gap among those that are live with it,
/// else behind them.
class BestFit {
public:
  explicit BestFit(const std::vector<LiveBuffer> &buffers)
      : buffers(buffers), index(buffers) {
    plan.offsets.resize(buffers.size());
  }

  void place(size_t which);
  MemoryPlan take() { return std::move(plan); }

private:
  std::vector<size_t> findOverlapping(const LiveBuffer &buffer) const;
  uint64_t findOffset(size_t which) const;

  const std::vector<LiveBuffer> &buffers;
  MemoryPlan plan;
  /// Of those that are placed.
  LiveIndex index;
  /// Indices of placed buffers, by offset.
  std::vector<size_t> placed;
};

/// The plan of placing buffers in `order`, which names each once.
MemoryPlan placeInOrder(const std::vector<LiveBuffer> &buffers,
                        const std::vector<size_t> &order);

} // namespace qc

#endif // QC_LIB_SCHEDULE_BESTFIT_H
