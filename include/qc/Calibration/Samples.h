// Samples for a network, by the words of DATA.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_CALIBRATION_SAMPLES_H
#define QC_CALIBRATION_SAMPLES_H

#include "qc/Support/Dataset.h"
#include "qc/Support/Registry.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace qc {

/// What the program around a session gives as samples, by name; attached to the
/// session's context. DATA of the form "session:NAME" means one of them.
struct SampleSources {
  Registry<SampleSource> sources{"source of samples"};
};
inline constexpr llvm::StringLiteral kSessionData = "session:";

/// What `function`'s arguments want of a data set: names, types, shapes and the
/// preprocessing that they carry.
mlir::FailureOr<std::vector<InputSignature>>
getInputSignatures(mlir::func::FuncOp function);

/// The samples that `spec` (see Dataset, or "session:NAME") names, for the
/// inputs of `function`. Fails after an error.
mlir::FailureOr<std::unique_ptr<Dataset>>
openDataset(mlir::func::FuncOp function, const std::string &spec,
            const DatasetOptions &options);
/// The same for inputs that are known already.
Result<std::unique_ptr<Dataset>> openDataset(mlir::MLIRContext *context,
                                             const std::string &spec,
                                             std::vector<InputSignature> inputs,
                                             const DatasetOptions &options);

} // namespace qc

#endif // QC_CALIBRATION_SAMPLES_H
