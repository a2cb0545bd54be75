// Samples for a network.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Calibration/Samples.h"
#include "qc/Dialect/QC/IR/Attached.h"

namespace qc {

Result<std::unique_ptr<Dataset>> openDataset(mlir::MLIRContext *context,
                                             const std::string &spec,
                                             std::vector<InputSignature> inputs,
                                             const DatasetOptions &options) {
  llvm::StringRef name = spec;
  if (!name.consume_front(kSessionData))
    return Dataset::open(spec, std::move(inputs), options);
  const auto *attached = getAttached<SampleSources>(context);
  const SampleSource *source =
      attached ? attached->sources.find(name.str()) : nullptr;
  if (!source)
    return error("data '", spec,
                 "' were given by the program that made this stage, and are "
                 "not here; give --data");
  return Dataset::open(*source, std::move(inputs), options);
}

mlir::FailureOr<std::unique_ptr<Dataset>>
openDataset(mlir::func::FuncOp function, const std::string &spec,
            const DatasetOptions &options) {
  auto signatures = getInputSignatures(function);
  if (mlir::failed(signatures))
    return mlir::failure();
  auto dataset =
      openDataset(function.getContext(), spec, std::move(*signatures), options);
  if (!dataset)
    return function.emitError() << dataset.message();
  return std::move(*dataset);
}

} // namespace qc
