// Tables of errors with a verdict: what an engineer holds against a bound.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_TOOLS_QC_VERDICT_H
#define QC_TOOLS_QC_VERDICT_H

#include "Dump.h"
#include "qc/Statistics/Metrics.h"

#include "llvm/Support/JSON.h"

#include <CLI/CLI.hpp>
#include <optional>

namespace qc {

/// The bounds of a verdict; those that are given.
struct VerdictBounds {
  std::optional<double> minCosine, maxRelativeRmse, rtol, atol;
  double maxOutside = 0; ///< share of elements, 0..1

  bool judgesElements() const { return rtol || atol; }
  Tolerance getTolerance() const;
};

/// Adds --min-cosine, --max-relative-rmse, --rtol, --atol and --max-outside.
void addVerdictOptions(CLI::App &command, VerdictBounds &bounds);

/// Errors of tensors by name, gathered over samples.
class VerdictTable {
public:
  explicit VerdictTable(const VerdictBounds &bounds) : bounds(bounds) {}

  /// Adds one pair, of equal size.
  void add(const std::string &name, const Tensor &reference,
           const Tensor &actual);
  bool isEmpty() const { return rows.empty(); }
  /// One line a tensor: cosine, MSE, RMSE, RMSE relative to the reference,
  /// largest difference, and elements outside where bounds are given.
  void print() const;
  llvm::json::Array toJson() const;
  /// Names that break a bound, each with the bound: empty when all pass.
  std::vector<std::string> getBroken() const;

private:
  struct Row {
    std::string name;
    ErrorAccumulator errors;
    uint64_t outside = 0;
  };
  double getRelativeRmse(const Row &row) const;
  double getOutside(const Row &row) const;
  std::string getReason(const Row &row) const;

  VerdictBounds bounds;
  std::vector<Row> rows; ///< in the order in which names came
  std::map<std::string, size_t> index;
};

/// qc compare of two dumps; returns an exit code.
int compareDumps(const std::string &reference, const std::string &actual,
                 const std::string &nameMap, const VerdictBounds &bounds,
                 bool json);

/// Ends a comparison: prints what breaks bounds; returns an exit code.
int concludeVerdict(const VerdictTable &table);

} // namespace qc

#endif // QC_TOOLS_QC_VERDICT_H
