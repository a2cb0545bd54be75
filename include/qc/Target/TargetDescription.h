// All that a target says of itself, for people and for programs.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_TARGET_TARGETDESCRIPTION_H
#define QC_TARGET_TARGETDESCRIPTION_H

#include "qc/Target/TargetBackend.h"

#include "llvm/Support/JSON.h"
#include "llvm/Support/raw_ostream.h"

namespace qc {

/// "documented", "observed" or "assumed".
StringRef getProvenanceName(Provenance provenance);

/// Chips, options, types, facts with provenance and support rules, as text.
void describeTarget(const TargetBackend &backend, llvm::raw_ostream &os);

/// The same as JSON.
llvm::json::Value targetToJson(const TargetBackend &backend);

/// The same as a Markdown page, for docs/Targets.
void writeTargetPage(const TargetBackend &backend, llvm::raw_ostream &os);

} // namespace qc

#endif // QC_TARGET_TARGETDESCRIPTION_H
