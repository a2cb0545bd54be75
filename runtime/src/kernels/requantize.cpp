// requantize: a change of scale, zero point or storage type.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Families.h"
#include "Requant.h"
#include "Unary.h"

using namespace qcrt;

namespace {
class Requantize : public UnaryKernel {
public:
  bool read(PrepareContext &context) {
    Requant requant;
    if (!prepare(context) || !context.expectQuantized(context.inputs[0]) ||
        !readRequant(context, context.outputs[0], {}, requant))
      return false;
    mode = requant.mode;
    lane = requant.lane(0);
    range = {requant.zeroPoint, requant.low, requant.high};
    zeroPoint = static_cast<int32_t>(context.inputs[0].zeroPoint);
    return true;
  }

private:
  void compute(const void *in, void *out, int64_t count) const override {
    int32_t block[blockSize];
    kernels.load(inType, in, count, zeroPoint, block);
    kernels.rescale(mode, block, count, lane, range, block);
    kernels.store(outType, block, count, out);
  }

  RequantMode mode = RequantMode::Single;
  RequantLane lane = {};
  ResultRange range = {};
  int32_t zeroPoint = 0;
};
} // namespace

void qcrt::registerRequantize(KernelRegistry &registry) {
  registry.add("requantize", makeKernel<Requantize>);
}
