// What the kernels over floats share.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QCRT_SRC_FLOATS_FLOATKERNEL_H
#define QCRT_SRC_FLOATS_FLOATKERNEL_H

#include "FloatLoops.h"
#include "Kernel.h"

namespace qcrt {

/// Checks that all operands are f32.
bool expectFloats(PrepareContext &context);

/// Reads two bounds that may each be absent. Check failed() afterwards.
FloatClamp readFloatClamp(Attributes &attributes, const char *low,
                          const char *high);
/// The clamp that layers carry: act_min and act_max.
FloatClamp readActivation(Attributes &attributes);

/// Items that a thread takes at a time, so that they are worth starting for.
inline int64_t grainOf(int64_t costOfItem, int64_t least = 65536) {
  return costOfItem >= least ? 1 : least / (costOfItem > 0 ? costOfItem : 1);
}

} // namespace qcrt
#endif // QCRT_SRC_FLOATS_FLOATKERNEL_H
