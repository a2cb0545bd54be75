// The registry of import handlers: which ops are known, in which version.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_LIB_IMPORT_ONNX_HANDLERS_H
#define QC_LIB_IMPORT_ONNX_HANDLERS_H

#include "NodeContext.h"

#include <map>

namespace qc::onnximport {

/// Imports or folds one node. Failing without a reason is allowed after a
/// getter has recorded one.
using HandlerFn = LogicalResult (*)(NodeContext &node);

/// What an op does with integers that stand for real numbers, as QuantizeLinear
/// makes them.
enum class StoredIntegers {
  Refused, ///< it computes with numbers: a DequantizeLinear is missing
  Moved,   ///< its results hold such integers then
  Read,    ///< its handler knows of them and says what its results hold
};

struct Handler {
  /// Makes ops; null for ops that only shape computations use.
  HandlerFn import = nullptr;
  /// Computes the results; called when all inputs are known at import. Null:
  /// `import` is called then, too.
  HandlerFn fold = nullptr;
  StoredIntegers stored = StoredIntegers::Refused;
};

/// Handlers by op and the operator set version in which a form of the op came.
/// A form that is not listed is not supported, so that a change of meaning in
/// a later operator set is noticed.
class HandlerRegistry {
public:
  void add(StringRef op, ArrayRef<int64_t> sinceVersions, Handler handler);

  /// Null when there is no handler for this form of the op.
  const Handler *lookup(StringRef op, int64_t since) const;
  /// The forms of `op` that have handlers, ascending.
  std::vector<int64_t> getVersions(StringRef op) const;
  /// All ops, sorted.
  std::vector<std::string> getOps() const;

private:
  std::map<std::string, std::map<int64_t, Handler>, std::less<>> handlers;
};

/// The handlers of all files in Families/. A file there defines
/// `void register<File>Family(HandlerRegistry &)`.
const HandlerRegistry &getHandlers();

} // namespace qc::onnximport

#endif // QC_LIB_IMPORT_ONNX_HANDLERS_H
