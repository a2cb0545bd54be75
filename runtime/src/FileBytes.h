// Read-only bytes of a file or of the caller's memory, aligned for kernels.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QCRT_SRC_FILEBYTES_H
#define QCRT_SRC_FILEBYTES_H

#include <cstddef>
#include <string>

namespace qcrt {

/// Owns an aligned copy, or just refers to aligned memory.
class FileBytes {
public:
  FileBytes() = default;
  ~FileBytes();
  FileBytes(const FileBytes &) = delete;
  FileBytes &operator=(const FileBytes &) = delete;

  /// Reads a regular file; false with an error that names it. A mapping would
  /// change under a program that was checked, and end the process when the file
  /// is truncated. Throws std::bad_alloc.
  bool open(const char *path, std::string &error);
  /// Refers to the bytes, or copies them if they are not aligned. Throws
  /// std::bad_alloc.
  void refer(const void *bytes, size_t size);

  const unsigned char *data() const { return start; }
  size_t size() const { return length; }

private:
  /// Room for `size` bytes at QCRT_ALIGNMENT, in block.
  unsigned char *allocate(size_t size);

  const unsigned char *start = nullptr;
  size_t length = 0;
  unsigned char *block = nullptr; // holds the copy
};

} // namespace qcrt
#endif // QCRT_SRC_FILEBYTES_H
