// float.max_pool, float.avg_pool: windows over [N, C, d...] images.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "FloatKernel.h"
#include "Halves.h"
#include "Taps.h"
#include "kernels/Families.h"

#include <algorithm>
#include <limits>

using namespace qcrt;

namespace {
/// Elements of a row of the result that are handled at a time.
constexpr int64_t pieceWidth = 256;

template <bool maximum> class FloatPool : public Kernel {
public:
  bool read(PrepareContext &context) {
    if (!context.expectOperands(1, 1) || !expectFloats(context))
      return false;
    const TensorView &in = context.inputs[0], &out = context.outputs[0];
    Attributes &attributes = context.attributes;
    const size_t rank = in.rank == 3 ? 1 : 2;
    auto kernel =
        attributes.integers("kernel", rank, 1, SlidingShape::maxKernel);
    attributes.ignore("ceil_mode"); // the result's shape says it
    if (!maximum)
      includePad = attributes.booleanOr("count_include_pad", false);
    if (context.failed() || !shape.read(context, kernel.data()))
      return false;
    if (in.shape[1] != out.shape[1])
      return context.refuse("input and result differ in channels");
    planes = in.shape[0] * in.shape[1];
    for (int d = 0; d < 2; ++d) {
      taps[d] = shape.reading(d);
      if (!countTaps(context, d))
        return false;
    }
    return true;
  }

  const char *run(const RunContext &context) const override {
    const float *in = context.inputs[0].as<float>();
    float *out = context.outputs[0].as<float>();
    const int64_t height = shape.out[0], width = shape.out[1];
    auto piece = [&](int64_t begin, int64_t end, int) {
      for (int64_t row = begin; row < end; ++row)
        for (int64_t first = 0; first < width; first += pieceWidth)
          part(in + row / height * shape.inPixels(), row % height, first,
               std::min(pieceWidth, width - first), out + row * width + first);
    };
    context.pool.parallelFor(planes * height,
                             grainOf(width * shape.taps(), 32768), piece);
    return nullptr;
  }

private:
  /// How many taps of each window lie in the image, or in its padding as well.
  bool countTaps(PrepareContext &context, int d) {
    for (int64_t o = 0; o < shape.out[d]; ++o) {
      const int64_t start = o * shape.strides[d] - shape.begins[d];
      // Taps in front of a bound.
      auto below = [&](int64_t bound) {
        const int64_t room = bound - start, step = shape.dilations[d];
        return std::min(shape.kernel[d],
                        room <= 0 ? 0 : (room + step - 1) / step);
      };
      const int64_t inside = below(shape.in[d]) - below(0);
      const int64_t padded = below(shape.in[d] + shape.ends[d]);
      if (inside <= 0)
        return context.refuse("the window of result position " +
                              std::to_string(o) +
                              " lies wholly in the padding");
      counts[d].push_back(includePad ? padded : inside);
    }
    return true;
  }

  /// Results [first, first + count) of a row.
  void part(const float *plane, int64_t row, int64_t first, int64_t count,
            float *out) const {
    double sums[pieceWidth];
    if (maximum)
      std::fill_n(out, count, -std::numeric_limits<float>::infinity());
    else
      std::fill_n(sums, count, 0.0);
    for (const TapRange &down : taps[0]) {
      const int64_t from = down.inputOf(row);
      if (from < 0)
        continue;
      const float *line = plane + from * shape.in[1];
      for (const TapRange &across : taps[1]) {
        const int64_t low = std::max(first, across.firstOut);
        const int64_t high =
            std::min(first + count, across.firstOut + across.count);
        if (low >= high)
          continue;
        const float *source =
            line + across.firstIn + (low - across.firstOut) * across.inStep;
        if (maximum)
          floats.maximum(source, across.inStep, high - low,
                         out + (low - first));
        else
          floats.add(source, across.inStep, high - low, sums + (low - first));
      }
    }
    if (maximum)
      return;
    const int64_t rows = counts[0][static_cast<size_t>(row)];
    for (int64_t i = 0; i < count; ++i)
      out[i] = static_cast<float>(
          sums[i] / static_cast<double>(
                        rows * counts[1][static_cast<size_t>(first + i)]));
  }

  const FloatLoops &floats = floatLoops();
  SlidingShape shape;
  std::vector<TapRange> taps[2];
  std::vector<int64_t> counts[2];
  int64_t planes = 1;
  bool includePad = false;
};
} // namespace

void qcrt::registerFloatPool(KernelRegistry &registry) {
  registry.add("float.avg_pool", withHalves<makeKernel<FloatPool<false>>>);
  registry.add("float.max_pool", withHalves<makeKernel<FloatPool<true>>>);
}
