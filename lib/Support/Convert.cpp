// Conversions between all element types, with range checks.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Support/Convert.h"

#include <algorithm>
#include <cmath>

namespace qc {

float halfToFloat(uint16_t half) {
  uint32_t sign = static_cast<uint32_t>(half & 0x8000) << 16;
  uint32_t exponent = half >> 10 & 31, mantissa = half & 1023;
  uint32_t bits;
  if (exponent == 31) {
    bits = sign | 0x7f800000 | mantissa << 13;
  } else if (exponent) {
    bits = sign | (exponent + 127 - 15) << 23 | mantissa << 13;
  } else {
    float magnitude = static_cast<float>(mantissa) * 0x1p-24f;
    return sign ? -magnitude : magnitude;
  }
  float value;
  std::memcpy(&value, &bits, sizeof(value));
  return value;
}

uint16_t floatToHalf(float value) {
  uint32_t bits;
  std::memcpy(&bits, &value, sizeof(bits));
  uint32_t sign = bits >> 16 & 0x8000, magnitude = bits & 0x7fffffff;
  if (magnitude > 0x7f800000)
    return static_cast<uint16_t>(sign | 0x7e00); // NaN
  if (magnitude >= 0x477ff000)
    return static_cast<uint16_t>(sign | 0x7c00); // rounds to infinity
  if (magnitude < 0x38800000) {
    // Subnormal: in units of 2^-24, rounded to even by the conversion.
    float units = std::fabs(value) * 0x1p24f;
    return static_cast<uint16_t>(sign |
                                 static_cast<uint32_t>(std::nearbyint(units)));
  }
  uint32_t rebased = magnitude - ((127 - 15) << 23);
  uint32_t rounding = 0xfff + (rebased >> 13 & 1);
  return static_cast<uint16_t>(sign | (rebased + rounding) >> 13);
}

namespace {

/// Calls body with a value of the C++ type of `dtype`. F16 comes as Half.
struct Half {
  uint16_t bits;
};
static_assert(sizeof(Half) == 2, "read straight from tensors");

template <typename Body> auto dispatch(DType dtype, Body body) {
  switch (dtype) {
  case DType::F32:
    return body(float{});
  case DType::F16:
    return body(Half{});
  case DType::F64:
    return body(double{});
  case DType::I8:
    return body(int8_t{});
  case DType::U8:
  case DType::Bool:
    return body(uint8_t{});
  case DType::I16:
    return body(int16_t{});
  case DType::U16:
    return body(uint16_t{});
  case DType::I32:
    return body(int32_t{});
  case DType::U32:
    return body(uint32_t{});
  case DType::I64:
    return body(int64_t{});
  case DType::U64:
    break;
  }
  return body(uint64_t{});
}

template <typename T> double toDouble(T value) {
  if constexpr (std::is_same_v<T, Half>)
    return halfToFloat(value.bits);
  else
    return static_cast<double>(value);
}

/// False if an integer does not fit.
template <typename From, typename To> bool convertOne(From from, To &to) {
  if constexpr (std::is_same_v<To, Half>) {
    to.bits = floatToHalf(static_cast<float>(toDouble(from)));
  } else if constexpr (std::is_same_v<From, Half>) {
    to = static_cast<To>(halfToFloat(from.bits));
  } else if constexpr (std::is_integral_v<From> && std::is_integral_v<To>) {
    to = static_cast<To>(from);
    return static_cast<From>(to) == from && (from < From{}) == (to < To{});
  } else {
    to = static_cast<To>(from);
  }
  return true;
}

template <typename From, typename To>
Status convertAll(const Tensor &from, Tensor &to, bool toBool) {
  const auto *source = static_cast<const From *>(from.raw());
  auto *target = static_cast<To *>(to.raw());
  for (int64_t i = 0; i < from.numElements(); ++i) {
    bool fits = convertOne(source[i], target[i]);
    if (toBool && fits)
      fits = toDouble(target[i]) <= 1;
    if (!fits)
      return error("value ", toDouble(source[i]), " at element ", i,
                   " does not fit ", dtypeName(to.dtype()));
  }
  return ok();
}

} // namespace

Result<Tensor> convertTensor(const Tensor &tensor, DType to) {
  if (tensor.dtype() == to)
    return tensor;
  if (isFloatDType(tensor.dtype()) && !isFloatDType(to))
    return error("cannot turn ", dtypeName(tensor.dtype()), " into ",
                 dtypeName(to));
  Tensor result(to, tensor.shape());
  Status status = dispatch(tensor.dtype(), [&](auto from) {
    return dispatch(to, [&](auto target) {
      return convertAll<decltype(from), decltype(target)>(tensor, result,
                                                          to == DType::Bool);
    });
  });
  if (!status)
    return status;
  return result;
}

int64_t findNan(const Tensor &tensor) {
  if (tensor.dtype() != DType::F32)
    return -1;
  const float *values = tensor.data<float>();
  int64_t count = tensor.numElements();
  // The block loop has no early exit so that it vectorises.
  constexpr int64_t block = 4096;
  for (int64_t begin = 0; begin < count; begin += block) {
    int64_t end = std::min(count, begin + block);
    int bad = 0;
    for (int64_t i = begin; i < end; ++i)
      bad |= values[i] != values[i];
    for (int64_t i = begin; bad && i < end; ++i)
      if (std::isnan(values[i]))
        return i;
  }
  return -1;
}

} // namespace qc
