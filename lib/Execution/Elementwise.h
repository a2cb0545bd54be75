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

/// Two operands in the index space of their broadcast result: as few
/// dimensions as possible, and the strides (0 where an operand repeats) in
/// elements. The innermost strides are 0 or 1.
struct BroadcastPlan {
  SmallVector<int64_t> dims, lhsStrides, rhsStrides;
};
BroadcastPlan planBroadcast(ArrayRef<int64_t> shape, ArrayRef<int64_t> lhs,
                            ArrayRef<int64_t> rhs);

/// Calls `row(lhsOffset, rhsOffset, outOffset, count)` for rows of the plan's
/// innermost dimension, in parallel.
void forEachBroadcastRow(
    const BroadcastPlan &plan,
    function_ref<void(int64_t, int64_t, int64_t, int64_t)> row);

/// `function(float, float) -> float` with numpy broadcasting, row-major.
template <typename Function>
std::unique_ptr<OpKernel> makeBroadcast(const KernelRequest &request,
                                        Function function) {
  BroadcastPlan plan = planBroadcast(
      request.outputShape(), request.inputShape(0), request.inputShape(1));
  auto kernel =
      makeRowMajorKernel([plan, function](const KernelBuffers &buffers) {
        const float *lhs = buffers.in<float>(0), *rhs = buffers.in<float>(1);
        float *out = buffers.out<float>();
        int64_t lhsStep = plan.lhsStrides.back(),
                rhsStep = plan.rhsStrides.back();
        forEachBroadcastRow(
            plan, [&](int64_t l, int64_t r, int64_t o, int64_t count) {
              // Three loops, so that each has steps the compiler can vectorise.
              if (lhsStep && rhsStep)
                for (int64_t i = 0; i < count; ++i)
                  out[o + i] = function(lhs[l + i], rhs[r + i]);
              else if (lhsStep)
                for (int64_t i = 0; i < count; ++i)
                  out[o + i] = function(lhs[l + i], rhs[r]);
              else
                for (int64_t i = 0; i < count; ++i)
                  out[o + i] = function(lhs[l], rhs[r + i * rhsStep]);
            });
        return ok();
      });
  kernel->inPlaceOperands = {0, 1};
  return kernel;
}

} // namespace qc

#endif // QC_LIB_EXECUTION_ELEMENTWISE_H
