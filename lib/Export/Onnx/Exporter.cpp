// The state of one function's export: names, nodes, orders of dimensions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Exporter.h"
#include "qc/Dialect/QC/IR/Constants.h"
#include "qc/Dialect/QC/IR/Names.h"
#include "qc/Interfaces/ExecutableOpInterface.h"

#include "mlir/Dialect/Utils/IndexingUtils.h"

namespace qc::onnxexport {

//===----------------------------------------------------------------------===//
// Orders
//===----------------------------------------------------------------------===//

Order getImageOrder() { return {0, 3, 1, 2}; }
Order getImageOrder(Operation *op) {
  return isa<tpu::TpuDialect>(op->getDialect())
             ? getImageOrder()
             : getPlainOrder(getRank(op->getOperand(0)));
}

DType getTensorDType(Value value) {
  Type element = cast<RankedTensorType>(value.getType()).getElementType();
  return isa<quant::QuantizedType>(element) ? DType::F32
                                            : *getExecutionDType(element);
}

static void addNodeNames(Location loc, size_t count,
                         SmallVectorImpl<std::string> &names) {
  if (auto name = dyn_cast<NameLoc>(loc)) {
    if (auto node = dyn_cast<NameLoc>(name.getChildLoc()))
      names.push_back(node.getName().str());
  } else if (auto fused = dyn_cast<FusedLoc>(loc)) {
    for (Location part : fused.getLocations())
      if (names.size() < count)
        addNodeNames(part, count, names);
  }
}

SmallVector<std::string> getNodeNames(Location loc, size_t count) {
  SmallVector<std::string> names;
  addNodeNames(loc, count, names);
  return names;
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
  // Integers made of the float result of a layer are called after that.
  if (StringRef source = name; value.getDefiningOp<tpu::QuantizeOp>() &&
                               source.consume_back("_quantized") &&
                               graph.isTaken(source))
    return graph.uniqueTensor((source + kDequantized).str());
  auto owner = owners.find(name);
  if (owner != owners.end() && owner->second != value.getDefiningOp())
    return graph.uniqueTensor(name + "_before");
  if (graph.isTaken(name))
    return graph.uniqueTensor(name + kDequantized.str());
  return graph.uniqueTensor(name);
}

/// A name for what stands between two tensors of the source: none of theirs.
std::string Exporter::rawName(const llvm::Twine &base) {
  std::string name = base.str();
  while (owners.contains(name))
    name += "_";
  return graph.uniqueTensor(name);
}

void Exporter::beginOp(Operation *op) {
  current = op;
  currentName = getTensorName(op->getResult(0));
  if (currentName.empty())
    currentName = op->getName().stripDialect().str();
  lastNode = limitedNode = std::nullopt;
}

LogicalResult Exporter::require(int64_t since, const llvm::Twine &what) {
  if (opset >= since)
    return success();
  return current->emitOpError("at '")
         << getDisplayName(current) << "' is written as " << what
         << ", which operator set " << opset
         << " does not have; it is there from " << since << " on";
}

//===----------------------------------------------------------------------===//
// Nodes
//===----------------------------------------------------------------------===//

SmallVector<std::string>
Exporter::emitSeveral(StringRef opType, ArrayRef<std::string> inputs,
                      size_t count, ArrayRef<NodeAttribute> attributes) {
  std::string base = currentName + "_" + opType.str();
  SmallVector<std::string> names;
  for (size_t i = 0; i < count; ++i)
    names.push_back(rawName(base + "_output"));
  lastNode = graph.addNode(opType, base, inputs, names, attributes);
  return names;
}

std::string Exporter::emit(StringRef opType, ArrayRef<std::string> inputs,
                           ArrayRef<NodeAttribute> attributes) {
  return emitSeveral(opType, inputs, 1, attributes).front();
}

/// The node that makes a tensor is called like the source's, and so is the one
/// in front of a fused activation.
void Exporter::nameNodes() {
  SmallVector<std::string> names = getNodeNames(current->getLoc(), 2);
  if (lastNode && !names.empty())
    graph.renameNode(*lastNode, names[0]);
  if (limitedNode && names.size() > 1)
    graph.renameNode(*limitedNode, names[1]);
}

std::string Exporter::convert(const std::string &tensor, DType dtype) {
  return emit("Cast", {tensor},
              {{"to", static_cast<int64_t>(getDataType(dtype))}});
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

FailureOr<Tensor> Exporter::getConstant(Value value) {
  ElementsAttr elements = getElements(value);
  if (!elements)
    return current->emitOpError("at '")
           << getDisplayName(current) << "' takes '" << getTensorName(value)
           << "', which the network computes, where ONNX export needs a "
              "constant; emit the program alone (--emit qcb), or make it one";
  Result<Tensor> tensor = getConstantTensor(elements);
  if (!tensor)
    return value.getDefiningOp()->emitOpError("'")
           << getTensorName(value) << "', which '" << getDisplayName(current)
           << "' takes: " << tensor.message();
  return *tensor;
}

std::string Exporter::limit(const std::string &tensor, std::optional<float> low,
                            std::optional<float> high) {
  if (!low && !high)
    return tensor;
  limitedNode = lastNode;
  if (!high && *low == 0.0f)
    return emit("Relu", {tensor});
  if (opset < 11) {
    // Both bounds have defaults.
    SmallVector<NodeAttribute> bounds;
    if (low)
      bounds.push_back({"min", *low});
    if (high)
      bounds.push_back({"max", *high});
    return emit("Clip", {tensor}, bounds);
  }
  SmallVector<std::string> inputs{tensor, low ? scalar("min", *low) : ""};
  if (high)
    inputs.push_back(scalar("max", *high));
  return emit("Clip", inputs);
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
  if (!element) {
    nameNodes();
    return alias(result, nameResult(result, raw, order), order);
  }
  int64_t range[] = {element.getStorageTypeMin(), element.getStorageTypeMax()};
  std::string limited = clamp(raw, bounds ? *bounds : range, element);
  nameNodes();
  alias(result,
        quantize(limited, tensorName(result), element,
                 reorder(getShape(result), order)),
        order);
}

/// Tensor `raw` under the name of `result`, which is not rounded: that of the
/// node that makes it, unless no node of the op does.
std::string Exporter::nameResult(Value result, const std::string &raw,
                                 ArrayRef<int64_t> order) {
  std::string name = tensorName(result);
  if (!lastNode || !graph.renameOutput(*lastNode, raw, name))
    graph.addNode("Identity", name + "_Identity", {raw}, name);
  graph.addValueInfo(name, getTensorDType(result),
                     reorder(getShape(result), order));
  return name;
}

Order Exporter::getOrder(Value value) {
  auto found = stored.find(value);
  return found == stored.end() ? getPlainOrder(getRank(value))
                               : found->second.front().order;
}

std::optional<Order> Exporter::getNamedOrder(Value value) const {
  std::string name = getTensorName(value);
  for (const Stored &form : stored.lookup(value))
    if (form.name == name)
      return form.order;
  return std::nullopt;
}

std::string Exporter::makeConstant(Value value, ArrayRef<int64_t> order) {
  ElementsAttr elements = getElements(value);
  // Nothing else can be without a stored form: ops are exported in order.
  Result<Tensor> tensor = elements ? getConstantTensor(elements)
                                   : Result<Tensor>(error("not a constant"));
  if (!tensor) {
    emitError(value.getLoc())
        << "'" << getTensorName(value) << "': " << tensor.message();
    broken = true;
    return "";
  }
  Tensor permuted = permute(*tensor, order);
  auto element = getQuantizedElement(value.getType());
  if (!element) {
    std::string name = getTensorName(value);
    return graph.addInitializer(name.empty() ? "constant" : name, permuted);
  }
  std::string name = tensorName(value);
  std::string integers =
      graph.addInitializer(name + "_quantized", withSignOf(permuted, element));
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
  return qc::chooseOrder(operands, rank,
                         [&](Value operand) { return getOrder(operand); });
}

} // namespace qc::onnxexport
