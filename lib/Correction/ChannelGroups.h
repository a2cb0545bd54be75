// Channels of a network that have to be scaled by one factor.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_LIB_CORRECTION_CHANNELGROUPS_H
#define QC_LIB_CORRECTION_CHANNELGROUPS_H

#include "qc/Correction/LayerWeights.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/ADT/IntEqClasses.h"
#include "llvm/ADT/MapVector.h"

namespace qc {

/// The channels of the activations of a network, in groups: those of a group
/// hold the same numbers up to functions for which f(s x) = s f(x) with s > 0
/// (a relu, a pool, a sum of channels of the group), so that a factor on all of
/// them, taken back by the weights that read them, changes no result. Groups
/// end at layers, whose weights can take a factor in and out.
class ChannelGroups {
public:
  explicit ChannelGroups(func::FuncOp function);

  /// Channels of a value along its `axis`, numbered from `first`.
  struct Span {
    unsigned first = 0;
    int64_t axis = 0, count = 0;
  };
  /// All values that have channels in groups, in the network's order.
  const llvm::MapVector<Value, Span> &getSpans() const { return spans; }
  bool contains(Value value) const { return spans.contains(value); }

  /// The group of a channel of a value.
  unsigned getGroup(Value value, int64_t channel) const {
    return groups[spans.find(value)->second.first + unsigned(channel)];
  }
  unsigned getGroupCount() const { return groups.getNumClasses(); }
  /// Whether something reads or makes channels of the group that would notice a
  /// factor.
  bool isPinned(unsigned group) const { return pinned[group]; }

  /// The layers at the edges of groups, in order.
  ArrayRef<FloatLayer> getLayers() const { return layers; }

  /// The interval to which the op of `value` clamps it, where it does so other
  /// than at zero; a factor must leave the values of a channel inside.
  struct Bound {
    Value value;
    double min, max;
  };
  ArrayRef<Bound> getBounds() const { return bounds; }

private:
  void visit(Operation *op);
  bool follow(Operation *op);
  const Span *addSpan(Value value, int64_t axis);
  const Span *find(Value value) const;
  void pin(Value value);
  bool join(Value from, Value to, int64_t toAxis);
  bool join(Value from, Value to);
  bool joinSum(Operation *op);
  bool joinProduct(Operation *op);
  bool joinReduced(Operation *op);
  bool joinReshaped(Operation *op);
  bool joinSlice(Operation *op);
  bool joinConcat(Operation *op);
  void addBound(Operation *op);

  llvm::MapVector<Value, Span> spans;
  llvm::IntEqClasses groups;
  std::vector<bool> pinnedChannels, pinned;
  std::vector<FloatLayer> layers;
  std::vector<Bound> bounds;
};

} // namespace qc

#endif // QC_LIB_CORRECTION_CHANNELGROUPS_H
