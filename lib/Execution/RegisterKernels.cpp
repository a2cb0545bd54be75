// Attaches the kernels of every family in Families/.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Execution/Passes.h"

#include "mlir/IR/DialectRegistry.h"

namespace qc {

#define QC_FAMILY(name) void register##name##Kernels(mlir::DialectRegistry &);
#include "qc/Execution/Families.inc"
#undef QC_FAMILY

void registerKernels(mlir::DialectRegistry &registry) {
#define QC_FAMILY(name) register##name##Kernels(registry);
#include "qc/Execution/Families.inc"
#undef QC_FAMILY
}

} // namespace qc
