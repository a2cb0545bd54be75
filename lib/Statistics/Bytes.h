// Little-endian fields of the statistics file, with checked reading.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_LIB_STATISTICS_BYTES_H
#define QC_LIB_STATISTICS_BYTES_H

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace qc {

inline void putWord(std::string &into, uint64_t value, size_t size) {
  for (size_t i = 0; i < size; ++i)
    into += static_cast<char>(value >> 8 * i & 0xff);
}

/// Seven bits a byte, least significant first; small counts take one byte.
inline void putVarint(std::string &into, uint64_t value) {
  for (; value >= 128; value >>= 7)
    into += static_cast<char>((value & 127) | 128);
  into += static_cast<char>(value);
}

inline void putSigned(std::string &into, int64_t value) {
  // Zigzag: small magnitudes of either sign stay short.
  putVarint(into, static_cast<uint64_t>(value) << 1 ^
                      static_cast<uint64_t>(value >> 63));
}

inline void putFloat(std::string &into, float value) {
  uint32_t bits;
  std::memcpy(&bits, &value, sizeof(bits));
  putWord(into, bits, 4);
}

inline void putText(std::string &into, const std::string &text) {
  putVarint(into, text.size());
  into += text;
}

/// Takes fields off the front; once anything is missing or out of range,
/// failed() stays true and every field reads as zero.
class ByteReader {
public:
  explicit ByteReader(std::string_view bytes) : bytes(bytes) {}

  bool failed() const { return bad; }
  void fail() { bad = true; }
  std::string_view rest() const { return bytes; }

  uint64_t word(size_t size) {
    if (bad || bytes.size() < size)
      return miss();
    uint64_t value = 0;
    for (size_t i = 0; i < size; ++i)
      value |= static_cast<uint64_t>(static_cast<uint8_t>(bytes[i])) << 8 * i;
    bytes.remove_prefix(size);
    return value;
  }
  uint64_t varint() {
    uint64_t value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      uint64_t byte = word(1);
      value |= (byte & 127) << shift;
      if (byte < 128)
        return bad ? 0 : value;
    }
    return miss();
  }
  /// A number of things of which each takes at least one byte.
  size_t count() {
    uint64_t value = varint();
    return value > bytes.size() ? miss() : value;
  }
  int64_t signedNumber() {
    uint64_t value = varint();
    return static_cast<int64_t>(value >> 1 ^ (~(value & 1) + 1));
  }
  float number() {
    auto bits = static_cast<uint32_t>(word(4));
    float value;
    std::memcpy(&value, &bits, sizeof(value));
    return value;
  }
  std::string text() {
    size_t size = count();
    if (bad)
      return {};
    std::string value(bytes.substr(0, size));
    bytes.remove_prefix(size);
    return value;
  }

private:
  size_t miss() {
    bad = true;
    return 0;
  }
  std::string_view bytes;
  bool bad = false;
};

} // namespace qc

#endif // QC_LIB_STATISTICS_BYTES_H
