// The fixed part of a .qcb file and its checksum.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QCRT_SRC_FILELAYOUT_H
#define QCRT_SRC_FILELAYOUT_H

#include "qcrt.h"

#include <cstddef>
#include <cstdint>

namespace qcrt {

/// The first bytes of a file; as in PNG, they catch text-mode transfers.
constexpr unsigned char fileMagic[8] = {0x89, 'Q',  'C',  'B',
                                        '\r', '\n', 0x1a, '\n'};
constexpr uint32_t fileVersion = 1;
/// Widest tensor or arena in bytes; keeps every later product in 64 bits.
constexpr uint64_t maxBytes = uint64_t(1) << 40;

/// Little endian, at offset 0. The FlatBuffer follows it directly, the data
/// section starts at dataOffset, a multiple of 64, and ends with the file.
struct FileHeader {
  unsigned char magic[8];
  uint32_t version;
  uint32_t headerSize;
  uint64_t fileSize;
  uint64_t programSize;
  uint64_t dataOffset;
  uint64_t dataSize;
  uint64_t reserved;
  /// CRC-64 of everything but these eight bytes.
  uint64_t checksum;
};
static_assert(sizeof(FileHeader) == 64, "the file format fixes the layout");

/// CRC-64/XZ (polynomial of ECMA-182), continued from an earlier value; 0 to
/// start. Finds every change of up to 64 neighbouring bits.
uint64_t crc64(const void *bytes, size_t size, uint64_t previous = 0);

/// Checksum of a whole file of at least sizeof(FileHeader) bytes.
uint64_t fileChecksum(const unsigned char *bytes, size_t size);

inline uint64_t alignUp(uint64_t size) {
  return (size + QCRT_ALIGNMENT - 1) / QCRT_ALIGNMENT * QCRT_ALIGNMENT;
}

/// The range of values that a storage type can hold; 0, 0 for floats.
void storageRange(qcrt_dtype dtype, int64_t &low, int64_t &high);

} // namespace qcrt
#endif // QCRT_SRC_FILELAYOUT_H
