// Arithmetic on two tensors with numpy broadcasting.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Broadcast.h"
#include "Elementwise.h"

#include "qc/Dialect/Top/IR/Top.h"

#include <cmath>

namespace qc {

/// Broadcasts with `function`, with the clamp of the op where it has one. Our
/// own loops: oneDNN 2.6's are wrong on filled blocks
/// (docs/Rationale/FloatLibrary.md), and memory is what bounds either.
template <typename Function>
static KernelResult makeBinary(const KernelRequest &request,
                               Function function) {
  Clamp clamp = getActivation(request.op);
  if (!clamp.isActive())
    return makeBroadcast(request, function);
  return makeBroadcast(request, [function, clamp](float a, float b) {
    return clamp(function(a, b));
  });
}

static KernelResult makeAdd(top::AddOp, KernelRequest &request) {
  return makeBinary(request, [](float a, float b) { return a + b; });
}

static KernelResult makeSub(top::SubOp, KernelRequest &request) {
  return makeBinary(request, [](float a, float b) { return a - b; });
}

static KernelResult makeMul(top::MulOp, KernelRequest &request) {
  return makeBinary(request, [](float a, float b) { return a * b; });
}

static KernelResult makeDiv(top::DivOp, KernelRequest &request) {
  return makeBinary(request, [](float a, float b) { return a / b; });
}

static KernelResult makeMin(top::MinOp, KernelRequest &request) {
  return makeBinary(request, [](float a, float b) { return b < a ? b : a; });
}

static KernelResult makeMax(top::MaxOp, KernelRequest &request) {
  return makeBinary(request, [](float a, float b) { return b > a ? b : a; });
}

/// Powers that networks use are products and roots; the general function
/// costs ten times as much.
static KernelResult makePow(top::PowOp, KernelRequest &request) {
  const Tensor *exponent = request.getConstant(1);
  if (exponent && exponent->numElements() == 1 &&
      request.inputShape(0) == request.outputShape()) {
    float power = exponent->data<float>()[0];
    std::unique_ptr<OpKernel> kernel;
    if (power == 2.0f)
      kernel = makeMap(request, [](float x) { return x * x; });
    else if (power == 3.0f)
      kernel = makeMap(request, [](float x) { return x * x * x; });
    else if (power == 0.5f)
      kernel = makeMap(request, [](float x) { return std::sqrt(x); });
    if (kernel) {
      request.absorb(1);
      return kernel;
    }
  }
  return makeBroadcast(request,
                       [](float a, float b) { return std::pow(a, b); });
}

void registerBinaryKernels(DialectRegistry &registry) {
  registry.addExtension(+[](MLIRContext *context, top::TopDialect *) {
    attachKernel<top::AddOp, makeAdd>(context);
    attachKernel<top::SubOp, makeSub>(context);
    attachKernel<top::MulOp, makeMul>(context);
    attachKernel<top::DivOp, makeDiv>(context);
    attachKernel<top::MinOp, makeMin>(context);
    attachKernel<top::MaxOp, makeMax>(context);
    attachKernel<top::PowOp, makePow>(context);
  });
}

} // namespace qc
