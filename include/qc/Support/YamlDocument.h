// How many documents a YAML text holds.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_SUPPORT_YAMLDOCUMENT_H
#define QC_SUPPORT_YAMLDOCUMENT_H

#include <string_view>

namespace qc {

/// Counts the documents of `text` up to 2: what is cut off inside of brackets
/// counts as 2, since yaml-cpp finds documents without end in it (0.7, where
/// YAML::LoadAll does not return). Throws YAML::Exception where the text is no
/// YAML.
int countYamlDocuments(std::string_view text);

} // namespace qc

#endif // QC_SUPPORT_YAMLDOCUMENT_H
