// When an op runs on the MDLA, and what is rewritten for it.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_TARGETS_MTK_MTKRULES_H
#define QC_TARGETS_MTK_MTKRULES_H

#include "qc/Target/SupportRules.h"

namespace qc {

void addMTKRules(SupportRules &rules);

/// Turns a fully connected layer whose batch is none of 1, 2, 4, 8 into a
/// convolution with a kernel of one position: the MDLA has no other batches.
void addFullyConnectedToConv(RewritePatternSet &patterns);

} // namespace qc

#endif // QC_TARGETS_MTK_MTKRULES_H
