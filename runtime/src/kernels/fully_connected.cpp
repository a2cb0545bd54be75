// fully_connected: rows of activations times constant weights.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Families.h"
#include "Kernel.h"
#include "Requant.h"
#include "compute/ComputeKernel.h"
#include "compute/SlidingGemm.h"

using namespace qcrt;
using namespace qcrt::compute;

static bool checkShapes(PrepareContext &context) {
  const TensorView &x = context.inputs[0], &w = context.inputs[1];
  const TensorView &y = context.outputs[0];
  const int last = x.rank - 1;
  bool fits = x.rank >= 1 && y.rank == x.rank && w.shape[1] == x.shape[last] &&
              w.shape[0] == y.shape[last];
  for (int d = 0; fits && d < last; ++d)
    fits = x.shape[d] == y.shape[d];
  if (!fits)
    context.fail("input '" + std::string(x.name) + "', weights of " +
                 std::to_string(w.shape[0]) + " outputs and " +
                 std::to_string(w.shape[1]) + " inputs and result '" +
                 std::string(y.name) + "' do not fit each other");
  return fits;
}

static std::unique_ptr<Kernel> make(PrepareContext &context) {
  const bool hasFactors = context.numInputs == 4;
  if (!context.expectOperands(hasFactors ? 4 : 3, 1))
    return nullptr;
  const TensorView &x = context.inputs[0], &w = context.inputs[1];
  const TensorView &y = context.outputs[0];
  if (!context.expectRank(w, 2) || !context.expectQuantized(x) ||
      !context.expectQuantized(y))
    return nullptr;
  RequantRules rules;
  rules.channels = w.shape[0];
  Requant requant;
  Weights weights;
  if (!readRequant(context, y, rules, requant) || !checkShapes(context) ||
      !readWeights(context, w, context.inputs[2],
                   hasFactors ? &context.inputs[3] : nullptr, weights))
    return nullptr;

  // A convolution with a 1x1 window over one line of pixels.
  SlidingProblem problem;
  SlidingPhase phase;
  phase.gridWidth = x.product(0, x.rank - 1);
  phase.taps.push_back({0, 0, 0});
  problem.shape.inChannels = w.shape[1];
  problem.shape.outChannels = w.shape[0];
  problem.shape.inWidth = problem.shape.outWidth = phase.gridWidth;
  problem.input = {x.dtype, static_cast<int32_t>(x.zeroPoint)};
  problem.outputType = y.dtype;
  problem.phases.push_back(std::move(phase));
  return std::make_unique<ComputeKernel<SlidingGemm>>(
      problem, weights, requant, microkernels(preferredIsa()));
}

void qcrt::registerFullyConnected(KernelRegistry &registry) {
  registry.add("fully_connected", make);
}
