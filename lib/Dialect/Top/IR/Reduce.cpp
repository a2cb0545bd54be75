// Reductions: quantization facts; shapes are inferred in TopTypes.cpp.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Dialect/Top/IR/Top.h"

namespace qc::top {

// These select one of the elements.
bool ReduceMaxOp::sharesParameters() { return true; }
bool ReduceMinOp::sharesParameters() { return true; }

ValueRange1D ReduceMaxOp::getUsefulRange(unsigned, ArrayRef<KnownValues>,
                                         ValueRange1D result) {
  return {result.min, kUnlimited.max};
}

ValueRange1D ReduceMinOp::getUsefulRange(unsigned, ArrayRef<KnownValues>,
                                         ValueRange1D result) {
  return {kUnlimited.min, result.max};
}

ScaleRelation ReduceSumOp::getScaleRelation() { return {ScaleRelation::Sum}; }

ScaleRelation ReduceMeanOp::getScaleRelation() {
  ArrayRef<int64_t> shape = getShape(getInput());
  double count = 1;
  for (int64_t axis : getAxes())
    count *= shape[axis];
  return {ScaleRelation::Sum, count};
}

} // namespace qc::top
