// The bytes of a whole file, read into memory or mapped.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_SUPPORT_MAPPEDFILE_H
#define QC_SUPPORT_MAPPEDFILE_H

#include "qc/Support/Result.h"

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

namespace qc {

/// The bytes of a file; keep the shared pointer as long as they are used. Only
/// regular files are taken: a pipe would be waited for, a device may never end.
///
/// Errors name the path and whether it is missing, a folder, no regular file,
/// unreadable, changing while it is read or larger than memory.
class MappedFile {
public:
  /// Reads a copy, which later changes of the file do not touch: for everything
  /// that is checked once and then believed (models, programs, tables). Costs
  /// the file's size in memory and the time to copy it from the system's cache,
  /// some 0.2 s a GB. The bytes begin at a multiple of 4096, and a zero follows
  /// them.
  static Result<std::shared_ptr<const MappedFile>>
  open(const std::string &path);
  /// Maps the file: for stacks of samples, of which a few rows at a time are
  /// looked at. A file that becomes shorter meanwhile ends the process: a tool
  /// that has called reportLostMappings() says so, another one gets SIGBUS.
  static Result<std::shared_ptr<const MappedFile>> map(const std::string &path);
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
  Status readFrom(int descriptor, size_t expected, const std::string &path);

  const unsigned char *bytes = nullptr;
  size_t length = 0;
  bool isMapped = false;
  int slot = -1; ///< where a handler of lost mappings finds this one
};

/// The whole file as a string; errors as MappedFile::open.
Result<std::string> readTextFile(const std::string &path);

/// Success if `path` is a regular file; the errors of MappedFile::open if not.
/// For what others open by name: a plugin, a folder's entry.
Status checkRegularFile(const std::string &path);

/// Makes the loss of a mapped file's pages (it was truncated by someone else)
/// end the process with a message that names the file and exit code 1, after
/// removing unfinished output. A tool calls it once at start; a library never.
void reportLostMappings();

} // namespace qc

#endif // QC_SUPPORT_MAPPEDFILE_H
