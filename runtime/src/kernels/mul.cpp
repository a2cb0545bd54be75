// mul: product of two operands, requantised.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Binary.h"
#include "Families.h"
#include "Requant.h"

using namespace qcrt;

namespace {
class Product : public BinaryKernel {
public:
  bool read(PrepareContext &context) {
    Requant requant;
    if (!prepare(context) ||
        !readRequant(context, context.outputs[0], {}, requant))
      return false;
    mode = requant.mode;
    lane = requant.lane(0);
    range = {requant.zeroPoint, requant.low, requant.high};
    wide = largest(context.inputs[0]) * largest(context.inputs[1]) > INT32_MAX;
    return true;
  }

private:
  /// Largest magnitude of a stored value minus the zero point.
  static int64_t largest(const TensorView &tensor) {
    int64_t span = tensor.dtype == QCRT_I16 ? 32768 : 128;
    int64_t centre = tensor.dtype == QCRT_U8 ? 128 : 0;
    int64_t offset = tensor.zeroPoint - centre;
    return span + (offset < 0 ? -offset : offset);
  }

  void compute(const int32_t *a, const int32_t *b, int64_t count,
               int32_t *out) const override {
    if (!wide) {
      kernels.multiply(a, b, count, out);
      kernels.rescale(mode, out, count, lane, range, out);
      return;
    }
    dispatchMode(mode, [&](auto m) {
      for (int64_t i = 0; i < count; ++i)
        out[i] = requantize<decltype(m)::value>(
            int64_t(a[i]) * b[i], lane, range.zeroPoint, range.low, range.high);
    });
  }

  RequantMode mode = RequantMode::Single;
  RequantLane lane = {};
  ResultRange range = {};
  bool wide = false;
};
} // namespace

void qcrt::registerMul(KernelRegistry &registry) {
  registry.add("mul", makeKernel<Product>);
}
