// Finds the known name that a mistyped one probably meant.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_SUPPORT_EDITDISTANCE_H
#define QC_SUPPORT_EDITDISTANCE_H

#include <string>
#include <string_view>
#include <vector>

namespace qc {

/// Insertions, deletions, substitutions and swaps of neighbours that turn one
/// word into the other (optimal string alignment).
size_t editDistance(std::string_view a, std::string_view b);

/// The only candidate that `word`, "head..tail", is cut from, as tables on a
/// terminal cut names; empty if there is none or more than one.
std::string findCutName(std::string_view word,
                        const std::vector<std::string> &candidates);

/// The candidate that `word` is cut from, else the one nearest to it; empty if
/// none is near enough to be meant (a third of the letters, at least two). Ties
/// go to the earlier candidate.
std::string nearestName(std::string_view word,
                        const std::vector<std::string> &candidates);

/// "; did you mean 'x'?" or, when nothing is near, "; known: a, b, c" (at most
/// 30): the tail of an error about an unknown name.
std::string suggestName(std::string_view word,
                        const std::vector<std::string> &candidates);

} // namespace qc

#endif // QC_SUPPORT_EDITDISTANCE_H
