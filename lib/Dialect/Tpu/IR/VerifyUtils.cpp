// Checks that several op families of tpu share.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "VerifyUtils.h"

namespace qc::tpu {

LogicalResult verifyClamp(Operation *op, std::optional<ArrayRef<int64_t>> clamp,
                          Value result) {
  if (!clamp)
    return success();
  auto element = getActivationElement(result.getType());
  if (clamp->size() != 2 || (*clamp)[0] > (*clamp)[1] ||
      (*clamp)[0] < element.getStorageTypeMin() ||
      (*clamp)[1] > element.getStorageTypeMax())
    return op->emitOpError("expects a clamp [low, high] within [")
           << element.getStorageTypeMin() << ", " << element.getStorageTypeMax()
           << "], the range of the result's storage type";
  return success();
}

LogicalResult verifyRequant(Operation *op, RequantAttr requant,
                            int64_t channels,
                            std::optional<ArrayRef<int64_t>> clamp,
                            Value result) {
  int64_t entries = requant.getChannels();
  if (entries != 1 && entries != channels)
    return op->emitOpError("requant has ")
           << entries << " entries, expected 1 or " << channels;
  return verifyClamp(op, clamp, result);
}

LogicalResult verifyShape(Operation *op, Value result,
                          ArrayRef<int64_t> shape) {
  auto type = cast<RankedTensorType>(result.getType());
  if (type.getShape() == shape)
    return success();
  InFlightDiagnostic diagnostic = op->emitOpError("expects a result of shape ");
  llvm::interleave(
      shape, [&](int64_t size) { diagnostic << size; },
      [&] { diagnostic << "x"; });
  return diagnostic << ", found " << type;
}

FailureOr<SmallVector<int64_t>>
getWindowedSizes(Operation *op, RankedTensorType input,
                 ArrayRef<int64_t> kernel, ArrayRef<int64_t> strides,
                 ArrayRef<int64_t> pads, ArrayRef<int64_t> dilations) {
  if (input.getRank() != 4)
    return op->emitOpError("expects an NHWC input of rank 4, found ") << input;
  if (kernel.size() != 2 || strides.size() != 2 || dilations.size() != 2 ||
      pads.size() != 4)
    return op->emitOpError(
        "expects 2 kernel sizes, strides and dilations and 4 pads");
  auto tooSmall = [](int64_t least) {
    return [least](int64_t value) { return value < least; };
  };
  if (llvm::any_of(kernel, tooSmall(1)) || llvm::any_of(strides, tooSmall(1)) ||
      llvm::any_of(dilations, tooSmall(1)) || llvm::any_of(pads, tooSmall(0)))
    return op->emitOpError(
        "expects positive kernel, strides and dilations and no negative pad");
  SmallVector<int64_t> sizes;
  for (int64_t i = 0; i < 2; ++i) {
    int64_t room = input.getDimSize(i + 1) + pads[i] + pads[i + 2] -
                   dilations[i] * (kernel[i] - 1) - 1;
    if (room < 0)
      return op->emitOpError("kernel does not fit into the padded input in ")
             << (i == 0 ? "height" : "width");
    sizes.push_back(room / strides[i] + 1);
  }
  return sizes;
}

LogicalResult verifyAxis(Operation *op, int64_t axis, RankedTensorType type) {
  if (axis < 0 || axis >= type.getRank())
    return op->emitOpError("axis ")
           << axis << " is not a dimension of " << type;
  return success();
}

LogicalResult verifyBias(Operation *op, Value input, Value bias,
                         int64_t channels) {
  auto type = cast<RankedTensorType>(bias.getType());
  if (type.getRank() != 1 || type.getDimSize(0) != channels)
    return op->emitOpError("expects a bias of ")
           << channels << " elements, found " << type;
  unsigned width =
      getActivationElement(input.getType()).getStorageTypeIntegralWidth();
  if (type.getElementTypeBitWidth() != (width == 16 ? 64u : 32u))
    return op->emitOpError("expects a bias of type ")
           << (width == 16 ? "i64" : "i32") << " beside " << width
           << "-bit activations, found " << type;
  return success();
}

SmallVector<unsigned> reuseIfSameWidth(Value operand, Value result) {
  if (getStorageBits(getActivationElement(operand.getType())) !=
      getStorageBits(getActivationElement(result.getType())))
    return {};
  return {0};
}

} // namespace qc::tpu
