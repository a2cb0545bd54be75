// Quantized tensors: QuantizeLinear, DequantizeLinear and the QLinear ops.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A tensor of integers with a scale and a zero point is a value of quantized
// type here, which ops read as the real numbers that it stands for:
// QuantizeLinear is top.requantize, DequantizeLinear nothing, or, of a
// constant, top.quantized_constant. Scales, zero points and integers stay what
// the file says.
#include "../Handlers.h"
#include "../HostOps.h"
#include "../StoredIntegers.h"
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
// Constants
//===----------------------------------------------------------------------===//

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

/// Integers of an input of the network, which stand for real numbers by
/// `parameters`. On the way they are numbers of their own types, which hold
/// them exactly.
Value readIntegers(NodeContext &node, size_t index,
                   const Parameters &parameters) {
  std::string name = node.inputName(index);
  int64_t zeroPoint = parameters.zeroPoints.front();
  auto scalar = [&](StringRef suffix, double number) {
    return node.helperConstant(suffix, host::scalar(DType::F32, number));
  };
  auto round = [&](StringRef suffix, Value value, double scale, int64_t zero) {
    Parameters exact = parameters;
    exact.scales = {scale};
    exact.zeroPoints = {zero};
    return node.createNamed<top::RequantizeOp>(name + suffix.str(), value, {},
                                               exact.getType(node.context()));
  };
  auto real = RankedTensorType::get(node.shape(index),
                                    Float32Type::get(node.context()));
  Value value = node.createNamed<top::CastOp>(name + "_cast", node.input(index),
                                              {}, real);
  value = round("_numbers", value, 1, 0);
  if (zeroPoint != 0)
    value = round("_differences",
                  node.createNamed<top::SubOp>(
                      name + "_centered",
                      {value, scalar("zero_point", double(zeroPoint))}),
                  1, zeroPoint);
  value = node.createNamed<top::MulOp>(
      name + "_real", {value, scalar("scale", parameters.scales.front())});
  return round("_quantized", value, parameters.scales.front(), zeroPoint);
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
  if (node.isStored(index)) {
    quant::QuantizedType found = findStorageType(value);
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
  return readIntegers(node, index, parameters);
}

/// `value` in the type of `parameters`, as output 0.
LogicalResult setQuantized(NodeContext &node, Value value,
                           const Parameters &parameters) {
  if (!value || !checkActivation(node, parameters))
    return failure();
  node.storeResults();
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
  if (node.isStored(0) || !element || !top::isFloatElement(element))
    return node.fail("quantizes integers, which is not supported");
  return setQuantized(node, node.input(0), *parameters);
}

LogicalResult importDequantize(NodeContext &node) {
  int64_t axis = node.integerAttr("axis", 1);
  int64_t blockSize = node.integerAttr("block_size", 0);
  node.ignoreAttr("output_dtype");
  std::optional<Format> format = readFormat(node, 0);
  if (Type element = node.elementType(0);
      element && !format && !node.constant(0))
    // Its type tells more than the reader; the zero point has the word.
    if (auto stored = node.isStored(0) ? findStorageType(node.input(0))
                                       : quant::QuantizedType())
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
  auto parameters = readParameters(
      node, inputs, cast<RankedTensorType>(value.getType()).getShape(), 0, 0,
      Format{8, false});
  return parameters ? setQuantized(node, value, *parameters) : failure();
}

/// Input `index` [N] as sums of products of `input` and `weight`.
Value readBias(NodeContext &node, size_t index, const Parameters &input,
               const Parameters &weight) {
  Parameters bias{
      Format{32, true}, top::Blocks::ofWhole(node.shape(index)), {}, {}};
  for (double scale : weight.scales)
    bias.scales.push_back(static_cast<float>(scale * input.scales.front()));
  bias.zeroPoints.assign(bias.scales.size(), 0);
  if (node.rank(index) != 1 ||
      (bias.scales.size() > 1 &&
       int64_t(bias.scales.size()) != node.shape(index)[0])) {
    (void)node.fail("the bias of shape " + shapeText(node.shape(index)) +
                    " does not go with " + Twine(bias.scales.size()) +
                    " scales of weights");
    return {};
  }
  if (bias.scales.size() > 1)
    bias.blocks.block[0] = 1;
  return createStored(node, index, bias);
}

LogicalResult importQLinearConv(NodeContext &node) {
  auto input = readOperand(node, 0), weight = readOperand(node, 3);
  if (!input || !weight)
    return failure();
  SmallVector<Value> operands{readStored(node, 0, *input),
                              readStored(node, 3, *weight)};
  if (node.hasInput(8))
    operands.push_back(readBias(node, 8, *input, *weight));
  return setResultAs(node, createConv(node, operands, 3, "real"), {6, 7});
}

LogicalResult importQLinearMatMul(NodeContext &node) {
  // A scale a column of the right matrix, a row of the left.
  SmallVector<Value> operands{
      readOperandValue(node, 0, std::max<int64_t>(node.rank(0) - 2, 0)),
      readOperandValue(node, 3, std::max<int64_t>(node.rank(3) - 1, 0))};
  if (node.rank(0) < 2 || node.rank(3) < 2)
    return node.fail("multiplies vectors, which is not supported");
  return setResultAs(
      node,
      node.createHelper<top::MatMulOp>("real", operands,
                                       OpAttributes()
                                           .boolean("transpose_lhs", false)
                                           .boolean("transpose_rhs", false)),
      {6, 7});
}

/// Its result is a float one where it has no scale.
LogicalResult importQGemm(NodeContext &node) {
  double alpha = node.realAttr("alpha", 1);
  bool transA = node.integerAttr("transA", 0) != 0;
  bool transB = node.integerAttr("transB", 0) != 0;
  if (node.rank(0) != 2 || node.rank(3) != 2)
    return node.fail("inputs of shapes " + shapeText(node.shape(0)) + " and " +
                     shapeText(node.shape(3)) + " are not matrices");
  // A scale a column of the product.
  auto lhs = readOperand(node, 0), rhs = readOperand(node, 3, transB ? 0 : 1);
  if (!lhs || !rhs)
    return failure();
  for (double &scale : rhs->scales)
    scale = static_cast<float>(scale * alpha);
  SmallVector<Value> operands{readStored(node, 0, *lhs),
                              readStored(node, 3, *rhs)};
  if (node.hasInput(6))
    operands.push_back(readBias(node, 6, *lhs, *rhs));
  OpAttributes attrs = OpAttributes()
                           .boolean("transpose_lhs", transA)
                           .boolean("transpose_rhs", transB);
  if (!node.hasInput(7))
    return node.setResult(node.create<top::MatMulOp>(operands, attrs));
  return setResultAs(
      node, node.createHelper<top::MatMulOp>("real", operands, attrs), {7, 8});
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
  return setResultAs(
      node,
      node.createHelper<top::ConcatOp>("real", operands,
                                       OpAttributes().integer("axis", axis)),
      {0, 1});
}

/// Scales that are computed when the network runs have no place in the types.
LogicalResult refuseDynamic(NodeContext &node) {
  return node.fail("chooses scales while the network runs (dynamic "
                   "quantization), for which there is no integer form; "
                   "export the float model, or quantize it statically (QDQ)");
}

//===----------------------------------------------------------------------===//
// Products of integers
//===----------------------------------------------------------------------===//

/// Input 0 as real numbers, which are `unit` times its integers less the zero
/// point at input 2.
Value readFactor(NodeContext &node, double &unit) {
  auto zeroPoints = node.hasInput(2) ? node.integers(2, "the zero point")
                                     : std::vector<int64_t>{0};
  if (node.failed() || zeroPoints.size() != 1) {
    (void)node.fail("the left factor has a zero point a row");
    return {};
  }
  unit = 1;
  if (!node.isStored(0)) {
    std::optional<Format> format = readFormat(node, 0);
    return format ? readStored(node, 0,
                               {*format,
                                top::Blocks::ofWhole(node.shape(0)),
                                {1.0},
                                zeroPoints})
                  : Value();
  }
  auto type = getStoredType(node, 0);
  if (!type)
    return {};
  if (type->getZeroPoint() != zeroPoints.front())
    (void)node.fail("input '" + node.inputName(0) +
                    "' was quantized with zero point " +
                    Twine(type->getZeroPoint()) + ", and is read with " +
                    Twine(zeroPoints.front()));
  unit = type->getScale();
  return node.input(0);
}

/// The constant at input 1 as weights whose products with what has `unit` are
/// those of the integers. A zero point at input 3 is one, or one along `axis`.
Value readIntegerWeight(NodeContext &node, double unit, int64_t axis) {
  if (!node.requireConstant(1, "the right factor of integers"))
    return {};
  std::optional<Format> format = readFormat(node, 1);
  Parameters weight{
      format.value_or(Format()), top::Blocks::ofWhole(node.shape(1)), {}, {0}};
  if (node.hasInput(3))
    weight.zeroPoints = node.integers(3, "the zero point of the weights");
  if (!format || node.failed())
    return {};
  if (weight.zeroPoints.size() > 1) {
    if (int64_t(weight.zeroPoints.size()) != node.shape(1)[axis]) {
      (void)node.fail("has " + Twine(weight.zeroPoints.size()) +
                      " zero points for " + Twine(node.shape(1)[axis]) +
                      " channels");
      return {};
    }
    weight.blocks.block[axis] = 1;
  }
  // Kept as it is until the factor behind is known: see createScaledWeight.
  weight.scales.assign(weight.zeroPoints.size(), 1 / unit);
  return createStored(node, 1, weight);
}

/// The result is integers, here the numbers that they are.
LogicalResult setProduct(NodeContext &node, Value product) {
  if (!product)
    return failure();
  node.storeResults();
  return node.setResult(product);
}

LogicalResult importConvInteger(NodeContext &node) {
  double unit;
  Value input = readFactor(node, unit);
  Value weight = input ? readIntegerWeight(node, unit, 0) : Value();
  return weight ? setProduct(node, createConv(node, {input, weight}, 1))
                : failure();
}

LogicalResult importMatMulInteger(NodeContext &node) {
  if (node.rank(0) < 2 || node.rank(1) < 2)
    return node.fail("multiplies vectors, which is not supported");
  double unit;
  Value input = readFactor(node, unit);
  Value weight =
      input ? readIntegerWeight(node, unit, node.rank(1) - 1) : Value();
  return weight ? setProduct(node, node.create<top::MatMulOp>(
                                       {input, weight},
                                       OpAttributes()
                                           .boolean("transpose_lhs", false)
                                           .boolean("transpose_rhs", false)))
                : failure();
}

} // namespace

void registerQuantizedFamily(HandlerRegistry &registry) {
  registry.add("QuantizeLinear", {10, 13, 19, 21, 23, 24, 25},
               {importQuantize, nullptr, StoredIntegers::Read});
  registry.add("DequantizeLinear", {10, 13, 19, 21, 23, 24, 25},
               {importDequantize, nullptr, StoredIntegers::Read});
  registry.add("com.microsoft.QuantizeLinear", {1},
               {importQuantize, nullptr, StoredIntegers::Read});
  registry.add("com.microsoft.DequantizeLinear", {1},
               {importDequantize, nullptr, StoredIntegers::Read});
  registry.add("DynamicQuantizeLinear", {11}, {refuseDynamic});
  registry.add("ConvInteger", {10},
               {importConvInteger, nullptr, StoredIntegers::Read});
  registry.add("MatMulInteger", {10},
               {importMatMulInteger, nullptr, StoredIntegers::Read});
  registry.add("QLinearConv", {10},
               {importQLinearConv, nullptr, StoredIntegers::Read});
  registry.add("QLinearMatMul", {10, 21},
               {importQLinearMatMul, nullptr, StoredIntegers::Read});
  // As onnxruntime writes them.
  registry.add(
      "com.microsoft.QLinearAdd", {1},
      {importQLinearBinary<top::AddOp>, nullptr, StoredIntegers::Read});
  registry.add(
      "com.microsoft.QLinearMul", {1},
      {importQLinearBinary<top::MulOp>, nullptr, StoredIntegers::Read});
  registry.add(
      "com.microsoft.QLinearSigmoid", {1},
      {importQLinearUnary<top::SigmoidOp>, nullptr, StoredIntegers::Read});
  registry.add("com.microsoft.QLinearLeakyRelu", {1},
               {importQLinearLeakyRelu, nullptr, StoredIntegers::Read});
  registry.add("com.microsoft.QGemm", {1},
               {importQGemm, nullptr, StoredIntegers::Read});
  registry.add("com.microsoft.QLinearConcat", {1},
               {importQLinearConcat, nullptr, StoredIntegers::Read});
  registry.add("com.microsoft.QLinearGlobalAveragePool", {1},
               {importQLinearGlobalAveragePool, nullptr, StoredIntegers::Read});
}

} // namespace qc::onnximport
