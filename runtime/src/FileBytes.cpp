// Read-only bytes of a file or of the caller's memory, aligned for kernels.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "FileBytes.h"
#include "qcrt.h"

#include <cerrno>
#include <cstdint>
#include <cstring>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace qcrt;

FileBytes::~FileBytes() {
  if (mapping)
    munmap(mapping, length);
  delete[] block;
}

bool FileBytes::open(const char *path, std::string &error) {
  std::string where = "'" + std::string(path) + "': ";
  int file = ::open(path, O_RDONLY | O_CLOEXEC);
  if (file < 0) {
    error = where + std::strerror(errno);
    return false;
  }
  struct stat info;
  if (fstat(file, &info) != 0 || !S_ISREG(info.st_mode)) {
    error = where + "not a regular file";
    ::close(file);
    return false;
  }
  if (info.st_size == 0) {
    error = where + "the file is empty";
    ::close(file);
    return false;
  }
  if (static_cast<uint64_t>(info.st_size) > SIZE_MAX / 2) {
    error = where + "the file is too large for this machine";
    ::close(file);
    return false;
  }
  size_t size = static_cast<size_t>(info.st_size);
  void *map = mmap(nullptr, size, PROT_READ, MAP_PRIVATE, file, 0);
  int problem = errno;
  ::close(file);
  if (map == MAP_FAILED) {
    error = where + "cannot be mapped: " + std::strerror(problem);
    return false;
  }
  mapping = map;
  start = static_cast<const unsigned char *>(map);
  length = size;
  return true;
}

void FileBytes::refer(const void *bytes, size_t size) {
  start = static_cast<const unsigned char *>(bytes);
  length = size;
  if (reinterpret_cast<uintptr_t>(bytes) % QCRT_ALIGNMENT == 0)
    return;
  block = new unsigned char[size + QCRT_ALIGNMENT];
  uintptr_t address = reinterpret_cast<uintptr_t>(block);
  unsigned char *copy =
      block + (QCRT_ALIGNMENT - address % QCRT_ALIGNMENT) % QCRT_ALIGNMENT;
  std::memcpy(copy, bytes, size);
  start = copy;
}
