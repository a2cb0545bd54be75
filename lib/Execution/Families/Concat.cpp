// Concat and split.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Movement.h"
#include "OneDNN.h"
#include "Parallel.h"

#include "qc/Dialect/Top/IR/Top.h"

#include <cstring>

namespace qc {

/// The blocked order that all operands arrive in, if joining them along
/// `axis` only moves whole blocks.
static std::optional<TensorLayout> getCommonLayout(const KernelRequest &request,
                                                   int64_t axis) {
  TensorLayout layout = request.arrivingLayout(0);
  if (layout.isRowMajor() || request.outputDType() != DType::F32)
    return std::nullopt;
  for (unsigned i = 0; i < request.op->getNumOperands(); ++i)
    if (request.arrivingLayout(i) != layout ||
        (axis == 1 && layout.isPadded(request.inputShape(i))))
      return std::nullopt;
  return layout;
}

static std::unique_ptr<OpKernel> makeConcatOnDnnl(const KernelRequest &request,
                                                  int64_t axis,
                                                  TensorLayout layout) {
  std::vector<dnnl::memory::desc> inputs;
  for (unsigned i = 0; i < request.op->getNumOperands(); ++i)
    inputs.push_back(getDesc(request.inputShape(i), layout));
  dnnl::memory::desc output = getDesc(request.outputShape(), layout);
  dnnl::concat::primitive_desc desc(output, int(axis), inputs, getEngine(),
                                    getAttributes());
  auto kernel =
      std::make_unique<DnnlKernel>(dnnl::concat(desc), desc.scratchpad_desc());
  for (auto [i, input] : llvm::enumerate(inputs))
    kernel->addInput(DNNL_ARG_MULTIPLE_SRC + int(i), i, input);
  kernel->addOutput(DNNL_ARG_DST, 0, output);
  kernel->inputLayouts.assign(inputs.size(), layout);
  kernel->outputLayouts = {layout};
  return kernel;
}

static KernelResult makeConcat(top::ConcatOp op, KernelRequest &request) {
  auto axis = size_t(op.getAxis());
  if (auto layout = getCommonLayout(request, axis))
    return makeConcatOnDnnl(request, axis, *layout);

  ArrayRef<int64_t> shape = request.outputShape();
  int64_t outer = 1, inner = dtypeSize(request.outputDType());
  for (size_t i = 0; i < shape.size(); ++i)
    (i < axis ? outer : inner) *= i == axis ? 1 : shape[i];
  // Bytes that each operand adds to one row of the result.
  SmallVector<int64_t> pieces;
  for (unsigned i = 0; i < op->getNumOperands(); ++i)
    pieces.push_back(request.inputShape(i)[axis] * inner);
  return makeRowMajorKernel([pieces, outer, rowBytes = shape[axis] * inner](
                                const KernelBuffers &buffers) {
    int64_t offset = 0;
    for (size_t i = 0; i < pieces.size(); offset += pieces[i++])
      for (int64_t row = 0; row < outer; ++row)
        std::memcpy(buffers.out<char>() + row * rowBytes + offset,
                    buffers.in<char>(i) + row * pieces[i], pieces[i]);
    return ok();
  });
}

static KernelResult makeSplit(top::SplitOp op, KernelRequest &request) {
  ArrayRef<int64_t> shape = request.inputShape(0);
  auto axis = size_t(op.getAxis());
  int64_t outer = 1, inner = dtypeSize(request.inputDType(0));
  for (size_t i = 0; i < shape.size(); ++i)
    (i < axis ? outer : inner) *= i == axis ? 1 : shape[i];
  SmallVector<int64_t> pieces;
  for (unsigned i = 0; i < op->getNumResults(); ++i)
    pieces.push_back(request.outputShape(i)[axis] * inner);
  return makeRowMajorKernel([pieces, outer, rowBytes = shape[axis] * inner](
                                const KernelBuffers &buffers) {
    int64_t offset = 0;
    for (size_t i = 0; i < pieces.size(); offset += pieces[i++])
      for (int64_t row = 0; row < outer; ++row)
        std::memcpy(buffers.out<char>(i) + row * pieces[i],
                    buffers.in<char>(0) + row * rowBytes + offset, pieces[i]);
    return ok();
  });
}

void registerConcatKernels(DialectRegistry &registry) {
  registry.addExtension(+[](MLIRContext *context, top::TopDialect *) {
    attachKernel<top::ConcatOp, makeConcat>(context);
    attachKernel<top::SplitOp, makeSplit>(context);
  });
}

} // namespace qc
