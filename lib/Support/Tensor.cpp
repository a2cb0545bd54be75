// Tensor storage, element type names and shape helpers.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Support/Tensor.h"

#include <cstdlib>
#include <limits>
#include <new>

namespace qc {

namespace {

struct DTypeRecord {
  DType dtype;
  const char *name;
  const char *numpyName;
  size_t size;
};

constexpr DTypeRecord dtypeRecords[] = {
    {DType::F32, "f32", "float32", 4}, {DType::F16, "f16", "float16", 2},
    {DType::F64, "f64", "float64", 8}, {DType::I8, "i8", "int8", 1},
    {DType::U8, "u8", "uint8", 1},     {DType::I16, "i16", "int16", 2},
    {DType::U16, "u16", "uint16", 2},  {DType::I32, "i32", "int32", 4},
    {DType::U32, "u32", "uint32", 4},  {DType::I64, "i64", "int64", 8},
    {DType::U64, "u64", "uint64", 8},  {DType::Bool, "bool", "bool", 1},
};

constexpr std::align_val_t bufferAlignment{64};

} // namespace

size_t dtypeSize(DType dtype) {
  return dtypeRecords[static_cast<size_t>(dtype)].size;
}

const char *dtypeName(DType dtype) {
  return dtypeRecords[static_cast<size_t>(dtype)].name;
}

std::optional<DType> dtypeFromName(std::string_view name) {
  for (const DTypeRecord &record : dtypeRecords)
    if (name == record.name || name == record.numpyName)
      return record.dtype;
  return std::nullopt;
}

bool isFloatDType(DType dtype) {
  return dtype == DType::F32 || dtype == DType::F16 || dtype == DType::F64;
}

std::string shapeString(const Shape &shape) {
  if (shape.empty())
    return "scalar";
  std::string text;
  for (int64_t dim : shape) {
    if (!text.empty())
      text += 'x';
    text += std::to_string(dim);
  }
  return text;
}

std::optional<int64_t> countElements(const Shape &shape) {
  // The limit leaves room for eight bytes an element in a signed 64-bit size.
  constexpr int64_t limit = std::numeric_limits<int64_t>::max() / 8;
  int64_t count = 1;
  bool hasZero = false;
  for (int64_t dim : shape) {
    if (dim < 0)
      return std::nullopt;
    if (dim == 0) {
      hasZero = true;
      continue;
    }
    if (count > limit / dim)
      return std::nullopt;
    count *= dim;
  }
  return hasZero ? 0 : count;
}

Tensor::Tensor(DType dtype, Shape shape) : type(dtype), dims(std::move(shape)) {
  std::optional<int64_t> elements = countElements(dims);
  assert(elements && "readers check shapes with countElements first");
  count = elements.value_or(0);
  void *buffer = ::operator new(byteSize() ? byteSize() : 1, bufferAlignment);
  bytes = buffer;
  owner = std::shared_ptr<void>(
      buffer, [](void *p) { ::operator delete(p, bufferAlignment); });
}

Tensor Tensor::zeros(DType dtype, Shape shape) {
  Tensor tensor(dtype, std::move(shape));
  std::memset(tensor.raw(), 0, tensor.byteSize());
  return tensor;
}

Tensor Tensor::fromMapped(DType dtype, Shape shape,
                          std::shared_ptr<const void> owner,
                          const void *bytes) {
  Tensor tensor;
  tensor.type = dtype;
  tensor.dims = std::move(shape);
  tensor.count = countElements(tensor.dims).value_or(0);
  tensor.readOnly = true;
  tensor.bytes = bytes;
  tensor.owner = std::move(owner);
  return tensor;
}

Tensor Tensor::clone() const {
  Tensor copy(type, dims);
  if (byteSize())
    std::memcpy(copy.raw(), raw(), byteSize());
  return copy;
}

Tensor Tensor::reshaped(Shape shape) const {
  assert(countElements(shape) == count && "reshape keeps the elements");
  Tensor view = *this;
  view.dims = std::move(shape);
  return view;
}

Tensor Tensor::rows(int64_t begin, int64_t rowCount) const {
  assert(rank() > 0 && begin >= 0 && begin + rowCount <= dims[0]);
  Tensor view = *this;
  int64_t rowElements = dims[0] ? count / dims[0] : 0;
  view.dims[0] = rowCount;
  view.count = rowCount * rowElements;
  view.bytes = static_cast<const char *>(bytes) +
               static_cast<size_t>(begin * rowElements) * dtypeSize(type);
  return view;
}

} // namespace qc
