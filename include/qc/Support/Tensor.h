// Dense row-major tensor on the host: what files, executors and probes
// exchange. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_SUPPORT_TENSOR_H
#define QC_SUPPORT_TENSOR_H

#include "qc/Support/Result.h"

#include <cassert>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace qc {

/// Element types. F16 is IEEE binary16 held as uint16_t; Bool is one byte, 0
/// or 1.
enum class DType { F32, F16, F64, I8, U8, I16, U16, I32, U32, I64, U64, Bool };

/// Bytes an element takes.
size_t dtypeSize(DType dtype);
/// "f32", "i8", "bool", ...
const char *dtypeName(DType dtype);
/// The inverse of dtypeName; also numpy's names ("float32", "uint8").
std::optional<DType> dtypeFromName(std::string_view name);
bool isFloatDType(DType dtype);

using Shape = std::vector<int64_t>;

/// "1x3x224x224"; "scalar" for rank 0.
std::string shapeString(const Shape &shape);
/// The number of elements; nothing if a dimension is negative or the count in
/// bytes could not be addressed (files can claim any shape).
std::optional<int64_t> countElements(const Shape &shape);

/// Maps a C++ type to its DType. F16 and Bool share the C++ types of U16 and
/// U8, so that data<uint16_t>() reads either.
template <typename T> constexpr DType dtypeOf() {
  if constexpr (std::is_same_v<T, float>)
    return DType::F32;
  else if constexpr (std::is_same_v<T, double>)
    return DType::F64;
  else if constexpr (std::is_same_v<T, int8_t>)
    return DType::I8;
  else if constexpr (std::is_same_v<T, uint8_t>)
    return DType::U8;
  else if constexpr (std::is_same_v<T, int16_t>)
    return DType::I16;
  else if constexpr (std::is_same_v<T, uint16_t>)
    return DType::U16;
  else if constexpr (std::is_same_v<T, int32_t>)
    return DType::I32;
  else if constexpr (std::is_same_v<T, uint32_t>)
    return DType::U32;
  else if constexpr (std::is_same_v<T, int64_t>)
    return DType::I64;
  else if constexpr (std::is_same_v<T, uint64_t>)
    return DType::U64;
  else {
    static_assert(std::is_same_v<T, bool>, "no DType for this C++ type");
    return DType::Bool;
  }
}

/// A dense row-major array. Copies share the buffer (clone() does not). The
/// buffer is owned and 64-byte aligned, or borrowed from an owner kept alive
/// (a mapped file, a resource blob): then it is read-only, isReadOnly() says
/// so, and its alignment is the lender's.
class Tensor {
public:
  /// An empty f32 tensor of shape {0}.
  Tensor() = default;
  /// Owned, contents undefined.
  Tensor(DType dtype, Shape shape);
  static Tensor zeros(DType dtype, Shape shape);
  /// Copies `values`; their number must be that of `shape`.
  template <typename T>
  static Tensor fromVector(const std::vector<T> &values, Shape shape) {
    Tensor tensor(dtypeOf<T>(), std::move(shape));
    assert(static_cast<int64_t>(values.size()) == tensor.numElements());
    if (!values.empty())
      std::memcpy(tensor.raw(), values.data(), tensor.byteSize());
    return tensor;
  }
  /// Borrows `bytes`, which live as long as `owner` does. Read-only.
  static Tensor fromMapped(DType dtype, Shape shape,
                           std::shared_ptr<const void> owner,
                           const void *bytes);

  DType dtype() const { return type; }
  const Shape &shape() const { return dims; }
  int64_t rank() const { return static_cast<int64_t>(dims.size()); }
  int64_t dim(size_t index) const { return dims[index]; }
  int64_t numElements() const { return count; }
  size_t byteSize() const {
    return static_cast<size_t>(count) * dtypeSize(type);
  }
  bool empty() const { return count == 0; }
  bool isReadOnly() const { return readOnly; }

  /// Elements in row-major order. T must have the size of the dtype. Writing
  /// through a read-only tensor is a programming error: clone() first.
  template <typename T> T *data() {
    assert(sizeof(T) == dtypeSize(type) && "wrong element type");
    return static_cast<T *>(const_cast<void *>(bytes));
  }
  template <typename T> const T *data() const {
    assert(sizeof(T) == dtypeSize(type) && "wrong element type");
    return static_cast<const T *>(bytes);
  }
  void *raw() { return const_cast<void *>(bytes); }
  const void *raw() const { return bytes; }

  /// An owned, writable copy.
  Tensor clone() const;
  /// The same buffer under another shape of as many elements.
  Tensor reshaped(Shape shape) const;
  /// Rows [begin, begin + rows) of the leading dimension; shares the buffer.
  Tensor rows(int64_t begin, int64_t rows) const;

private:
  DType type = DType::F32;
  Shape dims{0};
  int64_t count = 0;
  bool readOnly = false;
  const void *bytes = nullptr;
  std::shared_ptr<const void> owner;
};

} // namespace qc

#endif // QC_SUPPORT_TENSOR_H
