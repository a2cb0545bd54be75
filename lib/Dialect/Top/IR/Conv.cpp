// Convolutions: shapes, verification, roles and cost.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Dialect/Top/IR/Top.h"

namespace qc::top {

/// What conv and deconv have in common: ranks and the sizes of the window's
/// attributes. `emit` adds the location and the op's name.
template <typename Adaptor>
static LogicalResult checkWindow(Adaptor op, ErrorEmitter emit) {
  auto input = cast<RankedTensorType>(op.getInput().getType());
  auto weight = cast<RankedTensorType>(op.getWeight().getType());
  int64_t spatial = input.getRank() - 2;
  if (spatial != 1 && spatial != 2)
    return emit() << "expects an input of rank 3 or 4, found rank "
                  << input.getRank();
  if (weight.getRank() != input.getRank())
    return emit() << "expects a weight of rank " << input.getRank()
                  << ", found rank " << weight.getRank();
  if (failed(checkCount(op.getStrides(), spatial, "strides", emit)) ||
      failed(checkCount(op.getDilations(), spatial, "dilations", emit)) ||
      failed(checkCount(op.getPads(), 2 * spatial, "pads", emit)) ||
      failed(checkRange(op.getStrides(), 1, "strides", emit)) ||
      failed(checkRange(op.getDilations(), 1, "dilations", emit)) ||
      failed(checkRange(op.getPads(), 0, "pads", emit)) ||
      failed(checkRange(op.getGroup(), 1, "a group", emit)))
    return failure();
  return success();
}

/// Sizes of the channels: `outputs` is the number of output channels.
template <typename Adaptor>
static LogicalResult checkChannels(Adaptor op, int64_t weightInputs,
                                   int64_t outputs, ErrorEmitter emit) {
  int64_t channels = cast<ShapedType>(op.getInput().getType()).getDimSize(1);
  int64_t group = op.getGroup();
  if (channels % group != 0 || outputs % group != 0)
    return emit() << "group " << group << " does not divide " << channels
                  << " input and " << outputs << " output channels";
  if (weightInputs != channels)
    return emit() << "weight is made for " << weightInputs
                  << " input channels, the input has " << channels;
  if (op.getBias()) {
    auto bias = cast<ShapedType>(op.getBias().getType());
    if (bias.getRank() != 1 || bias.getDimSize(0) != outputs)
      return emit() << "expects a bias of " << outputs << " elements, found "
                    << bias;
  }
  return success();
}

//===----------------------------------------------------------------------===//
// conv
//===----------------------------------------------------------------------===//

LogicalResult ConvOp::inferReturnTypes(MLIRContext *context,
                                       std::optional<Location> location,
                                       Adaptor adaptor,
                                       SmallVectorImpl<Type> &types) {
  auto emit = getInferenceErrors<ConvOp>(context, location);
  if (failed(checkWindow(adaptor, emit)))
    return failure();
  auto input = cast<RankedTensorType>(adaptor.getInput().getType());
  auto weight = cast<RankedTensorType>(adaptor.getWeight().getType());
  if (failed(checkChannels(adaptor, weight.getDimSize(1) * adaptor.getGroup(),
                           weight.getDimSize(0), emit)))
    return failure();
  SmallVector<int64_t> shape{input.getDimSize(0), weight.getDimSize(0)};
  int64_t spatial = input.getRank() - 2;
  for (int64_t i = 0; i < spatial; ++i) {
    auto count =
        getWindowCount(input.getDimSize(i + 2), weight.getDimSize(i + 2),
                       adaptor.getStrides()[i], adaptor.getDilations()[i],
                       adaptor.getPads()[i], adaptor.getPads()[i + spatial]);
    if (!count)
      return emit() << "kernel " << weight.getDimSize(i + 2)
                    << " does not fit into the padded input in spatial "
                       "dimension "
                    << i;
    shape.push_back(*count);
  }
  types.push_back(getResultType(shape, input));
  return success();
}

OperandRole ConvOp::getOperandRole(unsigned index) {
  return index == 0   ? OperandRole::Activation
         : index == 1 ? OperandRole::Weight
                      : OperandRole::Bias;
}

SmallVector<int64_t> ConvOp::getWeightBlock(unsigned index) {
  if (index != 1)
    return {};
  SmallVector<int64_t> block(getShape(getWeight()));
  block[0] = 1;
  return block;
}

int64_t ConvOp::getMacs() {
  auto weight = cast<ShapedType>(getWeight().getType());
  auto output = cast<ShapedType>(getOutput().getType());
  return multiplySaturating(output.getNumElements(),
                            weight.getNumElements() / weight.getDimSize(0));
}

//===----------------------------------------------------------------------===//
// deconv
//===----------------------------------------------------------------------===//

LogicalResult DeconvOp::inferReturnTypes(MLIRContext *context,
                                         std::optional<Location> location,
                                         Adaptor adaptor,
                                         SmallVectorImpl<Type> &types) {
  auto emit = getInferenceErrors<DeconvOp>(context, location);
  if (failed(checkWindow(adaptor, emit)))
    return failure();
  auto input = cast<RankedTensorType>(adaptor.getInput().getType());
  auto weight = cast<RankedTensorType>(adaptor.getWeight().getType());
  int64_t outputs = weight.getDimSize(1) * adaptor.getGroup();
  if (failed(checkChannels(adaptor, weight.getDimSize(0), outputs, emit)))
    return failure();
  int64_t spatial = input.getRank() - 2;
  if (failed(checkCount(adaptor.getOutputPadding(), spatial,
                        "values of output_padding", emit)) ||
      failed(checkRange(adaptor.getOutputPadding(), 0, "output_padding", emit)))
    return failure();
  SmallVector<int64_t> shape{input.getDimSize(0), outputs};
  for (int64_t i = 0; i < spatial; ++i) {
    int64_t size = (input.getDimSize(i + 2) - 1) * adaptor.getStrides()[i] +
                   adaptor.getOutputPadding()[i] +
                   (weight.getDimSize(i + 2) - 1) * adaptor.getDilations()[i] +
                   1 - adaptor.getPads()[i] - adaptor.getPads()[i + spatial];
    if (size <= 0)
      return emit() << "pads leave no output in spatial dimension " << i;
    shape.push_back(size);
  }
  types.push_back(getResultType(shape, input));
  return success();
}

OperandRole DeconvOp::getOperandRole(unsigned index) {
  return index == 0   ? OperandRole::Activation
         : index == 1 ? OperandRole::Weight
                      : OperandRole::Bias;
}

/// Output channels are spread over the group and axis 1 of the weight.
SmallVector<int64_t> DeconvOp::getWeightBlock(unsigned index) {
  if (index != 1)
    return {};
  SmallVector<int64_t> block(getShape(getWeight()));
  block[0] /= int64_t(getGroup());
  block[1] = 1;
  return block;
}

int64_t DeconvOp::getMacs() {
  auto weight = cast<ShapedType>(getWeight().getType());
  auto input = cast<ShapedType>(getInput().getType());
  return multiplySaturating(input.getNumElements(),
                            weight.getNumElements() / weight.getDimSize(0));
}

} // namespace qc::top
