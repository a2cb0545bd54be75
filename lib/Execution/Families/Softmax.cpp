// Softmax and its logarithm.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Kernels.h"
#include "OneDNN.h"
#include "Parallel.h"

#include "qc/Dialect/Top/IR/Top.h"

#include <cmath>

namespace qc {

namespace {
/// The tensor as [outer, size, inner], normalised along the middle.
struct AxisView {
  int64_t outer = 1, size = 1, inner = 1;

  AxisView(ArrayRef<int64_t> shape, size_t axis) {
    for (auto [i, dim] : llvm::enumerate(shape))
      (i < axis ? outer : i == axis ? size : inner) *= dim;
  }
};
} // namespace

static KernelResult makeSoftmax(top::SoftmaxOp op, KernelRequest &request) {
  auto [outer, size, inner] =
      AxisView(request.inputShape(0), size_t(op.getAxis()));
  // Without inner elements the fast path wants the axis to be the last.
  dnnl::memory::desc memory =
      inner == 1 ? getDesc({outer, size}) : getDesc({outer, size, inner});
  dnnl::softmax_forward::desc operation(dnnl::prop_kind::forward_inference,
                                        memory, /*axis=*/1);
  dnnl::softmax_forward::primitive_desc desc(operation, getAttributes(),
                                             getEngine());
  auto kernel = std::make_unique<DnnlKernel>(dnnl::softmax_forward(desc),
                                             desc.scratchpad_desc());
  kernel->addInput(DNNL_ARG_SRC, 0, memory);
  kernel->addOutput(DNNL_ARG_DST, 0, memory);
  kernel->inPlaceOperands = {0};
  return KernelResult(std::move(kernel));
}

/// oneDNN's logarithm is off near 1, which is the sum where one element is far
/// above the others, or alone.
static KernelResult makeLogSoftmax(top::LogSoftmaxOp op,
                                   KernelRequest &request) {
  AxisView view(request.inputShape(0), size_t(op.getAxis()));
  auto kernel = makeKernelInLayout(
      request, TensorLayout::rowMajor(), [view](const KernelBuffers &buffers) {
        parallelRanges(
            view.outer * view.inner, view.size * 8,
            [&](int64_t begin, int64_t end) {
              for (int64_t i = begin; i < end; ++i) {
                int64_t at =
                    i / view.inner * view.size * view.inner + i % view.inner;
                const float *in = buffers.in<float>(0) + at;
                float *out = buffers.out<float>() + at;
                float largest = in[0];
                for (int64_t k = 1; k < view.size; ++k)
                  largest = std::max(largest, in[k * view.inner]);
                double sum = 0;
                for (int64_t k = 0; k < view.size; ++k)
                  sum += std::exp(double(in[k * view.inner]) - largest);
                double offset = double(largest) + std::log(sum);
                for (int64_t k = 0; k < view.size; ++k)
                  out[k * view.inner] =
                      float(double(in[k * view.inner]) - offset);
              }
            });
        return ok();
      });
  kernel->inPlaceOperands = {0};
  return kernel;
}

void registerSoftmaxKernels(DialectRegistry &registry) {
  registry.addExtension(+[](MLIRContext *context, top::TopDialect *) {
    attachKernel<top::SoftmaxOp, makeSoftmax>(context);
    attachKernel<top::LogSoftmaxOp, makeLogSoftmax>(context);
  });
}

} // namespace qc
