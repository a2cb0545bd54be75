// The YAML form of options files; private to this library.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_LIB_SUPPORT_CONFIGFILEYAML_H
#define QC_LIB_SUPPORT_CONFIGFILEYAML_H

#include "qc/Support/ConfigFile.h"

namespace qc {

/// One YAML or JSON document, a mapping, as flat entries.
Result<ConfigFile> parseYaml(std::string_view text, const std::string &origin);

} // namespace qc

#endif // QC_LIB_SUPPORT_CONFIGFILEYAML_H
