// Kernels that are one function, and the orders that they work in.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Kernels.h"
#include "Parallel.h"

#include "llvm/Support/MathExtras.h"

namespace qc {

std::unique_ptr<OpKernel>
makeRowMajorKernel(FunctionKernel::Function function) {
  return std::make_unique<FunctionKernel>(std::move(function));
}

std::unique_ptr<OpKernel>
makeKernelInLayout(const KernelRequest &request, TensorLayout layout,
                   FunctionKernel::Function function) {
  auto kernel = std::make_unique<FunctionKernel>(std::move(function));
  request.setDefaultLayouts(*kernel);
  kernel->inputLayouts[0] = layout;
  kernel->outputLayouts[0] = layout;
  return kernel;
}

std::unique_ptr<OpKernel> makeViewKernel() {
  auto kernel = makeRowMajorKernel([](const KernelBuffers &) { return ok(); });
  kernel->isView = true;
  return kernel;
}

TensorLayout getElementwiseLayout(const KernelRequest &request,
                                  unsigned index) {
  TensorLayout layout = request.arrivingLayout(index);
  return layout.isPadded(request.inputShape(index)) ? TensorLayout::rowMajor()
                                                    : layout;
}

SmallVector<int64_t> getPhysicalShape(ArrayRef<int64_t> shape,
                                      TensorLayout layout) {
  SmallVector<int64_t> dims(shape);
  if (layout.kind == TensorLayout::ChannelsLast) {
    dims.erase(dims.begin() + 1);
    dims.push_back(shape[1]);
  } else if (layout.kind == TensorLayout::ChannelBlocked) {
    dims[1] = int64_t(llvm::divideCeil(shape[1], layout.block));
    dims.push_back(layout.block);
  }
  return dims;
}

size_t getPhysicalDim(size_t dim, TensorLayout layout) {
  return layout.kind == TensorLayout::ChannelsLast && dim > 1 ? dim - 1 : dim;
}

void clearFilling(ArrayRef<int64_t> shape, TensorLayout layout, float *data) {
  if (!layout.isPadded(shape))
    return;
  int64_t positions = 1, block = layout.block;
  for (int64_t dim : shape.drop_front(2))
    positions *= dim;
  int64_t groups = int64_t(llvm::divideCeil(shape[1], block));
  int64_t filled = shape[1] % block;
  parallelRanges(shape[0] * positions, block, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) {
      int64_t n = i / positions, at = i % positions;
      float *last = data + (((n + 1) * groups - 1) * positions + at) * block;
      std::fill(last + filled, last + block, 0.0f);
    }
  });
}

SpatialView getSpatialView(ArrayRef<int64_t> shape, TensorLayout layout) {
  switch (layout.kind) {
  case TensorLayout::RowMajor:
    return {shape[0] * shape[1], 1};
  case TensorLayout::ChannelsLast:
    return {shape[0], shape[1]};
  case TensorLayout::ChannelBlocked:
    break;
  }
  return {shape[0] * int64_t(llvm::divideCeil(shape[1], layout.block)),
          layout.block};
}

} // namespace qc
