// Kernels that compute each element by itself, on oneDNN.
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

} // namespace qc
