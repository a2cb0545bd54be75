// CRC-64/XZ, eight bytes a step by table slicing.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Support/Checksum.h"

#include <array>

namespace qc {

namespace {

using Tables = std::array<std::array<uint64_t, 256>, 8>;

constexpr Tables makeTables() {
  constexpr uint64_t polynomial = 0xc96c5795d7870f42ull; // bit-reflected
  Tables tables{};
  for (uint64_t byte = 0; byte < 256; ++byte) {
    uint64_t crc = byte;
    for (int bit = 0; bit < 8; ++bit)
      crc = (crc >> 1) ^ ((crc & 1) ? polynomial : 0);
    tables[0][byte] = crc;
  }
  // Table k advances a byte through k further zero bytes.
  for (size_t byte = 0; byte < 256; ++byte)
    for (size_t k = 1; k < 8; ++k)
      tables[k][byte] =
          (tables[k - 1][byte] >> 8) ^ tables[0][tables[k - 1][byte] & 0xff];
  return tables;
}

constexpr Tables tables = makeTables();

} // namespace

uint64_t crc64(const void *bytes, size_t size, uint64_t previous) {
  const auto *at = static_cast<const unsigned char *>(bytes);
  uint64_t crc = ~previous;
  for (; size >= 8; size -= 8, at += 8) {
    uint64_t next = 0;
    for (size_t k = 0; k < 8; ++k)
      next ^= tables[7 - k][((crc >> (8 * k)) & 0xff) ^ at[k]];
    crc = next;
  }
  for (; size; --size, ++at)
    crc = (crc >> 8) ^ tables[0][(crc ^ *at) & 0xff];
  return ~crc;
}

std::string hexString(uint64_t value) {
  static const char digits[] = "0123456789abcdef";
  std::string text(16, '0');
  for (size_t i = 0; i < 16; ++i, value >>= 4)
    text[15 - i] = digits[value & 15];
  return text;
}

} // namespace qc
