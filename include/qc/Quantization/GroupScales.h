// Scales of groups of weights: those of channels, times small integers.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// With few bits a channel is better off with a scale for each group of its
// inputs. Where such scales are integers times that of the channel, products of
// weights and factors are integers in the unit of the channel, and the layer
// accumulates and requantises as if there were no groups.
#ifndef QC_QUANTIZATION_GROUPSCALES_H
#define QC_QUANTIZATION_GROUPSCALES_H

#include "qc/Dialect/Top/IR/BlockParameters.h"
#include "qc/Quantization/QuantSpec.h"

namespace qc {

/// The largest factor of a group of integers in `low`..`high`: products stay
/// within those of 8 bits, whose kernels multiply with them.
inline int64_t getLargestFactor(int64_t low, int64_t high) {
  return 127 / std::max(-low, high);
}

/// The dimension of the constant weight of `op` that holds inputs (channels of
/// a group of a convolution, rows of a matrix); nothing for ops whose weights
/// have no groups.
std::optional<int64_t> getWeightInputAxis(Operation *op);

/// Groups of at most `most` inputs in a weight of `shape`: as large as divides
/// the inputs, and of one position of the window. All of a channel where
/// groups would be smaller than 8.
top::Blocks getGroups(ArrayRef<int64_t> shape, ArrayRef<int64_t> channel,
                      int64_t axis, int64_t most);

/// The scales of a layer's weights by its output channels.
struct ChannelScales {
  /// One, or one a channel.
  SmallVector<double> scales;
  /// A factor for each group and each element of the other dimensions,
  /// row-major in `grid`; empty where no channel has groups.
  SmallVector<int64_t> factors, grid;
};

/// Those of `op`'s weight of type `type`, a channel being a block of `channel`.
/// Nothing where there are groups and scales are not those of channels times
/// integers up to `getLargestFactor`, or zero points are not all zero.
std::optional<ChannelScales> getChannelScales(Operation *op,
                                              RankedTensorType type,
                                              ArrayRef<int64_t> channel);

/// The scale of a group: that of its channel in single precision, times
/// `factor`.
inline double getGroupScale(double scale, int64_t factor) {
  return static_cast<float>(scale * double(factor));
}

} // namespace qc

#endif // QC_QUANTIZATION_GROUPSCALES_H
