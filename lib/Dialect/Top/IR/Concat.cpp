// Joining and cutting along a dimension: shapes, verification and folding.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Dialect/Top/IR/Top.h"

namespace qc::top {

/// True when the shapes agree everywhere but along `axis`.
static bool agreeBeside(int64_t axis, ArrayRef<int64_t> lhs,
                        ArrayRef<int64_t> rhs) {
  return lhs.size() == rhs.size() &&
         lhs.take_front(axis) == rhs.take_front(axis) &&
         lhs.drop_front(axis + 1) == rhs.drop_front(axis + 1);
}

//===----------------------------------------------------------------------===//
// concat
//===----------------------------------------------------------------------===//

LogicalResult ConcatOp::inferReturnTypes(MLIRContext *context,
                                         std::optional<Location> location,
                                         Adaptor adaptor,
                                         SmallVectorImpl<Type> &types) {
  auto emit = getInferenceErrors<ConcatOp>(context, location);
  if (adaptor.getInputs().empty())
    return emit() << "expects at least one input";
  Value first = adaptor.getInputs().front();
  SmallVector<int64_t> shape(getShape(first));
  int64_t axis = adaptor.getAxis();
  if (failed(checkAxis(axis, shape.size(), emit)))
    return failure();
  for (Value input : adaptor.getInputs().drop_front()) {
    if (!agreeBeside(axis, shape, getShape(input)))
      return emit() << "cannot join " << first.getType() << " and "
                    << input.getType() << " along dimension " << axis;
    shape[axis] += getShape(input)[axis];
  }
  types.push_back(getResultType(shape, first.getType()));
  return success();
}

bool ConcatOp::sharesParameters() { return true; }

// The largest of a row can only grow by what is put beside it.
std::optional<int64_t> ConcatOp::getPeakAxis(unsigned,
                                             std::optional<int64_t> axis) {
  return axis;
}

OpFoldResult ConcatOp::fold(FoldAdaptor) {
  if (getInputs().size() == 1 &&
      getInputs().front().getType() == getOutput().getType())
    return getInputs().front();
  return {};
}

//===----------------------------------------------------------------------===//
// split
//===----------------------------------------------------------------------===//

LogicalResult SplitOp::verify() {
  auto input = cast<RankedTensorType>(getInput().getType());
  int64_t axis = getAxis(), sum = 0;
  if (failed(checkAxis(axis, input.getRank(), [&] { return emitOpError(); })))
    return failure();
  Type element = getExpressedElement(input.getElementType());
  for (Type type : getOutputs().getTypes()) {
    auto part = cast<RankedTensorType>(type);
    if (!agreeBeside(axis, input.getShape(), part.getShape()) ||
        getExpressedElement(part.getElementType()) != element)
      return emitOpError("cannot cut ")
             << part << " out of " << input << " along dimension " << axis;
    sum += part.getDimSize(axis);
  }
  if (sum != input.getDimSize(axis))
    return emitOpError("has parts of ")
           << sum << " elements along dimension " << axis << ", the input has "
           << input.getDimSize(axis);
  return success();
}

bool SplitOp::sharesParameters() { return true; }

LogicalResult SplitOp::fold(FoldAdaptor,
                            SmallVectorImpl<OpFoldResult> &results) {
  if (getOutputs().size() != 1 ||
      getOutputs().front().getType() != getInput().getType())
    return failure();
  results.push_back(getInput());
  return success();
}

} // namespace qc::top
