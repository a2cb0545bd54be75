// Reshape, expand, transpose and gather.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Movement.h"
#include "OneDNN.h"
#include "Parallel.h"

#include "qc/Dialect/Top/IR/Top.h"

#include <cstring>

namespace qc {

static KernelResult makeReshape(top::ReshapeOp, KernelRequest &) {
  return makeViewKernel();
}

static KernelResult makeExpand(top::ExpandOp, KernelRequest &request) {
  ArrayRef<int64_t> in = request.inputShape(0), out = request.outputShape();
  SmallVector<int64_t> strides = getStrides(in);
  OffsetTables tables;
  for (size_t i = 0; i < out.size(); ++i) {
    size_t lead = out.size() - in.size();
    bool repeats = i < lead || in[i - lead] == 1;
    auto &table = tables.tables.emplace_back(out[i], 0);
    for (int64_t j = 0; !repeats && j < out[i]; ++j)
      table[j] = j * strides[i - lead];
  }
  return makeMovementKernel(request, std::move(tables));
}

/// Floats of usual rank go through oneDNN, which transposes by blocks.
static std::unique_ptr<OpKernel>
makeTransposeOnDnnl(const KernelRequest &request, ArrayRef<int64_t> perm) {
  constexpr size_t maxRank = 6;
  if (request.outputDType() != DType::F32 || perm.empty() ||
      perm.size() > maxRank)
    return nullptr;
  SmallVector<int64_t> strides = getStrides(request.inputShape(0)), permuted;
  for (int64_t dim : perm)
    permuted.push_back(strides[dim]);
  dnnl::memory::desc from = getStridedDesc(request.outputShape(), permuted);
  dnnl::memory::desc to = getDesc(request.outputShape());
  dnnl::reorder::primitive_desc desc(getEngine(), from, getEngine(), to,
                                     getAttributes(), /*allow_empty=*/true);
  if (!desc || isReference(desc))
    return nullptr;
  auto kernel =
      std::make_unique<DnnlKernel>(dnnl::reorder(desc), desc.scratchpad_desc());
  kernel->addInput(DNNL_ARG_FROM, 0, from);
  kernel->addOutput(DNNL_ARG_TO, 0, to);
  return kernel;
}

static KernelResult makeTranspose(top::TransposeOp op, KernelRequest &request) {
  if (auto kernel = makeTransposeOnDnnl(request, op.getPerm()))
    return kernel;
  SmallVector<int64_t> strides = getStrides(request.inputShape(0));
  OffsetTables tables;
  for (auto [size, dim] : llvm::zip(request.outputShape(), op.getPerm())) {
    auto &table = tables.tables.emplace_back(size);
    for (int64_t j = 0; j < size; ++j)
      table[j] = j * strides[dim];
  }
  return makeMovementKernel(request, std::move(tables));
}

namespace {
/// The input as [outer, size, inner], of which indices pick along the middle.
struct GatherShape {
  int64_t outer = 1, size = 1, inner = 1, count = 1;
  int64_t innerBytes;
};
} // namespace

template <typename Index>
static Status gather(const GatherShape &shape, const KernelBuffers &buffers) {
  const Index *indices = buffers.in<Index>(1);
  const char *input = buffers.in<char>(0);
  char *output = buffers.out<char>();
  for (int64_t i = 0; i < shape.count; ++i)
    if (indices[i] < -shape.size || indices[i] >= shape.size)
      return error("index ", int64_t(indices[i]), " is outside the ",
                   shape.size, " elements of the dimension it picks from");
  parallelRanges(
      shape.outer * shape.count, shape.inner, [&](int64_t begin, int64_t end) {
        for (int64_t i = begin; i < end; ++i) {
          int64_t index = indices[i % shape.count];
          index += index < 0 ? shape.size : 0;
          int64_t row = i / shape.count * shape.size + index;
          std::memcpy(output + i * shape.innerBytes,
                      input + row * shape.innerBytes, shape.innerBytes);
        }
      });
  return ok();
}

static KernelResult makeGather(top::GatherOp op, KernelRequest &request) {
  ArrayRef<int64_t> in = request.inputShape(0);
  auto axis = size_t(op.getAxis());
  GatherShape shape;
  for (size_t i = 0; i < in.size(); ++i)
    (i < axis ? shape.outer : i == axis ? shape.size : shape.inner) *= in[i];
  for (int64_t dim : request.inputShape(1))
    shape.count *= dim;
  shape.innerBytes = shape.inner * int64_t(dtypeSize(request.outputDType()));
  bool isNarrow = dtypeSize(request.inputDType(1)) == 4;
  return makeRowMajorKernel([shape, isNarrow](const KernelBuffers &buffers) {
    return isNarrow ? gather<int32_t>(shape, buffers)
                    : gather<int64_t>(shape, buffers);
  });
}

void registerShapeKernels(DialectRegistry &registry) {
  registry.addExtension(+[](MLIRContext *context, top::TopDialect *) {
    attachKernel<top::ReshapeOp, makeReshape>(context);
    attachKernel<top::ExpandOp, makeExpand>(context);
    attachKernel<top::TransposeOp, makeTranspose>(context);
    attachKernel<top::GatherOp, makeGather>(context);
  });
}

} // namespace qc
