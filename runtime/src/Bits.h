// The bits of floating-point numbers.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QCRT_SRC_BITS_H
#define QCRT_SRC_BITS_H

#include "Rounding.h"

#include <cstdint>
#include <cstring>

namespace qcrt {

QCRT_ALWAYS_INLINE uint64_t bitsOf(double value) {
  uint64_t bits;
  std::memcpy(&bits, &value, sizeof(bits));
  return bits;
}

QCRT_ALWAYS_INLINE uint32_t bitsOf(float value) {
  uint32_t bits;
  std::memcpy(&bits, &value, sizeof(bits));
  return bits;
}

QCRT_ALWAYS_INLINE double fromBits(uint64_t bits) {
  double value;
  std::memcpy(&value, &bits, sizeof(value));
  return value;
}

QCRT_ALWAYS_INLINE float fromBits(uint32_t bits) {
  float value;
  std::memcpy(&value, &bits, sizeof(value));
  return value;
}

} // namespace qcrt
#endif // QCRT_SRC_BITS_H
