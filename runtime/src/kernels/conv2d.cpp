// conv2d: convolution over NHWC, grouped, depthwise or dilated.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Families.h"
#include "Kernel.h"
#include "Requant.h"
#include "compute/ComputeKernel.h"
#include "compute/DepthwiseBytes.h"
#include "compute/DepthwiseConv.h"

using namespace qcrt;
using namespace qcrt::compute;

namespace {
/// The window attributes along y and x.
struct Window {
  std::vector<int64_t> strides, pads, dilations;
  int64_t group = 1;
};
} // namespace

/// Keeps every product of positions and sizes far inside 64 bits.
static constexpr int64_t maxExtent = int64_t(1) << 24;

static Window readWindow(Attributes &attributes, int64_t channels) {
  Window window;
  window.strides = attributes.integers("strides", 2, 1, maxExtent);
  window.pads = attributes.integers("pads", 4, 0, maxExtent);
  window.dilations = attributes.integers("dilations", 2, 1, maxExtent);
  window.group = attributes.integer("group", 1, channels);
  return window;
}

static bool checkShapes(PrepareContext &context, const Window &window) {
  const TensorView &x = context.inputs[0], &w = context.inputs[1];
  const TensorView &y = context.outputs[0];
  if (x.shape[3] % window.group || w.shape[0] % window.group ||
      w.shape[3] != x.shape[3] / window.group) {
    context.fail("weights of " + std::to_string(w.shape[0]) + " outputs and " +
                 std::to_string(w.shape[3]) + " inputs do not fit " +
                 std::to_string(x.shape[3]) + " channels in " +
                 std::to_string(window.group) + " groups");
    return false;
  }
  if (y.shape[0] != x.shape[0] || y.shape[3] != w.shape[0]) {
    context.fail("result '" + std::string(y.name) +
                 "' does not have the input's batch and the weights' outputs");
    return false;
  }
  for (size_t d = 0; d < 2; ++d) {
    const int64_t kernel = w.shape[d + 1];
    const int64_t span = x.shape[d + 1] + window.pads[d] + window.pads[d + 2] -
                         (kernel - 1) * window.dilations[d] - 1;
    const int64_t expected = span < 0 ? 0 : span / window.strides[d] + 1;
    if (kernel > maxExtent || x.shape[d + 1] > maxExtent ||
        y.shape[d + 1] != expected) {
      context.fail("result '" + std::string(y.name) + "' has extent " +
                   std::to_string(y.shape[d + 1]) + " in dimension " +
                   std::to_string(d + 1) + ", the window gives " +
                   std::to_string(expected));
      return false;
    }
  }
  return true;
}

static SlidingProblem makeProblem(const PrepareContext &context,
                                  const Window &window) {
  const TensorView &x = context.inputs[0], &w = context.inputs[1];
  const TensorView &y = context.outputs[0];
  SlidingProblem problem;
  problem.shape = {x.shape[0], x.shape[1], x.shape[2], x.shape[3],
                   y.shape[1], y.shape[2], y.shape[3], window.group};
  problem.input = {x.dtype, static_cast<int32_t>(x.zeroPoint)};
  problem.outputType = y.dtype;
  SlidingPhase phase;
  phase.gridHeight = y.shape[1];
  phase.gridWidth = y.shape[2];
  phase.stepY = window.strides[0];
  phase.stepX = window.strides[1];
  for (int64_t kh = 0; kh < w.shape[1]; ++kh)
    for (int64_t kw = 0; kw < w.shape[2]; ++kw)
      phase.taps.push_back({kh * window.dilations[0] - window.pads[0],
                            kw * window.dilations[1] - window.pads[1],
                            kh * w.shape[2] + kw});
  problem.phases.push_back(std::move(phase));
  return problem;
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
  Window window = readWindow(context.attributes, x.shape[3]);
  RequantRules rules;
  rules.channels = w.shape[0];
  Requant requant;
  Weights weights;
  if (!readRequant(context, y, rules, requant) ||
      !checkShapes(context, window) ||
      !readWeights(context, w, context.inputs[2], weights))
    return nullptr;
  SlidingProblem problem = makeProblem(context, window);
  const Microkernels &kernels = microkernels(preferredIsa());
  if (DepthwiseConv::fits(problem) &&
      DepthwiseBytes::fits(problem, weights, kernels))
    return std::make_unique<ComputeKernel<DepthwiseBytes>>(problem, weights,
                                                           requant, kernels);
  if (DepthwiseConv::fits(problem))
    return std::make_unique<ComputeKernel<DepthwiseConv>>(problem, weights,
                                                          requant, kernels);
  return std::make_unique<ComputeKernel<SlidingGemm>>(problem, weights, requant,
                                                      kernels);
}

void qcrt::registerConv2d(KernelRegistry &registry) {
  registry.add("conv2d", make);
}
