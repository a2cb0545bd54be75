// Optimal string alignment distance and the suggestions made from it.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Support/EditDistance.h"

#include "qc/Support/Strings.h"

#include <algorithm>
#include <numeric>
#include <set>

namespace qc {

size_t editDistance(std::string_view a, std::string_view b) {
  // Three rows are enough: a swap looks two rows back.
  std::vector<size_t> beforeLast(b.size() + 1), last(b.size() + 1),
      row(b.size() + 1);
  std::iota(last.begin(), last.end(), size_t{0});
  for (size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      size_t change = last[j - 1] + (a[i - 1] != b[j - 1]);
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, change});
      bool swapped =
          i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (swapped)
        row[j] = std::min(row[j], beforeLast[j - 2] + 1);
    }
    std::swap(beforeLast, last);
    std::swap(last, row);
  }
  return last[b.size()];
}

std::string findCutName(std::string_view word,
                        const std::vector<std::string> &candidates) {
  std::string found;
  for (size_t dots = word.find(".."); dots != std::string_view::npos;
       dots = word.find("..", dots + 1)) {
    std::string_view head = word.substr(0, dots), tail = word.substr(dots + 2);
    if (head.empty() || tail.empty())
      continue;
    for (const std::string &candidate : candidates) {
      std::string_view name = candidate;
      bool fits = name.size() > head.size() + tail.size() &&
                  name.substr(0, head.size()) == head &&
                  name.substr(name.size() - tail.size()) == tail;
      if (!fits || name == found)
        continue;
      if (!found.empty())
        return "";
      found = candidate;
    }
  }
  return found;
}

std::string nearestName(std::string_view word,
                        const std::vector<std::string> &candidates) {
  std::string best = findCutName(word, candidates);
  if (!best.empty())
    return best;
  size_t limit = std::max<size_t>(2, word.size() / 3);
  for (const std::string &candidate : candidates) {
    size_t distance = editDistance(toLower(word), toLower(candidate));
    // A distance of the whole word is no resemblance.
    if (distance > limit || distance >= std::max(word.size(), candidate.size()))
      continue;
    if (best.empty() || distance < limit) {
      best = candidate;
      limit = distance;
    }
  }
  return best;
}

std::string suggestName(std::string_view word,
                        const std::vector<std::string> &candidates) {
  std::string near = nearestName(word, candidates);
  if (!near.empty())
    return "; did you mean '" + near + "'?";
  if (candidates.empty())
    return "; none are known";
  // Names of a network are many, and some come in several stages.
  constexpr size_t kMost = 30;
  std::vector<std::string> listed;
  size_t count = 0;
  std::set<std::string_view> seen;
  for (const std::string &candidate : candidates)
    if (seen.insert(candidate).second && ++count <= kMost)
      listed.push_back(candidate);
  return "; known: " + join(listed, ", ") +
         (count > kMost ? ", ... (" + std::to_string(count) + " in all)" : "");
}

} // namespace qc
