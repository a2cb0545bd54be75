// Why each range is what it is, as the calibrate pass remarks.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_LIB_PIPELINES_RANGEREASONS_H
#define QC_LIB_PIPELINES_RANGEREASONS_H

#include "mlir/IR/MLIRContext.h"

#include <map>
#include <string>

namespace qc {

/// Listens to the remarks of `context` while it lives; to none when somebody
/// else listens already.
class RangeReasons {
public:
  explicit RangeReasons(mlir::MLIRContext *context);
  ~RangeReasons();

  /// By tensor name.
  const std::map<std::string, std::string> &get() const { return reasons; }

private:
  mlir::MLIRContext *context;
  bool listens = false;
  std::map<std::string, std::string> reasons;
};

} // namespace qc

#endif // QC_LIB_PIPELINES_RANGEREASONS_H
