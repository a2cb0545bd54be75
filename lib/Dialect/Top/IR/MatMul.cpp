// Matrix products: shapes, roles and cost.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Dialect/Top/IR/Top.h"

namespace qc::top {

LogicalResult MatMulOp::inferReturnTypes(MLIRContext *context,
                                         std::optional<Location> location,
                                         Adaptor adaptor,
                                         SmallVectorImpl<Type> &types) {
  auto emit = getInferenceErrors<MatMulOp>(context, location);
  SmallVector<int64_t> lhs(getShape(adaptor.getLhs()));
  SmallVector<int64_t> rhs(getShape(adaptor.getRhs()));
  if (lhs.size() < 2 || rhs.size() < 2)
    return emit() << "expects operands of rank 2 or more, found rank "
                  << lhs.size() << " and " << rhs.size()
                  << "; reshape vectors to matrices";
  if (adaptor.getTransposeLhs())
    std::swap(lhs.back(), lhs[lhs.size() - 2]);
  if (adaptor.getTransposeRhs())
    std::swap(rhs.back(), rhs[rhs.size() - 2]);
  int64_t rows = lhs[lhs.size() - 2], columns = rhs.back();
  if (lhs.back() != rhs[rhs.size() - 2])
    return emit() << "cannot multiply rows of " << lhs.back()
                  << " elements by columns of " << rhs[rhs.size() - 2];
  auto shape =
      broadcastShapes(ArrayRef(lhs).drop_back(2), ArrayRef(rhs).drop_back(2));
  if (!shape)
    return emit() << "cannot broadcast the dimensions before the last two of "
                  << adaptor.getLhs().getType() << " and "
                  << adaptor.getRhs().getType();
  if (Value bias = adaptor.getBias())
    if (getShape(bias) != ArrayRef(columns))
      return emit() << "expects a bias of " << columns << " elements, found "
                    << bias.getType();
  shape->append({rows, columns});
  types.push_back(getResultType(*shape, adaptor.getLhs().getType()));
  return success();
}

OperandRole MatMulOp::getOperandRole(unsigned index) {
  if (index == 2)
    return OperandRole::Bias;
  return index == 1 && isConstant(getRhs()) ? OperandRole::Weight
                                            : OperandRole::Activation;
}

/// The columns of the right operand are the channels of the result. A stack
/// of matrices has one set of scales for all of them.
SmallVector<int64_t> MatMulOp::getWeightBlock(unsigned index) {
  if (getOperandRole(index) != OperandRole::Weight)
    return {};
  SmallVector<int64_t> block(getShape(getRhs()));
  block[block.size() - (getTransposeRhs() ? 2 : 1)] = 1;
  return block;
}

/// With weights, their scales do what the relation would.
ScaleRelation MatMulOp::getScaleRelation() {
  return {isConstant(getRhs()) ? ScaleRelation::None : ScaleRelation::Product};
}

int64_t MatMulOp::getMacs() {
  auto lhs = getShape(getLhs());
  int64_t inner = getTransposeLhs() ? lhs[lhs.size() - 2] : lhs.back();
  return multiplySaturating(
      cast<ShapedType>(getOutput().getType()).getNumElements(), inner);
}

} // namespace qc::top
