// What the layers of a program are estimated to cost, as it is reported.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_REPORT_COSTREPORT_H
#define QC_REPORT_COSTREPORT_H

#include "llvm/Support/JSON.h"
#include "llvm/Support/raw_ostream.h"

#include <cstdint>
#include <string>
#include <vector>

namespace qc {

/// A number about the chip that estimates are made from.
struct CostFigure {
  std::string name; ///< "array_inputs"
  double value = 0;
  std::string provenance; ///< "documented", "observed" or "assumed"
  std::string source;
};

/// One op; all numbers are estimates.
struct LayerCostReport {
  std::string name, op;
  bool isOnCpu = false; ///< nothing is estimated
  double cycles = 0, boundCycles = 0;
  double microseconds = 0; ///< 0 where the clock is not known
  double excess = 0;       ///< microseconds above its bound
  double utilization = 0;  ///< of the multiply-accumulate array, 0..1
  int64_t ddrBytes = 0;
  std::string limit; ///< "array", "memory" or "on-chip moves"
  std::vector<std::string> reasons;
  /// Of the largest tile; 0 rows where there is no plan.
  int64_t tileRows = 0, tileChannels = 0, tiles = 0, chipBytes = 0;
  bool fits = true;
  bool resultStays = false; ///< on the chip, for its readers
};

struct CostReport {
  std::vector<CostFigure> figures;
  double cycles = 0, microseconds = 0;
  int64_t ddrBytes = 0;
  int64_t onChipBytes = 0; ///< 0: not known, and no tiles are planned
  /// Microseconds above the bound from which on layers are listed as advice; 0:
  /// none is asked for.
  int64_t advice = 0;
  std::vector<LayerCostReport> layers; ///< in the order of execution
};

/// Those that take `report.advice` microseconds or more above their bound, the
/// worst first.
std::vector<const LayerCostReport *> findSlow(const CostReport &report);

llvm::json::Value toJSON(const CostReport &report);
bool fromJSON(const llvm::json::Value &json, CostReport &report,
              llvm::json::Path path);

/// Sums, what does not fit the chip, and the advice that was asked for.
void printCost(const CostReport &report, llvm::raw_ostream &os);
/// A table of all layers before that.
void printCostTable(const CostReport &report, llvm::raw_ostream &os);

} // namespace qc

#endif // QC_REPORT_COSTREPORT_H
