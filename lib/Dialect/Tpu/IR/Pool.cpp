// Pooling and reductions: verification and layout.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "VerifyUtils.h"

namespace qc::tpu {

/// A pool's result may have one more window a dimension than fits without
/// rounding up (ceil mode): that last window hangs over the end.
template <typename PoolOp> static LogicalResult verifyPool(PoolOp op) {
  auto input = cast<RankedTensorType>(op.getInput().getType());
  auto output = cast<RankedTensorType>(op.getOutput().getType());
  auto sizes = getWindowedSizes(op, input, op.getKernel(), op.getStrides(),
                                op.getPads(), op.getDilations());
  if (failed(sizes))
    return failure();
  bool fits = output.getRank() == 4 &&
              output.getDimSize(0) == input.getDimSize(0) &&
              output.getDimSize(3) == input.getDimSize(3);
  for (int64_t i = 0; fits && i < 2; ++i) {
    int64_t extra = output.getDimSize(i + 1) - (*sizes)[i];
    fits = extra == 0 ||
           (extra == 1 && (*sizes)[i] * op.getStrides()[i] <
                              input.getDimSize(i + 1) + op.getPads()[i]);
  }
  if (!fits)
    return op.emitOpError("result ")
           << output << " does not fit the windows of input " << input;
  return success();
}

LogicalResult MaxPoolOp::verify() { return verifyPool(*this); }

LogicalResult AvgPoolOp::verify() {
  if (failed(verifyPool(*this)))
    return failure();
  if (getDivisors().empty() || getDivisors().front() < 1 ||
      !llvm::is_sorted(getDivisors()))
    return emitOpError("expects positive divisors in ascending order");
  if (getRequant().getChannels() != int64_t(getDivisors().size()))
    return emitOpError("expects one requant entry for each of ")
           << getDivisors().size() << " divisors";
  return verifyClamp(*this, getClamp(), getOutput());
}

//===----------------------------------------------------------------------===//
// Reductions
//===----------------------------------------------------------------------===//

template <typename ReduceOp> static LogicalResult verifyReduce(ReduceOp op) {
  auto input = cast<RankedTensorType>(op.getInput().getType());
  SmallVector<int64_t> shape;
  int64_t previous = -1;
  for (int64_t axis : op.getAxes()) {
    if (axis <= previous || axis >= input.getRank())
      return op.emitOpError("axes must ascend within the rank of ") << input;
    previous = axis;
  }
  for (auto [i, size] : llvm::enumerate(input.getShape())) {
    if (!llvm::is_contained(op.getAxes(), int64_t(i)))
      shape.push_back(size);
    else if (op.getKeepdims())
      shape.push_back(1);
  }
  return verifyShape(op, op.getOutput(), shape);
}

LogicalResult ReduceMeanOp::verify() {
  return failed(verifyReduce(*this))
             ? failure()
             : verifyRequant(*this, getRequant(), 1, getClamp(), getOutput());
}
LogicalResult ReduceSumOp::verify() {
  return failed(verifyReduce(*this))
             ? failure()
             : verifyRequant(*this, getRequant(), 1, getClamp(), getOutput());
}
LogicalResult ReduceMaxOp::verify() { return verifyReduce(*this); }
LogicalResult ReduceMinOp::verify() { return verifyReduce(*this); }

template <typename ReduceOp>
static Operation *rebuildReduce(ReduceOp op, OpBuilder &builder,
                                ArrayRef<int64_t> perm, ValueRange operands) {
  Operation *rebuilt = cloneWithPermutedTypes(op, builder, perm, operands);
  SmallVector<int64_t> axes;
  for (int64_t axis : op.getAxes())
    axes.push_back(permutedDimension(axis, perm));
  llvm::sort(axes);
  cast<ReduceOp>(rebuilt).setAxes(axes);
  return rebuilt;
}

// Without keepdims the result has another rank: a barrier.
#define QC_REDUCE_OP(OP)                                                       \
  bool OP::canPermute(ArrayRef<int64_t>) { return getKeepdims(); }             \
  Operation *OP::rebuildPermuted(OpBuilder &builder, ArrayRef<int64_t> perm,   \
                                 ValueRange operands) {                        \
    return rebuildReduce(*this, builder, perm, operands);                      \
  }

QC_REDUCE_OP(ReduceMeanOp)
QC_REDUCE_OP(ReduceSumOp)
QC_REDUCE_OP(ReduceMaxOp)
QC_REDUCE_OP(ReduceMinOp)
#undef QC_REDUCE_OP

} // namespace qc::tpu
