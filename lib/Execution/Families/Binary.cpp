// Arithmetic on two tensors with numpy broadcasting.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Elementwise.h"

#include "qc/Dialect/Top/IR/Top.h"

#include <cmath>

namespace qc {

using dnnl::algorithm;

/// `algorithm` by oneDNN where `full` (an operand with the result's shape)
/// arrives in an order of oneDNN and the other operand can follow it, or both
/// have the result's shape; null where oneDNN has nothing fast.
static std::unique_ptr<OpKernel>
makeOnDnnl(const KernelRequest &request, algorithm algorithm, unsigned full) {
  ArrayRef<int64_t> shape = request.outputShape();
  unsigned other = 1 - full;
  ArrayRef<int64_t> otherShape = request.inputShape(other);
  bool sameShape = shape == otherShape;
  TensorLayout layout = request.arrivingLayout(full);
  if (layout.isRowMajor() && sameShape)
    layout = request.arrivingLayout(other);
  if (!sameShape && (layout.isRowMajor() || otherShape.size() != shape.size()))
    return nullptr;

  dnnl::memory::desc memory, otherMemory;
  if (sameShape && !layout.isPadded(shape)) {
    memory = otherMemory = getDesc(layout.physicalElements(shape));
  } else {
    memory = getDesc(shape, layout);
    otherMemory = getDesc(otherShape, layout);
  }
  dnnl::post_ops postOps;
  appendClamp(postOps, getActivation(request.op));
  dnnl::binary::desc operation(algorithm, memory, otherMemory, memory);
  dnnl::binary::primitive_desc desc(operation, getAttributes(postOps),
                                    getEngine(), /*allow_empty=*/true);
  if (!desc || isReference(desc))
    return nullptr;
  auto kernel =
      std::make_unique<DnnlKernel>(dnnl::binary(desc), desc.scratchpad_desc());
  kernel->addInput(DNNL_ARG_SRC_0, full, memory);
  kernel->addInput(DNNL_ARG_SRC_1, other, otherMemory);
  kernel->addOutput(DNNL_ARG_DST, 0, memory);
  kernel->inputLayouts = {layout, layout};
  kernel->outputLayouts = {layout};
  kernel->inPlaceOperands = {full};
  return kernel;
}

/// Broadcasts with `function`, with the clamp of the op where it has one.
template <typename Function>
static std::unique_ptr<OpKernel> makeOwn(const KernelRequest &request,
                                         Function function) {
  Clamp clamp = getActivation(request.op);
  if (!clamp.isActive())
    return makeBroadcast(request, function);
  return makeBroadcast(request, [function, clamp](float a, float b) {
    return clamp(function(a, b));
  });
}

template <typename Function>
static KernelResult makeBinary(KernelRequest &request, algorithm algorithm,
                               bool isCommutative, Function function) {
  for (unsigned full : {0u, 1u}) {
    if (request.inputShape(full) != request.outputShape() ||
        (full == 1 && !isCommutative))
      continue;
    if (auto kernel = makeOnDnnl(request, algorithm, full))
      return kernel;
  }
  return makeOwn(request, function);
}

static KernelResult makeAdd(top::AddOp, KernelRequest &request) {
  return makeBinary(request, algorithm::binary_add, true,
                    [](float a, float b) { return a + b; });
}

static KernelResult makeSub(top::SubOp, KernelRequest &request) {
  return makeBinary(request, algorithm::binary_sub, false,
                    [](float a, float b) { return a - b; });
}

static KernelResult makeMul(top::MulOp, KernelRequest &request) {
  return makeBinary(request, algorithm::binary_mul, true,
                    [](float a, float b) { return a * b; });
}

static KernelResult makeDiv(top::DivOp, KernelRequest &request) {
  return makeBinary(request, algorithm::binary_div, false,
                    [](float a, float b) { return a / b; });
}

static KernelResult makeMin(top::MinOp, KernelRequest &request) {
  return makeBinary(request, algorithm::binary_min, true,
                    [](float a, float b) { return b < a ? b : a; });
}

static KernelResult makeMax(top::MaxOp, KernelRequest &request) {
  return makeBinary(request, algorithm::binary_max, true,
                    [](float a, float b) { return b > a ? b : a; });
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
