// add, sub: both operands brought to the result's scale with one rounding.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Binary.h"
#include "Families.h"
#include "Requant.h"

using namespace qcrt;

namespace {
class Sum : public BinaryKernel {
public:
  bool read(PrepareContext &context, bool subtract) {
    Requant requant;
    RequantRules rules;
    rules.channels = 2;
    rules.commonShift = true;
    if (!prepare(context) ||
        !readRequant(context, context.outputs[0], rules, requant))
      return false;
    mode = requant.mode;
    RequantLane first = requant.lane(0), second = requant.lane(1);
    bool bytes = qcrt_dtype_size(context.inputs[0].dtype) == 1 &&
                 qcrt_dtype_size(context.inputs[1].dtype) == 1;
    parameters = {bytes,
                  first.multiplier,
                  subtract ? -second.multiplier : second.multiplier,
                  first.shift,
                  first.scale,
                  subtract ? -second.scale : second.scale,
                  {requant.zeroPoint, requant.low, requant.high}};
    return true;
  }

private:
  void compute(const int32_t *a, const int32_t *b, int64_t count,
               int32_t *out) const override {
    kernels.sum(mode, a, b, count, parameters, out);
  }

  RequantMode mode = RequantMode::Single;
  SumParameters parameters = {};
};
} // namespace

template <bool subtract>
static std::unique_ptr<Kernel> make(PrepareContext &context) {
  auto kernel = std::make_unique<Sum>();
  if (!kernel->read(context, subtract))
    return nullptr;
  return kernel;
}

void qcrt::registerAddSub(KernelRegistry &registry) {
  registry.add("add", make<false>);
  registry.add("sub", make<true>);
}
