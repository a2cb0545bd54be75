// Slices and pads: shapes, verification and folding.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Dialect/Top/IR/Top.h"

namespace qc::top {

//===----------------------------------------------------------------------===//
// slice
//===----------------------------------------------------------------------===//

/// Checks that the elements taken along dimension `i` exist.
static LogicalResult checkSlice(int64_t i, int64_t dimension, int64_t offset,
                                int64_t size, int64_t stride,
                                ErrorEmitter emit) {
  if (stride == 0 || stride < -kMaxDimension || stride > kMaxDimension)
    return emit() << "expects strides that are not zero and at most "
                  << kMaxDimension << " in magnitude, found " << stride;
  if (size < 1 || size > dimension)
    return emit() << "cannot take " << size << " elements of " << dimension
                  << " along dimension " << i;
  int64_t last =
      offset < 0 || offset >= dimension ? offset : offset + (size - 1) * stride;
  if (last < 0 || last >= dimension)
    return emit() << "reads element " << last << " of " << dimension
                  << " along dimension " << i;
  return success();
}

LogicalResult SliceOp::inferReturnTypes(MLIRContext *context,
                                        std::optional<Location> location,
                                        Adaptor adaptor,
                                        SmallVectorImpl<Type> &types) {
  auto emit = getInferenceErrors<SliceOp>(context, location);
  ArrayRef<int64_t> input = getShape(adaptor.getInput());
  int64_t rank = input.size();
  if (failed(checkCount(adaptor.getOffsets(), rank, "offsets", emit)) ||
      failed(checkCount(adaptor.getSizes(), rank, "sizes", emit)) ||
      failed(checkCount(adaptor.getStrides(), rank, "strides", emit)))
    return failure();
  for (int64_t i = 0; i < rank; ++i)
    if (failed(checkSlice(i, input[i], adaptor.getOffsets()[i],
                          adaptor.getSizes()[i], adaptor.getStrides()[i],
                          emit)))
      return failure();
  types.push_back(
      getResultType(adaptor.getSizes(), adaptor.getInput().getType()));
  return success();
}

bool SliceOp::sharesParameters() { return true; }

/// Rows that are taken whole.
std::optional<int64_t> SliceOp::getPeakAxis(unsigned,
                                            std::optional<int64_t> axis) {
  return axis && getSizes()[*axis] == getShape(getInput())[*axis]
             ? axis
             : std::nullopt;
}

OpFoldResult SliceOp::fold(FoldAdaptor) {
  // Dimensions of size 1 have no order that a stride could change.
  auto keeps = [](auto tuple) {
    return std::get<0>(tuple) == 1 || std::get<1>(tuple) == 1;
  };
  if (getInput().getType() == getOutput().getType() &&
      llvm::all_of(llvm::zip(getStrides(), getSizes()), keeps))
    return getInput();
  return {};
}

//===----------------------------------------------------------------------===//
// pad
//===----------------------------------------------------------------------===//

LogicalResult PadOp::inferReturnTypes(MLIRContext *context,
                                      std::optional<Location> location,
                                      Adaptor adaptor,
                                      SmallVectorImpl<Type> &types) {
  auto emit = getInferenceErrors<PadOp>(context, location);
  SmallVector<int64_t> shape(getShape(adaptor.getInput()));
  int64_t rank = shape.size();
  ArrayRef<int64_t> pads = adaptor.getPads();
  if (failed(checkCount(pads, 2 * rank, "pads", emit)) ||
      failed(checkRange(pads, 0, "pads", emit)))
    return failure();
  for (int64_t i = 0; i < rank; ++i) {
    if (adaptor.getMode() == "reflect" &&
        std::max(pads[i], pads[i + rank]) >= shape[i])
      return emit() << "cannot mirror " << std::max(pads[i], pads[i + rank])
                    << " elements of dimension " << i << ", which has "
                    << shape[i];
    shape[i] += pads[i] + pads[i + rank];
  }
  types.push_back(getResultType(shape, adaptor.getInput().getType()));
  return success();
}

bool PadOp::sharesParameters() { return true; }

std::optional<ValueRange1D> PadOp::getInsertedValues() {
  bool pads = llvm::any_of(getPads(), [](int64_t count) { return count != 0; });
  if (getMode() != "constant" || !pads)
    return std::nullopt;
  double value = getValue().convertToDouble();
  return ValueRange1D{value, value};
}

// The largest of a row can only grow by what is put beside it.
std::optional<int64_t> PadOp::getPeakAxis(unsigned,
                                          std::optional<int64_t> axis) {
  return axis;
}

OpFoldResult PadOp::fold(FoldAdaptor) {
  return getInput().getType() == getOutput().getType() ? getInput()
                                                       : OpFoldResult();
}

} // namespace qc::top
