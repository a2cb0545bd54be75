// Ops that are linear in known weights: where their channels lie in memory.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// LinearOp<OpTy> looks at the weight (operand 1) as [dim0, dim1, inner] and
// tells for each (dim0, dim1) which channel of the result and which channel of
// the input it connects. The bias is operand 2 for all of them.
#ifndef QC_LIB_TRANSFORMS_LINEAROPS_H
#define QC_LIB_TRANSFORMS_LINEAROPS_H

#include "qc/Dialect/Top/IR/Top.h"
#include "qc/Support/Tensor.h"

#include "mlir/IR/PatternMatch.h"

namespace qc {

template <typename OpTy> struct LinearOp;

/// The stored weight of `op` with the scales of its output channels multiplied
/// by `factors`, one a channel, in the same integers. Null, and nothing made,
/// where the weight is not stored, a factor is not positive, or a channel would
/// share its scale with one of another factor.
Value createScaledWeight(OpBuilder &builder, Operation *op,
                         ArrayRef<double> factors);

template <> struct LinearOp<top::ConvOp> {
  explicit LinearOp(top::ConvOp op)
      : dim0(top::getShape(op.getWeight())[0]),
        dim1(top::getShape(op.getWeight())[1]), outputs(dim0),
        inputs(dim1 * op.getGroup()), outputsPerGroup(dim0 / op.getGroup()),
        canShiftInput(
            llvm::all_of(op.getPads(), [](int64_t pad) { return pad == 0; })) {}

  int64_t outputOf(int64_t i, int64_t) const { return i; }
  int64_t inputOf(int64_t i, int64_t j) const {
    return i / outputsPerGroup * dim1 + j;
  }

  int64_t dim0, dim1, outputs, inputs, outputsPerGroup;
  int64_t outputAxis = 1, inputAxis = 1;
  /// A constant added to the whole input adds a constant to the whole output.
  bool canShiftInput;
};

template <> struct LinearOp<top::DeconvOp> {
  explicit LinearOp(top::DeconvOp op)
      : dim0(top::getShape(op.getWeight())[0]),
        dim1(top::getShape(op.getWeight())[1]), outputs(dim1 * op.getGroup()),
        inputs(dim0), inputsPerGroup(dim0 / op.getGroup()) {}

  int64_t outputOf(int64_t i, int64_t j) const {
    return i / inputsPerGroup * dim1 + j;
  }
  int64_t inputOf(int64_t i, int64_t) const { return i; }

  int64_t dim0, dim1, outputs, inputs, inputsPerGroup;
  int64_t outputAxis = 1, inputAxis = 1;
  // Border elements of the result receive fewer contributions.
  bool canShiftInput = false;
};

template <> struct LinearOp<top::MatMulOp> {
  explicit LinearOp(top::MatMulOp op) : isTransposed(op.getTransposeRhs()) {
    ArrayRef<int64_t> weight = top::getShape(op.getRhs());
    dim1 = weight.back();
    rows = weight[weight.size() - 2];
    dim0 = cast<ShapedType>(op.getRhs().getType()).getNumElements() / dim1;
    outputs = isTransposed ? rows : dim1;
    inputs = isTransposed ? dim1 : rows;
    outputAxis = int64_t(top::getShape(op.getOutput()).size()) - 1;
    inputAxis = int64_t(top::getShape(op.getLhs()).size()) -
                (op.getTransposeLhs() ? 2 : 1);
    // Each matrix of a stack of weights would need a bias of its own.
    canShiftInput = dim0 == rows;
  }

  int64_t outputOf(int64_t i, int64_t j) const {
    return isTransposed ? i % rows : j;
  }
  int64_t inputOf(int64_t i, int64_t j) const {
    return isTransposed ? j : i % rows;
  }

  bool isTransposed;
  int64_t dim0, dim1, rows, outputs, inputs, outputAxis, inputAxis;
  bool canShiftInput;
};

template <> struct LinearOp<top::ScaleOp> {
  explicit LinearOp(top::ScaleOp op)
      : dim0(top::getShape(op.getScale())[0]), outputs(dim0), inputs(dim0) {}

  int64_t outputOf(int64_t i, int64_t) const { return i; }
  int64_t inputOf(int64_t i, int64_t) const { return i; }

  int64_t dim0, dim1 = 1, outputs, inputs;
  int64_t outputAxis = 1, inputAxis = 1;
  bool canShiftInput = true;
};

/// The bias of `op` (operand 2) as numbers, zeros where it has none; nothing
/// when it is not constant.
std::optional<std::vector<double>> getBiasNumbers(Operation *op,
                                                  int64_t outputs);

/// Calls `update` with every (dim0, dim1) of `weight` and its inner elements.
void forEachConnection(
    Tensor &weight, int64_t dim0, int64_t dim1,
    llvm::function_ref<void(int64_t, int64_t, MutableArrayRef<float>)> update);

/// Replaces `last` by an op like `op` with other operands. `weight` null keeps
/// the weight; an all-zero `bias` is left out when `op` has none.
/// `biasLoc` names the bias if `op` has none.
void replaceByLinear(PatternRewriter &rewriter, Operation *last, Operation *op,
                     Value input, Value weight, ArrayRef<double> bias,
                     Location biasLoc);

} // namespace qc

#endif // QC_LIB_TRANSFORMS_LINEAROPS_H
