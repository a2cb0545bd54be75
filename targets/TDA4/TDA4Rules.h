// When an op runs on the C7x and its matrix unit.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_TARGETS_TDA4_TDA4RULES_H
#define QC_TARGETS_TDA4_TDA4RULES_H

#include "qc/Target/SupportRules.h"

namespace qc {

/// Adds what holds for every chip and what holds for `chip`.
void addTDA4Rules(SupportRules &rules, StringRef chip);

} // namespace qc

#endif // QC_TARGETS_TDA4_TDA4RULES_H
