// Data movement: parameters pass through.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Lowering.h"
#include "qc/Dialect/QC/IR/SourceNodes.h"

namespace qc {

/// The result shape of `op` with the parameters of `like`.
static RankedTensorType getMovedType(Operation *op, Value like) {
  return RankedTensorType::get(
      cast<RankedTensorType>(op->getResult(0).getType()).getShape(),
      cast<RankedTensorType>(like.getType()).getElementType());
}

/// Ops with one operand whose tpu form differs only in types.
template <typename TpuOp, typename TopOp, typename... Args>
static LogicalResult moveOne(TopOp op, Lowering &lowering, Args... args) {
  auto input = lowering.getMovable(op.getInput());
  if (failed(input))
    return failure();
  lowering.map(op.getOutput(),
               TpuOp::create(lowering.builder, op.getLoc(),
                             getMovedType(op, *input), *input, args...));
  return success();
}

static LogicalResult lowerReshape(top::ReshapeOp op, Lowering &lowering) {
  return moveOne<tpu::ReshapeOp>(op, lowering);
}
static LogicalResult lowerExpand(top::ExpandOp op, Lowering &lowering) {
  return moveOne<tpu::ExpandOp>(op, lowering);
}
static LogicalResult lowerTranspose(top::TransposeOp op, Lowering &lowering) {
  return moveOne<tpu::TransposeOp>(op, lowering, op.getPerm());
}
static LogicalResult lowerSlice(top::SliceOp op, Lowering &lowering) {
  SmallVector<int64_t> sizes(op.getSizes());
  return moveOne<tpu::SliceOp>(op, lowering, op.getOffsets(),
                               ArrayRef<int64_t>(sizes), op.getStrides());
}

/// The result of `op` is `input` in the parameters of its own.
template <typename TopOp>
static LogicalResult mapRescaled(TopOp op, Value input, Lowering &lowering) {
  auto rescaled =
      lowering.rescale(op.getLoc(), input, lowering.getType(op.getOutput()));
  if (failed(rescaled))
    return failure();
  lowering.map(op.getOutput(), *rescaled);
  return success();
}

/// Between float types: what is quantized already. From integers: numbers that
/// enter the network in that form are quantized here.
static LogicalResult lowerCast(top::CastOp op, Lowering &lowering) {
  auto isFloat = [](Value value) {
    return top::isFloatElement(
        cast<RankedTensorType>(value.getType()).getElementType());
  };
  bool fromIndex = Lowering::isIndex(op.getInput());
  if (!isFloat(op.getOutput()) || (!isFloat(op.getInput()) && !fromIndex))
    return op.emitOpError("at '")
           << getDisplayName(op) << "' turns " << op.getInput().getType()
           << " into " << op.getOutput().getType()
           << ", which has no quantized form" << describeWaysOut(op);
  auto input = lowering.getMovable(op.getInput());
  if (failed(input))
    return failure();
  if (fromIndex) {
    auto shape = cast<RankedTensorType>(op.getOutput().getType()).getShape();
    lowering.map(op.getOutput(),
                 tpu::QuantizeOp::create(
                     lowering.builder, op.getLoc(),
                     lowering.getTensorType(shape, op.getOutput()), *input));
    return success();
  }
  return mapRescaled(op, *input, lowering);
}

static LogicalResult lowerRequantize(top::RequantizeOp op, Lowering &lowering) {
  auto input = lowering.getActivation(op.getInput());
  return failed(input) ? failure() : mapRescaled(op, *input, lowering);
}

/// Operands that could not be produced in the shared parameters are rescaled.
static LogicalResult lowerConcat(top::ConcatOp op, Lowering &lowering) {
  auto element = lowering.getType(op.getOutput());
  SmallVector<Value> operands;
  for (Value operand : op.getInputs()) {
    auto lowered = lowering.getActivationAs(operand, element);
    if (failed(lowered))
      return failure();
    operands.push_back(*lowered);
  }
  auto shape = cast<RankedTensorType>(op.getOutput().getType()).getShape();
  lowering.map(op.getOutput(),
               tpu::ConcatOp::create(lowering.builder, op.getLoc(),
                                     RankedTensorType::get(shape, element),
                                     operands, op.getAxis()));
  return success();
}

/// A slice for each result.
static LogicalResult lowerSplit(top::SplitOp op, Lowering &lowering) {
  auto input = lowering.getMovable(op.getInput());
  if (failed(input))
    return failure();
  auto inputType = cast<RankedTensorType>((*input).getType());
  SmallVector<int64_t> offsets(inputType.getRank(), 0);
  SmallVector<int64_t> strides(inputType.getRank(), 1);
  for (OpResult result : op->getResults()) {
    auto shape = cast<RankedTensorType>(result.getType()).getShape();
    lowering.map(result,
                 tpu::SliceOp::create(
                     lowering.builder,
                     getTensorLoc(op.getContext(), getTensorName(result)),
                     RankedTensorType::get(shape, inputType.getElementType()),
                     *input, offsets, shape, strides));
    offsets[op.getAxis()] += shape[op.getAxis()];
  }
  return success();
}

static LogicalResult lowerPad(top::PadOp op, Lowering &lowering) {
  auto element = lowering.getType(op.getOutput());
  if (!element)
    return op.emitOpError("at '")
           << getDisplayName(op)
           << "' pads integers, which has no quantized form"
           << describeWaysOut(op);
  auto input = lowering.getActivationAs(op.getInput(), element);
  if (failed(input))
    return failure();
  int64_t value = quantizeValue(op.getValue().convertToDouble(), element);
  lowering.map(op.getOutput(),
               tpu::PadOp::create(lowering.builder, op.getLoc(),
                                  getMovedType(op, *input), *input,
                                  op.getPads(), op.getMode(), value));
  return success();
}

static LogicalResult lowerGather(top::GatherOp op, Lowering &lowering) {
  auto input = lowering.getActivation(op.getInput());
  if (failed(input))
    return failure();
  auto indices = lowering.getMovable(op.getIndices());
  if (failed(indices))
    return failure();
  lowering.map(op.getOutput(),
               tpu::GatherOp::create(lowering.builder, op.getLoc(),
                                     getMovedType(op, *input), *input, *indices,
                                     op.getAxis()));
  return success();
}

void populateMovementLowerings(LoweringRegistry &registry) {
  registry.add<top::ReshapeOp, tpu::ReshapeOp>(lowerReshape);
  registry.add<top::ExpandOp, tpu::ExpandOp>(lowerExpand);
  registry.add<top::TransposeOp, tpu::TransposeOp>(lowerTranspose);
  registry.add<top::SliceOp, tpu::SliceOp>(lowerSlice);
  registry.add<top::CastOp, tpu::RequantizeOp>(lowerCast);
  registry.add<top::RequantizeOp, tpu::RequantizeOp>(lowerRequantize);
  registry.add<top::ConcatOp, tpu::ConcatOp>(lowerConcat);
  registry.add<top::SplitOp, tpu::SliceOp>(lowerSplit);
  registry.add<top::PadOp, tpu::PadOp>(lowerPad);
  registry.add<top::GatherOp, tpu::GatherOp>(lowerGather);
}

} // namespace qc
