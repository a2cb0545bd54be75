// CRC-64, eight bytes a step, and facts about storage types.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "FileLayout.h"

#include <cstring>
#include <limits>

using namespace qcrt;

namespace {
/// tables[k][b]: what byte b contributes when k more bytes follow it.
struct CrcTables {
  uint64_t tables[8][256];

  CrcTables() {
    const uint64_t polynomial = 0xC96C5795D7870F42u;
    for (uint64_t byte = 0; byte < 256; ++byte) {
      uint64_t value = byte;
      for (int bit = 0; bit < 8; ++bit)
        value = (value >> 1) ^ ((value & 1) ? polynomial : 0);
      tables[0][byte] = value;
    }
    for (int k = 1; k < 8; ++k)
      for (int byte = 0; byte < 256; ++byte) {
        uint64_t shorter = tables[k - 1][byte];
        tables[k][byte] = (shorter >> 8) ^ tables[0][shorter & 255];
      }
  }
};
} // namespace

uint64_t qcrt::crc64(const void *bytes, size_t size, uint64_t previous) {
  static const CrcTables crc;
  const unsigned char *p = static_cast<const unsigned char *>(bytes);
  uint64_t value = ~previous;
  for (; size >= 8; size -= 8, p += 8) {
    for (int i = 0; i < 8; ++i)
      value ^= uint64_t(p[i]) << (8 * i);
    uint64_t next = 0;
    for (int i = 0; i < 8; ++i)
      next ^= crc.tables[7 - i][(value >> (8 * i)) & 255];
    value = next;
  }
  for (; size > 0; --size, ++p)
    value = (value >> 8) ^ crc.tables[0][(value ^ *p) & 255];
  return ~value;
}

uint64_t qcrt::fileChecksum(const unsigned char *bytes, size_t size) {
  const size_t field = offsetof(FileHeader, checksum);
  uint64_t value = crc64(bytes, field);
  return crc64(bytes + sizeof(FileHeader), size - sizeof(FileHeader), value);
}

void qcrt::storageRange(qcrt_dtype dtype, int64_t &low, int64_t &high) {
  low = high = 0;
  switch (dtype) {
  case QCRT_F32:
  case QCRT_F16:
    break;
  case QCRT_I4:
    low = -8, high = 7;
    break;
  case QCRT_I8:
    low = -128, high = 127;
    break;
  case QCRT_U8:
    high = 255;
    break;
  case QCRT_I16:
    low = -32768, high = 32767;
    break;
  case QCRT_I32:
    low = std::numeric_limits<int32_t>::min();
    high = std::numeric_limits<int32_t>::max();
    break;
  case QCRT_I64:
    low = std::numeric_limits<int64_t>::min();
    high = std::numeric_limits<int64_t>::max();
    break;
  }
}
