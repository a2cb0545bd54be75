// Channels that lose nearly everything beside others of a larger range.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Report/LostChannels.h"
#include "qc/Dialect/QC/IR/Names.h"
#include "qc/Quantization/Activations.h"

#include <algorithm>
#include <cmath>

namespace qc {

/// What is left of a channel is too little below this many steps, and below
/// this SQNR in dB.
static constexpr double kFewSteps = 4, kLeastSqnr = 20;
/// Ranges are unlike from this ratio on. Below it a wide one has few steps,
/// too.
static constexpr double kUnlike = 32;
/// Values that a channel has to be judged by: a few may be small by chance
/// while the one strong sample among them stretches the others.
static constexpr uint64_t kLeastValues = 16;

std::string LostChannels::describe() const {
  constexpr size_t kListed = 4;
  std::vector<std::string> runs;
  for (size_t i = 0; i < channels.size();) {
    size_t end = i + 1;
    while (end < channels.size() && channels[end] == channels[end - 1] + 1)
      ++end;
    std::string run = std::to_string(channels[i]);
    if (end - i > 1)
      run += ".." + std::to_string(channels[end - 1]);
    runs.push_back(run);
    i = end;
  }
  std::string text = channels.size() == 1 ? "channel " : "channels ";
  for (size_t i = 0; i < std::min(runs.size(), kListed); ++i)
    text += (i ? ", " : "") + runs[i];
  if (runs.size() > kListed)
    text += ", ...";
  return text + " of " + std::to_string(count);
}

/// The dimensions that may be channels: the first behind the batch, the last.
static std::vector<int64_t> getChannelAxes(const Shape &shape) {
  int64_t rank = static_cast<int64_t>(shape.size());
  std::vector<int64_t> axes;
  for (int64_t axis : {std::min<int64_t>(1, rank - 1), rank - 1})
    if (axis >= 0 && shape[axis] > 1 && !llvm::is_contained(axes, axis))
      axes.push_back(axis);
  return axes;
}

void ChannelWatch::add(const Tensor &reference, const Tensor &actual) {
  const Shape &shape = reference.shape();
  if (axes.empty())
    for (int64_t axis : getChannelAxes(shape))
      axes.push_back({axis, std::vector<Channel>(shape[axis])});
  const float *expected = reference.data<float>();
  const float *found = actual.data<float>();
  for (Axis &axis : axes) {
    int64_t size = shape[axis.axis], inner = 1;
    for (size_t i = axis.axis + 1; i < shape.size(); ++i)
      inner *= shape[i];
    for (int64_t start = 0; start < reference.numElements(); start += inner) {
      Channel &channel = axis.channels[start / inner % size];
      for (int64_t i = start; i < start + inner; ++i) {
        double value = expected[i], difference = value - found[i];
        if (channel.count++ == 0)
          channel.low = channel.high = value;
        channel.low = std::min(channel.low, value);
        channel.high = std::max(channel.high, value);
        channel.signal += value * value;
        channel.noise += difference * difference;
      }
    }
  }
}

bool ChannelWatch::isSure() const {
  return llvm::all_of(axes, [](const Axis &axis) {
    return llvm::all_of(axis.channels, [](const Channel &channel) {
      return channel.count >= kLeastValues;
    });
  });
}

std::optional<LostChannels> ChannelWatch::find(const Axis &axis, double step) {
  double widest = 0;
  for (const Channel &channel : axis.channels)
    widest = std::max(widest, channel.high - channel.low);
  LostChannels lost;
  lost.axis = axis.axis;
  lost.count = axis.channels.size();
  lost.widest = widest / step;
  double signal = 0, noise = 0;
  uint64_t elements = 0;
  for (auto [index, channel] : llvm::enumerate(axis.channels)) {
    double span = channel.high - channel.low;
    bool isCoarse =
        channel.noise * std::pow(10, kLeastSqnr / 10) > channel.signal;
    if (channel.count < kLeastValues || !isCoarse || span >= kFewSteps * step ||
        widest < kUnlike * span || widest < kUnlike * step)
      continue;
    lost.channels.push_back(index);
    lost.steps = std::max(lost.steps, span / step);
    signal += channel.signal;
    noise += channel.noise;
    elements += channel.count;
  }
  if (lost.channels.empty())
    return std::nullopt;
  lost.error = getMetrics(signal, noise, elements);
  return lost;
}

std::optional<LostChannels> ChannelWatch::find(double step) const {
  std::optional<LostChannels> most;
  if (!(step > 0))
    return most;
  auto share = [](const LostChannels &lost) {
    return double(lost.channels.size()) / lost.count;
  };
  for (const Axis &axis : axes)
    if (auto lost = find(axis, step);
        lost && (!most || share(*lost) > share(*most)))
      most = std::move(lost);
  return most;
}

/// Whether `value`, or what it only moves, has a range by definition.
static bool hasFixedRange(Value value) {
  while (Value moved = getMovedOperand(value))
    value = moved;
  auto result = dyn_cast<OpResult>(value);
  auto op = result ? dyn_cast<QuantizableOpInterface>(result.getOwner())
                   : QuantizableOpInterface();
  return op && op.getFixedOutputRange(result.getResultNumber());
}

std::set<std::string> findMixedTensors(func::FuncOp function) {
  std::set<std::string> names;
  auto add = [&](Value value) {
    if (isActivation(value) && !hasFixedRange(value))
      names.insert(getTensorName(value));
  };
  llvm::for_each(function.getArguments(), add);
  for (Value value : function.front().getTerminator()->getOperands())
    for (; value; value = getMovedOperand(value))
      add(value);
  return names;
}

} // namespace qc
