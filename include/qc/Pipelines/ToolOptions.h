// Defaults of MLIR's own command-line flags that suit qc's tools.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_PIPELINES_TOOLOPTIONS_H
#define QC_PIPELINES_TOOLOPTIONS_H

namespace qc {

/// Registers MLIR's printing and context flags with qc's defaults: locations
/// are printed, because they carry the names of tensors, and a diagnostic does
/// not repeat the whole function that it is about. Both can be set back on the
/// command line. Adds `--load-target-plugin`. To be called before flags are
/// parsed.
void setToolDefaults();

/// Lets all threads allocate from one heap: what one of them has freed is there
/// for the others, where a heap a thread keeps up to 25 MB of a compile from
/// them. To be called before threads are made.
void shareHeap();

/// Keeps idle OpenMP threads (oneDNN's) from spinning while other programs need
/// the processors: starts this program again with GOMP_SPINCOUNT set, unless
/// the user has set how threads wait. libgomp reads it only when it is loaded.
/// To be called first in main.
void limitSpinning(char **argv);

} // namespace qc

#endif // QC_PIPELINES_TOOLOPTIONS_H
