// A folder that one process at a time writes its results into.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_SUPPORT_FOLDERLOCK_H
#define QC_SUPPORT_FOLDERLOCK_H

#include "qc/Support/Result.h"

#include <string>

namespace qc {

/// Held while the files of one result are written into a folder. It is a lock
/// of the system on the folder itself: no file is left, and it ends with the
/// process, however that ends.
class FolderLock {
public:
  /// Makes the folder, with those above it, and locks it. Errors name the
  /// folder: it cannot be made, or another process (or another lock of this
  /// one) writes into it. On a file system without such locks (some network
  /// ones) nothing is locked.
  static Result<FolderLock> take(const std::string &folder);
  FolderLock(FolderLock &&other) noexcept;
  FolderLock &operator=(FolderLock &&other) noexcept;
  ~FolderLock();

private:
  FolderLock() = default;
  int descriptor = -1;
};

} // namespace qc

#endif // QC_SUPPORT_FOLDERLOCK_H
