// Mathematical functions of one element.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Elementwise.h"

#include "qc/Dialect/Top/IR/Top.h"

#include <cmath>

namespace qc {

using dnnl::algorithm;

template <typename OpTy, algorithm function>
static KernelResult makeSimple(OpTy, KernelRequest &request) {
  return makeEltwise(request, function);
}

/// oneDNN's logarithm loses what is left near 1, where the result crosses 0.
static KernelResult makeLog(top::LogOp, KernelRequest &request) {
  return makeMap(request, [](float x) { return std::log(x); });
}

static KernelResult makeErf(top::ErfOp, KernelRequest &request) {
  return makeMap(request, [](float x) { return std::erf(x); });
}

static KernelResult makeNeg(top::NegOp, KernelRequest &request) {
  return makeMap(request, [](float x) { return -x; });
}

static KernelResult makeReciprocal(top::ReciprocalOp, KernelRequest &request) {
  return makeMap(request, [](float x) { return 1.0f / x; });
}

static KernelResult makeFloor(top::FloorOp, KernelRequest &request) {
  return makeMap(request, [](float x) { return std::floor(x); });
}

static KernelResult makeCeil(top::CeilOp, KernelRequest &request) {
  return makeMap(request, [](float x) { return std::ceil(x); });
}

static KernelResult makeRound(top::RoundOp, KernelRequest &request) {
  return makeMap(request, [](float x) { return std::nearbyint(x); });
}

static KernelResult makeSign(top::SignOp, KernelRequest &request) {
  // NaN stays.
  return makeMap(request, [](float x) { return x > 0 ? 1 : x < 0 ? -1 : x; });
}

static KernelResult makeSin(top::SinOp, KernelRequest &request) {
  return makeMap(request, [](float x) { return std::sin(x); });
}

static KernelResult makeCos(top::CosOp, KernelRequest &request) {
  return makeMap(request, [](float x) { return std::cos(x); });
}

void registerMathKernels(DialectRegistry &registry) {
  registry.addExtension(+[](MLIRContext *context, top::TopDialect *) {
    attachKernel<top::ErfOp, makeErf>(context);
    attachKernel<top::ExpOp, makeSimple<top::ExpOp, algorithm::eltwise_exp>>(
        context);
    attachKernel<top::LogOp, makeLog>(context);
    attachKernel<top::SqrtOp, makeSimple<top::SqrtOp, algorithm::eltwise_sqrt>>(
        context);
    attachKernel<top::AbsOp, makeSimple<top::AbsOp, algorithm::eltwise_abs>>(
        context);
    attachKernel<top::NegOp, makeNeg>(context);
    attachKernel<top::ReciprocalOp, makeReciprocal>(context);
    attachKernel<top::FloorOp, makeFloor>(context);
    attachKernel<top::CeilOp, makeCeil>(context);
    attachKernel<top::RoundOp, makeRound>(context);
    attachKernel<top::SignOp, makeSign>(context);
    attachKernel<top::SinOp, makeSin>(context);
    attachKernel<top::CosOp, makeCos>(context);
  });
}

} // namespace qc
