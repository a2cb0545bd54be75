// What a target would make of a network, without data.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_PIPELINES_CHECK_H
#define QC_PIPELINES_CHECK_H

#include "qc/Pipelines/Compiler.h"

#include "llvm/Support/JSON.h"

#include <string>
#include <vector>

namespace qc {

/// One op of the program that a compile would make.
struct CheckedOp {
  std::string name; ///< the tensor that it computes
  std::string op, type;
  std::vector<int64_t> shape;
  int64_t macs = 0;
  bool isOnCpu = false;
  /// Why the target does not run it, in the words of its rules.
  std::vector<std::string> reasons;
  /// The options ask for it: --deny.
  bool isDenied = false;
};

struct CheckReport {
  std::string target, precision;
  std::vector<CheckedOp> ops; ///< in the order of the program
  int64_t refused = 0;        ///< ops that the target does not run
  CpuReport cpu;
  int64_t macs = 0;
  uint64_t arenaBytes = 0, constantBytes = 0;
  /// What the program is estimated to cost, where the target says enough.
  std::optional<CostReport> cost;
};

/// Imports and prepares the model of `options`, gives it types with
/// placeholders for ranges, places it and plans its memory. Fails after errors
/// that name every op without an integer form. Needs no samples.
FailureOr<CheckReport> checkModel(const CompileOptions &options,
                                  Session &session);

llvm::json::Value toJSON(const CheckReport &report);

/// A table of the ops that the target does not run (of all, with `all`), and
/// sums.
void printCheck(const CheckReport &report, bool all, llvm::raw_ostream &os);

} // namespace qc

#endif // QC_PIPELINES_CHECK_H
