// What the layers of a program are estimated to cost on a chip, and why.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_TARGET_LAYERCOST_H
#define QC_TARGET_LAYERCOST_H

#include "qc/Support/MLIR.h"
#include "qc/Target/TargetSpec.h"
#include "qc/Target/Tiling.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

#include <string>
#include <vector>

namespace qc {

/// One op. All numbers are estimates from a chip's figures; none is measured.
struct LayerCost {
  Operation *op = nullptr;
  bool isOnCpu = false; ///< of such ops nothing is estimated
  double cycles = 0;    ///< the longest of the three below, which overlap
  double arrayCycles = 0, chipCycles = 0, memoryCycles = 0;
  /// What its work and the bytes that it cannot avoid would take on a full
  /// array; 0 for what only moves values.
  double boundCycles = 0;
  int64_t ddrBytes = 0;
  double utilization = 0; ///< of the array while it runs, 0..1
  /// "array", "on-chip moves" or "memory": what the cycles are.
  std::string limit;
  /// Why it takes longer than its bound, worst first.
  std::vector<std::string> reasons;
  /// Its tiles, where the chip's memory is known: an index into
  /// NetworkCost::problem, or -1.
  int step = -1;
};

struct NetworkCost {
  std::vector<LayerCost> layers; ///< in the order of execution
  CostFigures figures;           ///< with the on-chip size in force
  double cycles = 0;
  int64_t ddrBytes = 0;
  TileProblem problem;
  TilingPlan plan;

  /// 0 where the clock is not known.
  double getMicroseconds(double cycles) const {
    return figures.megahertz.value > 0 ? cycles / figures.megahertz.value : 0;
  }
};

/// The costs of tpu `function`; no layers where the target says nothing of its
/// rates. `onChipKb`: kilobytes on the chip; 0: what the target says.
NetworkCost estimateCost(func::FuncOp function, const TargetSpec &spec,
                         int64_t onChipKb = 0);

/// How the ops of `function` lie over rows and channels; `ops` are those of the
/// steps. Ops on the CPU, constants and what only renames memory are no steps.
TileProblem describeTiles(func::FuncOp function, std::vector<Operation *> &ops);

} // namespace qc

#endif // QC_TARGET_LAYERCOST_H
