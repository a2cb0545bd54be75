// Reading and writing files of raw elements.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "RawFile.h"

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace qcrt::tool;

/// The file that an interrupt has to remove, "" if there is none.
static char unfinished[4096];

static void removeUnfinished(int signal) {
  if (unfinished[0])
    unlink(unfinished);
  std::signal(signal, SIG_DFL);
  raise(signal);
}

static bool fail(std::string &error, const std::string &path,
                 const std::string &text) {
  error = "'" + path + "': " + text;
  return false;
}

bool qcrt::tool::readFile(const std::string &path, void *bytes, size_t size,
                          std::string &error) {
  // A pipe that nobody writes into would be waited for without O_NONBLOCK.
  int descriptor = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (descriptor < 0)
    return fail(error, path, std::strerror(errno));
  struct stat info;
  if (fstat(descriptor, &info) != 0 || !S_ISREG(info.st_mode)) {
    close(descriptor);
    return fail(error, path, "not a regular file");
  }
  std::FILE *file = fdopen(descriptor, "rb");
  if (!file) {
    int problem = errno;
    close(descriptor);
    return fail(error, path, std::strerror(problem));
  }
  size_t found = std::fread(bytes, 1, size, file);
  bool broken = std::ferror(file);
  int problem = errno;
  while (found == size && std::fgetc(file) != EOF) {
    // Longer than expected; the size tells how much.
    std::fseek(file, 0, SEEK_END);
    long end = std::ftell(file);
    found = end > 0 ? static_cast<size_t>(end) : size + 1;
  }
  std::fclose(file);
  if (broken)
    return fail(error, path, std::strerror(problem));
  if (found == size)
    return true;
  return fail(error, path,
              "expected " + std::to_string(size) + " bytes, found " +
                  std::to_string(found));
}

static bool writeTo(const std::string &path, const void *bytes, size_t size,
                    std::string &error) {
  std::FILE *file = std::fopen(path.c_str(), "wb");
  if (!file)
    return fail(error, path, std::strerror(errno));
  bool good =
      std::fwrite(bytes, 1, size, file) == size && std::fflush(file) == 0;
  int problem = errno;
  // On the disk before its name is. What is no file of a disk cannot.
  if (good && fsync(fileno(file)) != 0 && errno != EINVAL && errno != EROFS) {
    good = false;
    problem = errno;
  }
  if (std::fclose(file) != 0 && good) {
    good = false;
    problem = errno;
  }
  return good || fail(error, path, std::strerror(problem));
}

/// Brings the new name to the disk. The file is there in any case, so that this
/// cannot be done is no reason to fail.
static void syncFolderOf(const std::string &path) {
  size_t slash = path.rfind('/');
  std::string folder =
      slash == std::string::npos ? "." : path.substr(0, slash + 1);
  int descriptor = open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0)
    return;
  fsync(descriptor);
  close(descriptor);
}

bool qcrt::tool::writeFile(const std::string &path, const void *bytes,
                           size_t size, std::string &error) {
  struct stat info;
  bool exists = stat(path.c_str(), &info) == 0;
  if (exists && !S_ISREG(info.st_mode)) { // a device or a pipe, or a mistake
    if (S_ISDIR(info.st_mode))
      return fail(error, path, "is a directory");
    return writeTo(path, bytes, size, error);
  }
  std::string temporary = path + ".tmp" + std::to_string(getpid());
  if (temporary.size() >= sizeof(unfinished))
    return fail(error, path, "the name is too long");
  std::memcpy(unfinished, temporary.c_str(), temporary.size() + 1);
  // Growing beyond a limit is an error of the write.
  std::signal(SIGXFSZ, SIG_IGN);
  for (int signal : {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGPIPE, SIGXCPU})
    if (std::signal(signal, removeUnfinished) == SIG_IGN)
      std::signal(signal, SIG_IGN); // as under nohup
  bool good = writeTo(temporary, bytes, size, error);
  if (good && std::rename(temporary.c_str(), path.c_str()) != 0)
    good = fail(error, path, std::strerror(errno));
  else if (good)
    syncFolderOf(path);
  if (!good)
    unlink(temporary.c_str());
  unfinished[0] = '\0';
  return good;
}
