// What of a tensor the softmaxes that read it can see.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_CALIBRATION_SOFTMAXINPUT_H
#define QC_CALIBRATION_SOFTMAXINPUT_H

#include "qc/Support/MLIR.h"
#include "qc/Support/Tensor.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

#include <map>
#include <optional>
#include <string>

namespace qc {

/// A value that lies this far below the largest of its row is e^-16, about
/// 2^-23, of the largest result: nothing, in 16 bits and in rows of a hundred.
inline constexpr float kSoftmaxReach = 16;

/// The dimension of `value` along which all its readers take a softmax, through
/// reshapes that leave it alone; nothing where anybody else reads it.
std::optional<int64_t> getSoftmaxAxis(Value value);

/// That dimension of every activation of `function` that has one, by name.
using SoftmaxAxes = std::map<std::string, int64_t>;
SoftmaxAxes findSoftmaxAxes(func::FuncOp function);

/// f32 `data` with what lies more than kSoftmaxReach below the largest of its
/// row along `axis` raised to there. Masked positions, which networks
/// set to -1e9 or to minus infinity, then no longer stretch the range that
/// all other values have to be told apart in.
Tensor clampToSoftmaxReach(const Tensor &data, int64_t axis);

} // namespace qc

#endif // QC_CALIBRATION_SOFTMAXINPUT_H
