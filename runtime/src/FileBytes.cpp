// Read-only bytes of a file or of the caller's memory, aligned for kernels.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "FileBytes.h"
#include "qcrt.h"

#include <cerrno>
#include <cstdint>
#include <cstring>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace qcrt;

namespace {
/// Closes itself on every way out, an exception included.
struct Descriptor {
  int number;
  ~Descriptor() {
    if (number >= 0)
      ::close(number);
  }
};
} // namespace

FileBytes::~FileBytes() { delete[] block; }

unsigned char *FileBytes::allocate(size_t size) {
  block = new unsigned char[size + QCRT_ALIGNMENT];
  uintptr_t address = reinterpret_cast<uintptr_t>(block);
  return block + (QCRT_ALIGNMENT - address % QCRT_ALIGNMENT) % QCRT_ALIGNMENT;
}

bool FileBytes::open(const char *path, std::string &error) {
  std::string where = "'" + std::string(path) + "': ";
  // A pipe that nobody writes into would be waited for without O_NONBLOCK.
  Descriptor file{::open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)};
  if (file.number < 0) {
    error = where + std::strerror(errno);
    return false;
  }
  struct stat info;
  if (fstat(file.number, &info) != 0 || !S_ISREG(info.st_mode)) {
    error = where + "not a regular file";
    return false;
  }
  if (info.st_size == 0) {
    error = where + "the file is empty";
    return false;
  }
  if (static_cast<uint64_t>(info.st_size) > SIZE_MAX / 2) {
    error = where + "the file is too large for this machine";
    return false;
  }
  length = static_cast<size_t>(info.st_size);
  unsigned char *bytes = allocate(length);
  start = bytes;
  for (size_t done = 0; done < length;) {
    ssize_t got = ::read(file.number, bytes + done, length - done);
    if (got < 0 && errno == EINTR)
      continue;
    if (got <= 0) {
      error = where + (got < 0 ? std::strerror(errno)
                               : "became shorter while it was read");
      return false;
    }
    done += static_cast<size_t>(got);
  }
  return true;
}

void FileBytes::refer(const void *bytes, size_t size) {
  start = static_cast<const unsigned char *>(bytes);
  length = size;
  if (reinterpret_cast<uintptr_t>(bytes) % QCRT_ALIGNMENT == 0)
    return;
  unsigned char *copy = allocate(size);
  std::memcpy(copy, bytes, size);
  start = copy;
}
