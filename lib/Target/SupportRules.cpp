// When an op cannot run on an accelerator.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Target/SupportRules.h"

namespace qc {

void SupportRules::setSource(Provenance newProvenance, std::string newSource) {
  provenance = newProvenance;
  source = std::move(newSource);
}

void SupportRules::allow(StringRef op, std::vector<SupportRule> added) {
  auto &list = rules[op.str()];
  for (SupportRule &rule : added) {
    rule.provenance = provenance;
    rule.source = source;
    list.push_back(std::move(rule));
  }
}

void SupportRules::allow(std::initializer_list<StringRef> ops,
                         const std::vector<SupportRule> &added) {
  for (StringRef op : ops)
    allow(op, added);
}

std::vector<std::string> SupportRules::explain(Operation *op) const {
  StringRef name = op->getName().getStringRef();
  auto found = rules.find(name.str());
  if (found == rules.end() &&
      allowsDialect(op->getName().getDialectNamespace()))
    return {};
  if (found == rules.end())
    return {"the target has no " + name.str()};
  std::vector<std::string> reasons;
  for (const SupportRule &rule : found->second)
    if (std::string seen = rule.check(op); !seen.empty())
      reasons.push_back(rule.id + ": " + rule.words + "; found " + seen);
  return reasons;
}

TypeRules SupportRules::getTypeRules() const {
  TypeRules found;
  for (const auto &[op, list] : rules)
    for (const SupportRule &rule : list)
      if (rule.types) {
        found[op].push_back(*rule.types);
        found[op].back().reason = rule.id + ": " + rule.words;
      }
  return found;
}

} // namespace qc
