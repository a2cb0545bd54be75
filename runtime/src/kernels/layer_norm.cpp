// layer_norm: exact integer sums, then double with one rounding at the end.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Families.h"
#include "Kernel.h"
#include "loops/Loops.h"

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
    int axis = context.attributes.axis(in.rank);
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
    range = {static_cast<int32_t>(out.zeroPoint),
             static_cast<int32_t>(out.qmin), static_cast<int32_t>(out.qmax)};
    inType = in.dtype;
    outType = out.dtype;
    sameWidth = qcrt_dtype_size(in.dtype) == qcrt_dtype_size(out.dtype);
    return readFactors(context, context.inputs[1], gain) &&
           readFactors(context, context.inputs[2], bias);
  }

  const char *run(const RunContext &context) const override {
    const TensorView &in = context.inputs[0], &out = context.outputs[0];
    const int64_t inRow =
        size * static_cast<int64_t>(qcrt_dtype_size(in.dtype));
    const int64_t outRow =
        size * static_cast<int64_t>(qcrt_dtype_size(out.dtype));
    auto piece = [&](int64_t begin, int64_t end, int) {
      for (int64_t row = begin; row < end; ++row)
        normaliseRow(in.as<char>() + row * inRow,
                     out.as<char>() + row * outRow);
    };
    context.pool.parallelFor(rows, std::max<int64_t>(1, 16384 / size), piece);
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

  /// Calls visit(first, count, block) for the blocks of a row.
  template <typename Visit> void forBlocks(const char *in, Visit visit) const {
    const int64_t width = static_cast<int64_t>(qcrt_dtype_size(inType));
    int32_t block[blockSize];
    for (int64_t i = 0; i < size; i += blockSize) {
      int64_t count = std::min(blockSize, size - i);
      kernels.load(inType, in + i * width, count, zeroIn, block);
      visit(i, count, block);
    }
  }

  void normaliseRow(const char *in, char *out) const {
    int64_t sum = 0, squares = 0;
    forBlocks(in, [&](int64_t, int64_t count, const int32_t *block) {
      kernels.moments(block, count, &sum, &squares);
    });
    const double count = static_cast<double>(size);
    const double mean = static_cast<double>(sum) / count;
    double variance = static_cast<double>(squares) / count - mean * mean;
    variance = variance > 0 ? variance : 0;
    const double deviation = std::sqrt(scaleIn * scaleIn * variance + epsilon);
    // Without variance and epsilon every difference is 0, and so is the result.
    const double factor = deviation > 0 ? scaleIn / deviation : 0;
    const NormParameters norm = {mean, factor, range};
    const int64_t width = static_cast<int64_t>(qcrt_dtype_size(outType));
    forBlocks(in, [&](int64_t first, int64_t n, int32_t *block) {
      kernels.normalise(block, n, norm, gain.data() + first,
                        bias.data() + first, block);
      kernels.store(outType, block, n, out + first * width);
    });
  }

  const Loops &kernels = loops();
  std::vector<double> gain, bias; // divided by the result's scale
  int64_t rows = 1, size = 1;
  double epsilon = 0, scaleIn = 1, scaleOut = 1;
  ResultRange range = {};
  qcrt_dtype inType = QCRT_I8, outType = QCRT_I8;
  int32_t zeroIn = 0;
  bool sameWidth = false;
};
} // namespace

void qcrt::registerLayerNorm(KernelRegistry &registry) {
  registry.add("layer_norm", makeKernel<LayerNorm>);
}
