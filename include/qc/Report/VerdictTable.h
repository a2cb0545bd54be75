// Tables of errors with a verdict: what an engineer holds against a bound.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_REPORT_VERDICTTABLE_H
#define QC_REPORT_VERDICTTABLE_H

#include "qc/Execution/Dump.h"
#include "qc/Statistics/Metrics.h"

#include "llvm/Support/JSON.h"

#include <optional>

namespace llvm {
class raw_ostream;
}

namespace qc {

/// The bounds of a verdict; those that are given.
struct VerdictBounds {
  std::optional<double> minCosine, maxRelativeRmse, rtol, atol;
  double maxOutside = 0; ///< share of elements, 0..1

  bool judgesElements() const { return rtol || atol; }
  Tolerance getTolerance() const;
};

/// Errors of tensors by name, gathered over samples.
class VerdictTable {
public:
  explicit VerdictTable(const VerdictBounds &bounds) : bounds(bounds) {}

  /// Adds one pair, of equal size.
  void add(const std::string &name, const Tensor &reference,
           const Tensor &actual);
  /// Adds the pairs of two dumps: tensors of one name, or those that `names`
  /// says are the same. A name that a dump does not have, or other sizes, are
  /// errors; tensors of the reference without another are listed.
  Status add(const Dump &reference, const Dump &actual, const NameMap &names);
  bool isEmpty() const { return rows.empty(); }
  /// Names that stand in the reference only.
  const std::vector<std::string> &getAlone() const { return alone; }
  /// One line a tensor: cosine, MSE, RMSE, RMSE relative to the reference,
  /// largest difference, and elements outside where bounds are given.
  void print(llvm::raw_ostream &os) const;
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
  std::vector<std::string> alone;
};

} // namespace qc

#endif // QC_REPORT_VERDICTTABLE_H
