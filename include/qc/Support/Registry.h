// Things by name: what is built in, and what plugins and programs add.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_SUPPORT_REGISTRY_H
#define QC_SUPPORT_REGISTRY_H

#include "qc/Support/EditDistance.h"
#include "qc/Support/Result.h"

#include <map>
#include <string>
#include <vector>

namespace qc {

/// Name to entry, in the order of names. A registry is filled before the first
/// compile and only read afterwards, from any number of threads.
template <typename Entry> class Registry {
public:
  /// `kind` is what errors call an entry: "target", "artefact".
  explicit Registry(std::string kind) : kind(std::move(kind)) {}

  /// An error when the name is taken.
  Status add(const std::string &name, Entry entry) {
    if (!entries.emplace(name, std::move(entry)).second)
      return error("there is a ", kind, " '", name, "' already");
    return ok();
  }

  /// Null when there is none of that name.
  const Entry *find(const std::string &name) const {
    auto found = entries.find(name);
    return found == entries.end() ? nullptr : &found->second;
  }

  /// An unknown name is an error that suggests the nearest known one.
  Result<const Entry *> get(const std::string &name) const {
    if (const Entry *entry = find(name))
      return entry;
    return error("unknown ", kind, " '", name, "'",
                 suggestName(name, getNames()));
  }

  std::vector<std::string> getNames() const {
    std::vector<std::string> names;
    for (const auto &[name, entry] : entries)
      names.push_back(name);
    return names;
  }

  const std::map<std::string, Entry> &getEntries() const { return entries; }

private:
  std::string kind;
  std::map<std::string, Entry> entries;
};

} // namespace qc

#endif // QC_SUPPORT_REGISTRY_H
