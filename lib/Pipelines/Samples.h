// The samples that a module notes, to compare networks on.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_LIB_PIPELINES_SAMPLES_H
#define QC_LIB_PIPELINES_SAMPLES_H

#include "qc/Dialect/QC/IR/QC.h"
#include "qc/Support/Dataset.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace qc {

/// At most `most` (0: all) of the samples `data`, for the inputs of `function`.
/// Fails after an error.
FailureOr<std::unique_ptr<Dataset>> openSamples(func::FuncOp function,
                                                DataAttr data, int64_t most);

} // namespace qc

#endif // QC_LIB_PIPELINES_SAMPLES_H
