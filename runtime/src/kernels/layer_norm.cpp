// layer_norm: exact integer sums, then double with one rounding at the end.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Families.h"
#include "Requant.h"

#include <algorithm>
#include <cmath>
#include <vector>

using namespace qcrt;

namespace {
class LayerNorm : public Kernel {
public:
  bool read(PrepareContext &context) {
    if (!context.expectOperands(3, 1))
      return false;
    const TensorView &in = context.inputs[0], &out = context.outputs[0];
    if (!context.expectQuantized(in) || !context.expectQuantized(out) ||
        !context.expectSameShape(in, out))
      return false;
    int axis = static_cast<int>(
        context.attributes.integer("axis", 0, std::max(0, in.rank - 1)));
    epsilon = context.attributes.number("epsilon");
    if (context.failed())
      return false;
    if (epsilon < 0)
      return context.refuse("attribute 'epsilon' is negative");
    size = in.product(axis, in.rank);
    rows = in.numElements() / size;
    // Squares of 17-bit differences are summed in 64 bits.
    if (size > (int64_t(1) << 28))
      return context.refuse("the normalised dimensions are too large");
    scaleIn = in.scales[0];
    scaleOut = out.scales[0];
    zeroIn = static_cast<int32_t>(in.zeroPoint);
    zeroOut = static_cast<int32_t>(out.zeroPoint);
    low = static_cast<double>(out.qmin - out.zeroPoint);
    high = static_cast<double>(out.qmax - out.zeroPoint);
    sameWidth = qcrt_dtype_size(in.dtype) == qcrt_dtype_size(out.dtype);
    return readFactors(context, context.inputs[1], gain) &&
           readFactors(context, context.inputs[2], bias);
  }

  const char *run(const RunContext &context) const override {
    const TensorView &in = context.inputs[0], &out = context.outputs[0];
    dispatchStorage(in.dtype, [&](auto i) {
      dispatchStorage(out.dtype, [&](auto o) {
        const auto *from = in.as<decltype(i)>();
        auto *to = out.as<decltype(o)>();
        auto piece = [&](int64_t begin, int64_t end, int) {
          for (int64_t row = begin; row < end; ++row)
            normalise(from + row * size, to + row * size);
        };
        context.pool.parallelFor(rows, std::max<int64_t>(1, 8192 / size),
                                 piece);
      });
    });
    return nullptr;
  }

  Sharing sharing(int input, int, int64_t distance) const override {
    return input == 0 && distance == 0 && sameWidth ? Sharing::Overwrites
                                                    : Sharing::None;
  }

private:
  bool readFactors(PrepareContext &context, const TensorView &tensor,
                   std::vector<double> &factors) {
    if (!context.expectType(tensor, QCRT_F32) ||
        !context.expectConstant(tensor))
      return false;
    if (tensor.numElements() != size)
      return context.refuse("tensor '" + std::string(tensor.name) + "' has " +
                            std::to_string(tensor.numElements()) +
                            " elements, expected " + std::to_string(size));
    const float *values = tensor.as<float>();
    for (int64_t i = 0; i < size; ++i) {
      if (!std::isfinite(values[i]))
        return context.refuse("tensor '" + std::string(tensor.name) +
                              "' holds a value that is not finite");
      factors.push_back(values[i] / scaleOut);
    }
    return true;
  }

  template <typename In, typename Out>
  void normalise(const In *in, Out *out) const {
    int64_t sum = 0, squares = 0;
    for (int64_t i = 0; i < size; ++i) {
      int64_t x = int64_t(in[i]) - zeroIn;
      sum += x;
      squares += x * x;
    }
    const double count = static_cast<double>(size);
    const double mean = static_cast<double>(sum) / count;
    double variance = static_cast<double>(squares) / count - mean * mean;
    variance = variance > 0 ? variance : 0;
    const double deviation = std::sqrt(scaleIn * scaleIn * variance + epsilon);
    // Without variance and epsilon every difference is 0, and so is the result.
    const double factor = deviation > 0 ? scaleIn / deviation : 0;
    for (int64_t i = 0; i < size; ++i) {
      double x = static_cast<double>(int32_t(in[i]) - zeroIn) - mean;
      size_t k = static_cast<size_t>(i);
      double value = clampTo(x * factor * gain[k] + bias[k], low, high);
      out[i] = static_cast<Out>(roundHalfEven(value) + zeroOut);
    }
  }

  std::vector<double> gain, bias; // divided by the result's scale
  int64_t rows = 1, size = 1;
  double epsilon = 0, scaleIn = 1, scaleOut = 1, low = 0, high = 0;
  int32_t zeroIn = 0, zeroOut = 0;
  bool sameWidth = false;
};
} // namespace

void qcrt::registerLayerNorm(KernelRegistry &registry) {
  registry.add("layer_norm", makeKernel<LayerNorm>);
}
