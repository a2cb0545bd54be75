// Reading and mapping, with messages that say what is wrong with the path.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Support/MappedFile.h"

#include "qc/Support/AtomicFile.h"

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <cstring>
#include <fcntl.h>
#include <new>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

namespace qc {

//===----------------------------------------------------------------------===//
// The mapped files. A handler may only touch memory that is never freed and
// call async-signal-safe functions: hence fixed slots.
//===----------------------------------------------------------------------===//

namespace {

struct MappingSlot {
  std::atomic<bool> taken{false};
  std::atomic<uintptr_t> begin{0}, end{0};
  char path[512];
};

constexpr int slotCount = 64;
MappingSlot mappingSlots[slotCount];

/// Returns a slot, or -1 when all are taken (the message then lacks the name).
int rememberMapping(const void *begin, size_t size, const std::string &path) {
  for (int i = 0; i < slotCount; ++i) {
    MappingSlot &slot = mappingSlots[i];
    if (slot.taken.exchange(true))
      continue;
    size_t length = std::min(path.size(), sizeof(slot.path) - 1);
    std::memcpy(slot.path, path.data(), length);
    slot.path[length] = '\0';
    slot.begin = reinterpret_cast<uintptr_t>(begin);
    slot.end = slot.begin + size;
    return i;
  }
  return -1;
}

void forgetMapping(int index) {
  if (index < 0)
    return;
  MappingSlot &slot = mappingSlots[index];
  slot.end = 0;
  slot.begin = 0;
  slot.taken = false;
}

void say(const char *text) {
  // Nothing can be done about a failure here.
  [[maybe_unused]] ssize_t written = ::write(2, text, std::strlen(text));
}

} // namespace

extern "C" {
static void qcReportLostMapping(int signalNumber, siginfo_t *info, void *) {
  auto address = reinterpret_cast<uintptr_t>(info->si_addr);
  for (MappingSlot &slot : mappingSlots) {
    if (address < slot.begin || address >= slot.end)
      continue;
    removeTemporaryFiles();
    say("error: '");
    say(slot.path);
    say("' became shorter while it was in use\n");
    ::_exit(1);
  }
  // Some other reason: end the way that the system does.
  removeTemporaryFiles();
  std::signal(signalNumber, SIG_DFL);
  ::raise(signalNumber);
}
}

void reportLostMappings() {
  struct sigaction action;
  std::memset(&action, 0, sizeof(action));
  action.sa_sigaction = qcReportLostMapping;
  action.sa_flags = SA_SIGINFO;
  ::sigemptyset(&action.sa_mask);
  ::sigaction(SIGBUS, &action, nullptr);
}

//===----------------------------------------------------------------------===//
// MappedFile
//===----------------------------------------------------------------------===//

namespace {

/// A descriptor that closes itself.
struct Descriptor {
  int number = -1;
  Descriptor() = default;
  explicit Descriptor(int number) : number(number) {}
  Descriptor(Descriptor &&other) noexcept
      : number(std::exchange(other.number, -1)) {}
  Descriptor &operator=(Descriptor &&) = delete;
  ~Descriptor() {
    if (number >= 0)
      ::close(number);
  }
};

constexpr std::align_val_t bufferAlignment{4096};

Result<Descriptor> openRegular(const std::string &path, struct stat &info) {
  // Opening a pipe that nobody writes to would wait without O_NONBLOCK; it has
  // no meaning for a regular file.
  Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (file.number < 0) {
    if (errno == ENOENT)
      return error("'", path, "' does not exist");
    return error("cannot open '", path, "': ", std::strerror(errno));
  }
  if (::fstat(file.number, &info) != 0)
    return error("cannot examine '", path, "': ", std::strerror(errno));
  if (S_ISDIR(info.st_mode))
    return error("'", path, "' is a directory, expected a file");
  if (!S_ISREG(info.st_mode))
    return error("'", path, "' is a pipe or a device, expected a regular file");
  return file;
}

Status changed(const std::string &path) {
  return error("'", path, "' changed while it was read");
}

} // namespace

/// Fills a buffer with the whole file, which claims `expected` bytes.
Status MappedFile::readFrom(int descriptor, size_t expected,
                            const std::string &path) {
  auto *buffer = static_cast<unsigned char *>(
      ::operator new(expected + 1, bufferAlignment, std::nothrow));
  if (!buffer)
    return error("'", path, "' has ", expected,
                 " bytes: more than there is memory");
  bytes = buffer;
  while (length <= expected) {
    // One byte more than expected tells whether the file has grown.
    ssize_t got = ::read(descriptor, buffer + length, expected + 1 - length);
    if (got < 0 && errno == EINTR)
      continue;
    if (got < 0)
      return error("cannot read '", path, "': ", std::strerror(errno));
    if (got == 0)
      break;
    length += static_cast<size_t>(got);
  }
  if (length != expected)
    return changed(path);
  buffer[length] = 0;
  return ok();
}

Result<std::shared_ptr<const MappedFile>>
MappedFile::open(const std::string &path) {
  struct stat info;
  Result<Descriptor> descriptor = openRegular(path, info);
  if (!descriptor)
    return descriptor.takeError();
  std::shared_ptr<MappedFile> file(new MappedFile);
  if (Status status = file->readFrom(descriptor->number,
                                     static_cast<size_t>(info.st_size), path);
      !status)
    return status;
  return std::shared_ptr<const MappedFile>(file);
}

Result<std::shared_ptr<const MappedFile>>
MappedFile::map(const std::string &path) {
  struct stat info;
  Result<Descriptor> descriptor = openRegular(path, info);
  if (!descriptor)
    return descriptor.takeError();
  if (info.st_size == 0)
    return open(path);
  std::shared_ptr<MappedFile> file(new MappedFile);
  auto size = static_cast<size_t>(info.st_size);
  void *mapping =
      ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, descriptor->number, 0);
  if (mapping == MAP_FAILED)
    return open(path);
  file->isMapped = true;
  file->length = size;
  file->bytes = static_cast<const unsigned char *>(mapping);
  file->slot = rememberMapping(mapping, size, path);
  return std::shared_ptr<const MappedFile>(file);
}

MappedFile::~MappedFile() {
  void *start = const_cast<unsigned char *>(bytes);
  if (isMapped) {
    forgetMapping(slot);
    ::munmap(start, length);
  } else if (start) {
    ::operator delete(start, bufferAlignment);
  }
}

Result<std::string> readTextFile(const std::string &path) {
  Result<std::shared_ptr<const MappedFile>> file = MappedFile::open(path);
  if (!file)
    return file.takeError();
  return std::string((*file)->text());
}

Status checkRegularFile(const std::string &path) {
  struct stat info;
  Result<Descriptor> descriptor = openRegular(path, info);
  return descriptor ? ok() : descriptor.takeError();
}

} // namespace qc
