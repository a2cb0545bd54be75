// Quantized tensors: QuantizeLinear, DequantizeLinear and the QLinear ops.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A tensor of integers with a scale and a zero point is a value of quantized type
// here, which ops read as the real numbers that it stands for: QuantizeLinear is
// top.requantize, DequantizeLinear nothing, or, of a constant,
// top.quantized_constant. Scales, zero points and integers stay what the file
// says.
#include "../Handlers.h"
#include "../HostOps.h"
#include "../TensorData.h"
#include "../Window.h"

#include "qc/Dialect/Top/IR/BlockParameters.h"
#include "qc/Dialect/Top/IR/Top.h"
#include "qc/Quantization/Parameters.h"
#include "qc/Quantization/WeightTypes.h"

#include "mlir/IR/TypeUtilities.h"

#include <cfloat>
#include <cmath>
#include <numeric>

namespace qc::onnximport {

namespace {

//===----------------------------------------------------------------------===//
// Parameters
//===----------------------------------------------------------------------===//

/// How integers are stored.
struct Format {
  unsigned bits = 8;
  bool isSigned = false;

  int64_t low() const { return isSigned ? -(int64_t(1) << (bits - 1)) : 0; }
  int64_t high() const {
    return (int64_t(1) << (isSigned ? bits - 1 : bits)) - 1;
  }
};

/// The format of input `index`, which must hold integers.
std::optional<Format> readFormat(NodeContext &node, size_t index) {
  auto type = dyn_cast_or_null<IntegerType>(node.elementType(index));
  if (!type)
    return std::nullopt;
  unsigned narrow = node.narrowBits(index);
  return Format{narrow ? narrow : type.getWidth(), !type.isUnsigned()};
}

/// The format that ONNX calls by the number of an attribute.
std::optional<Format> getNamedFormat(int64_t dataType) {
  if (unsigned bits = getNarrowBits(static_cast<int>(dataType)))
    return Format{bits, getDataTypeName(static_cast<int>(dataType)) == "INT4"};
  switch (getDType(static_cast<int>(dataType)).value_or(DType::F32)) {
  case DType::I8:
    return Format{8, true};
  case DType::U8:
    return Format{8, false};
  case DType::I16:
    return Format{16, true};
  case DType::U16:
    return Format{16, false};
  default:
    return std::nullopt;
  }
}

/// A tensor's parameters, one a block in row-major order.
struct Parameters {
  Format format;
  top::Blocks blocks;
  std::vector<double> scales;
  std::vector<int64_t> zeroPoints;

  RankedTensorType getType(MLIRContext *context) const {
    return top::getBlockType(context, blocks, scales, zeroPoints, format.bits,
                             format.isSigned, format.low(), format.high());
  }
};

/// Where a node holds the parameters of one tensor.
struct ParameterInputs {
  size_t scale, zeroPoint;
};

/// The blocks of `shape` that a scale of the shape of input `index` belongs to:
/// all of it, the slices along `axis`, or runs of `blockSize` along it.
std::optional<top::Blocks> readBlocks(NodeContext &node, size_t index,
                                      ArrayRef<int64_t> shape, int64_t axis,
                                      int64_t blockSize) {
  top::Blocks blocks = top::Blocks::ofWhole(shape);
  ArrayRef<int64_t> scale = node.shape(index);
  if (blockSize == 0 &&
      (scale.empty() || (scale.size() == 1 && scale[0] == 1)))
    return blocks;
  axis = node.normalizeAxis(axis, static_cast<int64_t>(shape.size()));
  if (node.failed())
    return std::nullopt;
  if (blockSize == 0) {
    blocks.block[axis] = 1;
    if (scale.size() == 1 && scale[0] == shape[axis])
      return blocks;
  } else if (blockSize > 0 && shape[axis] % blockSize == 0) {
    for (int64_t &size : blocks.block)
      size = 1;
    blocks.block[axis] = blockSize;
    if (ArrayRef<int64_t>(blocks.getGrid()) == scale)
      return blocks;
  }
  (void)node.fail("the scale '" + node.inputName(index) + "' of shape " +
                  shapeText(scale) + " does not go with a tensor of shape " +
                  shapeText(shape) + " along axis " + Twine(axis) +
                  (blockSize ? Twine(" in blocks of ") + Twine(blockSize)
                             : Twine("")));
  return std::nullopt;
}

/// The parameters at `inputs` for a tensor of `shape`. The zero point says how
/// integers are stored, else `otherwise`.
std::optional<Parameters> readParameters(NodeContext &node,
                                         ParameterInputs inputs,
                                         ArrayRef<int64_t> shape, int64_t axis,
                                         int64_t blockSize,
                                         std::optional<Format> otherwise) {
  Parameters result;
  result.scales = node.reals(inputs.scale, "the scale");
  bool hasZeroPoint = node.hasInput(inputs.zeroPoint);
  std::optional<Format> format =
      hasZeroPoint ? readFormat(node, inputs.zeroPoint) : otherwise;
  auto blocks = readBlocks(node, inputs.scale, shape, axis, blockSize);
  if (hasZeroPoint && blocks)
    result.zeroPoints = node.integers(inputs.zeroPoint, "the zero point");
  else
    result.zeroPoints.assign(result.scales.size(), 0);
  if (node.failed() || !blocks)
    return std::nullopt;
  result.blocks = std::move(*blocks);
  if (!format || (format->bits > 16 && !(format->bits == 32 &&
                                         format->isSigned))) {
    (void)node.fail("only integers of 4, 8, 16 and, signed, 32 bits stand for "
                    "real numbers");
    return std::nullopt;
  }
  result.format = *format;
  if (result.zeroPoints.size() != result.scales.size() ||
      int64_t(result.scales.size()) != result.blocks.count()) {
    (void)node.fail("has " + Twine(result.scales.size()) + " scales and " +
                    Twine(result.zeroPoints.size()) + " zero points");
    return std::nullopt;
  }
  for (double scale : result.scales)
    if (!(std::abs(scale) >= FLT_MIN && std::abs(scale) <= FLT_MAX)) {
      (void)node.fail("the scale '" + node.inputName(inputs.scale) +
                      "' holds " + Twine(std::to_string(scale)) +
                      ", which is no scale: a finite number that is not zero "
                      "or denormal is");
      return std::nullopt;
    }
  return result;
}

//===----------------------------------------------------------------------===//
// Constants
//===----------------------------------------------------------------------===//

/// Scales below zero become positive ones of mirrored integers.
bool mirrorNegative(NodeContext &node, Parameters &parameters,
                    std::vector<int64_t> &stored) {
  if (llvm::none_of(parameters.scales, [](double scale) { return scale < 0; }))
    return true;
  bool fits = true;
  parameters.blocks.forEachRun([&](int64_t first, int64_t size, int64_t block) {
    if (parameters.scales[block] > 0)
      return;
    for (int64_t i = first; i < first + size; ++i) {
      stored[i] = 2 * parameters.zeroPoints[block] - stored[i];
      fits &= stored[i] >= parameters.format.low() &&
              stored[i] <= parameters.format.high();
    }
  });
  for (double &scale : parameters.scales)
    scale = std::abs(scale);
  if (!fits)
    (void)node.fail("a scale is negative, and with a positive one the "
                    "integers would not fit their type");
  return fits;
}

/// The constant at input `index` as stored integers with `parameters`.
Value createStored(NodeContext &node, size_t index, Parameters parameters) {
  std::vector<int64_t> stored = node.integers(index, "the quantized constant");
  if (node.failed() || !mirrorNegative(node, parameters, stored))
    return {};
  RankedTensorType type = parameters.getType(node.context());
  std::string name = node.inputName(index);
  return node.createNamed<top::QuantizedConstantOp>(
      name, {},
      OpAttributes().attribute("value", storeIntegers(stored, type, name)),
      type);
}

/// A float constant in the integers of `parameters`, as QuantizeLinear rounds.
LogicalResult foldQuantize(NodeContext &node, const Parameters &parameters) {
  const Tensor &tensor = *node.constant(0);
  std::vector<double> reals = node.reals(0, "the constant");
  std::vector<double> stored(reals.size());
  parameters.blocks.forEachRun([&](int64_t first, int64_t size, int64_t block) {
    auto scale = static_cast<float>(parameters.scales[block]);
    for (int64_t i = first; i < first + size; ++i) {
      // The quotient is one of single precision.
      stored[i] = double(quantizeValue(
          static_cast<float>(reals[i]) / scale, 1, parameters.zeroPoints[block],
          parameters.format.low(), parameters.format.high()));
    }
  });
  bool isSigned = parameters.format.isSigned;
  DType dtype = parameters.format.bits == 16
                    ? (isSigned ? DType::I16 : DType::U16)
                    : (isSigned ? DType::I8 : DType::U8);
  if (node.failed())
    return failure();
  Result<Tensor> integers =
      host::fromReals(node.budget(), dtype, tensor.shape(), stored);
  return integers ? node.setConstant(*integers) : node.fail(integers.message());
}

//===----------------------------------------------------------------------===//
// Activations
//===----------------------------------------------------------------------===//

/// An activation has one positive scale, or one a slice.
bool checkActivation(NodeContext &node, const Parameters &parameters) {
  if (parameters.format.bits > 16)
    (void)node.fail("a tensor that is computed is stored in 16 bits at most");
  for (double scale : parameters.scales)
    if (scale < 0)
      (void)node.fail("the scale of a tensor that is computed is negative");
  return !node.failed();
}

std::string typeText(Type type) {
  std::string text;
  llvm::raw_string_ostream(text) << type;
  return text;
}

/// Input `index` of real values: what was quantized must have been so by
/// `parameters`; other integers are taken for stored ones.
Value readStored(NodeContext &node, size_t index,
                 const Parameters &parameters) {
  if (node.constant(index))
    return createStored(node, index, parameters);
  Value value = node.input(index);
  if (!value || !checkActivation(node, parameters))
    return {};
  Type wanted = parameters.getType(node.context()).getElementType();
  if (quant::QuantizedType found = findStorageType(value)) {
    // What was moved as integers has the type, too, and says so.
    if (found == wanted)
      return isa<quant::QuantizedType>(getElementTypeOrSelf(value))
                 ? value
                 : node.createNamed<top::RequantizeOp>(
                       node.inputName(index), value, {},
                       parameters.getType(node.context()));
    (void)node.fail("input '" + node.inputName(index) + "' was quantized as " +
                    typeText(found) + ", and is read as " + typeText(wanted));
    return {};
  }
  if (!isa_and_nonnull<IntegerType>(node.elementType(index))) {
    (void)node.fail("input '" + node.inputName(index) +
                    "' is no quantized tensor");
    return {};
  }
  if (parameters.scales.size() != 1) {
    (void)node.fail("integers of an input with a scale a channel are not "
                    "supported");
    return {};
  }
  // An input of integers.
  auto shape = node.shape(index);
  std::string name = node.inputName(index);
  auto scalar = [&](StringRef suffix, double number) {
    return node.helperConstant(suffix, host::scalar(DType::F32, number));
  };
  auto real = RankedTensorType::get(shape, Float32Type::get(node.context()));
  value = node.createNamed<top::CastOp>(name + "_cast", value, {}, real);
  if (parameters.zeroPoints.front() != 0)
    value = node.createNamed<top::SubOp>(
        name + "_centered",
        {value, scalar("zero_point", double(parameters.zeroPoints.front()))});
  value = node.createNamed<top::MulOp>(
      name + "_real", {value, scalar("scale", parameters.scales.front())});
  return node.createNamed<top::RequantizeOp>(
      name + "_quantized", value, {}, parameters.getType(node.context()));
}

/// `value` in the type of `parameters`, as output 0.
LogicalResult setQuantized(NodeContext &node, Value value,
                           const Parameters &parameters) {
  if (!value || !checkActivation(node, parameters))
    return failure();
  return node.setResult(node.create<top::RequantizeOp>(
      value, {}, parameters.getType(node.context())));
}

//===----------------------------------------------------------------------===//
// QuantizeLinear and DequantizeLinear
//===----------------------------------------------------------------------===//

LogicalResult importQuantize(NodeContext &node) {
  int64_t axis = node.integerAttr("axis", 1);
  int64_t blockSize = node.integerAttr("block_size", 0);
  int64_t named = node.integerAttr("output_dtype", 0);
  // Of 8-bit floats, and the type that halves are divided in.
  node.ignoreAttr("saturate");
  node.ignoreAttr("precision");
  std::optional<Format> format = Format{8, false};
  if (named != 0)
    format = getNamedFormat(named);
  auto parameters =
      readParameters(node, {1, 2}, node.shape(0), axis, blockSize, format);
  if (!parameters)
    return failure();
  if (node.constant(0))
    return foldQuantize(node, *parameters);
  Type element = node.elementType(0);
  if (!element || !top::isFloatElement(element))
    return node.fail("quantizes integers, which is not supported");
  return setQuantized(node, node.input(0), *parameters);
}

LogicalResult importDequantize(NodeContext &node) {
  int64_t axis = node.integerAttr("axis", 1);
  int64_t blockSize = node.integerAttr("block_size", 0);
  node.ignoreAttr("output_dtype");
  std::optional<Format> format = readFormat(node, 0);
  if (Type element = node.elementType(0); element && !format &&
                                          !node.constant(0))
    // Its type tells more than the reader; the zero point has the word.
    if (auto stored = findStorageType(node.input(0)))
      format = Format{stored.getStorageTypeIntegralWidth(), stored.isSigned()};
  auto parameters =
      readParameters(node, {1, 2}, node.shape(0), axis, blockSize, format);
  if (!parameters)
    return failure();
  if (node.constant(0))
    return node.setResult(createStored(node, 0, *parameters));
  Value value = readStored(node, 0, *parameters);
  if (!value)
    return failure();
  if (value == node.input(0))
    return node.forward(0);
  value.setLoc(fuseNames(node.resultLoc(), value.getLoc()));
  return node.setResult(value);
}

//===----------------------------------------------------------------------===//
// Ops on quantized tensors
//===----------------------------------------------------------------------===//

/// A tensor of a node with the parameters that follow it.
std::optional<Parameters> readOperand(NodeContext &node, size_t index,
                                      int64_t axis = 0) {
  return readParameters(node, {index + 1, index + 2}, node.shape(index), axis,
                        0, readFormat(node, index));
}

Value readOperandValue(NodeContext &node, size_t index, int64_t axis = 0) {
  auto parameters = readOperand(node, index, axis);
  return parameters ? readStored(node, index, *parameters) : Value();
}

/// `value` with the parameters at `inputs`, one for all of it.
LogicalResult setResultAs(NodeContext &node, Value value,
                          ParameterInputs inputs) {
  if (!value)
    return failure();
  auto parameters =
      readParameters(node, inputs, cast<RankedTensorType>(value.getType()).getShape(),
                     0, 0, Format{8, false});
  return parameters ? setQuantized(node, value, *parameters) : failure();
}

LogicalResult importQLinearConv(NodeContext &node) {
  auto input = readOperand(node, 0), weight = readOperand(node, 3);
  if (!input || !weight)
    return failure();
  SmallVector<Value> operands{readStored(node, 0, *input),
                              readStored(node, 3, *weight)};
  if (node.hasInput(8)) {
    Parameters bias{Format{32, true}, top::Blocks::ofWhole(node.shape(8)), {},
                    {}};
    for (double scale : weight->scales)
      bias.scales.push_back(
          static_cast<float>(scale * input->scales.front()));
    bias.zeroPoints.assign(bias.scales.size(), 0);
    if (node.rank(8) != 1 ||
        (bias.scales.size() > 1 &&
         int64_t(bias.scales.size()) != node.shape(8)[0]))
      return node.fail("the bias of shape " + shapeText(node.shape(8)) +
                       " does not go with " + Twine(bias.scales.size()) +
                       " scales of weights");
    if (bias.scales.size() > 1)
      bias.blocks.block[0] = 1;
    operands.push_back(createStored(node, 8, bias));
  }
  return setResultAs(node, createConv(node, operands, 3, "real"), {6, 7});
}

LogicalResult importQLinearMatMul(NodeContext &node) {
  // A scale a column of the right matrix, a row of the left.
  SmallVector<Value> operands{
      readOperandValue(node, 0, std::max<int64_t>(node.rank(0) - 2, 0)),
      readOperandValue(node, 3, std::max<int64_t>(node.rank(3) - 1, 0))};
  if (node.rank(0) < 2 || node.rank(3) < 2)
    return node.fail("multiplies vectors, which is not supported");
  return setResultAs(node,
                     node.createHelper<top::MatMulOp>(
                         "real", operands,
                         OpAttributes()
                             .boolean("transpose_lhs", false)
                             .boolean("transpose_rhs", false)),
                     {6, 7});
}

template <typename OpT> LogicalResult importQLinearBinary(NodeContext &node) {
  SmallVector<Value> operands{readOperandValue(node, 0),
                              readOperandValue(node, 3)};
  return setResultAs(node, node.createHelper<OpT>("real", operands), {6, 7});
}

template <typename OpT> LogicalResult importQLinearUnary(NodeContext &node) {
  Value input = readOperandValue(node, 0);
  return setResultAs(node, node.createHelper<OpT>("real", input), {3, 4});
}

LogicalResult importQLinearLeakyRelu(NodeContext &node) {
  double alpha = node.realAttr("alpha", 0.01);
  Value input = readOperandValue(node, 0);
  return setResultAs(node,
                     node.createHelper<top::LeakyReluOp>(
                         "real", input, OpAttributes().real("alpha", alpha)),
                     {3, 4});
}

LogicalResult importQLinearGlobalAveragePool(NodeContext &node) {
  node.expectAttr("channels_last", 0);
  if (node.rank(0) < 3)
    return node.fail("a tensor of rank " + Twine(node.rank(0)) +
                     " has no window");
  SmallVector<int64_t> axes(node.rank(0) - 2);
  std::iota(axes.begin(), axes.end(), 2);
  Value input = readOperandValue(node, 0);
  return setResultAs(
      node,
      node.createHelper<top::ReduceMeanOp>(
          "real", input,
          OpAttributes().integers("axes", axes).boolean("keepdims", true)),
      {3, 4});
}

/// Parameters of the result come first, then three inputs a tensor.
LogicalResult importQLinearConcat(NodeContext &node) {
  if (node.numInputs() < 5 || node.numInputs() % 3 != 2)
    return node.fail("has " + Twine(node.numInputs()) +
                     " inputs: two, and three a tensor, are expected");
  int64_t axis = node.normalizeAxis(node.integerAttr("axis", 1), node.rank(2));
  SmallVector<Value> operands;
  for (size_t i = 2; i < node.numInputs(); i += 3)
    operands.push_back(readOperandValue(node, i));
  return setResultAs(node,
                     node.createHelper<top::ConcatOp>(
                         "real", operands, OpAttributes().integer("axis", axis)),
                     {0, 1});
}

/// Scales that are computed when the network runs have no place in the types.
LogicalResult refuseDynamic(NodeContext &node) {
  return node.fail("chooses scales while the network runs (dynamic "
                   "quantization), for which there is no integer form; "
                   "export the float model, or quantize it statically (QDQ)");
}

/// Products of raw integers, whose scales a later Mul applies.
LogicalResult refuseRaw(NodeContext &node) {
  return node.fail("multiplies integers whose scale is not in the node; "
                   "export the model in the QDQ form (DequantizeLinear in "
                   "front, QuantizeLinear behind), or as QLinearConv and "
                   "QLinearMatMul");
}

} // namespace

void registerQuantizedFamily(HandlerRegistry &registry) {
  registry.add("QuantizeLinear", {10, 13, 19, 21, 23, 24, 25},
               {importQuantize});
  registry.add("DequantizeLinear", {10, 13, 19, 21, 23, 24, 25},
               {importDequantize});
  registry.add("DynamicQuantizeLinear", {11}, {refuseDynamic});
  registry.add("ConvInteger", {10}, {refuseRaw});
  registry.add("MatMulInteger", {10}, {refuseRaw});
  registry.add("QLinearConv", {10}, {importQLinearConv});
  registry.add("QLinearMatMul", {10, 21}, {importQLinearMatMul});
  // As onnxruntime writes them.
  registry.add("com.microsoft.QLinearAdd", {1},
               {importQLinearBinary<top::AddOp>});
  registry.add("com.microsoft.QLinearMul", {1},
               {importQLinearBinary<top::MulOp>});
  registry.add("com.microsoft.QLinearSigmoid", {1},
               {importQLinearUnary<top::SigmoidOp>});
  registry.add("com.microsoft.QLinearLeakyRelu", {1},
               {importQLinearLeakyRelu});
  registry.add("com.microsoft.QLinearConcat", {1}, {importQLinearConcat});
  registry.add("com.microsoft.QLinearGlobalAveragePool", {1},
               {importQLinearGlobalAveragePool});
}

} // namespace qc::onnximport
