// Temporary file, rename, and a list of them that a signal handler may walk.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Support/AtomicFile.h"

#include <atomic>
#include <cerrno>
#include <climits>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace qc {

//===----------------------------------------------------------------------===//
// The unfinished files. A handler may only touch memory that is never freed
// and call async-signal-safe functions: hence fixed slots, and unlink.
//===----------------------------------------------------------------------===//

namespace {

enum SlotState { Free, Filling, Live };

struct CleanupSlot {
  std::atomic<int> state{Free};
  char path[PATH_MAX];
};

constexpr int slotCount = 256;
CleanupSlot cleanupSlots[slotCount];

} // namespace

/// Returns a slot, or -1 when all are taken (the file is then merely not
/// cleaned up on a signal).
static int rememberForCleanup(const std::string &path) {
  if (path.size() >= PATH_MAX)
    return -1;
  for (int i = 0; i < slotCount; ++i) {
    int expected = Free;
    if (!cleanupSlots[i].state.compare_exchange_strong(expected, Filling))
      continue;
    std::memcpy(cleanupSlots[i].path, path.c_str(), path.size() + 1);
    cleanupSlots[i].state.store(Live);
    return i;
  }
  return -1;
}

static void forgetCleanup(int slot) {
  if (slot >= 0)
    cleanupSlots[slot].state.store(Free);
}

void removeTemporaryFiles() {
  int savedErrno = errno;
  for (CleanupSlot &slot : cleanupSlots)
    if (slot.state.load() == Live)
      ::unlink(slot.path);
  errno = savedErrno;
}

extern "C" {
static void qcRemoveTemporaryFiles(int signalNumber) {
  removeTemporaryFiles();
  // The handler was reset on entry: raising again ends the process the way
  // that its parent expects (128 + signal in a shell).
  ::raise(signalNumber);
}
}

void removeTemporaryFilesOnSignal() {
  std::signal(SIGXFSZ, SIG_IGN);
  for (int signalNumber :
       {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGPIPE, SIGALRM, SIGUSR1, SIGUSR2,
        SIGXCPU, SIGABRT, SIGBUS, SIGFPE, SIGILL, SIGSEGV, SIGSYS, SIGTRAP}) {
    struct sigaction previous;
    // A signal ignored from outside (nohup) stays ignored, and a handler (a
    // sanitizer's, say) in force.
    if (::sigaction(signalNumber, nullptr, &previous) == 0 &&
        ((previous.sa_flags & SA_SIGINFO) || previous.sa_handler != SIG_DFL))
      continue;
    struct sigaction action;
    std::memset(&action, 0, sizeof(action));
    action.sa_handler = qcRemoveTemporaryFiles;
    action.sa_flags = static_cast<int>(SA_RESETHAND);
    ::sigemptyset(&action.sa_mask);
    ::sigaction(signalNumber, &action, nullptr);
  }
}

//===----------------------------------------------------------------------===//
// AtomicFile
//===----------------------------------------------------------------------===//

static Status cannotWrite(const std::string &path, int reason) {
  return error("cannot write '", path, "': ", std::strerror(reason));
}

static std::string resolveLinks(const std::string &path) {
  char *real = ::realpath(path.c_str(), nullptr);
  if (!real)
    return path;
  std::string resolved(real);
  std::free(real);
  return resolved;
}

Result<AtomicFile> AtomicFile::create(const std::string &path) {
  AtomicFile file;
  file.path = path;
  if (path.empty())
    return error("cannot write a file with an empty name");

  struct stat info;
  bool exists = ::stat(path.c_str(), &info) == 0;
  if (exists && S_ISDIR(info.st_mode))
    return error("cannot write '", path, "': it is a directory");
  if (exists && !S_ISREG(info.st_mode)) {
    file.descriptor = ::open(path.c_str(), O_WRONLY | O_CLOEXEC);
    if (file.descriptor < 0)
      return cannotWrite(path, errno);
    return file;
  }
  // Renaming would bypass a file that is marked read-only.
  if (exists && ::access(path.c_str(), W_OK) != 0)
    return cannotWrite(path, errno);

  file.target = exists ? resolveLinks(path) : path;
  static std::atomic<unsigned> counter{0};
  mode_t mode = exists ? (info.st_mode & 0777) : 0666;
  for (int attempt = 0; attempt < 100; ++attempt) {
    file.temporary = file.target + ".tmp-" + std::to_string(::getpid()) + "-" +
                     std::to_string(counter++);
    file.cleanupSlot = rememberForCleanup(file.temporary);
    file.descriptor = ::open(file.temporary.c_str(),
                             O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
    if (file.descriptor >= 0)
      return file;
    int reason = errno;
    forgetCleanup(file.cleanupSlot);
    file.cleanupSlot = -1;
    if (reason != EEXIST)
      return cannotWrite(path, reason);
  }
  return cannotWrite(path, EEXIST);
}

AtomicFile::AtomicFile(AtomicFile &&other) noexcept {
  *this = std::move(other);
}

AtomicFile &AtomicFile::operator=(AtomicFile &&other) noexcept {
  if (this == &other)
    return *this;
  discard();
  path = std::move(other.path);
  target = std::move(other.target);
  temporary = std::move(other.temporary);
  descriptor = std::exchange(other.descriptor, -1);
  cleanupSlot = std::exchange(other.cleanupSlot, -1);
  return *this;
}

AtomicFile::~AtomicFile() { discard(); }

void AtomicFile::discard() {
  if (descriptor < 0)
    return;
  ::close(std::exchange(descriptor, -1));
  if (!temporary.empty())
    ::unlink(temporary.c_str());
  forgetCleanup(std::exchange(cleanupSlot, -1));
}

Status AtomicFile::write(const void *bytes, size_t size) {
  if (descriptor < 0)
    return error("cannot write '", path, "': it was already finished");
  const auto *at = static_cast<const char *>(bytes);
  while (size) {
    ssize_t written = ::write(descriptor, at, size);
    if (written < 0 && errno == EINTR)
      continue;
    if (written < 0) {
      Status status = cannotWrite(path, errno);
      discard();
      return status;
    }
    at += written;
    size -= static_cast<size_t>(written);
  }
  return ok();
}

/// Some file systems report a full disk only here.
static int closeWritten(int descriptor, bool sync) {
  int reason = 0;
  while (sync && ::fsync(descriptor) != 0) {
    if (errno == EINTR)
      continue;
    // Not every file system can.
    reason = errno == EINVAL || errno == EROFS ? 0 : errno;
    break;
  }
  if (::close(descriptor) != 0 && reason == 0)
    reason = errno;
  return reason;
}

/// Brings the new name of a file to the disk. The file is there in any case;
/// that a folder cannot be synchronised is no reason to fail.
static void syncFolderOf(const std::string &path) {
  size_t slash = path.rfind('/');
  std::string folder = slash == std::string::npos ? "."
                       : slash == 0               ? "/"
                                                  : path.substr(0, slash);
  int descriptor = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0)
    return;
  ::fsync(descriptor);
  ::close(descriptor);
}

Status AtomicFile::commit(Durability durability) {
  if (descriptor < 0)
    return error("cannot write '", path, "': it was already finished");
  bool sync = durability == Durability::Disk && !temporary.empty();
  Status status = ok();
  if (int reason = closeWritten(std::exchange(descriptor, -1), sync))
    status = cannotWrite(path, reason);
  if (temporary.empty())
    return status;
  if (status && ::rename(temporary.c_str(), target.c_str()) != 0)
    status = cannotWrite(path, errno);
  if (!status)
    ::unlink(temporary.c_str());
  forgetCleanup(std::exchange(cleanupSlot, -1));
  if (status && sync)
    syncFolderOf(target);
  return status;
}

Status writeFile(const std::string &path, std::string_view text) {
  Result<AtomicFile> file = AtomicFile::create(path);
  if (!file)
    return file.takeError();
  if (Status status = file->write(text); !status)
    return status;
  return file->commit();
}

} // namespace qc
