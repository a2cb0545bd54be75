// dequantize: stored integers to float.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Families.h"
#include "Unary.h"
#include "floats/Halves.h"

using namespace qcrt;

namespace {
class Dequantize : public UnaryKernel {
public:
  bool read(PrepareContext &context) {
    if (!prepare(context) || !context.expectQuantized(context.inputs[0]) ||
        !context.expectType(context.outputs[0], QCRT_F32))
      return false;
    scale = context.inputs[0].scales[0];
    zeroPoint = static_cast<int32_t>(context.inputs[0].zeroPoint);
    return true;
  }

private:
  void compute(const void *in, void *out, int64_t count) const override {
    int32_t block[blockSize];
    kernels.load(inType, in, count, zeroPoint, block);
    kernels.dequantize(block, count, scale, static_cast<float *>(out));
  }

  float scale = 1;
  int32_t zeroPoint = 0;
};
} // namespace

void qcrt::registerDequantize(KernelRegistry &registry) {
  registry.add("dequantize", withHalves<makeKernel<Dequantize>>);
}
