// Helpers that the op families lower with.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Lowering.h"
#include "qc/Dialect/QC/IR/QC.h"
#include "qc/Dialect/Top/IR/BlockParameters.h"
#include "qc/Quantization/WeightTypes.h"

#include "mlir/IR/AsmState.h"
#include "mlir/IR/Matchers.h"

#include <cmath>

namespace qc {

//===----------------------------------------------------------------------===//
// Constants
//===----------------------------------------------------------------------===//

std::optional<SmallVector<int64_t>> getIntElements(Value value) {
  ElementsAttr elements;
  if (!matchPattern(value, m_Constant(&elements)))
    return std::nullopt;
  return top::getStoredIntegers(elements, /*isSigned=*/true);
}

/// Constants from this many bytes on are resource blobs.
static constexpr size_t kBlobBytes = 1024;

template <typename T>
static ElementsAttr makeElements(RankedTensorType type, ArrayRef<T> values,
                                 StringRef key) {
  ArrayRef<char> bytes(reinterpret_cast<const char *>(values.data()),
                       values.size() * sizeof(T));
  if (bytes.size() < kBlobBytes)
    return DenseElementsAttr::getFromRawBuffer(type, bytes);
  return DenseResourceElementsAttr::get(
      type, key,
      HeapAsmResourceBlob::allocateAndCopyWithAlign(bytes, kBlobAlignment,
                                                    /*dataIsMutable=*/false));
}

static std::string getBlobKey(Location loc) {
  std::string name = getFirstName(loc);
  return name.empty() ? "constant" : name;
}

Value Lowering::constant(Location loc, RankedTensorType type,
                         ArrayRef<int64_t> values) {
  Type element = type.getElementType();
  if (auto quantized = dyn_cast<quant::QuantizedType>(element))
    element = quantized.getStorageType();
  auto storage = RankedTensorType::get(type.getShape(), element);
  return tpu::ConstantOp::create(
      builder, loc, type, storeIntegersAs(values, storage, getBlobKey(loc)));
}

Value Lowering::floatConstant(Location loc, ArrayRef<int64_t> shape,
                              ArrayRef<float> values) {
  auto type = RankedTensorType::get(shape, builder.getF32Type());
  return tpu::ConstantOp::create(
      builder, loc, type, makeElements<float>(type, values, getBlobKey(loc)));
}

//===----------------------------------------------------------------------===//
// Activations
//===----------------------------------------------------------------------===//

bool Lowering::isIndex(Value value) {
  Type element = cast<RankedTensorType>(value.getType()).getElementType();
  return element.isInteger(1) || element.isInteger(8) ||
         element.isInteger(16) || element.isInteger(32) ||
         element.isInteger(64);
}

FailureOr<Value> Lowering::getIndices(Value value) {
  if (isa<BlockArgument>(value))
    return value;
  auto elements = getIntElements(value);
  if (!elements)
    return emitError(value.getLoc())
           << "'" << getTensorName(value)
           << "' holds integers that the network computes, which has no "
              "quantized form; only constants, inputs and what is moved of "
              "them are supported";
  Value lowered = constant(value.getLoc(),
                           cast<RankedTensorType>(value.getType()), *elements);
  map(value, lowered);
  return lowered;
}

FailureOr<Value> Lowering::getMovable(Value value) {
  if (!isIndex(value))
    return getActivation(value);
  Value lowered = lowerings.lookup(value);
  return lowered ? lowered : getIndices(value);
}

FailureOr<Value> Lowering::getActivation(Value value) {
  if (isIndex(value))
    return current->emitOpError("at '")
           << getDisplayName(current) << "' reads integers ('"
           << getTensorName(value)
           << "'), for which it has no quantized form; cast them to float in "
              "the model";
  if (Value lowered = lowerings.lookup(value))
    return lowered;
  return getConstant(value);
}

FailureOr<Value> Lowering::getFloat(Value value) {
  Value &known = floats[value];
  if (known)
    return known;
  Operation *op = value.getDefiningOp();
  Location loc = value.getLoc();
  auto type = top::getResultTypeLike(value.getType());
  if (auto stored = dyn_cast_or_null<top::QuantizedConstantOp>(op)) {
    auto elements = getFloatElements(value);
    if (!elements)
      return emitError(loc) << "the integers of '" << getTensorName(value)
                            << "' are not in this file";
    return known = top::ConstantOp::create(
               builder, loc, type,
               makeElements<float>(type, *elements, getBlobKey(loc)));
  }
  if (matchPattern(value, m_Constant()))
    return known = builder.clone(*op)->getResult(0);
  Value lowered = lowerings.lookup(value);
  if (isIndex(value) || !getType(value))
    return known = lowered ? lowered : value;
  return known = tpu::DequantizeOp::create(
             builder,
             deriveName(
                 getTensorLoc(builder.getContext(), getTensorName(value)),
                 "_float"),
             type, lowered);
}

FailureOr<Value> Lowering::getConstant(Value value) {
  auto stored = value.getDefiningOp<top::QuantizedConstantOp>();
  auto type = getStorageType(value);
  if (!stored || !type)
    return emitError(value.getLoc())
           << "'" << getTensorName(value) << "', which '"
           << getDisplayName(current)
           << "' reads, has no storage type of its own; run "
              "--assign-quantization first";
  auto elements = top::getStoredIntegers(stored.getValue(), type.isSigned());
  if (!elements)
    return emitError(value.getLoc())
           << "the integers of '" << getTensorName(value)
           << "' are not in this file";
  Value lowered =
      constant(value.getLoc(),
               RankedTensorType::get(
                   cast<RankedTensorType>(value.getType()).getShape(), type),
               *elements);
  map(value, lowered);
  return lowered;
}

FailureOr<Value>
Lowering::getActivationAs(Value value, quant::UniformQuantizedType element) {
  auto lowered = getActivation(value);
  if (failed(lowered))
    return failure();
  return rescale((*lowered).getLoc(), *lowered, element);
}

Value Lowering::transpose(Location loc, Value value, ArrayRef<int64_t> perm) {
  auto type = permuteType(cast<RankedTensorType>(value.getType()), perm);
  return tpu::TransposeOp::create(builder, loc, type, value, perm);
}

Value Lowering::reshape(Location loc, Value value, ArrayRef<int64_t> shape) {
  auto type = cast<RankedTensorType>(value.getType());
  if (type.getShape() == shape)
    return value;
  return tpu::ReshapeOp::create(
      builder, loc, RankedTensorType::get(shape, type.getElementType()), value);
}

Value Lowering::toChannelsLast(Location loc, Value value) {
  return transpose(deriveName(loc, "_nhwc"), value, {0, 2, 3, 1});
}

Value Lowering::toChannelsFirst(Location loc, Value value) {
  return transpose(deriveName(loc, "_nchw"), value, {0, 3, 1, 2});
}

/// NCHW in, NHWC out.
static constexpr int64_t kChannelsLast[] = {0, 2, 3, 1};

/// [N, C, d...] as an image; images stay.
static SmallVector<int64_t> toImageShape(ArrayRef<int64_t> shape) {
  if (shape.size() == 4)
    return llvm::to_vector(shape);
  int64_t rest = 1;
  for (int64_t size : shape.drop_front(2))
    rest *= size;
  return {shape[0], shape[1], 1, rest};
}

LogicalResult Lowering::lowerAsImage(
    Location loc, Value source, Value result,
    llvm::function_ref<FailureOr<Value>(Value, ArrayRef<int64_t>, Location)>
        create) {
  auto input = getActivation(source);
  if (failed(input))
    return failure();
  auto sourceShape = cast<RankedTensorType>(source.getType()).getShape();
  auto resultShape = cast<RankedTensorType>(result.getType()).getShape();
  bool image = resultShape.size() == 4;
  // Flattened it is not yet the source tensor, but knows which one it is.
  Location flat = image ? loc : fuseNames(deriveName(loc, "_2d"), loc);
  Value data =
      reshape(deriveName(loc, "_in2d"), *input, toImageShape(sourceShape));
  data = toChannelsLast(deriveName(flat, "_in"), data);
  FailureOr<Value> created = create(
      data, applyPermutation<int64_t>(toImageShape(resultShape), kChannelsLast),
      flat);
  if (failed(created))
    return failure();
  setSourcePermutation(created->getDefiningOp(), kChannelsLast);
  Value first = toChannelsFirst(loc, *created);
  map(result, reshape(loc, first, resultShape));
  return success();
}

FailureOr<Value> Lowering::rescale(Location loc, Value value,
                                   quant::UniformQuantizedType element) {
  auto from = tpu::getActivationElement(value.getType());
  if (from == element)
    return value;
  auto ratio = requant(loc, {from.getScale() / element.getScale()});
  if (failed(ratio))
    return failure();
  auto shape = cast<RankedTensorType>(value.getType()).getShape();
  return tpu::RequantizeOp::create(builder, deriveName(loc, "_rescaled"),
                                   RankedTensorType::get(shape, element), value,
                                   *ratio, DenseI64ArrayAttr())
      .getOutput();
}

DenseI64ArrayAttr Lowering::getClamp(std::optional<APFloat> min,
                                     std::optional<APFloat> max,
                                     quant::UniformQuantizedType element) {
  int64_t low = element.getStorageTypeMin();
  int64_t high = element.getStorageTypeMax();
  if (min)
    low = quantizeValue(min->convertToDouble(), element);
  if (max)
    high = quantizeValue(max->convertToDouble(), element);
  if (low == element.getStorageTypeMin() && high == element.getStorageTypeMax())
    return {};
  return builder.getDenseI64ArrayAttr({low, std::max(low, high)});
}

} // namespace qc
