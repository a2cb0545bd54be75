// What the constants that an import computes may take.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "HostOps.h"

#include "llvm/Support/MathExtras.h"

namespace qc::onnximport::host {

/// How many operations an element of four bytes of the file pays for.
static constexpr int64_t kTimes = 16;

void Budget::grant(int64_t bytes) {
  int64_t granted;
  if (llvm::MulOverflow(bytes / 4, kTimes, granted) ||
      llvm::AddOverflow(total, granted, granted))
    return;
  left += granted - total;
  total = granted;
}

Status Budget::spend(int64_t elements) {
  if (elements > left)
    return error("computing it at import goes beyond the ", total,
                 " elements that all computed constants of a model of this "
                 "size may take; make it an input of the model, or simplify "
                 "what computes it");
  left -= elements;
  return ok();
}

} // namespace qc::onnximport::host
