// float.add, float.mul, ..., float.prelu: two operands that broadcast.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "FloatKernel.h"
#include "Halves.h"
#include "kernels/Broadcast.h"
#include "kernels/Families.h"

using namespace qcrt;

namespace {
template <FloatBinary function> class FloatCombine : public Kernel {
public:
  bool read(PrepareContext &context) {
    if (!context.expectOperands(2, 1) || !expectFloats(context))
      return false;
    clamp = readActivation(context.attributes);
    const TensorView &out = context.outputs[0];
    for (int i = 0; i < 2; ++i)
      mayOverwrite[i] = context.inputs[i].numElements() == out.numElements();
    return !context.failed() && broadcast.prepare(context, context.inputs[0],
                                                  context.inputs[1], out);
  }

  const char *run(const RunContext &context) const override {
    const float *a = context.inputs[0].as<float>();
    const float *b = context.inputs[1].as<float>();
    float *out = context.outputs[0].as<float>();
    const int64_t stepA = broadcast.stepA(), stepB = broadcast.stepB();
    auto piece = [&](int64_t begin, int64_t end, int) {
      broadcast.visit(
          begin, end,
          [&](int64_t to, int64_t fromA, int64_t fromB, int64_t length) {
            floats.combine(function, a + fromA, stepA, b + fromB, stepB, length,
                           clamp, out + to);
          });
    };
    context.pool.parallelFor(broadcast.count(), 32768, piece);
    return nullptr;
  }

  Sharing sharing(int input, int, int64_t distance) const override {
    return distance == 0 && mayOverwrite[input] ? Sharing::Overwrites
                                                : Sharing::None;
  }

private:
  const FloatLoops &floats = floatLoops();
  Broadcast broadcast;
  FloatClamp clamp = {};
  bool mayOverwrite[2] = {false, false};
};
} // namespace

void qcrt::registerFloatCombine(KernelRegistry &registry) {
  registry.add("float.add",
               withHalves<makeKernel<FloatCombine<FloatBinary::Add>>>);
  registry.add("float.div",
               withHalves<makeKernel<FloatCombine<FloatBinary::Div>>>);
  registry.add("float.max",
               withHalves<makeKernel<FloatCombine<FloatBinary::Max>>>);
  registry.add("float.min",
               withHalves<makeKernel<FloatCombine<FloatBinary::Min>>>);
  registry.add("float.mul",
               withHalves<makeKernel<FloatCombine<FloatBinary::Mul>>>);
  registry.add("float.pow",
               withHalves<makeKernel<FloatCombine<FloatBinary::Pow>>>);
  registry.add("float.prelu",
               withHalves<makeKernel<FloatCombine<FloatBinary::PRelu>>>);
  registry.add("float.sub",
               withHalves<makeKernel<FloatCombine<FloatBinary::Sub>>>);
}
