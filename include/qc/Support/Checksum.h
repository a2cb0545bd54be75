// CRC-64 of bytes, for noticing damaged files and for provenance records.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_SUPPORT_CHECKSUM_H
#define QC_SUPPORT_CHECKSUM_H

#include <cstddef>
#include <cstdint>
#include <string>

namespace qc {

/// CRC-64/XZ (ECMA-182 polynomial, reflected); "123456789" gives
/// 0x995dc9bbdf1939fa. Feed `previous` to go on over several pieces.
uint64_t crc64(const void *bytes, size_t size, uint64_t previous = 0);

/// Sixteen lower-case hexadecimal digits.
std::string hexString(uint64_t value);

} // namespace qc

#endif // QC_SUPPORT_CHECKSUM_H
