// What a program is estimated to cost, for reports.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_PIPELINES_COSTFACTS_H
#define QC_PIPELINES_COSTFACTS_H

#include "qc/Report/CostReport.h"
#include "qc/Support/MLIR.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

#include <optional>

namespace qc {

/// The estimate for tpu `function` on its module's target
/// (qc/Target/LayerCost.h); nothing where the target says nothing of its rates.
/// `onChipKb`: kilobytes on the chip, 0: what the target says. `advice`: see
/// CostReport.
std::optional<CostReport> makeCostReport(func::FuncOp function,
                                         int64_t onChipKb, int64_t advice);

} // namespace qc

#endif // QC_PIPELINES_COSTFACTS_H
