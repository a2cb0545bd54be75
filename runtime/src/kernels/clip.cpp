// clip: stored values limited to a range; scale and zero point stay.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Families.h"
#include "Requant.h"
#include "Unary.h"

using namespace qcrt;

namespace {
class Clip : public UnaryKernel {
public:
  bool read(PrepareContext &context) {
    return prepare(context) && context.expectQuantized(context.inputs[0]) &&
           context.expectSameParameters(context.inputs[0],
                                        context.outputs[0]) &&
           readClamp(context, context.outputs[0], low, high);
  }

private:
  void compute(const void *in, void *out, int64_t count) const override {
    int32_t block[blockSize];
    kernels.load(inType, in, count, 0, block);
    kernels.clampTo(block, count, low, high, block);
    kernels.store(outType, block, count, out);
  }

  int32_t low = 0, high = 0;
};
} // namespace

void qcrt::registerClip(KernelRegistry &registry) {
  registry.add("clip", makeKernel<Clip>);
}
