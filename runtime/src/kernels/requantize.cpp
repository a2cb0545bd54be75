// requantize: a change of scale, zero point or storage type.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Families.h"
#include "Kernel.h"
#include "Requant.h"

using namespace qcrt;

namespace {
class Requantize : public Kernel {
public:
  Requantize(Requant requant, int32_t zeroPoint, int64_t count)
      : requant(std::move(requant)), zeroPoint(zeroPoint), count(count) {}

  const char *run(const RunContext &context) const override {
    const TensorView &in = context.inputs[0], &out = context.outputs[0];
    dispatchStorage(in.dtype, [&](auto i) {
      dispatchStorage(out.dtype, [&](auto o) {
        dispatchMode(requant.mode, [&](auto mode) {
          loop<decltype(i), decltype(o), decltype(mode)::value>(context);
        });
      });
    });
    return nullptr;
  }

  Sharing sharing(int, int, int64_t distance) const override {
    return distance == 0 && sameWidth ? Sharing::Overwrites : Sharing::None;
  }

  bool sameWidth = false;

private:
  template <typename In, typename Out, RequantMode mode>
  void loop(const RunContext &context) const {
    const In *in = context.inputs[0].as<In>();
    Out *out = context.outputs[0].as<Out>();
    const RequantLane lane = requant.lane(0);
    const int32_t zeroIn = zeroPoint, zeroOut = requant.zeroPoint;
    const int32_t low = requant.low, high = requant.high;
    context.pool.parallelFor(
        count, 16384, [=](int64_t begin, int64_t end, int) {
          for (int64_t i = begin; i < end; ++i)
            out[i] = static_cast<Out>(requantize<mode>(
                int32_t(in[i]) - zeroIn, lane, zeroOut, low, high));
        });
  }

  Requant requant;
  int32_t zeroPoint;
  int64_t count;
};
} // namespace

static std::unique_ptr<Kernel> make(PrepareContext &context) {
  if (!context.expectOperands(1, 1))
    return nullptr;
  const TensorView &in = context.inputs[0], &out = context.outputs[0];
  Requant requant;
  if (!context.expectQuantized(in) || !context.expectSameShape(in, out) ||
      !readRequant(context, out, {}, requant))
    return nullptr;
  auto kernel = std::make_unique<Requantize>(
      std::move(requant), static_cast<int32_t>(in.zeroPoint), in.numElements());
  kernel->sameWidth = qcrt_dtype_size(in.dtype) == qcrt_dtype_size(out.dtype);
  return kernel;
}

void qcrt::registerRequantize(KernelRegistry &registry) {
  registry.add("requantize", make);
}
