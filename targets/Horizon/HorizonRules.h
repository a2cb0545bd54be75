// When an op runs on the BPU.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_TARGETS_HORIZON_HORIZONRULES_H
#define QC_TARGETS_HORIZON_HORIZONRULES_H

#include "qc/Target/SupportRules.h"

namespace qc {

/// The first generation (bernoulli2), with few functions.
void addBernoulliRules(SupportRules &rules);
/// The second generation (bayes-e), with 16 bits where listed.
/// and the third (nash), of which no list is public: assumed to be the same.
void addBayesRules(SupportRules &rules, bool isNash);

} // namespace qc

#endif // QC_TARGETS_HORIZON_HORIZONRULES_H
