// Names in the report's JSON; private to this library.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_LIB_REPORT_JSONTEXT_H
#define QC_LIB_REPORT_JSONTEXT_H

#include "qc/Support/Strings.h"

#include "llvm/Support/JSON.h"

namespace qc {

/// JSON is UTF-8, names are what a file has put into them.
inline std::string toText(const std::string &name) {
  return llvm::json::isUTF8(name) ? name : printable(name);
}

} // namespace qc

#endif // QC_LIB_REPORT_JSONTEXT_H
