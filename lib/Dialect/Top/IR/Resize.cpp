// Resampling: verification and folding.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Dialect/Top/IR/Top.h"

#include <cmath>

namespace qc::top {

LogicalResult ResizeOp::verify() {
  auto input = cast<RankedTensorType>(getInput().getType());
  auto output = cast<RankedTensorType>(getOutput().getType());
  if (input.getRank() != output.getRank() ||
      int64_t(getScales().size()) != input.getRank())
    return emitOpError("expects ")
           << input.getRank() << " scales and result dimensions, found "
           << getScales().size() << " and " << output.getRank();
  for (auto [i, scale] : llvm::enumerate(getScales())) {
    if (!std::isfinite(scale) || scale <= 0)
      return emitOpError("expects scales that are positive numbers, found ")
             << scale;
    double size = scale * double(input.getDimSize(i));
    if (std::abs(size - double(output.getDimSize(i))) > 1.0)
      return emitOpError("scale ")
             << scale << " makes " << size << " elements of "
             << input.getDimSize(i) << " along dimension " << i
             << ", the result has " << output.getDimSize(i);
  }
  if (getExpressedElement(input.getElementType()) !=
      getExpressedElement(output.getElementType()))
    return emitOpError("cannot change the element type from ")
           << input.getElementType() << " to " << output.getElementType();
  return success();
}

bool ResizeOp::sharesParameters() { return getMode() == "nearest"; }

OpFoldResult ResizeOp::fold(FoldAdaptor) {
  auto one = [](double scale) { return scale == 1.0; };
  if (getInput().getType() == getOutput().getType() &&
      llvm::all_of(getScales(), one))
    return getInput();
  return {};
}

} // namespace qc::top
