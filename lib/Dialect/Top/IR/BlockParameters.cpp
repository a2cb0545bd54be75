// Scales and zero points of quantized tensors, whatever they belong to.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Dialect/Top/IR/BlockParameters.h"
#include "qc/Dialect/QC/IR/Constants.h"

#include "mlir/Dialect/Quant/IR/QuantTypes.h"
#include "mlir/IR/AsmState.h"
#include "mlir/IR/DialectResourceBlobManager.h"

#include <cstring>

namespace qc::top {

Blocks Blocks::ofWhole(ArrayRef<int64_t> shape) {
  return {llvm::to_vector(shape), llvm::to_vector(shape)};
}

SmallVector<int64_t> Blocks::getGrid() const {
  SmallVector<int64_t> grid;
  for (auto [size, part] : llvm::zip_equal(shape, block))
    grid.push_back(size / part);
  return grid;
}

int64_t Blocks::count() const {
  int64_t blocks = 1;
  for (int64_t size : getGrid())
    blocks *= size;
  return blocks;
}

void Blocks::forEachRun(
    function_ref<void(int64_t, int64_t, int64_t)> body) const {
  // What one block holds of the innermost dimensions lies together.
  size_t outer = shape.size();
  int64_t run = 1;
  while (outer > 0) {
    --outer;
    run *= block[outer];
    if (block[outer] != shape[outer])
      break;
  }
  SmallVector<int64_t> grid = getGrid(), place(shape.size(), 0);
  int64_t total = 1;
  for (int64_t size : shape)
    total *= size;
  for (int64_t first = 0; first < total; first += run) {
    int64_t number = 0;
    for (size_t i = 0; i < shape.size(); ++i)
      number = number * grid[i] + place[i] / block[i];
    body(first, run, number);
    // Onwards: a block along dimension `outer`, an element before it.
    for (size_t i = outer + 1; i-- > 0;) {
      place[i] += i == outer ? block[i] : 1;
      if (place[i] < shape[i])
        break;
      place[i] = 0;
    }
    if (shape.empty())
      break;
  }
}

std::optional<BlockParameters> BlockParameters::get(RankedTensorType type) {
  BlockParameters found{Blocks::ofWhole(type.getShape()), {}, {}};
  Type element = type.getElementType();
  if (auto uniform = dyn_cast<quant::UniformQuantizedType>(element)) {
    found.scales = {uniform.getScale()};
    found.zeroPoints = {uniform.getZeroPoint()};
    return found;
  }
  if (auto perAxis = dyn_cast<quant::UniformQuantizedPerAxisType>(element)) {
    int64_t axis = perAxis.getQuantizedDimension();
    if (axis < 0 || axis >= type.getRank())
      return std::nullopt;
    found.blocks.block[axis] = 1;
    found.scales = llvm::to_vector(perAxis.getScales());
    found.zeroPoints = llvm::to_vector(perAxis.getZeroPoints());
  } else if (auto perBlock =
                 dyn_cast<quant::UniformQuantizedSubChannelType>(element)) {
    for (auto [axis, size] : perBlock.getBlockSizeInfo()) {
      if (axis < 0 || axis >= type.getRank() || size <= 0 ||
          type.getDimSize(axis) % size != 0)
        return std::nullopt;
      found.blocks.block[axis] = size;
    }
    for (const APFloat &scale : perBlock.getScales().getValues<APFloat>())
      found.scales.push_back(scale.convertToDouble());
    for (const APInt &zero : perBlock.getZeroPoints().getValues<APInt>())
      found.zeroPoints.push_back(zero.getSExtValue());
  } else {
    return std::nullopt;
  }
  auto count = size_t(found.blocks.count());
  if (found.scales.size() != count || found.zeroPoints.size() != count)
    return std::nullopt;
  return found;
}

/// The scales as the type of a grid of blocks takes them.
static DenseElementsAttr getGridOf(MLIRContext *context, ArrayRef<int64_t> grid,
                                   ArrayRef<double> scales) {
  SmallVector<float> values(scales.begin(), scales.end());
  return DenseElementsAttr::get(
      RankedTensorType::get(grid, Float32Type::get(context)),
      ArrayRef<float>(values));
}

RankedTensorType getBlockType(MLIRContext *context, const Blocks &blocks,
                              ArrayRef<double> scales,
                              ArrayRef<int64_t> zeroPoints, unsigned bits,
                              bool isSigned, int64_t low, int64_t high) {
  auto storage = IntegerType::get(context, bits);
  auto expressed = Float32Type::get(context);
  unsigned flags = isSigned ? quant::QuantizationFlags::Signed : 0;
  if (scales.size() == 1)
    return RankedTensorType::get(blocks.shape,
                                 quant::UniformQuantizedType::get(
                                     flags, storage, expressed, scales.front(),
                                     zeroPoints.front(), low, high));
  SmallVector<int32_t> cut;
  SmallVector<int64_t> sizes;
  for (auto [axis, size] : llvm::enumerate(blocks.block))
    if (size != blocks.shape[axis]) {
      cut.push_back(int32_t(axis));
      sizes.push_back(size);
    }
  if (cut.size() == 1 && sizes.front() == 1)
    return RankedTensorType::get(blocks.shape,
                                 quant::UniformQuantizedPerAxisType::get(
                                     flags, storage, expressed, scales,
                                     zeroPoints, cut.front(), low, high));
  SmallVector<int64_t> grid = blocks.getGrid();
  SmallVector<APInt> zeros = llvm::map_to_vector(zeroPoints, [&](int64_t zero) {
    return APInt(bits, uint64_t(zero), isSigned);
  });
  return RankedTensorType::get(
      blocks.shape,
      quant::UniformQuantizedSubChannelType::get(
          flags, storage, expressed, getGridOf(context, grid, scales),
          DenseElementsAttr::get(RankedTensorType::get(grid, storage), zeros),
          cut, sizes, low, high));
}

RankedTensorType getBlockType(const BlockParameters &parameters,
                              quant::QuantizedType like) {
  return getBlockType(like.getContext(), parameters.blocks, parameters.scales,
                      parameters.zeroPoints, like.getStorageTypeIntegralWidth(),
                      like.isSigned(), like.getStorageTypeMin(),
                      like.getStorageTypeMax());
}

/// The integers of `bytes`, each in the bytes of `Stored`.
template <typename Stored>
static SmallVector<int64_t> widen(ArrayRef<char> bytes) {
  SmallVector<int64_t> values(bytes.size() / sizeof(Stored));
  for (size_t i = 0; i < values.size(); ++i) {
    Stored value;
    std::memcpy(&value, bytes.data() + i * sizeof(Stored), sizeof(Stored));
    values[i] = value;
  }
  return values;
}

std::optional<SmallVector<int64_t>> getStoredIntegers(ElementsAttr elements,
                                                      bool isSigned) {
  auto integer = dyn_cast<IntegerType>(elements.getElementType());
  if (!integer)
    return std::nullopt;
  if (auto range = elements.tryGetValues<APInt>())
    return llvm::map_to_vector(*range, [&](const APInt &value) {
      return isSigned ? value.getSExtValue() : int64_t(value.getZExtValue());
    });
  auto resource = dyn_cast<DenseResourceElementsAttr>(elements);
  AsmResourceBlob *blob =
      resource ? resource.getRawHandle().getBlob() : nullptr;
  if (!blob)
    return std::nullopt;
  ArrayRef<char> bytes = blob->getData();
  std::optional<SmallVector<int64_t>> values;
  switch (integer.getWidth()) {
  case 4:
    if (auto halves = unpackHalves(bytes, elements.getNumElements(), isSigned))
      values = llvm::to_vector(
          llvm::map_range(*halves, [](int8_t half) { return int64_t(half); }));
    else
      return std::nullopt;
    break;
  case 8:
    values = isSigned ? widen<int8_t>(bytes) : widen<uint8_t>(bytes);
    break;
  case 16:
    values = isSigned ? widen<int16_t>(bytes) : widen<uint16_t>(bytes);
    break;
  case 32:
    values = isSigned ? widen<int32_t>(bytes) : widen<uint32_t>(bytes);
    break;
  case 64:
    values = widen<int64_t>(bytes);
    break;
  default:
    return std::nullopt;
  }
  if (int64_t(values->size()) != elements.getNumElements())
    return std::nullopt;
  return values;
}

std::optional<SmallVector<float>> dequantizeElements(ElementsAttr stored,
                                                     RankedTensorType type) {
  auto element = dyn_cast<quant::QuantizedType>(type.getElementType());
  auto parameters = BlockParameters::get(type);
  if (!element || !parameters)
    return std::nullopt;
  auto integers = getStoredIntegers(stored, element.isSigned());
  if (!integers)
    return std::nullopt;
  SmallVector<float> real(integers->size());
  parameters->blocks.forEachRun([&](int64_t first, int64_t size,
                                    int64_t block) {
    double scale = parameters->scales[block];
    int64_t zeroPoint = parameters->zeroPoints[block];
    for (int64_t i = first; i < first + size; ++i)
      real[i] = static_cast<float>(double((*integers)[i] - zeroPoint) * scale);
  });
  return real;
}

} // namespace qc::top
