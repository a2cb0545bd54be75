// Scales of groups of weights: those of channels, times small integers.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Quantization/GroupScales.h"
#include "qc/Dialect/Top/IR/Top.h"

#include <cmath>

namespace qc {

std::optional<int64_t> getWeightInputAxis(Operation *op) {
  if (isa<top::ConvOp>(op))
    return 1;
  auto matmul = dyn_cast<top::MatMulOp>(op);
  if (!matmul || top::getShape(matmul.getRhs()).size() != 2)
    return std::nullopt;
  return matmul.getTransposeRhs() ? 1 : 0;
}

top::Blocks getGroups(ArrayRef<int64_t> shape, ArrayRef<int64_t> channel,
                      int64_t axis, int64_t most) {
  constexpr int64_t kLeast = 8;
  top::Blocks blocks{llvm::to_vector(shape), llvm::to_vector(channel)};
  int64_t inputs = channel[axis], size = std::min(most, inputs);
  while (size >= kLeast && inputs % size != 0)
    --size;
  if (size < kLeast)
    return blocks;
  for (int64_t &extent : blocks.block)
    extent = 1;
  blocks.block[axis] = size;
  return blocks;
}

/// The scale of a channel of which `scales` are integer multiples, and these
/// integers; false where there is none.
static bool findCommonScale(ArrayRef<double> scales, int64_t most,
                            double &common, MutableArrayRef<int64_t> factors) {
  double largest = *llvm::max_element(scales);
  for (int64_t n = 1; n <= most; ++n) {
    // The largest was rounded to single precision: so is what it came from.
    auto guess = static_cast<float>(largest / double(n));
    for (float base : {guess, std::nextafter(guess, 0.0f),
                       std::nextafter(guess, INFINITY)}) {
      bool fits = base > 0;
      for (size_t i = 0; fits && i < scales.size(); ++i) {
        factors[i] = std::llround(scales[i] / base);
        fits = factors[i] > 0 && getGroupScale(base, factors[i]) ==
                                     double(static_cast<float>(scales[i]));
      }
      if (fits) {
        common = base;
        return true;
      }
    }
  }
  return false;
}

namespace {
/// Blocks of a weight by the channel that they belong to.
class Regrouper {
public:
  Regrouper(const top::BlockParameters &parameters, ArrayRef<int64_t> channel,
            int64_t axis, int64_t most)
      : parameters(parameters), blocks(parameters.blocks), channel(channel),
        axis(axis), most(most) {}

  std::optional<ChannelScales> run();

private:
  bool isGrouped() const;
  int64_t getChannel(ArrayRef<int64_t> place) const;

  const top::BlockParameters &parameters;
  const top::Blocks &blocks;
  ArrayRef<int64_t> channel;
  int64_t axis, most;
};
} // namespace

/// Whether a block lies in one channel, and groups are of inputs alone.
bool Regrouper::isGrouped() const {
  for (size_t i = 0; i < channel.size(); ++i) {
    int64_t size = blocks.block[i];
    bool fits = int64_t(i) == axis ? channel[i] % size == 0
                                   : size == 1 || size == channel[i];
    if (!fits || (channel[i] == 1 && size != 1))
      return false;
  }
  return llvm::all_of(parameters.zeroPoints, [](int64_t z) { return z == 0; });
}

/// The channel of the element at `place`.
int64_t Regrouper::getChannel(ArrayRef<int64_t> place) const {
  int64_t number = 0;
  for (size_t i = 0; i < channel.size(); ++i)
    number = number * (blocks.shape[i] / channel[i]) + place[i] / channel[i];
  return number;
}

std::optional<ChannelScales> Regrouper::run() {
  if (!isGrouped())
    return std::nullopt;
  ChannelScales found;
  found.grid = blocks.shape;
  found.grid[axis] /= blocks.block[axis];
  int64_t total = 1, channels = 1;
  for (auto [size, extent] : llvm::zip_equal(found.grid, channel))
    total *= size;
  for (auto [size, part] : llvm::zip_equal(blocks.shape, channel))
    channels *= size / part;
  SmallVector<int64_t> grid = blocks.getGrid(), place(channel.size(), 0);
  std::vector<SmallVector<double>> scales(channels);
  std::vector<SmallVector<int64_t>> members(channels);
  for (int64_t i = 0; i < total; ++i) {
    int64_t rest = i, block = 0;
    for (size_t d = place.size(); d-- > 0; rest /= found.grid[d])
      place[d] = rest % found.grid[d];
    place[axis] *= blocks.block[axis];
    for (size_t d = 0; d < place.size(); ++d)
      block = block * grid[d] + place[d] / blocks.block[d];
    int64_t number = getChannel(place);
    scales[number].push_back(parameters.scales[block]);
    members[number].push_back(i);
  }
  found.factors.resize(total);
  for (int64_t c = 0; c < channels; ++c) {
    double common = 0;
    SmallVector<int64_t> factors(scales[c].size());
    if (!findCommonScale(scales[c], most, common, factors))
      return std::nullopt;
    found.scales.push_back(common);
    for (auto [member, factor] : llvm::zip_equal(members[c], factors))
      found.factors[member] = factor;
  }
  if (llvm::all_of(found.factors, [](int64_t factor) { return factor == 1; }))
    found.factors.clear();
  return found;
}

std::optional<ChannelScales> getChannelScales(Operation *op,
                                              RankedTensorType type,
                                              ArrayRef<int64_t> channel) {
  auto parameters = top::BlockParameters::get(type);
  if (!parameters)
    return std::nullopt;
  if (parameters->scales.size() == 1 ||
      ArrayRef(parameters->blocks.block) == channel)
    return ChannelScales{std::move(parameters->scales), {}, {}};
  auto axis = getWeightInputAxis(op);
  if (!axis || channel.empty())
    return std::nullopt;
  auto element = cast<quant::QuantizedType>(type.getElementType());
  return Regrouper(*parameters, channel, *axis,
                   getLargestFactor(element.getStorageTypeMin(),
                                    element.getStorageTypeMax()))
      .run();
}

} // namespace qc
