// Softmax: quantization facts.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Dialect/Top/IR/Top.h"

namespace qc::top {

std::optional<ValueRange1D> SoftmaxOp::getFixedOutputRange(unsigned) {
  return ValueRange1D{0.0, 1.0};
}

std::optional<int64_t> SoftmaxOp::getPeakAxis(unsigned,
                                              std::optional<int64_t>) {
  return getAxis();
}

} // namespace qc::top
