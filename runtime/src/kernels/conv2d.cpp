// conv2d: convolution over NHWC, grouped, depthwise or dilated.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Convolution.h"
#include "Families.h"
#include "compute/ComputeKernel.h"
#include "compute/DepthwiseBytes.h"
#include "compute/DepthwiseConv.h"

using namespace qcrt;
using namespace qcrt::compute;

static bool checkExtents(PrepareContext &context, const Convolution &conv) {
  const TensorView &x = context.inputs[0], &w = context.inputs[1];
  const TensorView &y = context.outputs[0];
  for (size_t d = 0; d < 2; ++d) {
    const int64_t kernel = w.shape[d + 1];
    const int64_t span = x.shape[d + 1] + conv.pads[d] + conv.pads[d + 2] -
                         (kernel - 1) * conv.dilations[d] - 1;
    const int64_t expected = span < 0 ? 0 : span / conv.strides[d] + 1;
    if (kernel > conv.maxExtent || x.shape[d + 1] > conv.maxExtent ||
        y.shape[d + 1] != expected)
      return context.refuse("result '" + std::string(y.name) + "' has extent " +
                            std::to_string(y.shape[d + 1]) + " in dimension " +
                            std::to_string(d + 1) + ", the window gives " +
                            std::to_string(expected));
  }
  return true;
}

static SlidingPhase makePhase(const PrepareContext &context,
                              const Convolution &conv) {
  const TensorView &w = context.inputs[1], &y = context.outputs[0];
  SlidingPhase phase;
  phase.gridHeight = y.shape[1];
  phase.gridWidth = y.shape[2];
  phase.stepY = conv.strides[0];
  phase.stepX = conv.strides[1];
  for (int64_t kh = 0; kh < w.shape[1]; ++kh)
    for (int64_t kw = 0; kw < w.shape[2]; ++kw)
      phase.taps.push_back({kh * conv.dilations[0] - conv.pads[0],
                            kw * conv.dilations[1] - conv.pads[1],
                            kh * w.shape[2] + kw});
  return phase;
}

static std::unique_ptr<Kernel> make(PrepareContext &context) {
  Convolution conv;
  if (!conv.read(context, Convolution::maxExtent) ||
      !checkExtents(context, conv) || !conv.readWeights(context))
    return nullptr;
  SlidingProblem problem = conv.makeProblem(context);
  problem.phases.push_back(makePhase(context, conv));
  const Microkernels &kernels = microkernels(preferredIsa());
  if (DepthwiseConv::fits(problem) &&
      DepthwiseBytes::fits(problem, conv.weights, kernels))
    return std::make_unique<ComputeKernel<DepthwiseBytes>>(
        problem, conv.weights, conv.requant, kernels);
  if (DepthwiseConv::fits(problem))
    return std::make_unique<ComputeKernel<DepthwiseConv>>(
        problem, conv.weights, conv.requant, kernels);
  return std::make_unique<ComputeKernel<SlidingGemm>>(problem, conv.weights,
                                                      conv.requant, kernels);
}

void qcrt::registerConv2d(KernelRegistry &registry) {
  registry.add("conv2d", make);
}
