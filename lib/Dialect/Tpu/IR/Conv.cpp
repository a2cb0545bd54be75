// Ops that multiply and accumulate: verification and cost.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "VerifyUtils.h"

namespace qc::tpu {

/// The per-axis weight scales, if any, must follow dimension 0.
static LogicalResult verifyWeight(Operation *op, Value weight, int64_t rank) {
  auto type = cast<RankedTensorType>(weight.getType());
  if (type.getRank() != rank)
    return op->emitOpError("expects a weight of rank ")
           << rank << ", found " << type;
  if (type.getNumElements() == 0)
    return op->emitOpError("expects a weight with elements, found ") << type;
  auto perAxis =
      dyn_cast<quant::UniformQuantizedPerAxisType>(type.getElementType());
  if (perAxis && (perAxis.getQuantizedDimension() != 0 ||
                  int64_t(perAxis.getScales().size()) != type.getDimSize(0)))
    return op->emitOpError("expects one weight scale for each of the ")
           << type.getDimSize(0) << " output channels, along dimension 0";
  return success();
}

/// A factor for each group of equal size along the last dimension of the
/// weight.
static LogicalResult verifyFactors(Operation *op, Value weight, Value factors) {
  if (!factors)
    return success();
  ArrayRef<int64_t> of = cast<RankedTensorType>(weight.getType()).getShape();
  ArrayRef<int64_t> shape =
      cast<RankedTensorType>(factors.getType()).getShape();
  if (shape.size() == of.size() && shape.drop_back() == of.drop_back() &&
      shape.back() > 0 && of.back() % shape.back() == 0)
    return success();
  return op->emitOpError("expects a factor for each group of equal size along "
                         "the last dimension of weight ")
         << weight.getType() << ", found " << factors.getType();
}

template <typename ConvOp> static LogicalResult verifyConv(ConvOp op) {
  auto input = cast<RankedTensorType>(op.getInput().getType());
  auto weight = cast<RankedTensorType>(op.getWeight().getType());
  if (failed(verifyWeight(op, op.getWeight(), 4)) ||
      failed(verifyFactors(op, op.getWeight(), op.getFactors())))
    return failure();
  if (input.getRank() != 4)
    return op.emitOpError("expects an NHWC input of rank 4, found ") << input;
  int64_t group = op.getGroup();
  int64_t outputs = weight.getDimSize(0);
  if (group <= 0 || outputs % group != 0 ||
      weight.getDimSize(3) * group != input.getDimSize(3))
    return op.emitOpError("group ")
           << group << ", weight " << weight << " and input " << input
           << " do not fit together";
  if (failed(verifyBias(op, op.getInput(), op.getBias(), outputs)))
    return failure();
  return verifyRequant(op, op.getRequant(), outputs, op.getClamp(),
                       op.getOutput());
}

LogicalResult Conv2dOp::verify() {
  if (failed(verifyConv(*this)))
    return failure();
  auto input = cast<RankedTensorType>(getInput().getType());
  auto weight = cast<RankedTensorType>(getWeight().getType());
  auto sizes = getWindowedSizes(*this, input, weight.getShape().slice(1, 2),
                                getStrides(), getPads(), getDilations());
  if (failed(sizes))
    return failure();
  return verifyShape(
      *this, getOutput(),
      {input.getDimSize(0), (*sizes)[0], (*sizes)[1], weight.getDimSize(0)});
}

LogicalResult Deconv2dOp::verify() {
  if (failed(verifyConv(*this)))
    return failure();
  if (getStrides().size() != 2 || getDilations().size() != 2 ||
      getPads().size() != 4)
    return emitOpError("expects 2 strides and dilations and 4 pads");
  auto output = cast<RankedTensorType>(getOutput().getType());
  auto input = cast<RankedTensorType>(getInput().getType());
  auto weight = cast<RankedTensorType>(getWeight().getType());
  if (output.getRank() != 4 || output.getDimSize(0) != input.getDimSize(0) ||
      output.getDimSize(3) != weight.getDimSize(0))
    return emitOpError("result ") << output << " does not fit input " << input
                                  << " and weight " << weight;
  return success();
}

LogicalResult FullyConnectedOp::verify() {
  if (failed(verifyWeight(*this, getWeight(), 2)) ||
      failed(verifyFactors(*this, getWeight(), getFactors())))
    return failure();
  auto input = cast<RankedTensorType>(getInput().getType());
  auto weight = cast<RankedTensorType>(getWeight().getType());
  if (input.getRank() == 0 || input.getShape().back() != weight.getDimSize(1))
    return emitOpError("weight ")
           << weight << " does not fit the last dimension of " << input;
  if (failed(verifyBias(*this, getInput(), getBias(), weight.getDimSize(0))))
    return failure();
  SmallVector<int64_t> shape(input.getShape());
  shape.back() = weight.getDimSize(0);
  if (failed(verifyShape(*this, getOutput(), shape)))
    return failure();
  return verifyRequant(*this, getRequant(), weight.getDimSize(0), getClamp(),
                       getOutput());
}

/// The batch dimensions of the product: those before the last two, broadcast.
/// Nothing if they do not fit together.
static std::optional<SmallVector<int64_t>>
broadcastBatch(RankedTensorType lhs, RankedTensorType rhs) {
  ArrayRef<int64_t> a = lhs.getShape().drop_back(2);
  ArrayRef<int64_t> b = rhs.getShape().drop_back(2);
  if (a.size() < b.size())
    std::swap(a, b);
  SmallVector<int64_t> batch(a);
  for (size_t i = 0; i < b.size(); ++i) {
    int64_t &size = batch[a.size() - b.size() + i];
    if (size != b[i] && size != 1 && b[i] != 1)
      return std::nullopt;
    size = std::max(size, b[i]);
  }
  return batch;
}

LogicalResult MatmulOp::verify() {
  auto lhs = cast<RankedTensorType>(getLhs().getType());
  auto rhs = cast<RankedTensorType>(getRhs().getType());
  if (lhs.getRank() < 2 || rhs.getRank() < 2)
    return emitOpError("expects operands of rank 2 or more");
  auto fromEnd = [](RankedTensorType type, int64_t i) {
    return type.getDimSize(type.getRank() - i);
  };
  int64_t lhsInner = fromEnd(lhs, getTransposeLhs() ? 2 : 1);
  int64_t rhsInner = fromEnd(rhs, getTransposeRhs() ? 1 : 2);
  if (lhsInner != rhsInner)
    return emitOpError("inner dimensions ")
           << lhsInner << " and " << rhsInner << " differ";
  auto shape = broadcastBatch(lhs, rhs);
  if (!shape)
    return emitOpError("batch dimensions of ")
           << lhs << " and " << rhs << " do not broadcast";
  shape->push_back(fromEnd(lhs, getTransposeLhs() ? 1 : 2));
  shape->push_back(fromEnd(rhs, getTransposeRhs() ? 2 : 1));
  if (failed(verifyShape(*this, getOutput(), *shape)))
    return failure();
  return verifyRequant(*this, getRequant(), 1, getClamp(), getOutput());
}

//===----------------------------------------------------------------------===//
// Cost
//===----------------------------------------------------------------------===//

/// Each output element sums one row of the weight.
template <typename WeightedOp> static int64_t countMacs(WeightedOp op) {
  auto weight = cast<ShapedType>(op.getWeight().getType());
  return cast<ShapedType>(op.getOutput().getType()).getNumElements() *
         (weight.getNumElements() / weight.getDimSize(0));
}

int64_t Conv2dOp::getMacs() { return countMacs(*this); }
int64_t FullyConnectedOp::getMacs() { return countMacs(*this); }

int64_t Deconv2dOp::getMacs() {
  auto weight = cast<ShapedType>(getWeight().getType());
  auto input = cast<ShapedType>(getInput().getType());
  return input.getNumElements() / input.getDimSize(3) * weight.getNumElements();
}

int64_t MatmulOp::getMacs() {
  auto lhs = cast<RankedTensorType>(getLhs().getType());
  return cast<ShapedType>(getOutput().getType()).getNumElements() *
         lhs.getDimSize(lhs.getRank() - (getTransposeLhs() ? 2 : 1));
}

} // namespace qc::tpu
