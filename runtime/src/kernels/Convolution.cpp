// What conv2d and deconv2d have in common: attributes, channels, weights.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Convolution.h"

using namespace qcrt;

bool Convolution::read(PrepareContext &context, int64_t maxStride) {
  // The fourth: factors of groups of weights.
  if (!context.expectOperands(context.numInputs == 4 ? 4 : 3, 1))
    return false;
  const TensorView &x = context.inputs[0], &w = context.inputs[1];
  const TensorView &y = context.outputs[0];
  if (!context.expectRank(x, 4) || !context.expectRank(w, 4) ||
      !context.expectRank(y, 4) || !context.expectQuantized(x) ||
      !context.expectQuantized(y))
    return false;
  Attributes &attributes = context.attributes;
  strides = attributes.integers("strides", 2, 1, maxStride);
  pads = attributes.integers("pads", 4, 0, maxExtent);
  dilations = attributes.integers("dilations", 2, 1, maxExtent);
  group = attributes.integer("group", 1, x.shape[3]);
  RequantRules rules;
  rules.channels = w.shape[0];
  return readRequant(context, y, rules, requant) && checkChannels(context);
}

bool Convolution::checkChannels(PrepareContext &context) const {
  const TensorView &x = context.inputs[0], &w = context.inputs[1];
  const TensorView &y = context.outputs[0];
  if (x.shape[3] % group || w.shape[0] % group ||
      w.shape[3] != x.shape[3] / group)
    return context.refuse("weights of " + std::to_string(w.shape[0]) +
                          " outputs and " + std::to_string(w.shape[3]) +
                          " inputs do not fit " + std::to_string(x.shape[3]) +
                          " channels in " + std::to_string(group) + " groups");
  if (y.shape[0] != x.shape[0] || y.shape[3] != w.shape[0])
    return context.refuse(
        "result '" + std::string(y.name) +
        "' does not have the input's batch and the weights' outputs");
  return true;
}

bool Convolution::readWeights(PrepareContext &context) {
  return compute::readWeights(
      context, context.inputs[1], context.inputs[2],
      context.numInputs == 4 ? &context.inputs[3] : nullptr, weights);
}

compute::SlidingProblem
Convolution::makeProblem(const PrepareContext &context) const {
  const TensorView &x = context.inputs[0], &y = context.outputs[0];
  compute::SlidingProblem problem;
  problem.shape = {x.shape[0], x.shape[1], x.shape[2], x.shape[3],
                   y.shape[1], y.shape[2], y.shape[3], group};
  problem.input = {x.dtype, static_cast<int32_t>(x.zeroPoint)};
  problem.outputType = y.dtype;
  return problem;
}
