// Placing buffers in the order of execution, for networks that are very wide.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_LIB_SCHEDULE_TIMEORDER_H
#define QC_LIB_SCHEDULE_TIMEORDER_H

#include "qc/Schedule/MemoryPlan.h"

namespace qc {

/// True if so many pairs of buffers are live together that looking at each of
/// them takes long: thousands that are live at once.
bool isVeryWide(const std::vector<LiveBuffer> &buffers);

/// Goes through the steps, takes the smallest free stretch that a new buffer
/// fits into and gives it back when the buffer dies, as an allocator would.
/// Takes n log n time however many are live; plans are a little larger than
/// those that choose among all buffers.
MemoryPlan placeByTime(const std::vector<LiveBuffer> &buffers);

} // namespace qc

#endif // QC_LIB_SCHEDULE_TIMEORDER_H
