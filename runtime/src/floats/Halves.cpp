// Tensors of 16-bit floats: stored so, computed in f32.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Halves.h"
#include "Bits.h"
#include "FileLayout.h"

#include <algorithm>

using namespace qcrt;

static float toFloat(uint16_t half) {
  const uint32_t sign = uint32_t(half & 0x8000) << 16, rest = half & 0x7fff;
  if (rest >= 0x7c00) // infinity and NaN
    return fromBits(sign | 0x7f800000 | (rest & 0x3ff) << 13);
  if (rest >= 0x400)
    return fromBits(sign | ((rest << 13) + (uint32_t(127 - 15) << 23)));
  const float magnitude = static_cast<float>(rest) * (1.0f / 16777216); // 2^-24
  return sign ? -magnitude : magnitude;
}

static uint16_t toHalf(float value) {
  const uint32_t bits = bitsOf(value), sign = bits >> 16 & 0x8000;
  const uint32_t rest = bits & 0x7fffffff;
  uint32_t half;
  if (rest > 0x7f800000) {
    half = 0x7e00; // NaN
  } else if (rest >= 0x477ff000) {
    half = 0x7c00; // 65520 and more are nearer to what does not exist
  } else if (rest >= 0x38800000) {
    // Half of the last place, or just below it where that one is even.
    half = (rest - (uint32_t(127 - 15) << 23) + 0xfff + (rest >> 13 & 1)) >> 13;
  } else {
    // Units of 2^-24, rounded by an addition whose last place is one.
    half = bitsOf(fromBits(rest) + 0.5f) - bitsOf(0.5f);
  }
  return static_cast<uint16_t>(sign | half);
}

void qcrt::halvesToFloats(const uint16_t *in, int64_t count, float *out) {
  for (int64_t i = 0; i < count; ++i)
    out[i] = toFloat(in[i]);
}

void qcrt::floatsToHalves(const float *in, int64_t count, uint16_t *out) {
  for (int64_t i = 0; i < count; ++i)
    out[i] = toHalf(in[i]);
}

namespace {
constexpr int mostOperands = 8;

class HalfKernel : public Kernel {
public:
  bool prepare(PrepareContext &context, KernelFactory factory) {
    numInputs = context.numInputs;
    total = numInputs + context.numOutputs;
    if (total > mostOperands)
      return context.refuse("has too many operands for f16");
    TensorView views[mostOperands];
    std::copy_n(context.inputs, numInputs, views);
    std::copy_n(context.outputs, context.numOutputs, views + numInputs);
    for (int i = 0; i < total; ++i) {
      offsets[i] = bytes;
      isHalf[i] = views[i].dtype == QCRT_F16;
      if (!isHalf[i])
        continue;
      views[i].dtype = QCRT_F32;
      // Its floats are there when it runs.
      views[i].constant = false;
      views[i].data = nullptr;
      bytes += static_cast<size_t>(alignUp(views[i].byteSize()));
    }
    const TensorView *inputs = context.inputs, *outputs = context.outputs;
    context.inputs = views;
    context.outputs = views + numInputs;
    inner = factory(context);
    context.inputs = inputs;
    context.outputs = outputs;
    return inner != nullptr;
  }

  const char *run(const RunContext &context) const override {
    char *scratch = static_cast<char *>(context.scratch);
    TensorView views[mostOperands];
    std::copy_n(context.inputs, numInputs, views);
    std::copy_n(context.outputs, total - numInputs, views + numInputs);
    auto convert = [&](int first, int last, bool toFloats) {
      for (int i = first; i < last; ++i) {
        if (!isHalf[i])
          continue;
        float *floats = reinterpret_cast<float *>(scratch + offsets[i]);
        const TensorView &stored =
            i < numInputs ? context.inputs[i] : context.outputs[i - numInputs];
        uint16_t *halves = stored.as<uint16_t>();
        views[i].dtype = QCRT_F32;
        views[i].data = floats;
        auto piece = [&](int64_t begin, int64_t end, int) {
          if (toFloats)
            halvesToFloats(halves + begin, end - begin, floats + begin);
          else
            floatsToHalves(floats + begin, end - begin, halves + begin);
        };
        if (i < numInputs || !toFloats)
          context.pool.parallelFor(stored.numElements(), 32768, piece);
      }
    };
    convert(0, total, true);
    RunContext floats{views, views + numInputs, scratch + bytes, context.pool};
    if (const char *problem = inner->run(floats))
      return problem;
    convert(numInputs, total, false);
    return nullptr;
  }

  size_t scratchBytes(int threads) const override {
    return bytes + inner->scratchBytes(threads);
  }

  /// Operands of f16 are read before, and results of f16 are written after,
  /// anything else is done.
  Sharing sharing(int input, int output, int64_t distance) const override {
    return isHalf[input] || isHalf[numInputs + output]
               ? Sharing::Overwrites
               : inner->sharing(input, output, distance);
  }

private:
  std::unique_ptr<Kernel> inner;
  int numInputs = 0, total = 0;
  bool isHalf[mostOperands] = {};
  size_t offsets[mostOperands] = {};
  size_t bytes = 0; ///< of all operands as floats
};
} // namespace

std::unique_ptr<Kernel> qcrt::makeWithHalves(PrepareContext &context,
                                             KernelFactory factory) {
  auto isHalf = [](const TensorView &view) { return view.dtype == QCRT_F16; };
  if (std::none_of(context.inputs, context.inputs + context.numInputs,
                   isHalf) &&
      std::none_of(context.outputs, context.outputs + context.numOutputs,
                   isHalf))
    return factory(context);
  auto kernel = std::make_unique<HalfKernel>();
  if (!kernel->prepare(context, factory))
    return nullptr;
  return kernel;
}
