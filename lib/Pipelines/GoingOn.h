// Going on from a module that has been through some phases already.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_LIB_PIPELINES_GOINGON_H
#define QC_LIB_PIPELINES_GOINGON_H

#include "Artefacts.h"
#include "qc/Quantization/AssignWidths.h"

namespace qc {

/// The widths that the ranges of `module`, which were chosen by calibration,
/// are for by its own attributes; nothing when there are no such ranges. Fails
/// after an error.
FailureOr<std::optional<ActivationWidths>>
findCalibratedWidths(ModuleOp module);

/// Whether `function` of `module` has been through the phase that assigns
/// storage types; a model may come with some, too.
bool hasAssignedTypes(ModuleOp module, func::FuncOp function);

/// The phase behind those that `module` has been through: integers are
/// legalized, storage types become integers, a network with ranges is corrected
/// unless the options bring other ranges, or its ranges are for other widths
/// than those of `module` now: then they are chosen again, on the samples that
/// the module notes. Fails after an error.
FailureOr<StringRef>
findNextPhase(ModuleOp module, const CompileOptions &options,
              const std::optional<ActivationWidths> &calibrated);

/// Fails after an error that names every option that would change nothing in a
/// network that stays in float.
LogicalResult checkFloatOptions(ModuleOp module, const CompileOptions &options,
                                ArrayRef<Emission> emissions);

/// Fails after an error when options ask for other types than a prepared model
/// comes with.
LogicalResult checkGivenTypes(ModuleOp module, const CompileOptions &options,
                              ArrayRef<Emission> emissions);

/// Fails after an error that names every option whose phase is behind `next`:
/// it would change nothing.
LogicalResult checkOptionsGoingOn(ModuleOp module,
                                  const CompileOptions &options,
                                  ArrayRef<Emission> emissions, StringRef next);

/// The method that the ranges of `module` were chosen with; empty when nobody
/// noted it.
std::string getNotedMethod(ModuleOp module);

} // namespace qc

#endif // QC_LIB_PIPELINES_GOINGON_H
