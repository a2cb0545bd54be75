// ONNX operators whose form depends on the operator set.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Operators.h"

namespace qc::onnxexport {

/// A tensor of one element, `value` in type `dtype`.
static Tensor makeScalar(DType dtype, double value) {
  if (dtype == DType::F32)
    return Tensor::fromVector<float>({static_cast<float>(value)}, {});
  Tensor tensor = Tensor::zeros(dtype, {});
  auto integer = static_cast<int64_t>(value);
  std::memcpy(tensor.raw(), &integer, tensor.byteSize());
  return tensor;
}

FailureOr<std::string> emitPad(Exporter &exporter, const std::string &input,
                               ArrayRef<int64_t> pads, StringRef mode,
                               DType dtype, double value) {
  SmallVector<NodeAttribute> attributes{{"mode", mode}};
  if (exporter.opset < 11) {
    if (dtype != DType::F32 && failed(exporter.require(11, "Pad of integers")))
      return failure();
    attributes.push_back({"pads", pads});
    attributes.push_back({"value", static_cast<float>(value)});
    return exporter.emit("Pad", {input}, attributes);
  }
  SmallVector<std::string> inputs{input, exporter.ints("pads", pads)};
  if (mode == "constant")
    inputs.push_back(exporter.constant("pad_value", makeScalar(dtype, value)));
  return exporter.emit("Pad", inputs, attributes);
}

/// Axes became an operand, of sums in operator set 13, of others in 18.
std::string emitReduction(Exporter &exporter, StringRef opType,
                          const std::string &input, ArrayRef<int64_t> axes,
                          bool keepdims) {
  SmallVector<std::string> inputs{input};
  SmallVector<NodeAttribute> attributes{{"keepdims", int64_t(keepdims)}};
  if (exporter.opset >= (opType == "ReduceSum" ? 13 : 18))
    inputs.push_back(exporter.ints("axes", axes));
  else
    attributes.push_back({"axes", axes});
  return exporter.emit(opType, inputs, attributes);
}

/// Before operator set 13 it is taken over all dimensions from `axis` on.
std::string emitSoftmax(Exporter &exporter, StringRef opType,
                        const std::string &input, ArrayRef<int64_t> shape,
                        int64_t axis) {
  bool isLast = llvm::all_of(shape.drop_front(axis + 1),
                             [](int64_t size) { return size == 1; });
  if (exporter.opset >= 13 || isLast)
    return exporter.emit(opType, {input}, {{"axis", axis}});
  // Exchanging two dimensions twice changes nothing.
  auto last = static_cast<int64_t>(shape.size()) - 1;
  Order order = getPlainOrder(shape.size());
  std::swap(order[axis], order[last]);
  NodeAttribute perm("perm", ArrayRef<int64_t>(order));
  std::string turned = exporter.emit("Transpose", {input}, {perm});
  std::string made = exporter.emit(opType, {turned}, {{"axis", last}});
  return exporter.emit("Transpose", {made}, {perm});
}

SmallVector<std::string> emitSplit(Exporter &exporter, const std::string &input,
                                   int64_t axis, ArrayRef<int64_t> sizes) {
  SmallVector<std::string> inputs{input};
  SmallVector<NodeAttribute> attributes{{"axis", axis}};
  if (exporter.opset >= 13)
    inputs.push_back(exporter.ints("split", sizes));
  else
    attributes.push_back({"split", sizes});
  return exporter.emitSeveral("Split", inputs, sizes.size(), attributes);
}

/// (x - mean) / sqrt(variance + epsilon) * scale + bias, as networks that are
/// older than the operator write it.
static std::string emitParts(Exporter &exporter, const std::string &input,
                             ArrayRef<int64_t> axes,
                             const LayerNormalization &norm) {
  auto mean = [&](const std::string &tensor) {
    return emitReduction(exporter, "ReduceMean", tensor, axes, true);
  };
  std::string centred = exporter.emit("Sub", {input, mean(input)});
  std::string variance = mean(exporter.emit("Mul", {centred, centred}));
  std::string deviation = exporter.emit(
      "Sqrt",
      {exporter.emit("Add",
                     {variance, exporter.scalar("epsilon", norm.epsilon)})});
  std::string result = exporter.emit("Div", {centred, deviation});
  if (!norm.scale.empty())
    result = exporter.emit("Mul", {result, norm.scale});
  if (!norm.bias.empty())
    result = exporter.emit("Add", {result, norm.bias});
  return result;
}

std::string emitLayerNormalization(Exporter &exporter, const std::string &input,
                                   ArrayRef<int64_t> shape,
                                   const LayerNormalization &norm) {
  if (exporter.opset < 17) {
    auto axes = llvm::to_vector(
        llvm::seq<int64_t>(norm.axis, static_cast<int64_t>(shape.size())));
    return emitParts(exporter, input, axes, norm);
  }
  std::string scale = norm.scale;
  if (scale.empty()) {
    // It is the one of the two that must be there.
    Tensor ones(DType::F32, shape.drop_front(norm.axis).vec());
    std::fill_n(ones.data<float>(), ones.numElements(), 1.0f);
    scale = exporter.constant("scale", ones);
  }
  SmallVector<std::string> inputs{input, scale};
  if (!norm.bias.empty())
    inputs.push_back(norm.bias);
  return exporter.emit("LayerNormalization", inputs,
                       {{"axis", norm.axis}, {"epsilon", norm.epsilon}});
}

} // namespace qc::onnxexport
