// What commands that end in a verdict share.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_TOOLS_QC_VERDICT_H
#define QC_TOOLS_QC_VERDICT_H

#include "qc/Report/VerdictTable.h"

#include <CLI/CLI.hpp>

namespace qc {

/// Adds --min-cosine, --max-relative-rmse, --rtol, --atol and --max-outside.
void addVerdictOptions(CLI::App &command, VerdictBounds &bounds);

/// qc compare of two dumps; returns an exit code.
int compareDumps(const std::string &reference, const std::string &actual,
                 const std::string &nameMap, const VerdictBounds &bounds,
                 bool json);

/// Ends a comparison: prints what breaks bounds; returns an exit code.
int concludeVerdict(const VerdictTable &table);

} // namespace qc

#endif // QC_TOOLS_QC_VERDICT_H
