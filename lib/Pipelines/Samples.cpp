// The samples that a module notes, to compare networks on.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Samples.h"
#include "qc/Calibration/Calibrator.h"

namespace qc {

FailureOr<std::unique_ptr<Dataset>> openSamples(func::FuncOp function,
                                                DataAttr data, int64_t most) {
  auto signatures = getInputSignatures(function);
  if (failed(signatures))
    return failure();
  DatasetOptions options;
  options.raw = data.getRaw();
  options.skipBad = data.getSkipBad();
  options.maxSamples = most;
  auto opened = Dataset::open(data.getSpec().str(), *signatures, options);
  if (!opened)
    return emitError(UnknownLoc::get(function.getContext()))
           << opened.message();
  return std::move(*opened);
}

} // namespace qc
