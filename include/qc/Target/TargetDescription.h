// All that a target says of itself, for people and for programs.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_TARGET_TARGETDESCRIPTION_H
#define QC_TARGET_TARGETDESCRIPTION_H

#include "qc/Target/TargetRegistry.h"

#include "llvm/Support/JSON.h"
#include "llvm/Support/raw_ostream.h"

namespace qc {

/// "documented", "observed" or "assumed".
StringRef getProvenanceName(Provenance provenance);

/// Those that are known, by the names that reports have for them.
std::vector<std::pair<const char *, Figure>>
listFigures(const CostFigures &figures);

/// Options, types, facts with provenance and support rules of a target as it
/// is configured, as text.
void describeTarget(const TargetBackend &backend, llvm::raw_ostream &os);

/// The same as JSON.
llvm::json::Value targetToJson(const TargetBackend &backend);

/// The target's options and those of its vendor's tools, with what becomes of
/// each, as text.
void describeOptions(const TargetBackend &backend, llvm::raw_ostream &os);

/// The same as JSON.
llvm::json::Value optionsToJson(const TargetBackend &backend);

/// The section of the page about the options of the vendor's tools.
void writeVendorOptions(const TargetBackend &backend, llvm::raw_ostream &os);

/// The Markdown page of target `name`, for docs/Targets: what holds for each of
/// its chips, chips with the same data together. The target must be registered.
void writeTargetPage(const TargetRegistry &registry, StringRef name,
                     llvm::raw_ostream &os);

} // namespace qc

#endif // QC_TARGET_TARGETDESCRIPTION_H
