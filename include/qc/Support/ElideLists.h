// IR for people: long lists of numbers cut short.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_SUPPORT_ELIDELISTS_H
#define QC_SUPPORT_ELIDELISTS_H

#include <string>
#include <string_view>

namespace qc {

/// `text` with every list of more than `most` numbers cut to its first and last
/// one, and how many they are: `{0.1:3, 0.2, 0.3}` with `most` = 2 is
/// `{0.1:3, ... 3 in all ..., 0.3}`. What stands in quotes is left alone.
/// MLIR's own flags do so for constants; scales of a weight's channels and
/// multipliers are lists in types and in array attributes, for which there is
/// none. The result is for reading: nothing parses it.
std::string elideLists(std::string_view text, size_t most = 8);

} // namespace qc

#endif // QC_SUPPORT_ELIDELISTS_H
