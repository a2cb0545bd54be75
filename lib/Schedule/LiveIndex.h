// Finds the buffers that are live together without looking at all of them.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_LIB_SCHEDULE_LIVEINDEX_H
#define QC_LIB_SCHEDULE_LIVEINDEX_H

#include "qc/Schedule/MemoryPlan.h"

namespace qc {

/// A segment tree over the steps at which buffers begin and end to live. In a
/// chain of ops each buffer meets a few others, and a question costs about as
/// much as its answer is long.
class LiveIndex {
public:
  /// Of `buffers`, none of which is in the index yet.
  explicit LiveIndex(const std::vector<LiveBuffer> &buffers);

  void insert(size_t index);

  /// Calls `visit` with the index of each inserted buffer that is live at
  /// `step`, a step at which some buffer begins.
  template <typename Visit> void visitAt(int64_t step, Visit visit) const {
    for (size_t node = getPosition(step) + leaves; node > 0; node /= 2)
      for (size_t index : covering[node])
        visit(index);
  }
  /// The same for each that is live with `buffer`, one of all buffers.
  template <typename Visit>
  void visitOverlapping(const LiveBuffer &buffer, Visit visit) const {
    visitAt(buffer.first, visit);
    size_t last = getPosition(buffer.last);
    for (size_t i = getPosition(buffer.first) + 1; i <= last; ++i)
      for (size_t index : beginning[i])
        visit(index);
  }

private:
  size_t getPosition(int64_t step) const;

  const std::vector<LiveBuffer> &buffers;
  /// All first and last steps, ascending.
  std::vector<int64_t> steps;
  size_t leaves = 1;
  /// For each node of the tree, the buffers that live at all steps below it
  /// and not at all below its parent; node 1 is the root.
  std::vector<std::vector<size_t>> covering;
  /// For each step, the buffers that begin there.
  std::vector<std::vector<size_t>> beginning;
};

} // namespace qc

#endif // QC_LIB_SCHEDULE_LIVEINDEX_H
