// Activation functions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Broadcast.h"
#include "Elementwise.h"

#include "qc/Dialect/Top/IR/Top.h"

#include <cmath>
#include <limits>

namespace qc {

using dnnl::algorithm;

/// An activation without parameters that oneDNN has.
template <typename OpTy, algorithm function>
static KernelResult makeSimple(OpTy, KernelRequest &request) {
  return makeEltwise(request, function);
}

/// Silu is oneDNN's swish with factor 1.
static KernelResult makeSilu(top::SiluOp, KernelRequest &request) {
  return makeEltwise(request, algorithm::eltwise_swish, 1.0f);
}

/// A rectifier or elu with one parameter.
template <typename OpTy, algorithm function>
static KernelResult makeWithAlpha(OpTy op, KernelRequest &request) {
  return makeEltwise(request, function, op.getAlpha().convertToFloat());
}

static KernelResult makeClip(top::ClipOp op, KernelRequest &request) {
  constexpr float infinity = std::numeric_limits<float>::infinity();
  return makeEltwise(request, algorithm::eltwise_clip,
                     op.getMin() ? op.getMin()->convertToFloat() : -infinity,
                     op.getMax() ? op.getMax()->convertToFloat() : infinity);
}

static KernelResult makeHardSigmoid(top::HardSigmoidOp op,
                                    KernelRequest &request) {
  // oneDNN 2.6 miscomputes its linear function with a clip behind it.
  float alpha = op.getAlpha().convertToFloat();
  float beta = op.getBeta().convertToFloat();
  return makeMap(request, [alpha, beta](float x) {
    return std::min(std::max(alpha * x + beta, 0.0f), 1.0f);
  });
}

static KernelResult makeHardSwish(top::HardSwishOp, KernelRequest &request) {
  return makeMap(request, [](float x) {
    float gate = x * (1.0f / 6.0f) + 0.5f;
    return x * std::min(std::max(gate, 0.0f), 1.0f);
  });
}

static float softplus(float x) {
  return std::max(x, 0.0f) + std::log1p(std::exp(-std::fabs(x)));
}

static KernelResult makeSoftplus(top::SoftplusOp, KernelRequest &request) {
  return makeMap(request, softplus);
}

static KernelResult makeMish(top::MishOp, KernelRequest &request) {
  return makeMap(request, [](float x) { return x * std::tanh(softplus(x)); });
}

static KernelResult makeGelu(top::GeluOp op, KernelRequest &request) {
  return makeEltwise(request, op.getApproximate() == "tanh"
                                  ? algorithm::eltwise_gelu_tanh
                                  : algorithm::eltwise_gelu_erf);
}

static KernelResult makePRelu(top::PReluOp, KernelRequest &request) {
  return makeBroadcast(
      request, [](float x, float slope) { return x < 0 ? slope * x : x; });
}

void registerActivationKernels(DialectRegistry &registry) {
  registry.addExtension(+[](MLIRContext *context, top::TopDialect *) {
    attachKernel<top::ReluOp, makeSimple<top::ReluOp, algorithm::eltwise_relu>>(
        context);
    attachKernel<top::LeakyReluOp,
                 makeWithAlpha<top::LeakyReluOp, algorithm::eltwise_relu>>(
        context);
    attachKernel<top::PReluOp, makePRelu>(context);
    attachKernel<top::ClipOp, makeClip>(context);
    attachKernel<top::SigmoidOp,
                 makeSimple<top::SigmoidOp, algorithm::eltwise_logistic>>(
        context);
    attachKernel<top::TanhOp, makeSimple<top::TanhOp, algorithm::eltwise_tanh>>(
        context);
    attachKernel<top::HardSigmoidOp, makeHardSigmoid>(context);
    attachKernel<top::HardSwishOp, makeHardSwish>(context);
    attachKernel<top::SiluOp, makeSilu>(context);
    attachKernel<top::EluOp, makeWithAlpha<top::EluOp, algorithm::eltwise_elu>>(
        context);
    attachKernel<top::GeluOp, makeGelu>(context);
    attachKernel<top::SoftplusOp, makeSoftplus>(context);
    attachKernel<top::MishOp, makeMish>(context);
  });
}

} // namespace qc
