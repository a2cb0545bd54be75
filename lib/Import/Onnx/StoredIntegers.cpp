// Tensors of integers that stand for real numbers: their parameters in a file.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "StoredIntegers.h"
#include "HostOps.h"
#include "TensorData.h"

#include "qc/Dialect/Top/IR/Top.h"
#include "qc/Quantization/WeightTypes.h"

#include "llvm/Support/FormatVariadic.h"

#include <cfloat>
#include <cmath>

namespace qc::onnximport {

//===----------------------------------------------------------------------===//
// Parameters
//===----------------------------------------------------------------------===//

std::optional<Format> readFormat(NodeContext &node, size_t index) {
  auto type = dyn_cast_or_null<IntegerType>(node.elementType(index));
  if (!type)
    return std::nullopt;
  unsigned narrow = node.narrowBits(index);
  return Format{narrow ? narrow : type.getWidth(), !type.isUnsigned()};
}

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

/// The blocks of `shape` that a scale of the shape of input `index` belongs to:
/// all of it, the slices along `axis`, or runs of `blockSize` along it.
static std::optional<top::Blocks> readBlocks(NodeContext &node, size_t index,
                                             ArrayRef<int64_t> shape,
                                             int64_t axis, int64_t blockSize) {
  top::Blocks blocks = top::Blocks::ofWhole(shape);
  ArrayRef<int64_t> scale = node.shape(index);
  if (blockSize == 0 && (scale.empty() || (scale.size() == 1 && scale[0] == 1)))
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
  (void)node.fail(
      "the scale '" + node.inputName(index) + "' of shape " + shapeText(scale) +
      " does not go with a tensor of shape " + shapeText(shape) +
      " along axis " + Twine(axis) +
      (blockSize ? Twine(" in blocks of ") + Twine(blockSize) : Twine("")));
  return std::nullopt;
}

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
  if (!format ||
      (format->bits > 16 && !(format->bits == 32 && format->isSigned))) {
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
                      "' holds " + llvm::formatv("{0:e3}", scale).str() +
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
static bool mirrorNegative(NodeContext &node, Parameters &parameters,
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

//===----------------------------------------------------------------------===//
// What is computed
//===----------------------------------------------------------------------===//

Parameters getParameters(quant::UniformQuantizedType type, NodeContext &node,
                         size_t index) {
  return {Format{type.getStorageTypeIntegralWidth(), type.isSigned()},
          top::Blocks::ofWhole(node.shape(index)),
          {type.getScale()},
          {type.getZeroPoint()}};
}

std::string typeText(Type type) {
  std::string text;
  llvm::raw_string_ostream(text) << type;
  return text;
}

std::optional<quant::UniformQuantizedType> getStoredType(NodeContext &node,
                                                         size_t index) {
  quant::QuantizedType type = findStorageType(node.input(index));
  if (auto uniform = dyn_cast_or_null<quant::UniformQuantizedType>(type))
    return uniform;
  (void)node.fail("input '" + node.inputName(index) + "' holds " +
                  (type ? "integers with a scale a slice, which only "
                          "DequantizeLinear reads"
                        : "sums of products, which only Cast reads"));
  return std::nullopt;
}

LogicalResult setStoredLike(NodeContext &node, size_t index, Value real) {
  auto type = getStoredType(node, index);
  if (!type)
    return failure();
  node.storeResults();
  return node.setResult(node.create<top::RequantizeOp>(
      real, {}, getParameters(*type, node, index).getType(node.context())));
}

/// Blocks that are no larger than `blocks` and in each of which `factors`, one
/// an element, do not differ: those of `blocks`, or slices of one dimension.
static std::optional<top::Blocks> findScaledBlocks(const top::Blocks &blocks,
                                                   ArrayRef<double> factors) {
  auto isEven = [&](const top::Blocks &candidate) {
    SmallVector<double> first(candidate.count(), 0);
    bool even = true;
    candidate.forEachRun([&](int64_t begin, int64_t size, int64_t block) {
      double &one = first[block];
      for (double factor : factors.slice(begin, size)) {
        one = one == 0 ? factor : one;
        even &= factor == one;
      }
    });
    return even;
  };
  if (isEven(blocks))
    return blocks;
  for (size_t axis = 0; axis < blocks.shape.size(); ++axis) {
    top::Blocks slices = blocks;
    slices.block[axis] = 1;
    if (isEven(slices))
      return slices;
  }
  return std::nullopt;
}

Value scaleStored(NodeContext &node, size_t index, const Tensor &factor) {
  auto stored = node.input(index).getDefiningOp<top::QuantizedConstantOp>();
  if (!stored)
    return {};
  auto type = cast<RankedTensorType>(stored.getOutput().getType());
  auto parameters = top::BlockParameters::get(type);
  Shape shape(type.getShape().begin(), type.getShape().end());
  // One that makes the constant larger has no place in it.
  Result<Tensor> spread = host::expand(node.budget(), factor, shape);
  if (!parameters || !spread || spread->shape() != shape)
    return {};
  std::vector<double> factors = host::toReals(*spread);
  if (llvm::any_of(factors, [](double value) { return !(value > 0); }))
    return {};
  auto blocks = findScaledBlocks(parameters->blocks, factors);
  if (!blocks)
    return {};
  top::BlockParameters scaled{*blocks, SmallVector<double>(blocks->count()),
                              SmallVector<int64_t>(blocks->count())};
  std::vector<int64_t> source(factors.size());
  parameters->blocks.forEachRun(
      [&](int64_t first, int64_t size, int64_t block) {
        std::fill_n(source.begin() + first, size, block);
      });
  bool isFinite = true;
  blocks->forEachRun([&](int64_t first, int64_t, int64_t block) {
    double scale =
        static_cast<float>(parameters->scales[source[first]] * factors[first]);
    isFinite &= scale >= FLT_MIN && scale <= FLT_MAX;
    scaled.scales[block] = scale;
    scaled.zeroPoints[block] = parameters->zeroPoints[source[first]];
  });
  if (!isFinite)
    return {};
  return node.create<top::QuantizedConstantOp>(
      {}, OpAttributes().attribute("value", stored.getValue()),
      top::getBlockType(scaled,
                        cast<quant::QuantizedType>(type.getElementType())));
}

} // namespace qc::onnximport
