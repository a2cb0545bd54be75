// When an op runs on the BPU.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_TARGETS_HORIZON_HORIZONRULES_H
#define QC_TARGETS_HORIZON_HORIZONRULES_H

#include "qc/Target/SupportRules.h"

namespace qc {

/// The first generation (bernoulli2), with few functions.
void addBernoulliRules(SupportRules &rules);
/// The second generation (bayes-e), with 16 bits where listed.
void addBayesRules(SupportRules &rules);

} // namespace qc

#endif // QC_TARGETS_HORIZON_HORIZONRULES_H
