// softmax, log_softmax: in double, from a table of exponentials of the stored
// differences, with one rounding at the end.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Elementary.h"
#include "Families.h"
#include "Requant.h"

#include <algorithm>
#include <type_traits>
#include <vector>

using namespace qcrt;

namespace {
template <bool logarithm> class Softmax : public Kernel {
public:
  bool read(PrepareContext &context) {
    if (!context.expectOperands(1, 1))
      return false;
    const TensorView &in = context.inputs[0], &out = context.outputs[0];
    if (!context.expectQuantized(in) || !context.expectQuantized(out) ||
        !context.expectSameShape(in, out))
      return false;
    int axis = context.attributes.axis(in.rank);
    if (context.failed())
      return false;
    size = in.rank ? in.shape[axis] : 1;
    inner = in.rank ? in.product(axis + 1, in.rank) : 1;
    outer = in.numElements() / (size * inner);
    scaleIn = in.scales[0];
    scaleOut = out.scales[0];
    zeroPoint = static_cast<int32_t>(out.zeroPoint);
    low = static_cast<double>(out.qmin - out.zeroPoint);
    high = static_cast<double>(out.qmax - out.zeroPoint);
    // Below -64 an exponential adds less than 2^-92 to a sum of at least 1.
    exponentials.resize(in.dtype == QCRT_I16 ? 65536 : 256, 0);
    for (size_t d = 0; d < exponentials.size(); ++d) {
      double power = -scaleIn * static_cast<double>(d);
      if (power < -64)
        break;
      exponentials[d] = portableExp(power);
    }
    sameWidth = qcrt_dtype_size(in.dtype) == qcrt_dtype_size(out.dtype);
    return true;
  }

  const char *run(const RunContext &context) const override {
    const TensorView &in = context.inputs[0], &out = context.outputs[0];
    dispatchStorage(in.dtype, [&](auto i) {
      dispatchStorage(out.dtype, [&](auto o) {
        const auto *from = in.as<decltype(i)>();
        auto *to = out.as<decltype(o)>();
        auto piece = [&](int64_t begin, int64_t end, int) {
          for (int64_t r = begin; r < end; ++r) {
            int64_t first = r / inner * size * inner + r % inner;
            // A step known to be 1 is worth its own copy of the loops.
            if (inner == 1)
              line(from + first, to + first, std::integral_constant<int, 1>());
            else
              line(from + first, to + first, inner);
          }
        };
        context.pool.parallelFor(outer * inner,
                                 std::max<int64_t>(1, 4096 / size), piece);
      });
    });
    return nullptr;
  }

  Sharing sharing(int, int, int64_t distance) const override {
    return distance == 0 && sameWidth ? Sharing::Overwrites : Sharing::None;
  }

private:
  template <typename In, typename Out, typename Step>
  void line(const In *in, Out *out, Step step) const {
    int32_t largest = in[0];
    for (int64_t i = 1; i < size; ++i)
      largest = std::max<int32_t>(largest, in[i * step]);
    const double *table = exponentials.data();
    // Four sums in a fixed order: additions need not wait for each other.
    double sums[4] = {0, 0, 0, 0};
    int64_t i = 0;
    for (; i + 4 <= size; i += 4)
      for (int64_t k = 0; k < 4; ++k)
        sums[k] += table[largest - in[(i + k) * step]];
    for (; i < size; ++i)
      sums[0] += table[largest - in[i * step]];
    const double sum = (sums[0] + sums[1]) + (sums[2] + sums[3]);
    // log softmax is x - largest - log(sum); softmax is exp(x - largest) / sum.
    const double logSum = logarithm ? portableLog(sum) : 0;
    const double factor = 1 / (sum * scaleOut);
    for (i = 0; i < size; ++i) {
      int32_t below = largest - in[i * step];
      double value = logarithm ? (-scaleIn * below - logSum) / scaleOut
                               : table[below] * factor;
      out[i * step] = static_cast<Out>(
          roundHalfEven(clampTo(value, low, high)) + zeroPoint);
    }
  }

  std::vector<double> exponentials; // of -scaleIn * difference
  int64_t outer = 1, size = 1, inner = 1;
  double scaleIn = 1, scaleOut = 1, low = 0, high = 0;
  int32_t zeroPoint = 0;
  bool sameWidth = false;
};
} // namespace

void qcrt::registerSoftmax(KernelRegistry &registry) {
  registry.add("log_softmax", makeKernel<Softmax<true>>);
  registry.add("softmax", makeKernel<Softmax<false>>);
}
