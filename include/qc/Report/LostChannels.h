// Channels that lose nearly everything beside others of a larger range.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A tensor has one scale. Where boxes in pixels stand beside scores of 0..1,
// the boxes decide over it and over every figure of the whole tensor, which
// looks fine while all scores have become zero.
#ifndef QC_REPORT_LOSTCHANNELS_H
#define QC_REPORT_LOSTCHANNELS_H

#include "qc/Statistics/Metrics.h"
#include "qc/Support/MLIR.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

#include <optional>
#include <set>
#include <string>
#include <vector>

namespace qc {

/// Channels of which fewer than a few steps of the stored integers are left,
/// while others of the same tensor have many times as many.
struct LostChannels {
  int64_t axis = 0;              ///< in the order of the source
  std::vector<int64_t> channels; ///< sorted
  int64_t count = 0;             ///< of all channels
  /// Steps that the values of the widest of them span, and of the widest other.
  double steps = 0, widest = 0;
  ErrorMetrics error; ///< of them alone

  /// "channels 4..11 of 12".
  std::string describe() const;
};

/// Follows the channels of one tensor over samples: those of the dimension
/// behind the first, and of the last.
class ChannelWatch {
public:
  /// Adds f32 tensors of one shape, in the source's order.
  void add(const Tensor &reference, const Tensor &actual);
  /// Whether each channel has values enough to be judged by.
  bool isSure() const;
  /// The channels that are lost in integers of which a step is `step`; nothing
  /// when none are.
  std::optional<LostChannels> find(double step) const;

private:
  struct Channel {
    double low = 0, high = 0, signal = 0, noise = 0;
    uint64_t count = 0;
  };
  struct Axis {
    int64_t axis;
    std::vector<Channel> channels;
  };
  static std::optional<LostChannels> find(const Axis &axis, double step);

  std::vector<Axis> axes;
};

/// Names of the tensors of float `function` whose channels can be of unlike
/// ranges and matter one by one: what it takes, and what it gives, also before
/// it was only moved. Inside a network a feature that hardly ever fires is no
/// loss, and what is joined there is judged before it is. What has a range by
/// definition (a softmax, a sigmoid) is not among them: its small values are
/// small for all channels alike.
std::set<std::string> findMixedTensors(func::FuncOp function);

} // namespace qc

#endif // QC_REPORT_LOSTCHANNELS_H
