// Limits of memory, and exceptions that nobody has caught.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Support/Memory.h"

#include "qc/Support/AtomicFile.h"
#include "qc/Support/Strings.h"

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <limits>
#include <new>
#include <sys/resource.h>
#include <sys/sysinfo.h>
#include <unistd.h>

namespace qc {

/// What a control group may have; the largest number if it may have all.
static uint64_t readGroupLimit() {
  // Version 2 and version 1, as a container sees its own group.
  for (const char *path : {"/sys/fs/cgroup/memory.max",
                           "/sys/fs/cgroup/memory/memory.limit_in_bytes"}) {
    std::FILE *file = std::fopen(path, "re");
    if (!file)
      continue;
    char text[64] = "";
    size_t size = std::fread(text, 1, sizeof(text) - 1, file);
    std::fclose(file);
    std::optional<int64_t> limit = parseInteger(trim({text, size}));
    if (limit && *limit > 0)
      return static_cast<uint64_t>(*limit);
  }
  return std::numeric_limits<uint64_t>::max();
}

uint64_t getMemoryLimit() {
  uint64_t limit = std::numeric_limits<uint64_t>::max();
  struct sysinfo machine;
  if (::sysinfo(&machine) == 0)
    limit = (uint64_t{machine.totalram} + machine.totalswap) * machine.mem_unit;
  for (auto resource : {RLIMIT_AS, RLIMIT_DATA}) {
    rlimit own;
    if (::getrlimit(resource, &own) == 0 && own.rlim_cur != RLIM_INFINITY)
      limit = std::min<uint64_t>(limit, own.rlim_cur);
  }
  // Read once: it is asked for each tensor, and files are slow.
  static const uint64_t groupLimit = readGroupLimit();
  return std::min(limit, groupLimit);
}

Status checkMemory(uint64_t bytes, const std::string &what) {
  uint64_t limit = getMemoryLimit();
  if (bytes <= limit)
    return ok();
  return error(what, " takes ", bytes, " bytes, more than the ", limit,
               " bytes of memory here");
}

std::string describeException(std::exception_ptr exception) {
  try {
    std::rethrow_exception(std::move(exception));
  } catch (const std::bad_alloc &) {
    return "not enough memory";
  } catch (const std::exception &problem) {
    return problem.what();
  } catch (...) {
    return "an exception of an unknown kind";
  }
}

/// Without allocating: there may be no memory for the message.
[[noreturn]] static void endWithMessage() {
  removeTemporaryFiles();
  const char *text = "not enough memory";
  char buffer[512];
  try {
    if (std::exception_ptr pending = std::current_exception())
      std::rethrow_exception(pending);
    text = "the program has ended itself";
  } catch (const std::bad_alloc &) {
  } catch (const std::exception &problem) {
    std::snprintf(buffer, sizeof(buffer), "%s", problem.what());
    text = buffer;
  } catch (...) {
    text = "an exception of an unknown kind";
  }
  for (const char *part : {"error: ", text, "\n"}) {
    // Nothing can be done about a failure here.
    [[maybe_unused]] ssize_t written = ::write(2, part, std::strlen(part));
  }
  ::_exit(1);
}

void reportExceptionsAtExit() { std::set_terminate(endWithMessage); }

} // namespace qc
