// Reductions: quantization facts; shapes are inferred in TopTypes.cpp.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Dialect/Top/IR/Top.h"

namespace qc::top {

// These select one of the elements.
bool ReduceMaxOp::sharesParameters() { return true; }
bool ReduceMinOp::sharesParameters() { return true; }

} // namespace qc::top
