// The samples that a module notes, to compare networks on.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Samples.h"
#include "qc/Calibration/Samples.h"

namespace qc {

FailureOr<std::unique_ptr<Dataset>> openSamples(func::FuncOp function,
                                                DataAttr data, int64_t most) {
  DatasetOptions options;
  options.raw = data.getRaw();
  options.skipBad = data.getSkipBad();
  options.maxSamples = most;
  return openDataset(function, data.getSpec().str(), options);
}

} // namespace qc
