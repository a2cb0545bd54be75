// Pooling and reductions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Lowering.h"

namespace qc {

namespace {
/// A pool's window in two dimensions.
struct PoolWindow {
  SmallVector<int64_t> kernel, strides, pads, dilations;
};
} // namespace

template <typename PoolOp> static PoolWindow getWindow(PoolOp op) {
  auto two = [](ArrayRef<int64_t> v) {
    return v.size() == 2 ? llvm::to_vector(v) : SmallVector<int64_t>{1, v[0]};
  };
  ArrayRef<int64_t> pads = op.getPads();
  return {two(op.getKernel()), two(op.getStrides()),
          pads.size() == 4 ? llvm::to_vector(pads)
                           : SmallVector<int64_t>{0, pads[0], 0, pads[1]},
          two(op.getDilations())};
}

static LogicalResult lowerMaxPool(top::MaxPoolOp op, Lowering &lowering) {
  PoolWindow window = getWindow(op);
  return lowering.lowerAsImage(
      op.getLoc(), op.getInput(), op.getOutput(),
      [&](Value data, ArrayRef<int64_t> shape,
          Location loc) -> FailureOr<Value> {
        auto element = tpu::getActivationElement(data.getType());
        return tpu::MaxPoolOp::create(lowering.builder, loc,
                                      RankedTensorType::get(shape, element),
                                      data, window.kernel, window.strides,
                                      window.pads, window.dilations)
            .getOutput();
      });
}

static LogicalResult lowerAvgPool(top::AvgPoolOp op, Lowering &lowering) {
  PoolWindow window = getWindow(op);
  auto element = lowering.getType(op.getOutput());
  return lowering.lowerAsImage(
      op.getLoc(), op.getInput(), op.getOutput(),
      [&](Value data, ArrayRef<int64_t> shape,
          Location loc) -> FailureOr<Value> {
        SmallVector<int64_t> divisors = op.getDivisors();
        double ratio = tpu::getActivationElement(data.getType()).getScale() /
                       element.getScale();
        SmallVector<double> ratios;
        for (int64_t divisor : divisors)
          ratios.push_back(ratio / divisor);
        auto requant = makeRequant(loc, ratios, lowering.getDivisionKind(),
                                   lowering.spec.rounding);
        if (failed(requant))
          return failure();
        return tpu::AvgPoolOp::create(
                   lowering.builder, loc, RankedTensorType::get(shape, element),
                   data, window.kernel, window.strides, window.pads,
                   window.dilations, op.getCountIncludePad(), divisors,
                   *requant, DenseI64ArrayAttr())
            .getOutput();
      });
}

//===----------------------------------------------------------------------===//
// Reductions
//===----------------------------------------------------------------------===//

/// The shape of `op`'s input with its reduced dimensions kept as ones: a
/// reduction that keeps its rank lets a transpose pass.
template <typename TopOp> static SmallVector<int64_t> getKeptShape(TopOp op) {
  SmallVector<int64_t> shape(
      cast<RankedTensorType>(op.getInput().getType()).getShape());
  for (int64_t axis : op.getAxes())
    shape[axis] = 1;
  return shape;
}

/// The location of the reduction itself: the name goes to the last value.
template <typename TopOp> static Location getReduceLoc(TopOp op) {
  return op.getKeepdims() ? op.getLoc() : deriveName(op.getLoc(), "_kept");
}

/// Sums and means: the count of a mean is folded into the ratio.
template <typename TpuOp, typename TopOp>
static LogicalResult lowerReduceSum(TopOp op, Lowering &lowering, bool mean) {
  auto input = lowering.getActivation(op.getInput());
  if (failed(input))
    return failure();
  auto inputType = cast<RankedTensorType>((*input).getType());
  auto element = lowering.getType(op.getOutput());
  double ratio =
      tpu::getActivationElement(inputType).getScale() / element.getScale();
  if (mean)
    for (int64_t axis : op.getAxes())
      ratio /= inputType.getDimSize(axis);
  auto requant = makeRequant(op.getLoc(), {ratio}, lowering.getDivisionKind(),
                             lowering.spec.rounding);
  if (failed(requant))
    return failure();
  auto shape = cast<RankedTensorType>(op.getOutput().getType()).getShape();
  Value reduced = TpuOp::create(
      lowering.builder, getReduceLoc(op),
      RankedTensorType::get(getKeptShape(op), element), *input, op.getAxes(),
      /*keepdims=*/true, *requant, DenseI64ArrayAttr());
  lowering.map(op.getOutput(), lowering.reshape(op.getLoc(), reduced, shape));
  return success();
}

template <typename TpuOp, typename TopOp>
static LogicalResult lowerReduceSelect(TopOp op, Lowering &lowering) {
  auto input = lowering.getActivation(op.getInput());
  if (failed(input))
    return failure();
  auto shape = cast<RankedTensorType>(op.getOutput().getType()).getShape();
  Value reduced = TpuOp::create(
      lowering.builder, getReduceLoc(op),
      RankedTensorType::get(getKeptShape(op),
                            tpu::getActivationElement((*input).getType())),
      *input, op.getAxes(), /*keepdims=*/true);
  lowering.map(op.getOutput(), lowering.reshape(op.getLoc(), reduced, shape));
  return success();
}

void populatePoolLowerings(LoweringRegistry &registry) {
  registry.add<top::MaxPoolOp, tpu::MaxPoolOp>(lowerMaxPool);
  registry.add<top::AvgPoolOp, tpu::AvgPoolOp>(lowerAvgPool);
  registry.add<top::ReduceMeanOp, tpu::ReduceMeanOp>(
      +[](top::ReduceMeanOp op, Lowering &l) {
        return lowerReduceSum<tpu::ReduceMeanOp>(op, l, /*mean=*/true);
      });
  registry.add<top::ReduceSumOp, tpu::ReduceSumOp>(
      +[](top::ReduceSumOp op, Lowering &l) {
        return lowerReduceSum<tpu::ReduceSumOp>(op, l, /*mean=*/false);
      });
  registry.add<top::ReduceMaxOp, tpu::ReduceMaxOp>(
      lowerReduceSelect<tpu::ReduceMaxOp, top::ReduceMaxOp>);
  registry.add<top::ReduceMinOp, tpu::ReduceMinOp>(
      lowerReduceSelect<tpu::ReduceMinOp, top::ReduceMinOp>);
}

} // namespace qc
