// When an op cannot run on an accelerator.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Target/SupportRules.h"

namespace qc {

void SupportRules::allow(StringRef op, std::vector<SupportRule> added) {
  auto &list = rules[op.str()];
  std::move(added.begin(), added.end(), std::back_inserter(list));
}

void SupportRules::allow(std::initializer_list<StringRef> ops) {
  for (StringRef op : ops)
    allow(op, {});
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

} // namespace qc
