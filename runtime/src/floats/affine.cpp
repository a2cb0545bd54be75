// float.scale, float.batch_norm: one factor and one sum for each channel, which
// is dimension 1.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "FloatKernel.h"
#include "Halves.h"
#include "kernels/Families.h"

#include <algorithm>
#include <cmath>

using namespace qcrt;

namespace {
class FloatAffine : public Kernel {
public:
  bool read(PrepareContext &context, int operands) {
    if (!context.expectOperands(operands, 1) || !expectFloats(context) ||
        context.failed())
      return false;
    const TensorView &in = context.inputs[0], &out = context.outputs[0];
    if (!context.expectSameShape(in, out))
      return false;
    if (in.rank < 2)
      return context.refuse("tensor '" + std::string(in.name) +
                            "' has no dimension 1 for channels");
    channels = in.shape[1];
    inner = in.product(2, in.rank);
    outer = in.shape[0];
    for (int i = 1; i < operands; ++i)
      if (!context.expectRank(context.inputs[i], 1) ||
          context.inputs[i].shape[0] != channels)
        return context.refuse("tensor '" + std::string(context.inputs[i].name) +
                              "' does not have one value a channel");
    return true;
  }

  const char *run(const RunContext &context) const override {
    const float *in = context.inputs[0].as<float>();
    float *out = context.outputs[0].as<float>();
    auto piece = [&](int64_t begin, int64_t end, int) {
      for (int64_t row = begin; row < end; ++row) {
        const int64_t channel = row % channels;
        auto value = [&](int operand) {
          return double(context.inputs[operand].as<float>()[channel]);
        };
        double mean = isNorm ? value(3) : 0, factor = value(1);
        if (isNorm)
          factor /= std::sqrt(value(4) + epsilon);
        floats.normalise(in + row * inner, inner, mean, factor, value(2), clamp,
                         out + row * inner);
      }
    };
    context.pool.parallelFor(outer * channels, grainOf(inner, 32768), piece);
    return nullptr;
  }

  Sharing sharing(int input, int, int64_t distance) const override {
    return input == 0 && distance == 0 ? Sharing::Overwrites : Sharing::None;
  }

  FloatClamp clamp = {};
  double epsilon = 0;
  bool isNorm = false;

private:
  const FloatLoops &floats = floatLoops();
  int64_t outer = 1, channels = 1, inner = 1;
};
} // namespace

static std::unique_ptr<Kernel> makeScale(PrepareContext &context) {
  auto kernel = std::make_unique<FloatAffine>();
  kernel->clamp = readActivation(context.attributes);
  if (!kernel->read(context, 3))
    return nullptr;
  return kernel;
}

static std::unique_ptr<Kernel> makeBatchNorm(PrepareContext &context) {
  auto kernel = std::make_unique<FloatAffine>();
  kernel->isNorm = true;
  kernel->epsilon = context.attributes.number("epsilon");
  kernel->clamp = readFloatClamp(context.attributes, "", "");
  if (!kernel->read(context, 5))
    return nullptr;
  return kernel;
}

void qcrt::registerFloatAffine(KernelRegistry &registry) {
  registry.add("float.batch_norm", withHalves<makeBatchNorm>);
  registry.add("float.scale", withHalves<makeScale>);
}
