// Reading and writing files of raw elements.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QCRT_TOOLS_RAWFILE_H
#define QCRT_TOOLS_RAWFILE_H

#include <cstddef>
#include <string>

namespace qcrt::tool {

/// Reads exactly size bytes of a regular file; false with an error that names
/// the file, what was expected and what was found.
bool readFile(const std::string &path, void *bytes, size_t size,
              std::string &error);

/// Writes through a temporary file beside it, so that an error or an interrupt
/// leaves the old file or none.
bool writeFile(const std::string &path, const void *bytes, size_t size,
               std::string &error);

} // namespace qcrt::tool
#endif // QCRT_TOOLS_RAWFILE_H
