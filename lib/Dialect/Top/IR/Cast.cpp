// Casts: verification and folding.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Dialect/Top/IR/Top.h"

namespace qc::top {

LogicalResult CastOp::verify() {
  if (getShape(getInput()) != getShape(getOutput()))
    return emitOpError("cannot change the shape from ")
           << getInput().getType() << " to " << getOutput().getType();
  return success();
}

OpFoldResult CastOp::fold(FoldAdaptor) {
  return getInput().getType() == getOutput().getType() ? getInput()
                                                       : OpFoldResult();
}

} // namespace qc::top
