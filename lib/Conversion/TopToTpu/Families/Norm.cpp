// Softmax and layer normalisation.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Lowering.h"

namespace qc {

template <typename TpuOp, typename TopOp>
static LogicalResult lowerSoftmax(TopOp op, Lowering &lowering) {
  auto input = lowering.getActivation(op.getInput());
  if (failed(input))
    return failure();
  auto shape = cast<RankedTensorType>(op.getOutput().getType()).getShape();
  lowering.map(op.getOutput(),
               TpuOp::create(lowering.builder, op.getLoc(),
                             lowering.getTensorType(shape, op.getOutput()),
                             *input, op.getAxis()));
  return success();
}

static LogicalResult lowerLayerNorm(top::LayerNormOp op, Lowering &lowering) {
  auto input = lowering.getActivation(op.getInput());
  if (failed(input))
    return failure();
  auto type = cast<RankedTensorType>(op.getInput().getType());
  SmallVector<int64_t> normalised(type.getShape().drop_front(op.getAxis()));
  int64_t count = 1;
  for (int64_t size : normalised)
    count *= size;
  auto parameter = [&](Value value, float neutral,
                       StringRef suffix) -> FailureOr<Value> {
    SmallVector<float> values(count, neutral);
    if (value) {
      auto elements = getFloatElements(value);
      if (!elements)
        return refuseComputed(op, suffix.drop_front(), value);
      // Parameters may leave out leading normalised dimensions of size one or
      // repeat over them.
      for (int64_t i = 0; i < count; ++i)
        values[i] = (*elements)[i % elements->size()];
    }
    return lowering.floatConstant(deriveName(op.getLoc(), suffix), normalised,
                                  values);
  };
  auto scale = parameter(op.getScale(), 1.0f, "_scale");
  auto bias = parameter(op.getBias(), 0.0f, "_bias");
  if (failed(scale) || failed(bias))
    return failure();
  lowering.map(
      op.getOutput(),
      tpu::LayerNormOp::create(
          lowering.builder, op.getLoc(),
          lowering.getTensorType(type.getShape(), op.getOutput()), *input,
          *scale, *bias, lowering.builder.getI64IntegerAttr(op.getAxis()),
          lowering.builder.getF64FloatAttr(op.getEpsilon().convertToDouble())));
  return success();
}

void populateNormLowerings(LoweringRegistry &registry) {
  registry.add<top::SoftmaxOp, tpu::SoftmaxOp>(
      lowerSoftmax<tpu::SoftmaxOp, top::SoftmaxOp>);
  registry.add<top::LogSoftmaxOp, tpu::LogSoftmaxOp>(
      lowerSoftmax<tpu::LogSoftmaxOp, top::LogSoftmaxOp>);
  registry.add<top::LayerNormOp, tpu::LayerNormOp>(lowerLayerNorm);
}

} // namespace qc
