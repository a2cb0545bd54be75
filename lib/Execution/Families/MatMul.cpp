// Matrix products, on oneDNN.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Kernels.h"
#include "Movement.h"
#include "OneDNN.h"

#include "qc/Dialect/Top/IR/Top.h"

namespace qc {

using dnnl::memory;

namespace {

/// A row-major operand seen as [batch..., rows, columns].
struct Matrix {
  SmallVector<int64_t> shape, strides;

  memory::desc getMemory() const { return getStridedDesc(shape, strides); }
};

} // namespace

/// `shape` with `rank` dimensions, the last two exchanged when `transpose`.
static Matrix getMatrix(ArrayRef<int64_t> shape, size_t rank, bool transpose) {
  Matrix matrix;
  matrix.shape.assign(rank - shape.size(), 1);
  matrix.shape.append(shape.begin(), shape.end());
  matrix.strides = getStrides(matrix.shape);
  if (transpose) {
    std::swap(matrix.shape[rank - 2], matrix.shape[rank - 1]);
    std::swap(matrix.strides[rank - 2], matrix.strides[rank - 1]);
  }
  return matrix;
}

/// A stack of matrices, one below the other.
static SmallVector<int64_t> flattenRows(ArrayRef<int64_t> shape) {
  int64_t rows = 1;
  for (int64_t dim : shape.drop_back())
    rows *= dim;
  return {rows, shape.back()};
}

static KernelResult makeMatMul(top::MatMulOp op, KernelRequest &request) {
  SmallVector<int64_t> lhsShape(request.inputShape(0));
  SmallVector<int64_t> rhsShape(request.inputShape(1));
  SmallVector<int64_t> outShape(request.outputShape());
  // One matrix on the right: all rows on the left are one tall matrix.
  if (rhsShape.size() == 2 && lhsShape.size() > 2 && !op.getTransposeLhs()) {
    lhsShape = flattenRows(lhsShape);
    outShape = flattenRows(outShape);
  }
  size_t rank = outShape.size();
  Matrix lhs = getMatrix(lhsShape, rank, op.getTransposeLhs());
  Matrix rhs = getMatrix(rhsShape, rank, op.getTransposeRhs());
  memory::desc output = getDesc(outShape), bias;
  if (op.getBias()) {
    SmallVector<int64_t> biasShape(rank, 1);
    biasShape.back() = outShape.back();
    bias = getDesc(biasShape);
  }
  const Tensor *weight = request.getConstant(1);
  dnnl::post_ops postOps;
  appendClamp(postOps, getActivation(op));
  dnnl::matmul::desc operation(lhs.getMemory(),
                               weight ? getAnyDesc(rhs.shape) : rhs.getMemory(),
                               bias, output);
  dnnl::matmul::primitive_desc desc(operation, getAttributes(postOps),
                                    getEngine());
  auto kernel =
      std::make_unique<DnnlKernel>(dnnl::matmul(desc), desc.scratchpad_desc());
  kernel->addInput(DNNL_ARG_SRC, 0, lhs.getMemory());
  if (weight) {
    kernel->addData(DNNL_ARG_WEIGHTS,
                    reorderData(*weight, rhs.getMemory(), desc.weights_desc()),
                    desc.weights_desc());
    request.absorb(1);
  } else {
    kernel->addInput(DNNL_ARG_WEIGHTS, 1, rhs.getMemory());
  }
  if (op.getBias())
    kernel->addInput(DNNL_ARG_BIAS, 2, bias);
  kernel->addOutput(DNNL_ARG_DST, 0, output);
  return KernelResult(std::move(kernel));
}

void registerMatMulKernels(DialectRegistry &registry) {
  registry.addExtension(+[](MLIRContext *context, top::TopDialect *) {
    attachKernel<top::MatMulOp, makeMatMul>(context);
  });
}

} // namespace qc
