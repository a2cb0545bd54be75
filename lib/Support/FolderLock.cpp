// flock on a folder.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Support/FolderLock.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <sys/file.h>
#include <unistd.h>
#include <utility>

namespace qc {

Result<FolderLock> FolderLock::take(const std::string &folder) {
  std::error_code failed;
  std::filesystem::create_directories(folder, failed);
  std::error_code ignored;
  if (failed && !std::filesystem::is_directory(folder, ignored))
    return error("cannot make the folder '", folder, "': ", failed.message());
  FolderLock lock;
  lock.descriptor = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (lock.descriptor < 0) {
    if (errno == EACCES) // it may be written into all the same
      return lock;
    return error("cannot open the folder '", folder,
                 "': ", std::strerror(errno));
  }
  while (::flock(lock.descriptor, LOCK_EX | LOCK_NB) != 0) {
    if (errno == EINTR)
      continue;
    if (errno == EWOULDBLOCK)
      return error("another process is writing into the folder '", folder,
                   "': wait for it, or choose another folder");
    break; // no such locks here
  }
  return lock;
}

FolderLock::FolderLock(FolderLock &&other) noexcept
    : descriptor(std::exchange(other.descriptor, -1)) {}

FolderLock &FolderLock::operator=(FolderLock &&other) noexcept {
  std::swap(descriptor, other.descriptor);
  return *this;
}

FolderLock::~FolderLock() {
  if (descriptor >= 0)
    ::close(descriptor);
}

} // namespace qc
