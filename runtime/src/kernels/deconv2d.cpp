// deconv2d: transposed convolution over NHWC, gathered so that every result is
// written once.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Families.h"
#include "Kernel.h"
#include "Requant.h"
#include "compute/ComputeKernel.h"
#include "compute/SlidingGemm.h"

#include <algorithm>

using namespace qcrt;
using namespace qcrt::compute;

/// A phase per position within the stride is prepared.
static constexpr int64_t maxStride = 64;
static constexpr int64_t maxExtent = int64_t(1) << 24;

namespace {
/// One dimension of the operation. Result o collects input i through kernel
/// position k where o = i * stride - pad + k * dilation.
struct Dimension {
  int64_t output, kernel, stride, pad, dilation;

  struct Tap {
    int64_t offset, position;
  };
  /// The taps of the results first, first + stride, ..., by rising offset.
  std::vector<Tap> tapsOf(int64_t first) const {
    std::vector<Tap> taps;
    for (int64_t k = kernel - 1; k >= 0; --k) {
      int64_t distance = first + pad - k * dilation;
      if (distance % stride == 0)
        taps.push_back({distance / stride, k});
    }
    return taps;
  }
  int64_t phases() const { return std::min(stride, output); }
  int64_t gridOf(int64_t first) const {
    return (output - first + stride - 1) / stride;
  }
};
} // namespace

static SlidingPhase makePhase(const Dimension &y, const Dimension &x,
                              int64_t firstY, int64_t firstX) {
  SlidingPhase phase;
  phase.firstY = firstY;
  phase.firstX = firstX;
  phase.strideY = y.stride;
  phase.strideX = x.stride;
  phase.gridHeight = y.gridOf(firstY);
  phase.gridWidth = x.gridOf(firstX);
  for (const Dimension::Tap &tapY : y.tapsOf(firstY))
    for (const Dimension::Tap &tapX : x.tapsOf(firstX))
      phase.taps.push_back(
          {tapY.offset, tapX.offset, tapY.position * x.kernel + tapX.position});
  return phase;
}

static bool checkShapes(PrepareContext &context, int64_t group) {
  const TensorView &x = context.inputs[0], &w = context.inputs[1];
  const TensorView &y = context.outputs[0];
  if (x.shape[3] % group || w.shape[0] % group ||
      w.shape[3] != x.shape[3] / group) {
    context.fail("weights of " + std::to_string(w.shape[0]) + " outputs and " +
                 std::to_string(w.shape[3]) + " inputs do not fit " +
                 std::to_string(x.shape[3]) + " channels in " +
                 std::to_string(group) + " groups");
    return false;
  }
  if (y.shape[0] != x.shape[0] || y.shape[3] != w.shape[0]) {
    context.fail("result '" + std::string(y.name) +
                 "' does not have the input's batch and the weights' outputs");
    return false;
  }
  for (int d = 1; d <= 2; ++d)
    if (w.shape[d] > maxExtent || x.shape[d] > maxExtent ||
        y.shape[d] > maxExtent) {
      context.fail("a height or width is beyond " + std::to_string(maxExtent));
      return false;
    }
  return true;
}

static std::unique_ptr<Kernel> make(PrepareContext &context) {
  if (!context.expectOperands(3, 1))
    return nullptr;
  const TensorView &x = context.inputs[0], &w = context.inputs[1];
  const TensorView &y = context.outputs[0];
  if (!context.expectRank(x, 4) || !context.expectRank(w, 4) ||
      !context.expectRank(y, 4) || !context.expectQuantized(x) ||
      !context.expectQuantized(y))
    return nullptr;
  Attributes &attributes = context.attributes;
  auto strides = attributes.integers("strides", 2, 1, maxStride);
  auto pads = attributes.integers("pads", 4, 0, maxExtent);
  auto dilations = attributes.integers("dilations", 2, 1, maxExtent);
  int64_t group = attributes.integer("group", 1, x.shape[3]);
  RequantRules rules;
  rules.channels = w.shape[0];
  Requant requant;
  Weights weights;
  if (!readRequant(context, y, rules, requant) ||
      !checkShapes(context, group) ||
      !readWeights(context, w, context.inputs[2], weights))
    return nullptr;

  SlidingProblem problem;
  problem.shape = {x.shape[0], x.shape[1], x.shape[2], x.shape[3],
                   y.shape[1], y.shape[2], y.shape[3], group};
  problem.input = {x.dtype, static_cast<int32_t>(x.zeroPoint)};
  problem.outputType = y.dtype;
  const Dimension height{y.shape[1], w.shape[1], strides[0], pads[0],
                         dilations[0]};
  const Dimension width{y.shape[2], w.shape[2], strides[1], pads[1],
                        dilations[1]};
  for (int64_t firstY = 0; firstY < height.phases(); ++firstY)
    for (int64_t firstX = 0; firstX < width.phases(); ++firstX)
      problem.phases.push_back(makePhase(height, width, firstY, firstX));
  return std::make_unique<ComputeKernel<SlidingGemm>>(
      problem, weights, requant, microkernels(preferredIsa()));
}

void qcrt::registerDeconv2d(KernelRegistry &registry) {
  registry.add("deconv2d", make);
}
