// Kernels that compute each element by itself: oneDNN's, and broadcasting.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Elementwise.h"

namespace qc {

std::unique_ptr<OpKernel> makeEltwise(const KernelRequest &request,
                                      dnnl::algorithm algorithm, float alpha,
                                      float beta) {
  ArrayRef<int64_t> shape = request.inputShape(0);
  TensorLayout layout = request.arrivingLayout(0);
  // Where there is no filling to keep zero, the shape does not matter.
  dnnl::memory::desc memory = layout.isPadded(shape)
                                  ? getDesc(shape, layout)
                                  : getDesc(layout.physicalElements(shape));
  dnnl::eltwise_forward::desc operation(dnnl::prop_kind::forward_inference,
                                        algorithm, memory, alpha, beta);
  dnnl::eltwise_forward::primitive_desc desc(operation, getAttributes(),
                                             getEngine());
  auto kernel = std::make_unique<DnnlKernel>(dnnl::eltwise_forward(desc),
                                             desc.scratchpad_desc());
  kernel->addInput(DNNL_ARG_SRC, 0, memory);
  kernel->addOutput(DNNL_ARG_DST, 0, memory);
  kernel->inputLayouts = {layout};
  kernel->outputLayouts = {layout};
  kernel->inPlaceOperands = {0};
  return kernel;
}

/// Strides of a row-major operand, 0 for dimensions that it repeats along.
static SmallVector<int64_t> broadcastStrides(ArrayRef<int64_t> shape,
                                             ArrayRef<int64_t> operand) {
  SmallVector<int64_t> strides(shape.size(), 0);
  int64_t stride = 1;
  for (size_t i = operand.size(); i-- > 0;) {
    if (operand[i] != 1)
      strides[shape.size() - operand.size() + i] = stride;
    stride *= operand[i];
  }
  return strides;
}

BroadcastPlan planBroadcast(ArrayRef<int64_t> shape, ArrayRef<int64_t> lhs,
                            ArrayRef<int64_t> rhs) {
  SmallVector<int64_t> lhsStrides = broadcastStrides(shape, lhs);
  SmallVector<int64_t> rhsStrides = broadcastStrides(shape, rhs);
  BroadcastPlan plan;
  for (size_t i = 0; i < shape.size(); ++i) {
    if (shape[i] == 1)
      continue;
    // A dimension continues the one before it when both operands step through
    // the two as through one.
    if (!plan.dims.empty() &&
        plan.lhsStrides.back() == lhsStrides[i] * shape[i] &&
        plan.rhsStrides.back() == rhsStrides[i] * shape[i]) {
      plan.dims.back() *= shape[i];
      plan.lhsStrides.back() = lhsStrides[i];
      plan.rhsStrides.back() = rhsStrides[i];
      continue;
    }
    plan.dims.push_back(shape[i]);
    plan.lhsStrides.push_back(lhsStrides[i]);
    plan.rhsStrides.push_back(rhsStrides[i]);
  }
  if (plan.dims.empty())
    plan = {{1}, {0}, {0}};
  return plan;
}

void forEachBroadcastRow(
    const BroadcastPlan &plan,
    function_ref<void(int64_t, int64_t, int64_t, int64_t)> row) {
  size_t last = plan.dims.size() - 1;
  int64_t count = plan.dims[last];
  int64_t rows = 1;
  for (size_t i = 0; i < last; ++i)
    rows *= plan.dims[i];
  if (rows == 1) {
    parallelRanges(count, 1, [&](int64_t begin, int64_t end) {
      row(begin * plan.lhsStrides[last], begin * plan.rhsStrides[last], begin,
          end - begin);
    });
    return;
  }
  parallelRanges(rows, count, [&](int64_t begin, int64_t end) {
    for (int64_t r = begin; r < end; ++r) {
      int64_t lhs = 0, rhs = 0, rest = r;
      for (size_t i = last; i-- > 0; rest /= plan.dims[i]) {
        lhs += rest % plan.dims[i] * plan.lhsStrides[i];
        rhs += rest % plan.dims[i] * plan.rhsStrides[i];
      }
      row(lhs, rhs, r * count, count);
    }
  });
}

} // namespace qc
