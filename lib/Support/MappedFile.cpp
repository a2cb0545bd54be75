// mmap with messages that say what is wrong with the path.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Support/MappedFile.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

namespace qc {

static Status readAll(int descriptor, const std::string &path,
                      std::string &into) {
  char buffer[65536];
  for (;;) {
    ssize_t got = ::read(descriptor, buffer, sizeof(buffer));
    if (got == 0)
      return ok();
    if (got < 0 && errno == EINTR)
      continue;
    if (got < 0)
      return error("cannot read '", path, "': ", std::strerror(errno));
    into.append(buffer, static_cast<size_t>(got));
  }
}

Result<std::shared_ptr<const MappedFile>>
MappedFile::open(const std::string &path) {
  int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) {
    if (errno == ENOENT)
      return error("'", path, "' does not exist");
    return error("cannot open '", path, "': ", std::strerror(errno));
  }
  struct Closer {
    int descriptor;
    ~Closer() { ::close(descriptor); }
  } closer{descriptor};

  struct stat info;
  if (::fstat(descriptor, &info) != 0)
    return error("cannot examine '", path, "': ", std::strerror(errno));
  if (S_ISDIR(info.st_mode))
    return error("'", path, "' is a directory, expected a file");

  std::shared_ptr<MappedFile> file(new MappedFile);
  if (S_ISREG(info.st_mode) && info.st_size > 0) {
    file->length = static_cast<size_t>(info.st_size);
    void *mapping =
        ::mmap(nullptr, file->length, PROT_READ, MAP_PRIVATE, descriptor, 0);
    if (mapping != MAP_FAILED) {
      file->mapping = mapping;
      file->bytes = static_cast<const unsigned char *>(mapping);
      return std::shared_ptr<const MappedFile>(file);
    }
  }
  if (Status status = readAll(descriptor, path, file->copy); !status)
    return status;
  file->length = file->copy.size();
  file->bytes = reinterpret_cast<const unsigned char *>(file->copy.data());
  return std::shared_ptr<const MappedFile>(file);
}

MappedFile::~MappedFile() {
  if (mapping)
    ::munmap(mapping, length);
}

Result<std::string> readTextFile(const std::string &path) {
  Result<std::shared_ptr<const MappedFile>> file = MappedFile::open(path);
  if (!file)
    return file.takeError();
  return std::string((*file)->text());
}

} // namespace qc
