// Read-only view of a whole file, and reading small files into memory.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_SUPPORT_MAPPEDFILE_H
#define QC_SUPPORT_MAPPEDFILE_H

#include "qc/Support/Result.h"

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

namespace qc {

/// A file mapped into memory; keep the shared pointer as long as its bytes are
/// used. What cannot be mapped (a pipe) is read instead.
class MappedFile {
public:
  /// Errors name the path and whether it is missing, a directory or unreadable.
  static Result<std::shared_ptr<const MappedFile>>
  open(const std::string &path);
  ~MappedFile();
  MappedFile(const MappedFile &) = delete;
  MappedFile &operator=(const MappedFile &) = delete;

  const unsigned char *data() const { return bytes; }
  size_t size() const { return length; }
  std::string_view text() const {
    return {reinterpret_cast<const char *>(bytes), length};
  }

private:
  MappedFile() = default;
  const unsigned char *bytes = nullptr;
  size_t length = 0;
  void *mapping = nullptr; ///< null when `copy` holds the bytes
  std::string copy;
};

/// The whole file as a string; errors as MappedFile::open.
Result<std::string> readTextFile(const std::string &path);

} // namespace qc

#endif // QC_SUPPORT_MAPPEDFILE_H
