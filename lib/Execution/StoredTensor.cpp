// Stored integers and the real values they stand for.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Execution/StoredTensor.h"
#include "qc/Support/Convert.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/Sequence.h"

#include <cmath>
#include <limits>

namespace qc {

/// Calls `body` with a zero of the C++ type of a storage type; false for types
/// that quantized values are not stored in.
template <typename Body> static bool withStorage(DType dtype, Body body) {
  switch (dtype) {
  case DType::I8:
    body(int8_t());
    return true;
  case DType::U8:
    body(uint8_t());
    return true;
  case DType::I16:
    body(int16_t());
    return true;
  default:
    return false;
  }
}

Tensor dequantize(const TensorInfo &info, const Tensor &stored) {
  if (stored.dtype() == DType::F16)
    return *convertTensor(stored, DType::F32);
  if (info.scale == 0)
    return stored;
  Tensor real(DType::F32, stored.shape());
  bool known = withStorage(stored.dtype(), [&](auto zero) {
    const auto *in = stored.data<decltype(zero)>();
    auto *out = real.data<float>();
    for (int64_t i = 0; i < stored.numElements(); ++i)
      out[i] = float(int64_t(in[i]) - info.zeroPoint) * info.scale;
  });
  return known ? real : stored;
}

Tensor quantize(const TensorInfo &info, const Tensor &real) {
  Tensor stored(info.dtype, real.shape());
  withStorage(info.dtype, [&](auto zero) {
    using Storage = decltype(zero);
    const float low = std::numeric_limits<Storage>::min() - info.zeroPoint;
    const float high = std::numeric_limits<Storage>::max() - info.zeroPoint;
    const auto *in = real.data<float>();
    auto *out = stored.data<Storage>();
    for (int64_t i = 0; i < real.numElements(); ++i) {
      float value = std::nearbyint(in[i] / info.scale);
      value = value == value ? std::min(std::max(value, low), high) : 0.0f;
      out[i] = static_cast<Storage>(int64_t(value) + info.zeroPoint);
    }
  });
  return stored;
}

/// Writes the elements of `shape` in row-major order to `out`; in `in` they are
/// `strides` elements apart. Returns the end of what was written.
template <typename Element>
static Element *copyStrided(const Element *in, Element *out,
                            ArrayRef<int64_t> shape,
                            ArrayRef<int64_t> strides) {
  if (shape.empty()) {
    *out = *in;
    return out + 1;
  }
  int64_t size = shape.front(), stride = strides.front();
  if (shape.size() == 1) {
    for (int64_t i = 0; i < size; ++i)
      out[i] = in[i * stride];
    return out + size;
  }
  for (int64_t i = 0; i < size; ++i)
    out = copyStrided(in + i * stride, out, shape.drop_front(),
                      strides.drop_front());
  return out;
}

/// The same for tensors of any element type: only its width matters.
static void copyStrided(const Tensor &from, Tensor &to,
                        ArrayRef<int64_t> strides) {
  auto copy = [&](auto zero) {
    using Element = decltype(zero);
    copyStrided(static_cast<const Element *>(from.raw()),
                static_cast<Element *>(to.raw()), to.shape(), strides);
  };
  switch (dtypeSize(from.dtype())) {
  case 1:
    return copy(uint8_t());
  case 2:
    return copy(uint16_t());
  case 4:
    return copy(uint32_t());
  default:
    return copy(uint64_t());
  }
}

Tensor toSourceOrder(const TensorInfo &info, const Tensor &tensor) {
  size_t rank = tensor.shape().size();
  // Anything can stand in an attribute of the IR.
  std::vector<int64_t> sorted = info.permutation;
  llvm::sort(sorted);
  if (!llvm::equal(sorted, llvm::seq<int64_t>(0, rank)) ||
      llvm::is_sorted(info.permutation))
    return tensor;
  SmallVector<int64_t> strides(rank), sourceStrides(rank);
  Shape sourceShape(rank);
  int64_t stride = 1;
  for (size_t i = rank; i-- > 0;) {
    strides[i] = stride;
    stride *= tensor.shape()[i];
  }
  for (size_t i = 0; i < rank; ++i) {
    sourceShape[info.permutation[i]] = tensor.shape()[i];
    sourceStrides[info.permutation[i]] = strides[i];
  }
  Tensor ordered(tensor.dtype(), sourceShape);
  copyStrided(tensor, ordered, sourceStrides);
  return ordered;
}

} // namespace qc
