// Means of each channel of float tensors, over the samples of a data set.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_CORRECTION_CHANNELMEANS_H
#define QC_CORRECTION_CHANNELMEANS_H

#include "qc/Correction/Correction.h"

#include <array>
#include <map>

namespace qc {

/// One number a channel, for each half of the samples.
using HalfMeans = std::array<std::vector<double>, kHalves>;

/// Runs the context's network and averages each tensor of `axes` (its name, and
/// the dimension of its channels) over all other dimensions.
FailureOr<std::map<std::string, HalfMeans>>
getChannelMeans(CorrectionContext &context,
                const std::map<std::string, int64_t> &axes);

} // namespace qc

#endif // QC_CORRECTION_CHANNELMEANS_H
