// Output files that appear whole or not at all.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_SUPPORT_ATOMICFILE_H
#define QC_SUPPORT_ATOMICFILE_H

#include "qc/Support/Result.h"

#include <cstddef>
#include <string>
#include <string_view>

namespace qc {

/// Whether a file is to outlast a loss of power, or only the end of the
/// program. Waiting for the disk takes some milliseconds a file.
enum class Durability { Disk, Process };

/// Writes beside the final path and renames on commit(). Without a commit the
/// destructor removes the temporary file, and so does a signal once
/// removeTemporaryFilesOnSignal() was called. An existing file keeps its
/// content until the commit and its permissions after it; through a symbolic
/// link its target is replaced. Devices and pipes (/dev/stdout) are written
/// directly, since there is nothing to rename over. With Durability::Disk the
/// bytes are on the disk before the new name is, and the name when commit()
/// returns.
///
/// Errors (missing or unwritable folder, directory in the way, full disk) name
/// the path and the system's reason.
class AtomicFile {
public:
  static Result<AtomicFile> create(const std::string &path);
  AtomicFile(AtomicFile &&other) noexcept;
  AtomicFile &operator=(AtomicFile &&other) noexcept;
  ~AtomicFile();

  Status write(const void *bytes, size_t size);
  Status write(std::string_view text) {
    return write(text.data(), text.size());
  }
  /// Makes the file visible under its path. Nothing can be written after it.
  Status commit(Durability durability = Durability::Disk);

private:
  AtomicFile() = default;
  void discard();

  std::string path;      ///< as the user gave it, for messages
  std::string target;    ///< with symbolic links resolved
  std::string temporary; ///< empty when writing directly
  int descriptor = -1;
  int cleanupSlot = -1;
};

/// Writes all of `text` to `path`, atomically.
Status writeFile(const std::string &path, std::string_view text);

/// Makes the signals that end a process (an interrupt, a limit, a crash) remove
/// its unfinished files first. One that is ignored or handled already is left
/// alone, but for SIGXFSZ, which is ignored from then on: a file that grows
/// beyond a limit is an error of the write. A tool calls it once at start; a
/// library never.
void removeTemporaryFilesOnSignal();

/// Removes the unfinished files of this process: for the way out when nothing
/// can be unwound any more. Async-signal-safe.
void removeTemporaryFiles();

} // namespace qc

#endif // QC_SUPPORT_ATOMICFILE_H
