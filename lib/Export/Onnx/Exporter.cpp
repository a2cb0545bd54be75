// The state of one function's export: names, orders of dimensions, Q/DQ pairs.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Exporter.h"
#include "qc/Dialect/QC/IR/Names.h"
#include "qc/Execution/Executor.h"
#include "qc/Interfaces/ExecutableOpInterface.h"

#include "mlir/Dialect/Utils/IndexingUtils.h"
#include <cmath>
#include <limits>

namespace qc::onnxexport {

/// Behind the name of a float that is quantized and dequantized as it stands.
static constexpr llvm::StringLiteral kDequantized = "_dequantized";

//===----------------------------------------------------------------------===//
// Orders
//===----------------------------------------------------------------------===//

Order getPlainOrder(int64_t rank) {
  return llvm::to_vector(llvm::seq<int64_t>(0, rank));
}
Order getImageOrder() { return {0, 3, 1, 2}; }

SmallVector<int64_t> reorder(ArrayRef<int64_t> values,
                             ArrayRef<int64_t> order) {
  return llvm::map_to_vector(order, [&](int64_t i) { return values[i]; });
}

int64_t mapAxis(int64_t axis, ArrayRef<int64_t> order) {
  return llvm::find(order, axis) - order.begin();
}

Tensor permute(const Tensor &tensor, ArrayRef<int64_t> order) {
  if (llvm::equal(order, getPlainOrder(tensor.rank())))
    return tensor;
  Shape shape;
  SmallVector<int64_t> strides(tensor.rank(), 1);
  for (int64_t i = tensor.rank() - 2; i >= 0; --i)
    strides[i] = strides[i + 1] * tensor.dim(i + 1);
  for (int64_t i : order)
    shape.push_back(tensor.dim(i));
  strides = reorder(strides, order);
  Tensor result(tensor.dtype(), shape);
  size_t size = dtypeSize(tensor.dtype());
  auto *to = static_cast<char *>(result.raw());
  auto *from = static_cast<const char *>(tensor.raw());
  SmallVector<int64_t> index(shape.size(), 0);
  int64_t offset = 0;
  for (int64_t n = 0; n < result.numElements(); ++n) {
    std::memcpy(to + n * size, from + offset * size, size);
    for (int64_t d = shape.size() - 1; d >= 0; --d) {
      offset += strides[d];
      if (++index[d] < shape[d])
        break;
      offset -= index[d] * strides[d];
      index[d] = 0;
    }
  }
  return result;
}

int64_t getRank(Value value) {
  return cast<RankedTensorType>(value.getType()).getRank();
}
ArrayRef<int64_t> getShape(Value value) {
  return cast<RankedTensorType>(value.getType()).getShape();
}

std::string getNodeName(Location loc) {
  if (auto name = dyn_cast<NameLoc>(loc)) {
    auto node = dyn_cast<NameLoc>(name.getChildLoc());
    return node ? node.getName().str() : "";
  }
  if (auto fused = dyn_cast<FusedLoc>(loc))
    for (Location part : fused.getLocations())
      if (std::string node = getNodeName(part); !node.empty())
        return node;
  return "";
}

static quant::UniformQuantizedType getQuantizedElement(Type type) {
  return dyn_cast<quant::UniformQuantizedType>(
      cast<RankedTensorType>(type).getElementType());
}

//===----------------------------------------------------------------------===//
// Names
//===----------------------------------------------------------------------===//

Exporter::Exporter(GraphWriter &graph, Block &block, int64_t opset)
    : graph(graph), opset(opset) {
  for (Operation &op : block.without_terminator())
    for (Value result : op.getResults()) {
      std::string name = getTensorName(result);
      // A transpose leaves no tensor of its own where it can be helped.
      if (isa<tpu::TransposeOp>(op) && owners.contains(name))
        continue;
      owners[name] = &op;
    }
}

/// The name of `value` if it may have it, else one derived from it.
std::string Exporter::tensorName(Value value) {
  std::string name = getTensorName(value);
  if (name.empty())
    return graph.uniqueTensor("tensor");
  auto owner = owners.find(name);
  if (owner != owners.end() && owner->second != value.getDefiningOp())
    return graph.uniqueTensor(name + "_before");
  if (graph.isTaken(name))
    return graph.uniqueTensor(name + kDequantized.str());
  return graph.uniqueTensor(name);
}

void Exporter::beginOp(Operation *op) {
  current = op;
  currentName = getTensorName(op->getResult(0));
  if (currentName.empty())
    currentName = op->getName().stripDialect().str();
  namedNode = false;
}

/// The first node of an op is called like the source's node.
std::string Exporter::nodeName(StringRef opType) {
  std::string name = namedNode ? "" : getNodeName(current->getLoc());
  namedNode = true;
  return name.empty() ? currentName + "_" + opType.str() : name;
}

//===----------------------------------------------------------------------===//
// Nodes
//===----------------------------------------------------------------------===//

std::string Exporter::emit(StringRef opType, ArrayRef<std::string> inputs,
                           ArrayRef<NodeAttribute> attributes) {
  std::string name =
      graph.uniqueTensor(currentName + "_" + opType.str() + "_output");
  graph.addNode(opType, nodeName(opType), inputs, name, attributes);
  return name;
}

std::string Exporter::scalar(StringRef suffix, float value) {
  return constant(suffix, Tensor::fromVector<float>({value}, {}));
}
std::string Exporter::ints(StringRef suffix, ArrayRef<int64_t> values) {
  return graph.addInts(currentName + "_" + suffix.str(), values);
}
std::string Exporter::constant(StringRef suffix, const Tensor &tensor) {
  return graph.addInitializer(currentName + "_" + suffix.str(), tensor);
}

/// The IR stores integers without a sign; ONNX wants to know of it.
static Tensor withSignOf(const Tensor &stored, quant::QuantizedType type) {
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

FailureOr<Tensor> Exporter::getConstant(Value value) {
  auto op = value.getDefiningOp<tpu::ConstantOp>();
  if (!op)
    return current->emitOpError("at '")
           << getDisplayName(current) << "' takes '" << getTensorName(value)
           << "', which the network computes, where ONNX export needs a "
              "constant; emit the program alone (--emit qcb), or make it one";
  Result<Tensor> tensor = getConstantTensor(op.getValue());
  if (!tensor)
    return op.emitOpError("'") << getTensorName(value) << "', which '"
                               << getDisplayName(current)
                               << "' takes: " << tensor.message();
  return *tensor;
}

/// One scale, or one a channel.
static SmallVector<double> getScales(Value weight) {
  Type element = cast<RankedTensorType>(weight.getType()).getElementType();
  bool perChannel = isa<quant::UniformQuantizedPerAxisType>(element);
  return tpu::getChannelScales(weight.getType(),
                               perChannel ? getShape(weight)[0] : 1);
}

FailureOr<std::string> Exporter::weight(Value value, ArrayRef<int64_t> order) {
  FailureOr<Tensor> tensor = getConstant(value);
  if (failed(tensor))
    return failure();
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

std::string Exporter::limit(const std::string &tensor, std::optional<float> low,
                            std::optional<float> high) {
  if (!low && !high)
    return tensor;
  if (!high && *low == 0.0f)
    return emit("Relu", {tensor});
  SmallVector<std::string> inputs{tensor, low ? scalar("min", *low) : ""};
  if (high)
    inputs.push_back(scalar("max", *high));
  return emit("Clip", inputs);
}

//===----------------------------------------------------------------------===//
// Quantization
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

Exporter::Parameters
Exporter::makeParameters(quant::UniformQuantizedType type, StringRef name) {
  return {graph.addInitializer((name + "_scale").str(),
                               Tensor::fromVector<float>(
                                   {static_cast<float>(type.getScale())}, {})),
          graph.addInitializer((name + "_zero_point").str(),
                               makeZeroPoint(type))};
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
                {integers, constants.scale, constants.zeroPoint}, name);
  graph.addValueInfo(name, DType::F32, shape);
  return name.str();
}

//===----------------------------------------------------------------------===//
// Values
//===----------------------------------------------------------------------===//

void Exporter::addArgument(BlockArgument argument, StringRef name) {
  auto type = cast<RankedTensorType>(argument.getType());
  Order plain = getPlainOrder(type.getRank());
  std::string tensor = graph.uniqueTensor(name);
  graph.addInput(tensor, *getExecutionDType(type.getElementType()),
                 type.getShape());
  if (auto element = getQuantizedElement(type))
    tensor = dequantize(tensor, graph.uniqueTensor(tensor + kDequantized.str()),
                        element, type.getShape());
  alias(argument, tensor, plain);
}

void Exporter::alias(Value result, const std::string &name,
                     ArrayRef<int64_t> order) {
  stored[result].push_back({name, llvm::to_vector(order)});
}

void Exporter::finish(Value result, const std::string &raw,
                      ArrayRef<int64_t> order,
                      std::optional<ArrayRef<int64_t>> bounds) {
  auto element = getQuantizedElement(result.getType());
  if (!element)
    return alias(result, raw, order);
  int64_t range[] = {element.getStorageTypeMin(), element.getStorageTypeMax()};
  std::string limited = clamp(raw, bounds ? *bounds : range, element);
  alias(result,
        quantize(limited, tensorName(result), element,
                 reorder(getShape(result), order)),
        order);
}

Order Exporter::getOrder(Value value) {
  auto found = stored.find(value);
  return found == stored.end() ? getPlainOrder(getRank(value))
                               : found->second.front().order;
}

std::string Exporter::makeConstant(Value value, ArrayRef<int64_t> order) {
  auto op = value.getDefiningOp<tpu::ConstantOp>();
  // Nothing else can be without a stored form: ops are exported in order.
  Result<Tensor> tensor = op ? getConstantTensor(op.getValue())
                             : Result<Tensor>(error("not a constant"));
  if (!tensor) {
    emitError(value.getLoc())
        << "'" << getTensorName(value) << "': " << tensor.message();
    broken = true;
    return "";
  }
  Tensor permuted = permute(*tensor, order);
  auto element = getQuantizedElement(value.getType());
  if (!element)
    return graph.addInitializer(getTensorName(value), permuted);
  std::string name = tensorName(value);
  std::string integers = graph.addInitializer(name + "_quantized",
                                              withSignOf(permuted, element));
  // Integers and parameters of its own: with x64quantprecision, onnxruntime
  // makes s8 constants u8 reader by reader, and refuses the model over what it
  // has made u8 already.
  Parameters own = makeParameters(element, name);
  graph.addNode("DequantizeLinear", name + "_DequantizeLinear",
                {integers, own.scale, own.zeroPoint}, name);
  graph.addValueInfo(name, DType::F32, permuted.shape());
  return name;
}

/// A transpose of floats or integers is no rounding, but a pair of its own
/// tells a reader of integers that the parameters stay.
std::string Exporter::transpose(Value value, const Stored &from,
                                ArrayRef<int64_t> order) {
  bool owned = value.getDefiningOp<tpu::TransposeOp>() != nullptr;
  std::string name =
      owned ? tensorName(value) : graph.uniqueTensor(from.name + "_transposed");
  SmallVector<int64_t> perm = llvm::map_to_vector(
      order, [&](int64_t dim) { return mapAxis(dim, from.order); });
  auto element = getQuantizedElement(value.getType());
  std::string raw =
      element ? graph.uniqueTensor(name + "_Transpose_output") : name;
  graph.addNode("Transpose", name + "_Transpose", {from.name}, raw,
                {{"perm", ArrayRef<int64_t>(perm)}});
  return element ? quantize(raw, name, element, reorder(getShape(value), order))
                 : name;
}

std::string Exporter::get(Value value, ArrayRef<int64_t> order) {
  SmallVector<Stored, 1> forms = stored.lookup(value);
  for (const Stored &form : forms)
    if (llvm::equal(form.order, order))
      return form.name;
  std::string name = forms.empty() ? makeConstant(value, order)
                                   : transpose(value, forms.front(), order);
  // Each reader of a quantized constant has its own: see makeConstant.
  if (!forms.empty() || !getQuantizedElement(value.getType()))
    alias(value, name, order);
  return name;
}

Order Exporter::chooseOrder(ValueRange operands, int64_t rank) {
  Value largest;
  bool mixedWithPlain = false;
  for (Value operand : operands) {
    // Broadcasting aligns the last dimensions, which another order moves.
    if (getRank(operand) != rank)
      return getPlainOrder(rank);
    auto count = [](Value v) {
      return cast<RankedTensorType>(v.getType()).getNumElements();
    };
    bool constant = operand.getDefiningOp<tpu::ConstantOp>() != nullptr;
    if (constant)
      continue;
    mixedWithPlain |= getOrder(operand) == getPlainOrder(rank);
    if (!largest || count(operand) > count(largest))
      largest = operand;
  }
  // Images go on as images; for the rest, matrix products and normalisations
  // to come want the plain order.
  if (rank != 4 && mixedWithPlain)
    return getPlainOrder(rank);
  return largest ? getOrder(largest) : getPlainOrder(rank);
}

} // namespace qc::onnxexport
