// The pass from top to tpu.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_CONVERSION_TOPTOTPU_PASSES_H
#define QC_CONVERSION_TOPTOTPU_PASSES_H

#include "mlir/IR/BuiltinOps.h"
#include "mlir/Pass/Pass.h"

namespace qc {

#define GEN_PASS_DECL
#include "qc/Conversion/TopToTpu/Passes.h.inc"

#define GEN_PASS_REGISTRATION
#include "qc/Conversion/TopToTpu/Passes.h.inc"

} // namespace qc

#endif // QC_CONVERSION_TOPTOTPU_PASSES_H
