// quantize: floats, or numbers held as integers, to stored integers.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Families.h"
#include "Unary.h"
#include "floats/Halves.h"

using namespace qcrt;

namespace {
class Quantize : public UnaryKernel {
public:
  bool read(PrepareContext &context) {
    if (!prepare(context))
      return false;
    bool isInteger = inType == QCRT_I32 || inType == QCRT_I64;
    if ((!isInteger && !context.expectType(context.inputs[0], QCRT_F32)) ||
        !context.expectQuantized(context.outputs[0]))
      return false;
    const TensorView &out = context.outputs[0];
    scale = out.scales[0];
    range = {static_cast<int32_t>(out.zeroPoint),
             static_cast<int32_t>(out.qmin), static_cast<int32_t>(out.qmax)};
    return true;
  }

private:
  void compute(const void *in, void *out, int64_t count) const override {
    int32_t block[blockSize];
    float reals[blockSize];
    if (inType == QCRT_I32)
      std::copy_n(static_cast<const int32_t *>(in), count, reals);
    else if (inType == QCRT_I64)
      std::copy_n(static_cast<const int64_t *>(in), count, reals);
    const auto *source =
        inType == QCRT_F32 ? static_cast<const float *>(in) : reals;
    kernels.quantize(source, count, scale, range, block);
    kernels.store(outType, block, count, out);
  }

  float scale = 1;
  ResultRange range = {};
};
} // namespace

void qcrt::registerQuantize(KernelRegistry &registry) {
  registry.add("quantize", withHalves<makeKernel<Quantize>>);
}
