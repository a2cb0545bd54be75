// What an export of integers adds: stored constants, and pairs of
// QuantizeLinear and DequantizeLinear. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
#include "Exporter.h"

namespace qc::onnxexport {

quant::UniformQuantizedType getQuantizedElement(Type type) {
  return dyn_cast<quant::UniformQuantizedType>(
      cast<RankedTensorType>(type).getElementType());
}

//===----------------------------------------------------------------------===//
// Stored integers
//===----------------------------------------------------------------------===//

Tensor withSignOf(const Tensor &stored, quant::QuantizedType type) {
  if (type.isSigned() || stored.dtype() != DType::I8)
    return stored;
  Tensor result(DType::U8, stored.shape());
  std::memcpy(result.raw(), stored.raw(), stored.byteSize());
  return result;
}

/// `count` times `value` in the type of `integers`: a scalar where it is once.
static Tensor makeZeroPoints(const Tensor &integers, int64_t value,
                             size_t count) {
  Shape shape;
  if (count > 1)
    shape.push_back(count);
  Tensor result = Tensor::zeros(integers.dtype(), shape);
  // Only integers of 8 bits have one that is not zero.
  if (value != 0)
    std::memset(result.raw(), static_cast<int>(value), result.byteSize());
  return result;
}

std::string Exporter::dequantized(StringRef name, const Tensor &stored,
                                  ArrayRef<double> scales, int64_t axis,
                                  int64_t zero) {
  Shape shape;
  if (scales.size() > 1)
    shape.push_back(scales.size());
  std::string base = name.str();
  std::string integers = graph.addInitializer(base + "_quantized", stored);
  std::string scale = graph.addInitializer(
      base + "_scale",
      Tensor::fromVector(std::vector<float>(scales.begin(), scales.end()),
                         shape));
  std::string zeroPoint = graph.addInitializer(
      base + "_zero_point", makeZeroPoints(stored, zero, scales.size()));
  std::string output = graph.uniqueTensor(base);
  SmallVector<NodeAttribute> attributes;
  if (scales.size() > 1)
    attributes.push_back({"axis", axis});
  graph.addNode("DequantizeLinear", base + "_DequantizeLinear",
                {integers, scale, zeroPoint}, output, attributes);
  return output;
}

std::string Exporter::dequantizedAs(StringRef name, const Tensor &stored,
                                    Type type, int64_t axis) {
  Type element = cast<RankedTensorType>(type).getElementType();
  // Weights of all channels have the same zero point.
  int64_t zero = 0;
  size_t scales = 1;
  if (auto channels = dyn_cast<quant::UniformQuantizedPerAxisType>(element)) {
    zero = channels.getZeroPoints().front();
    scales = channels.getScales().size();
  } else {
    zero = cast<quant::UniformQuantizedType>(element).getZeroPoint();
  }
  return dequantized(name,
                     withSignOf(stored, cast<quant::QuantizedType>(element)),
                     tpu::getChannelScales(type, scales), axis, zero);
}

/// One scale, or one a channel.
static SmallVector<double> getScales(Value weight) {
  Type element = cast<RankedTensorType>(weight.getType()).getElementType();
  bool perChannel = isa<quant::UniformQuantizedPerAxisType>(element);
  return tpu::getChannelScales(weight.getType(),
                               perChannel ? getShape(weight)[0] : 1);
}

/// Integers of 4 bits, which operator set 21 has, with scales of channels or of
/// groups of inputs, the last dimension.
std::string Exporter::dequantizedHalves(const Tensor &stored, Type type,
                                        ArrayRef<int64_t> order,
                                        const Tensor *factors) {
  int64_t outputs = stored.dim(0), last = int64_t(order.size()) - 1;
  bool isPerChannel = isa<quant::UniformQuantizedPerAxisType>(
      cast<RankedTensorType>(type).getElementType());
  SmallVector<double> scales =
      tpu::getChannelScales(type, isPerChannel ? outputs : 1);
  Tensor values =
      Tensor::fromVector(std::vector<float>(scales.begin(), scales.end()),
                         isPerChannel ? Shape{outputs} : Shape{});
  SmallVector<NodeAttribute> attributes;
  if (factors) {
    Tensor grouped(DType::F32, factors->shape());
    int64_t each = grouped.numElements() / outputs;
    for (int64_t i = 0; i < grouped.numElements(); ++i)
      grouped.data<float>()[i] = static_cast<float>(
          scales[isPerChannel ? i / each : 0] * factors->data<int8_t>()[i]);
    values = permute(grouped, order);
    attributes = {{"axis", mapAxis(last, order)},
                  {"block_size", stored.dim(last) / factors->dim(last)}};
  } else if (isPerChannel) {
    attributes = {{"axis", mapAxis(0, order)}};
  }
  std::string base = currentName + "_weight";
  std::string integers =
      graph.addHalves(base + "_quantized", permute(stored, order));
  std::string scale = graph.addInitializer(base + "_scale", values);
  std::string output = graph.uniqueTensor(base);
  graph.addNode("DequantizeLinear", base + "_DequantizeLinear",
                {integers, scale}, output, attributes);
  return output;
}

FailureOr<std::string> Exporter::weight(Value value, ArrayRef<int64_t> order,
                                        Value factors) {
  FailureOr<Tensor> tensor = getConstant(value);
  if (failed(tensor))
    return failure();
  std::optional<Tensor> multiplied;
  if (factors) {
    FailureOr<Tensor> found = getConstant(factors);
    if (failed(found))
      return failure();
    multiplied = std::move(*found);
  }
  auto element = cast<quant::QuantizedType>(
      cast<RankedTensorType>(value.getType()).getElementType());
  if (element.getStorageTypeIntegralWidth() == 4 && opset >= kWideOpset)
    return dequantizedHalves(*tensor, value.getType(), order,
                             multiplied ? &*multiplied : nullptr);
  if (multiplied)
    tensor = multiplyGroups(*tensor, *multiplied);
  return dequantizedAs(currentName + "_weight", permute(*tensor, order),
                       value.getType(), mapAxis(0, order));
}

/// The elements as i32 if they fit.
static std::optional<Tensor> narrow(const Tensor &tensor) {
  if (tensor.dtype() == DType::I32)
    return tensor;
  std::vector<int32_t> values;
  const auto *wide = tensor.data<int64_t>();
  for (int64_t i = 0; i < tensor.numElements(); ++i) {
    if (wide[i] != static_cast<int32_t>(wide[i]))
      return std::nullopt;
    values.push_back(static_cast<int32_t>(wide[i]));
  }
  return Tensor::fromVector(values, tensor.shape());
}

FailureOr<std::string> Exporter::bias(Value value, Value input, Value weight) {
  FailureOr<Tensor> tensor = getConstant(value);
  if (failed(tensor))
    return failure();
  double inputScale = tpu::getActivationElement(input.getType()).getScale();
  SmallVector<double> scales = llvm::map_to_vector(
      getScales(weight), [&](double scale) { return scale * inputScale; });
  if (std::optional<Tensor> narrowed = narrow(*tensor))
    return dequantized(currentName + "_bias", *narrowed, scales, 0);
  // DequantizeLinear takes no 64-bit integers.
  std::vector<float> values;
  for (int64_t i = 0; i < tensor->numElements(); ++i)
    values.push_back(static_cast<float>(tensor->data<int64_t>()[i] *
                                        scales[i % scales.size()]));
  return constant("bias", Tensor::fromVector(values, tensor->shape()));
}

//===----------------------------------------------------------------------===//
// Pairs
//===----------------------------------------------------------------------===//

/// A tensor of one element of the storage type of `type`.
static Tensor makeZeroPoint(quant::UniformQuantizedType type) {
  int64_t value = type.getZeroPoint();
  if (type.getStorageTypeIntegralWidth() == 16)
    return Tensor::fromVector<int16_t>({static_cast<int16_t>(value)}, {});
  if (type.isSigned())
    return Tensor::fromVector<int8_t>({static_cast<int8_t>(value)}, {});
  return Tensor::fromVector<uint8_t>({static_cast<uint8_t>(value)}, {});
}

Exporter::Parameters Exporter::makeParameters(quant::UniformQuantizedType type,
                                              StringRef name) {
  return {
      graph.addInitializer(
          (name + "_scale").str(),
          Tensor::fromVector<float>({static_cast<float>(type.getScale())}, {})),
      graph.addInitializer((name + "_zero_point").str(), makeZeroPoint(type))};
}

/// Tensors that share parameters share their initializers, which are named
/// after the first of them.
const Exporter::Parameters &
Exporter::getParameters(quant::UniformQuantizedType type, StringRef name) {
  auto [entry, isNew] = parameters.try_emplace(type);
  if (isNew)
    entry->second = makeParameters(type, name);
  return entry->second;
}

std::string Exporter::clamp(const std::string &raw, ArrayRef<int64_t> bounds,
                            quant::UniformQuantizedType type) {
  unsigned width = type.getStorageTypeIntegralWidth();
  int64_t low = type.isSigned() ? -(int64_t(1) << (width - 1)) : 0;
  int64_t high = low + (int64_t(1) << width) - 1;
  auto real = [&](int64_t q) {
    return static_cast<float>((q - type.getZeroPoint()) * type.getScale());
  };
  // What QuantizeLinear saturates anyway needs no node.
  return limit(
      raw, bounds[0] > low ? std::optional(real(bounds[0])) : std::nullopt,
      bounds[1] < high ? std::optional(real(bounds[1])) : std::nullopt);
}

std::string Exporter::quantize(const std::string &raw, StringRef name,
                               quant::UniformQuantizedType type,
                               ArrayRef<int64_t> shape) {
  // The pair of an input, whose name is the float's, has names as others have.
  std::string base = name.str();
  if (name.ends_with(kDequantized))
    base.resize(base.size() - kDequantized.size());
  const Parameters &constants = getParameters(type, base);
  std::string integers = graph.uniqueTensor(base + "_quantized");
  graph.addNode("QuantizeLinear", base + "_QuantizeLinear",
                {raw, constants.scale, constants.zeroPoint}, integers);
  return dequantize(integers, name, type, shape);
}

std::string Exporter::pair(const std::string &raw, StringRef suffix,
                           quant::UniformQuantizedType type,
                           ArrayRef<int64_t> shape) {
  return quantize(raw, graph.uniqueTensor(currentName + "_" + suffix.str()),
                  type, shape);
}

std::string Exporter::dequantize(const std::string &integers, StringRef name,
                                 quant::UniformQuantizedType type,
                                 ArrayRef<int64_t> shape) {
  const Parameters &constants = getParameters(type, name);
  graph.addNode("DequantizeLinear", name.str() + "_DequantizeLinear",
                {integers, constants.scale, constants.zeroPoint}, name.str());
  graph.addValueInfo(name, DType::F32, shape);
  return name.str();
}

} // namespace qc::onnxexport
