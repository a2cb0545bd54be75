// Kernels that compute each element by itself.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_LIB_EXECUTION_ELEMENTWISE_H
#define QC_LIB_EXECUTION_ELEMENTWISE_H

#include "Kernels.h"
#include "OneDNN.h"
#include "Parallel.h"

namespace qc {

/// oneDNN's `algorithm` on operand 0, in the order in which it arrives.
std::unique_ptr<OpKernel> makeEltwise(const KernelRequest &request,
                                      dnnl::algorithm algorithm,
                                      float alpha = 0, float beta = 0);

/// `function(float) -> float` on each element of operand 0.
template <typename Function>
std::unique_ptr<OpKernel> makeMap(const KernelRequest &request,
                                  Function function) {
  TensorLayout layout = getElementwiseLayout(request);
  int64_t count = layout.physicalElements(request.inputShape(0));
  auto kernel = makeKernelInLayout(
      request, layout, [count, function](const KernelBuffers &buffers) {
        const float *in = buffers.in<float>(0);
        float *out = buffers.out<float>();
        parallelRanges(count, 1, [&](int64_t begin, int64_t end) {
          for (int64_t i = begin; i < end; ++i)
            out[i] = function(in[i]);
        });
        return ok();
      });
  kernel->inPlaceOperands = {0};
  return kernel;
}

} // namespace qc

#endif // QC_LIB_EXECUTION_ELEMENTWISE_H
