// Pooling: shapes and verification.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Dialect/Top/IR/Top.h"

#include <numeric>
#include <set>

namespace qc::top {

/// Checks the attributes of a pool on `spatial` dimensions.
template <typename Adaptor>
static LogicalResult checkWindow(Adaptor op, int64_t spatial,
                                 ErrorEmitter emit) {
  if (failed(checkCount(op.getKernel(), spatial, "kernel sizes", emit)) ||
      failed(checkCount(op.getStrides(), spatial, "strides", emit)) ||
      failed(checkCount(op.getDilations(), spatial, "dilations", emit)) ||
      failed(checkCount(op.getPads(), 2 * spatial, "pads", emit)) ||
      failed(checkRange(op.getKernel(), 1, "kernel sizes", emit)) ||
      failed(checkRange(op.getStrides(), 1, "strides", emit)) ||
      failed(checkRange(op.getDilations(), 1, "dilations", emit)) ||
      failed(checkRange(op.getPads(), 0, "pads", emit)))
    return failure();
  return success();
}

template <typename Adaptor>
static LogicalResult inferPool(Adaptor op, SmallVectorImpl<Type> &types,
                               ErrorEmitter emit) {
  ArrayRef<int64_t> input = getShape(op.getInput());
  int64_t spatial = int64_t(input.size()) - 2;
  if (spatial != 1 && spatial != 2)
    return emit() << "expects an input of rank 3 or 4, found rank "
                  << input.size();
  if (failed(checkWindow(op, spatial, emit)))
    return failure();
  SmallVector<int64_t> shape(input.take_front(2));
  for (int64_t i = 0; i < spatial; ++i) {
    int64_t size = input[i + 2], kernel = op.getKernel()[i],
            stride = op.getStrides()[i], dilation = op.getDilations()[i],
            begin = op.getPads()[i], end = op.getPads()[i + spatial];
    auto count = getWindowCount(size, kernel, stride, dilation, begin, end,
                                op.getCeilMode());
    if (!count)
      return emit() << "kernel " << kernel
                    << " does not fit into the padded input in spatial "
                       "dimension "
                    << i;
    if (hasEmptyWindow(size, kernel, stride, dilation, begin, *count))
      return emit() << "has a window of padding alone in spatial dimension "
                    << i << "; make pads smaller than the kernel";
    shape.push_back(*count);
  }
  types.push_back(getResultType(shape, op.getInput().getType()));
  return success();
}

LogicalResult MaxPoolOp::inferReturnTypes(MLIRContext *context,
                                          std::optional<Location> location,
                                          Adaptor adaptor,
                                          SmallVectorImpl<Type> &types) {
  return inferPool(adaptor, types,
                   getInferenceErrors<MaxPoolOp>(context, location));
}

bool MaxPoolOp::sharesParameters() { return true; }

// What is below every maximum never wins, as padding does not.
ValueRange1D MaxPoolOp::getUsefulRange(unsigned, ArrayRef<KnownValues>,
                                       ValueRange1D result) {
  return {result.min, kUnlimited.max};
}

LogicalResult AvgPoolOp::inferReturnTypes(MLIRContext *context,
                                          std::optional<Location> location,
                                          Adaptor adaptor,
                                          SmallVectorImpl<Type> &types) {
  return inferPool(adaptor, types,
                   getInferenceErrors<AvgPoolOp>(context, location));
}

/// Elements of each window position along one dimension that count.
static std::set<int64_t> countElements(int64_t size, int64_t windows,
                                       int64_t kernel, int64_t stride,
                                       int64_t dilation, int64_t padBegin,
                                       int64_t padEnd, bool includePad) {
  int64_t low = includePad ? -padBegin : 0;
  int64_t high = size + (includePad ? padEnd : 0);
  std::set<int64_t> counts;
  for (int64_t w = 0; w < windows; ++w) {
    int64_t count = 0;
    for (int64_t k = 0; k < kernel; ++k) {
      int64_t position = w * stride - padBegin + k * dilation;
      count += position >= low && position < high;
    }
    counts.insert(count);
  }
  return counts;
}

SmallVector<int64_t> AvgPoolOp::getDivisors() {
  ArrayRef<int64_t> input = getShape(getInput()),
                    output = getShape(getOutput());
  int64_t spatial = int64_t(input.size()) - 2;
  std::set<int64_t> divisors{1};
  for (int64_t i = 0; i < spatial; ++i) {
    std::set<int64_t> products;
    for (int64_t count :
         countElements(input[i + 2], output[i + 2], getKernel()[i],
                       getStrides()[i], getDilations()[i], getPads()[i],
                       getPads()[i + spatial], getCountIncludePad()))
      for (int64_t divisor : divisors)
        products.insert(divisor * std::max<int64_t>(count, 1));
    divisors = std::move(products);
  }
  return {divisors.begin(), divisors.end()};
}

/// With a common multiple each of the divisors leaves a fraction whose
/// denominator is that of the whole.
ScaleRelation AvgPoolOp::getScaleRelation() {
  int64_t multiple = 1;
  for (int64_t divisor : getDivisors())
    multiple = std::lcm(multiple, divisor);
  return {ScaleRelation::Sum, double(multiple)};
}

} // namespace qc::top
