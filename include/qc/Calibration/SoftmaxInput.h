// What of a tensor those that read it can see.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_CALIBRATION_SOFTMAXINPUT_H
#define QC_CALIBRATION_SOFTMAXINPUT_H

#include "qc/Interfaces/QuantizableOpInterface.h"
#include "qc/Support/MLIR.h"
#include "qc/Support/Tensor.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

#include <map>
#include <optional>
#include <string>

namespace qc {

/// The dimension along which all readers of a tensor take a softmax, through
/// ops that move its rows whole, for every activation of `function` that nobody
/// else reads; by name.
using SoftmaxAxes = std::map<std::string, int64_t>;
SoftmaxAxes findSoftmaxAxes(func::FuncOp function);

/// f32 `data` with what lies more than kExponentialReach below the largest of
/// its row along `axis` raised to there. Masked positions, which networks
/// set to -1e9 or to minus infinity, then no longer stretch the range that
/// all other values have to be told apart in.
Tensor clampToSoftmaxReach(const Tensor &data, int64_t axis);

/// What the readers of a tensor see of it.
struct SeenPart {
  std::optional<int64_t> softmaxAxis;
  /// As in UsefulRanges.h.
  ValueRange1D useful = kUnlimited;
};

/// Of the activations of `function` that are not seen whole; by name. Ranges
/// are those of `ranges`, by name, else calibrated ones, else not known.
using SeenParts = std::map<std::string, SeenPart>;
SeenParts findSeenParts(func::FuncOp function,
                        const std::map<std::string, ValueRange1D> &ranges = {});

/// f32 `data` as it is seen: what is beyond becomes the end of `part`. Data
/// that mostly are inside stay as they are.
Tensor clampToSeen(const Tensor &data, const SeenPart &part);

} // namespace qc

#endif // QC_CALIBRATION_SOFTMAXINPUT_H
