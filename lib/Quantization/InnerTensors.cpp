// Tensors inside of what a network computes as one.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Quantization/InnerTensors.h"

#include "qc/Dialect/QC/IR/Inner.h"
#include "qc/Dialect/Top/IR/Top.h"
#include "qc/Quantization/Activations.h"

#include "mlir/IR/Matchers.h"
#include "llvm/ADT/SetVector.h"

namespace qc {

/// Whether `op` multiplies a value by itself.
static bool isSquare(Operation *op) {
  if (auto product = dyn_cast<top::MulOp>(op))
    return product.getLhs() == product.getRhs() &&
           isActivation(product.getLhs());
  auto power = dyn_cast<top::PowOp>(op);
  if (!power || !isActivation(power.getLhs()))
    return false;
  auto exponent = getConstantValues(power.getRhs());
  return exponent && exponent->range.min == 2 && exponent->range.max == 2;
}

static bool isReduction(Operation *op) {
  return isa<top::ReduceMeanOp, top::ReduceSumOp>(op);
}

/// Follows `value`, a mean or sum of squares, as long as each op has it as its
/// only activation: moved, shifted, a root, a reciprocal.
static void followStatistic(Value value, llvm::SetVector<Value> &found) {
  if (!found.insert(value))
    return;
  for (Operation *user : value.getUsers())
    if (getActivationOperands(user).size() == 1 && user->getNumResults() == 1 &&
        isActivation(user->getResult(0)) &&
        (sharesParameters(user) || isReduction(user) ||
         user->hasTrait<top::ElementwiseFunction>() ||
         isa<top::AddOp, top::SubOp, top::MulOp, top::DivOp, top::PowOp,
             top::MaxOp, top::MinOp>(user)))
      followStatistic(user->getResult(0), found);
}

/// The reductions that read `square`, through ops that only move it.
static void findReductions(Value square, SmallVectorImpl<Value> &between,
                           SmallVectorImpl<Value> &reductions) {
  between.push_back(square);
  for (Operation *user : square.getUsers()) {
    if (isReduction(user))
      reductions.push_back(user->getResult(0));
    else if (user->getNumResults() == 1 &&
             getMovedOperand(user->getResult(0)) == square)
      findReductions(user->getResult(0), between, reductions);
  }
}

SmallVector<Value> findInnerTensors(func::FuncOp function) {
  llvm::SetVector<Value> found;
  for (Operation &op : function.getBody().front()) {
    if (op.hasAttr(kInnerAttr))
      for (Value result : op.getResults())
        if (isActivation(result))
          found.insert(result);
    if (!isSquare(&op))
      continue;
    SmallVector<Value> between, reductions;
    findReductions(op.getResult(0), between, reductions);
    if (reductions.empty())
      continue;
    found.insert(between.begin(), between.end());
    for (Value reduction : reductions)
      followStatistic(reduction, found);
  }
  return SmallVector<Value>(found.begin(), found.end());
}

} // namespace qc
