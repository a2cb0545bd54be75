// What the channels of a network's tensors hold, over a data set.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_LIB_CORRECTION_CHANNELEXTREMES_H
#define QC_LIB_CORRECTION_CHANNELEXTREMES_H

#include "ChannelGroups.h"
#include "qc/Correction/Correction.h"

namespace qc {

/// One channel of a tensor.
struct ChannelFacts {
  float min = 0, max = 0; ///< over all samples of the data, and zero
  double meanSquare = 0;  ///< over the samples that corrections work on
};

using NetworkFacts = llvm::DenseMap<Value, std::vector<ChannelFacts>>;

/// The facts of all channels that `groups` allows to be scaled. Fails after an
/// error.
FailureOr<NetworkFacts> measureChannels(CorrectionContext &context,
                                        const ChannelGroups &groups);

} // namespace qc

#endif // QC_LIB_CORRECTION_CHANNELEXTREMES_H
