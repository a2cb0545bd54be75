// qc check --prequantized: what a vendor's last tool takes of a QDQ model.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_TOOLS_QC_PREQUANTIZEDCHECK_H
#define QC_TOOLS_QC_PREQUANTIZEDCHECK_H

#include "qc/Pipelines/Options.h"

namespace qc {

class Session;

/// Checks the model of `options` against the rules of its target for models
/// that come quantized, and prints what breaks one; returns an exit code.
int checkPrequantized(const CompileOptions &options, Session &session,
                      bool json);

} // namespace qc

#endif // QC_TOOLS_QC_PREQUANTIZEDCHECK_H
