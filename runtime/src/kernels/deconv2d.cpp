// deconv2d: transposed convolution over NHWC, gathered so that every result is
// written once.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Convolution.h"
#include "Families.h"
#include "compute/ComputeKernel.h"

#include <algorithm>

using namespace qcrt;
using namespace qcrt::compute;

/// A phase per position within the stride is prepared.
static constexpr int64_t maxStride = 64;

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

static bool checkExtents(PrepareContext &context) {
  constexpr int64_t most = Convolution::maxExtent;
  const TensorView &x = context.inputs[0], &w = context.inputs[1];
  const TensorView &y = context.outputs[0];
  for (int d = 1; d <= 2; ++d)
    if (w.shape[d] > most || x.shape[d] > most || y.shape[d] > most)
      return context.refuse("a height or width is beyond " +
                            std::to_string(most));
  return true;
}

static std::unique_ptr<Kernel> make(PrepareContext &context) {
  Convolution conv;
  if (!conv.read(context, maxStride) || !checkExtents(context) ||
      !conv.readWeights(context))
    return nullptr;
  const TensorView &w = context.inputs[1], &y = context.outputs[0];
  const Dimension height{y.shape[1], w.shape[1], conv.strides[0], conv.pads[0],
                         conv.dilations[0]};
  const Dimension width{y.shape[2], w.shape[2], conv.strides[1], conv.pads[1],
                        conv.dilations[1]};
  SlidingProblem problem = conv.makeProblem(context);
  for (int64_t firstY = 0; firstY < height.phases(); ++firstY)
    for (int64_t firstX = 0; firstX < width.phases(); ++firstX)
      problem.phases.push_back(makePhase(height, width, firstY, firstX));
  return std::make_unique<ComputeKernel<SlidingGemm>>(
      problem, conv.weights, conv.requant, microkernels(preferredIsa()));
}

void qcrt::registerDeconv2d(KernelRegistry &registry) {
  registry.add("deconv2d", make);
}
