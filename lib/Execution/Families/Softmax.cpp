// Softmax and its logarithm.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Kernels.h"
#include "OneDNN.h"

#include "qc/Dialect/Top/IR/Top.h"

namespace qc {

/// The tensor as [outer, axis, inner]; oneDNN normalises along the middle.
template <typename Primitive, typename OpTy>
static KernelResult makeSoftmaxLike(OpTy op, KernelRequest &request) {
  int64_t outer = 1, size = 1, inner = 1;
  auto axis = size_t(op.getAxis());
  for (auto [i, dim] : llvm::enumerate(request.inputShape(0)))
    (i < axis ? outer : i == axis ? size : inner) *= dim;
  // Without inner elements the fast path wants the axis to be the last.
  dnnl::memory::desc memory =
      inner == 1 ? getDesc({outer, size}) : getDesc({outer, size, inner});
  typename Primitive::desc operation(dnnl::prop_kind::forward_inference, memory,
                                     /*axis=*/1);
  typename Primitive::primitive_desc desc(operation, getAttributes(),
                                          getEngine());
  auto kernel =
      std::make_unique<DnnlKernel>(Primitive(desc), desc.scratchpad_desc());
  kernel->addInput(DNNL_ARG_SRC, 0, memory);
  kernel->addOutput(DNNL_ARG_DST, 0, memory);
  kernel->inPlaceOperands = {0};
  return KernelResult(std::move(kernel));
}

void registerSoftmaxKernels(DialectRegistry &registry) {
  registry.addExtension(+[](MLIRContext *context, top::TopDialect *) {
    attachKernel<top::SoftmaxOp,
                 makeSoftmaxLike<dnnl::softmax_forward, top::SoftmaxOp>>(
        context);
    attachKernel<top::LogSoftmaxOp,
                 makeSoftmaxLike<dnnl::logsoftmax_forward, top::LogSoftmaxOp>>(
        context);
  });
}

} // namespace qc
