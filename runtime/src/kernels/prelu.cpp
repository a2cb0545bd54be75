// prelu: negative values times a slope per channel, each side with its own
// requantisation.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Families.h"
#include "Requant.h"
#include "Unary.h"

using namespace qcrt;

namespace {
class Prelu : public Kernel {
public:
  bool read(PrepareContext &context) {
    if (!context.expectOperands(2, 1))
      return false;
    const TensorView &in = context.inputs[0], &slope = context.inputs[1];
    const TensorView &out = context.outputs[0];
    if (!context.expectQuantized(in) ||
        !context.expectQuantized(slope, false) ||
        !context.expectConstant(slope) || !context.expectSameShape(in, out))
      return false;
    channels = in.rank ? in.shape[in.rank - 1] : 1;
    rows = in.numElements() / channels;
    int64_t slopes = slope.numElements();
    if (slopes != 1 && slopes != channels)
      return context.refuse("tensor '" + std::string(slope.name) + "' has " +
                            std::to_string(slopes) + " slopes, expected 1 or " +
                            std::to_string(channels));
    RequantRules rules;
    if (!readRequant(context, out, rules, positive))
      return false;
    rules.prefix = "requant_negative";
    rules.channels = slopes;
    if (!readRequant(context, out, rules, negative))
      return false;
    readSlopes(slope);
    negative.expand(static_cast<size_t>(channels));
    // 17 bits of input times 9 of slope fit 32; 17 times 17 do not.
    wide = slope.dtype == QCRT_I16 && in.dtype == QCRT_I16;
    zeroPoint = static_cast<int32_t>(in.zeroPoint);
    sameWidth = qcrt_dtype_size(in.dtype) == qcrt_dtype_size(out.dtype);
    return true;
  }

  const char *run(const RunContext &context) const override {
    const TensorView &in = context.inputs[0], &out = context.outputs[0];
    const int64_t inWidth = static_cast<int64_t>(qcrt_dtype_size(in.dtype));
    const int64_t outWidth = static_cast<int64_t>(qcrt_dtype_size(out.dtype));
    auto piece = [&](int64_t begin, int64_t end, int) {
      int32_t block[blockSize];
      for (int64_t row = begin; row < end; ++row)
        for (int64_t c = 0; c < channels; c += blockSize) {
          int64_t count = std::min(blockSize, channels - c);
          int64_t first = row * channels + c;
          kernels.load(in.dtype, in.as<char>() + first * inWidth, count,
                       zeroPoint, block);
          computeBlock(block, c, count);
          kernels.store(out.dtype, block, count,
                        out.as<char>() + first * outWidth);
        }
    };
    context.pool.parallelFor(rows, std::max<int64_t>(1, 32768 / channels),
                             piece);
    return nullptr;
  }

  Sharing sharing(int input, int, int64_t distance) const override {
    return input == 0 && distance == 0 && sameWidth ? Sharing::Overwrites
                                                    : Sharing::None;
  }

private:
  void readSlopes(const TensorView &slope) {
    dispatchStorage(slope.dtype, [&](auto type) {
      const auto *values = slope.as<decltype(type)>();
      bool single = slope.numElements() == 1;
      for (int64_t c = 0; c < channels; ++c)
        slopes.push_back(values[single ? 0 : c] -
                         static_cast<int32_t>(slope.zeroPoint));
    });
  }

  void computeBlock(int32_t *block, int64_t channel, int64_t count) const {
    int32_t above[blockSize], below[blockSize];
    const ResultRange range = {positive.zeroPoint, positive.low, positive.high};
    kernels.rescale(positive.mode, block, count, positive.lane(0), range,
                    above);
    if (wide) {
      for (int64_t i = 0; i < count; ++i) {
        int64_t product =
            int64_t(block[i]) * slopes[static_cast<size_t>(channel + i)];
        below[i] = negative.apply(product, static_cast<size_t>(channel + i));
      }
    } else {
      const bool real = negative.mode == RequantMode::Float;
      const RequantLanes lanes = {
          real ? nullptr : negative.multipliers.data() + channel,
          real ? nullptr : negative.shifts.data() + channel,
          real ? negative.scales.data() + channel : nullptr};
      kernels.multiply(block, slopes.data() + channel, count, below);
      kernels.rescaleChannels(negative.mode, below, count, lanes, range, below);
    }
    for (int64_t i = 0; i < count; ++i)
      block[i] = block[i] >= 0 ? above[i] : below[i];
  }

  const Loops &kernels = loops();
  Requant positive, negative;
  std::vector<int32_t> slopes;
  int64_t channels = 1, rows = 1;
  int32_t zeroPoint = 0;
  bool sameWidth = false, wide = false;
};
} // namespace

void qcrt::registerPrelu(KernelRegistry &registry) {
  registry.add("prelu", makeKernel<Prelu>);
}
