// When an op cannot run on an accelerator, and in which words to say so.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_TARGET_SUPPORTRULES_H
#define QC_TARGET_SUPPORTRULES_H

#include "qc/Quantization/TypeRules.h"
#include "qc/Support/MLIR.h"
#include "qc/Target/TargetSpec.h"

#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace qc {

/// One condition that an op must meet. The same words are the diagnostic, the
/// printed list and the generated page.
struct SupportRule {
  std::string id;    ///< short and stable: "conv-kernel-size"
  std::string words; ///< what is required: "kernel height and width are 1 to 7"
  /// Empty when `op` meets the rule, else what was found.
  std::function<std::string(Operation *op)> check;
  /// Where the condition is known from; `SupportRules` fills it in.
  Provenance provenance = Provenance::Assumed;
  std::string source = {};
  /// What the rule says of storage types, if it is about them: quantization
  /// then gives the op such.
  std::optional<TypeRule> types = std::nullopt;
};

/// The rules of one target by op name.
class SupportRules {
public:
  /// Where the rules come from that are added afterwards.
  void setSource(Provenance provenance, std::string source);

  /// Declares that the target runs `op` under `rules` (none: always). Called
  /// again for the same op, adds to its rules.
  void allow(StringRef op, std::vector<SupportRule> rules = {});
  /// The same for several ops.
  void allow(std::initializer_list<StringRef> ops,
             const std::vector<SupportRule> &rules = {});

  /// Declares that every op of a dialect runs without conditions.
  void allowDialect(StringRef dialect) { dialects.insert(dialect.str()); }
  bool allowsDialect(StringRef dialect) const {
    return dialects.count(dialect.str()) > 0;
  }

  /// Why `op` does not run: "id: words; found ..." for each broken rule, or
  /// that the target has no such op. Empty when it runs.
  std::vector<std::string> explain(Operation *op) const;
  bool supports(Operation *op) const { return explain(op).empty(); }

  /// What the rules say of storage types, with their words as reasons.
  TypeRules getTypeRules() const;

  const std::map<std::string, std::vector<SupportRule>> &getRules() const {
    return rules;
  }

private:
  std::map<std::string, std::vector<SupportRule>> rules;
  std::set<std::string> dialects;
  Provenance provenance = Provenance::Assumed;
  std::string source;
};

} // namespace qc

#endif // QC_TARGET_SUPPORTRULES_H
