// Files of vendors with quantization parameters by name.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_TARGET_PARAMETERFILE_H
#define QC_TARGET_PARAMETERFILE_H

#include "qc/Support/Result.h"

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace qc {

struct Encodings;

/// One kind of such files, which `--encodings-in` then reads as well.
struct ParameterFile {
  std::string name;    ///< "TIDL quant_params prototxt"
  std::string summary; ///< one line
  /// Whether `text` begins like one.
  std::function<bool(std::string_view text)> recognizes;
  /// Adds what `text` says to `encodings`, and to `notes`, for remarks, what it
  /// says that has no form in qc. Errors name the line or the entry.
  std::function<Status(std::string_view text, Encodings &encodings,
                       std::vector<std::string> &notes)>
      read;
};

} // namespace qc

#endif // QC_TARGET_PARAMETERFILE_H
