// float.softmax, float.log_softmax, float.layer_norm: every value depends on
// its whole row, whose sums are taken in double from the first to the last.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "FloatKernel.h"
#include "Functions.h"
#include "Halves.h"
#include "kernels/Families.h"

#include <algorithm>
#include <cmath>

using namespace qcrt;

namespace {
/// Columns that are handled side by side where a row is not contiguous.
constexpr int64_t sideBySide = 64;

template <bool logarithm> class FloatSoftmax : public Kernel {
public:
  bool read(PrepareContext &context) {
    if (!context.expectOperands(1, 1) || !expectFloats(context))
      return false;
    const TensorView &in = context.inputs[0];
    int axis = context.attributes.axis(in.rank);
    if (context.failed() || !context.expectSameShape(in, context.outputs[0]))
      return false;
    size = in.rank ? in.shape[axis] : 1;
    inner = in.rank ? in.product(axis + 1, in.rank) : 1;
    outer = in.numElements() / (size * inner);
    return true;
  }

  const char *run(const RunContext &context) const override {
    const float *in = context.inputs[0].as<float>();
    float *out = context.outputs[0].as<float>();
    const int64_t pieces = (inner + sideBySide - 1) / sideBySide;
    auto piece = [&](int64_t begin, int64_t end, int) {
      for (int64_t i = begin; i < end; ++i) {
        const int64_t first = i % pieces * sideBySide;
        const int64_t at = i / pieces * size * inner + first;
        rows(in + at, std::min(sideBySide, inner - first), out + at);
      }
    };
    context.pool.parallelFor(outer * pieces,
                             grainOf(size * std::min(inner, sideBySide), 8192),
                             piece);
    return nullptr;
  }

  Sharing sharing(int, int, int64_t distance) const override {
    return distance == 0 ? Sharing::Overwrites : Sharing::None;
  }

private:
  /// `count` neighbouring rows whose elements are `inner` apart.
  void rows(const float *in, int64_t count, float *out) const {
    float largest[sideBySide];
    double sums[sideBySide] = {};
    std::copy_n(in, count, largest);
    for (int64_t i = 1; i < size; ++i)
      floats.maximum(in + i * inner, 1, count, largest);
    if (logarithm)
      return logarithms(in, count, largest, sums, out);
    if (inner == 1) {
      floats.exponentials(in, largest, 0, size, out);
      for (int64_t i = 0; i < size; ++i)
        sums[0] += out[i];
      for (int64_t i = 0; i < size; ++i)
        out[i] = static_cast<float>(out[i] / sums[0]);
      return;
    }
    for (int64_t i = 0; i < size; ++i) {
      floats.exponentials(in + i * inner, largest, 1, count, out + i * inner);
      floats.add(out + i * inner, 1, count, sums);
    }
    for (int64_t i = 0; i < size; ++i)
      for (int64_t c = 0; c < count; ++c)
        out[i * inner + c] = static_cast<float>(out[i * inner + c] / sums[c]);
  }

  void logarithms(const float *in, int64_t count, const float *largest,
                  double *sums, float *out) const {
    for (int64_t i = 0; i < size; ++i)
      for (int64_t c = 0; c < count; ++c)
        sums[c] += laneExp(in[i * inner + c] - double(largest[c]));
    for (int64_t c = 0; c < count; ++c)
      sums[c] = laneLog(sums[c]) + largest[c];
    for (int64_t i = 0; i < size; ++i)
      for (int64_t c = 0; c < count; ++c)
        out[i * inner + c] = static_cast<float>(in[i * inner + c] - sums[c]);
  }

  const FloatLoops &floats = floatLoops();
  int64_t outer = 1, size = 1, inner = 1;
};

class FloatLayerNorm : public Kernel {
public:
  bool read(PrepareContext &context) {
    // Which of the optional operands are there: input, scale, bias.
    auto present = context.attributes.integers("operandSegmentSizes", 3, 0, 1);
    epsilon = context.attributes.number("epsilon");
    if (context.failed() || present[0] != 1)
      return context.refuse("has no input");
    if (!context.expectOperands(static_cast<int>(1 + present[1] + present[2]),
                                1) ||
        !expectFloats(context))
      return false;
    const TensorView &in = context.inputs[0];
    int axis = context.attributes.axis(in.rank);
    if (context.failed() || !context.expectSameShape(in, context.outputs[0]))
      return false;
    outer = in.product(0, axis);
    size = in.product(axis, in.rank);
    gain = present[1] ? 1 : 0;
    bias = present[2] ? 1 + gain : 0;
    for (int i = 1; i < context.numInputs; ++i) {
      const TensorView &operand = context.inputs[i];
      if (!context.expectRank(operand, in.rank - axis))
        return false;
      if (!std::equal(operand.shape, operand.shape + operand.rank,
                      in.shape + axis))
        return context.refuse("tensor '" + std::string(operand.name) +
                              "' does not have the shape of a row");
    }
    if (!gain)
      ones.assign(static_cast<size_t>(size), 1);
    if (!bias)
      zeros.assign(static_cast<size_t>(size), 0);
    return true;
  }

  const char *run(const RunContext &context) const override {
    const float *in = context.inputs[0].as<float>();
    float *out = context.outputs[0].as<float>();
    const float *gains = gain ? context.inputs[gain].as<float>() : ones.data();
    const float *biases =
        bias ? context.inputs[bias].as<float>() : zeros.data();
    auto piece = [&](int64_t begin, int64_t end, int) {
      for (int64_t row = begin; row < end; ++row) {
        const float *from = in + row * size;
        double sum = 0, squares = 0;
        for (int64_t i = 0; i < size; ++i)
          sum += from[i];
        const double mean = sum / static_cast<double>(size);
        for (int64_t i = 0; i < size; ++i)
          squares += (from[i] - mean) * (from[i] - mean);
        const double variance = squares / static_cast<double>(size);
        floats.normaliseRow(from, size, mean, 1 / std::sqrt(variance + epsilon),
                            gains, biases, out + row * size);
      }
    };
    context.pool.parallelFor(outer, grainOf(size, 8192), piece);
    return nullptr;
  }

  Sharing sharing(int input, int, int64_t distance) const override {
    // The only row may also go where its gains or biases were.
    return distance == 0 && (input == 0 || outer == 1) ? Sharing::Overwrites
                                                       : Sharing::None;
  }

private:
  const FloatLoops &floats = floatLoops();
  int64_t outer = 1, size = 1;
  int gain = 0, bias = 0; ///< which operand, 0 if there is none
  double epsilon = 0;
  std::vector<float> ones, zeros;
};
} // namespace

void qcrt::registerFloatNormalize(KernelRegistry &registry) {
  registry.add("float.layer_norm", withHalves<makeKernel<FloatLayerNorm>>);
  registry.add("float.log_softmax", withHalves<makeKernel<FloatSoftmax<true>>>);
  registry.add("float.softmax", withHalves<makeKernel<FloatSoftmax<false>>>);
}
