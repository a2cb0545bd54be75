// How much memory there is to ask for, and the way out when it is not enough.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_SUPPORT_MEMORY_H
#define QC_SUPPORT_MEMORY_H

#include "qc/Support/Result.h"

#include <cstdint>
#include <exception>

namespace qc {

/// Bytes that this process could have at best: the least of the machine's
/// memory with its swap space, the limit of its control group and its own
/// limits (ulimit -v). What others use is not counted.
uint64_t getMemoryLimit();

/// An error if `bytes` are more than getMemoryLimit(): "WHAT takes N bytes,
/// more than the M bytes of memory here". To be asked before something is
/// allocated whose size a file or an option claims.
Status checkMemory(uint64_t bytes, const std::string &what);

/// An exception in words: "not enough memory" for std::bad_alloc, else what it
/// says itself. Code that calls libraries which throw turns it into a Status.
std::string describeException(std::exception_ptr exception);

/// Runs `action`, which returns a Status, and turns an exception into a
/// failure.
template <typename Action> Status guarded(Action &&action) {
  try {
    return action();
  } catch (...) {
    return error(describeException(std::current_exception()));
  }
}

/// Makes what would end in std::terminate (memory that is not there in a thread
/// or behind code that cannot be unwound) remove unfinished output, say
/// "error: not enough memory" or what the exception says, and exit with 1. A
/// tool calls it once at start; a library never.
void reportExceptionsAtExit();

} // namespace qc

#endif // QC_SUPPORT_MEMORY_H
