// All that can be added to qc from outside, in one place.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_TARGET_REGISTRIES_H
#define QC_TARGET_REGISTRIES_H

#include "qc/Interfaces/Correction.h"
#include "qc/Interfaces/FrontEnd.h"
#include "qc/Schedule/MemoryPlanner.h"
#include "qc/Statistics/Threshold.h"
#include "qc/Target/Artefact.h"
#include "qc/Target/TargetRegistry.h"

namespace qc {

/// The open ends of qc. Each session has its own; a plugin adds to any of them.
/// Filled before the first compile, only read afterwards.
struct Registries {
  TargetRegistry targets;
  ThresholdRegistry thresholds;
  CorrectionRegistry corrections;
  MemoryPlannerRegistry planners{"memory planner"};
  ArtefactRegistry artefacts;
  FrontEndRegistry frontEnds{"format of models"};

  /// Those that are attached to `context`, as a session's are. Where none are
  /// (a test's context), the built-in targets and threshold methods.
  static const Registries &of(MLIRContext *context);
};

/// Attaches `registries` to every context that is made with `dialects`.
void attachRegistries(DialectRegistry &dialects,
                      const std::shared_ptr<Registries> &registries);

/// All built-in targets: one line a folder of targets/.
void registerAllTargets(Registries &registries);

} // namespace qc

#endif // QC_TARGET_REGISTRIES_H
