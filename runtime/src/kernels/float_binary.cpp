// div, min, max, pow: computed in double from the real values, rounded once.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Binary.h"
#include "Elementary.h"
#include "Families.h"
#include "Requant.h"

using namespace qcrt;

namespace {
struct Divide {
  static double apply(double a, double b) { return a / b; }
};
struct Minimum {
  static double apply(double a, double b) { return b < a ? b : a; }
};
struct Maximum {
  static double apply(double a, double b) { return a < b ? b : a; }
};
struct Power {
  static double apply(double a, double b) { return portablePow(a, b); }
};

template <typename Function> class FloatBinary : public BinaryKernel {
public:
  bool read(PrepareContext &context) {
    const TensorView &out = context.outputs[0];
    if (!prepare(context) || !readClamp(context, out, range.low, range.high))
      return false;
    scaleA = context.inputs[0].scales[0];
    scaleB = context.inputs[1].scales[0];
    scaleOut = out.scales[0];
    range.zeroPoint = static_cast<int32_t>(out.zeroPoint);
    return true;
  }

private:
  void compute(const int32_t *a, const int32_t *b, int64_t count,
               int32_t *out) const override {
    const double low = range.low - range.zeroPoint;
    const double high = range.high - range.zeroPoint;
    for (int64_t i = 0; i < count; ++i) {
      double value = Function::apply(a[i] * scaleA, b[i] * scaleB) / scaleOut;
      value = value == value ? value : 0; // 0/0 gives the zero point
      out[i] = static_cast<int32_t>(roundHalfEven(clampTo(value, low, high))) +
               range.zeroPoint;
    }
  }

  double scaleA = 1, scaleB = 1, scaleOut = 1;
  ResultRange range = {};
};
} // namespace

void qcrt::registerFloatBinary(KernelRegistry &registry) {
  registry.add("div", makeKernel<FloatBinary<Divide>>);
  registry.add("max", makeKernel<FloatBinary<Maximum>>);
  registry.add("min", makeKernel<FloatBinary<Minimum>>);
  registry.add("pow", makeKernel<FloatBinary<Power>>);
}
