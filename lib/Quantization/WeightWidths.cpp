// Which layers keep weights of 8 bits beside others of 4.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Quantization/WeightWidths.h"
#include "qc/Dialect/Top/IR/Top.h"
#include "qc/Quantization/GroupScales.h"

#include "mlir/IR/Matchers.h"

namespace qc {

/// Whether `op` multiplies with constant weights that mix channels.
static bool isLayer(Operation *op) {
  if (!isa<top::DeconvOp>(op) && !getWeightInputAxis(op))
    return false;
  return matchPattern(op->getOperand(1), m_Constant());
}

/// Whether each output channel has one input only: a few weights that make up
/// a channel alone.
static bool isDepthwise(Operation *op) {
  auto axis = getWeightInputAxis(op);
  return !axis || top::getShape(op->getOperand(1))[*axis] == 1;
}

static int64_t countWeights(Operation *op) {
  return cast<RankedTensorType>(op->getOperand(1).getType()).getNumElements();
}

/// Adds the smallest layers that have, together, at most a tenth of all
/// weights: 4 bits in them save a twentieth of the file.
static void addSmallLayers(Block &block, llvm::DenseSet<Operation *> &fine) {
  int64_t total = 0, taken = 0;
  SmallVector<Operation *> others;
  for (Operation &op : block)
    if (isLayer(&op)) {
      total += countWeights(&op);
      if (!fine.contains(&op))
        others.push_back(&op);
    }
  llvm::stable_sort(others, [](Operation *a, Operation *b) {
    return countWeights(a) < countWeights(b);
  });
  for (Operation *op : others) {
    taken += countWeights(op);
    if (10 * taken > total)
      return;
    fine.insert(op);
  }
}

llvm::DenseSet<Operation *> findFineLayers(func::FuncOp function) {
  Block &block = function.getBody().front();
  llvm::DenseSet<Operation *> fine;
  // Behind a layer, in order.
  llvm::DenseSet<Value> made;
  for (Operation &op : block) {
    bool isBehind = llvm::any_of(
        op.getOperands(), [&](Value value) { return made.contains(value); });
    if (isLayer(&op) && (!isBehind || isDepthwise(&op)))
      fine.insert(&op);
    if (isBehind || isLayer(&op))
      made.insert_range(op.getResults());
  }
  // In front of one, backwards.
  llvm::DenseSet<Operation *> leading;
  for (Operation &op : llvm::reverse(block)) {
    bool leads = llvm::any_of(op.getUsers(), [&](Operation *user) {
      return isLayer(user) || leading.contains(user);
    });
    if (leads)
      leading.insert(&op);
    else if (isLayer(&op))
      fine.insert(&op);
  }
  addSmallLayers(block, fine);
  return fine;
}

} // namespace qc
