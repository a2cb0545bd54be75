// Constants between attributes and tensors.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Dialect/QC/IR/Constants.h"
#include "qc/Dialect/QC/IR/QC.h"
#include "qc/Interfaces/ExecutableOpInterface.h"

#include "mlir/IR/AsmState.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/DialectResourceBlobManager.h"
#include "llvm/ADT/APFloat.h"
#include "llvm/Support/raw_ostream.h"

namespace qc {

static std::string printType(Type type) {
  std::string text;
  llvm::raw_string_ostream(text) << type;
  return text;
}

/// Reads 16-bit floats of `semantics` as f32.
static Tensor widen(ArrayRef<char> bytes, const Shape &shape,
                    const llvm::fltSemantics &semantics) {
  Tensor tensor(DType::F32, shape);
  for (int64_t i = 0; i < tensor.numElements(); ++i) {
    uint16_t bits;
    std::memcpy(&bits, bytes.data() + 2 * i, 2);
    llvm::APFloat value(semantics, llvm::APInt(16, bits));
    bool losesInfo;
    value.convert(llvm::APFloat::IEEEsingle(),
                  llvm::APFloat::rmNearestTiesToEven, &losesInfo);
    tensor.data<float>()[i] = value.convertToFloat();
  }
  return tensor;
}

static Tensor repeat(ArrayRef<char> element, DType dtype, const Shape &shape) {
  Tensor tensor(dtype, shape);
  auto *bytes = static_cast<char *>(tensor.raw());
  for (size_t i = 0; i < tensor.byteSize(); i += element.size())
    std::memcpy(bytes + i, element.data(), element.size());
  return tensor;
}

/// The bytes of `elements`; one element's bytes when `isSplat`.
static Result<ArrayRef<char>> getBytes(ElementsAttr elements, bool &isSplat) {
  isSplat = false;
  if (auto dense = dyn_cast<DenseElementsAttr>(elements)) {
    isSplat = dense.isSplat();
    return dense.getRawData();
  }
  if (auto resource = dyn_cast<DenseResourceElementsAttr>(elements)) {
    AsmResourceBlob *blob = resource.getRawHandle().getBlob();
    if (!blob)
      return error("the resource '", resource.getRawHandle().getKey().str(),
                   "' is not in this file");
    return blob->getData();
  }
  return error("a constant must be dense or a dense resource");
}

std::vector<char> packHalves(ArrayRef<int8_t> values) {
  std::vector<char> bytes((values.size() + 1) / 2, 0);
  for (auto [i, value] : llvm::enumerate(values))
    bytes[i / 2] = static_cast<char>(bytes[i / 2] | (value & 15) << i % 2 * 4);
  return bytes;
}

/// The low half of `byte` as a number.
static int8_t readHalf(unsigned byte, bool isSigned) {
  int value = static_cast<int>(byte & 15);
  return static_cast<int8_t>(isSigned ? (value ^ 8) - 8 : value);
}

std::optional<SmallVector<int8_t, 0>>
unpackHalves(ArrayRef<char> bytes, int64_t count, bool isSigned) {
  if (int64_t(bytes.size()) != (count + 1) / 2 ||
      (count % 2 != 0 && static_cast<uint8_t>(bytes.back()) >> 4 != 0))
    return std::nullopt;
  SmallVector<int8_t, 0> values(count);
  for (int64_t i = 0; i < count; ++i)
    values[i] =
        readHalf(static_cast<uint8_t>(bytes[i / 2]) >> i % 2 * 4, isSigned);
  return values;
}

/// Integers of 4 bits as i8: a dense attribute has a byte each, a resource
/// holds two a byte.
static Result<Tensor> getHalves(ElementsAttr elements, ArrayRef<char> bytes,
                                const Shape &shape) {
  Tensor tensor(DType::I8, shape);
  auto *values = tensor.data<int8_t>();
  if (isa<DenseElementsAttr>(elements)) {
    for (int64_t i = 0; i < tensor.numElements(); ++i)
      values[i] = readHalf(
          static_cast<uint8_t>(bytes[elements.isSplat() ? 0 : i]), true);
    return tensor;
  }
  auto unpacked = unpackHalves(bytes, tensor.numElements(), true);
  if (!unpacked)
    return error("a constant of type ", printType(elements.getType()),
                 " holds ", bytes.size(),
                 " bytes, expected two elements in each of ",
                 (tensor.numElements() + 1) / 2);
  llvm::copy(*unpacked, values);
  return tensor;
}

Result<Tensor> getConstantTensor(ElementsAttr elements) {
  auto type = cast<ShapedType>(elements.getType());
  Type element = type.getElementType();
  std::optional<DType> dtype = getExecutionDType(element);
  if (!dtype)
    return error("a constant of element type ", printType(element),
                 " cannot be computed with");
  Shape shape = type.getShape().vec();
  // One element in a file can ask for any number in memory.
  constexpr int64_t mostSplatBytes = int64_t(1) << 30;
  if (elements.isSplat() &&
      type.getNumElements() > mostSplatBytes / int64_t(dtypeSize(*dtype)))
    return error("a constant of type ", printType(type),
                 " repeats one element over more than 1 GiB");
  if (auto dense = dyn_cast<DenseElementsAttr>(elements);
      dense && *dtype == DType::Bool) {
    Tensor tensor(DType::Bool, shape);
    llvm::copy(dense.getValues<bool>(), tensor.data<uint8_t>());
    return tensor;
  }

  bool isSplat;
  Result<ArrayRef<char>> bytes = getBytes(elements, isSplat);
  if (!bytes)
    return bytes.takeError();
  if (element.isInteger(4))
    return getHalves(elements, *bytes, shape);
  bool isHalf = element.isF16() || element.isBF16();
  size_t stored = isHalf ? 2 : dtypeSize(*dtype);
  size_t expected = stored * (isSplat ? 1 : type.getNumElements());
  if (bytes->size() != expected)
    return error("a constant of type ", printType(type), " holds ",
                 bytes->size(), " bytes, expected ", expected);
  if (isHalf) {
    const auto &semantics = cast<FloatType>(element).getFloatSemantics();
    if (!isSplat)
      return widen(*bytes, shape, semantics);
    Tensor one = widen(*bytes, {1}, semantics);
    return repeat({one.data<char>(), 4}, *dtype, shape);
  }
  if (isSplat)
    return repeat(*bytes, *dtype, shape);
  return Tensor::fromMapped(*dtype, shape, nullptr, bytes->data());
}

/// The elements of an f32 tensor in a 16-bit float type.
static SmallVector<char> narrow(const Tensor &tensor,
                                const llvm::fltSemantics &semantics) {
  SmallVector<char> bytes(2 * tensor.numElements());
  for (int64_t i = 0; i < tensor.numElements(); ++i) {
    llvm::APFloat value(tensor.data<float>()[i]);
    bool losesInfo;
    value.convert(semantics, llvm::APFloat::rmNearestTiesToEven, &losesInfo);
    auto bits = uint16_t(value.bitcastToAPInt().getZExtValue());
    std::memcpy(bytes.data() + 2 * i, &bits, 2);
  }
  return bytes;
}

ElementsAttr getElementsAttr(const Tensor &tensor, RankedTensorType type,
                             StringRef name) {
  if (type.getElementType().isInteger(1))
    return DenseElementsAttr::get(
        type, ArrayRef<bool>(static_cast<const bool *>(tensor.raw()),
                             tensor.numElements()));
  ArrayRef<char> bytes(static_cast<const char *>(tensor.raw()),
                       tensor.byteSize());
  SmallVector<char> half;
  if (tensor.dtype() == DType::F32 && !type.getElementType().isF32()) {
    half = narrow(tensor,
                  cast<FloatType>(type.getElementType()).getFloatSemantics());
    bytes = half;
  }
  constexpr size_t resourceBytes = 1024;
  if (bytes.size() < resourceBytes)
    return DenseElementsAttr::getFromRawBuffer(type, bytes);
  return DenseResourceElementsAttr::get(
      type, name,
      HeapAsmResourceBlob::allocateAndCopyWithAlign(bytes, kBlobAlignment));
}

ElementsAttr reshapeConstant(ElementsAttr value, ArrayRef<int64_t> shape) {
  auto type = cast<RankedTensorType>(value.getType()).clone(shape);
  if (auto dense = dyn_cast<DenseElementsAttr>(value))
    return dense.reshape(type);
  if (auto resource = dyn_cast<DenseResourceElementsAttr>(value))
    return DenseResourceElementsAttr::get(type, resource.getRawHandle());
  return {};
}

} // namespace qc
