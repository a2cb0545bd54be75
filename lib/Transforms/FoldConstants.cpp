// fold-constants: ops on constants are computed by their own kernels.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Transforms/ConstantValues.h"
#include "qc/Dialect/QC/IR/Names.h"
#include "qc/Dialect/Top/IR/Top.h"
#include "qc/Execution/Executor.h"
#include "qc/Interfaces/CostOpInterface.h"
#include "qc/Transforms/Passes.h"

#include "mlir/Interfaces/SideEffectInterfaces.h"
#include "llvm/ADT/SetVector.h"

namespace qc {
#define GEN_PASS_DEF_FOLDCONSTANTS
#include "qc/Transforms/Passes.h.inc"

/// The values of all operands of `op`, if they are constant.
static std::optional<SmallVector<Tensor>> getConstantOperands(Operation *op) {
  SmallVector<Tensor> operands;
  for (Value operand : op->getOperands()) {
    std::optional<Tensor> tensor = getConstant(operand);
    if (!tensor)
      return std::nullopt;
    operands.push_back(std::move(*tensor));
  }
  return operands;
}

/// The location of result `index` of `op`.
static Location getResultLoc(Operation *op, unsigned index) {
  if (op->getNumResults() == 1)
    return op->getLoc();
  return getTensorLoc(op->getContext(), getTensorName(op->getResult(index)));
}

/// True when a constant can stand for each result: it carries no range.
static bool areUncalibrated(TypeRange types) {
  return llvm::all_of(
      types, [](Type type) { return type == top::getResultTypeLike(type); });
}

namespace {

struct FoldConstants : impl::FoldConstantsBase<FoldConstants> {
  using FoldConstantsBase::FoldConstantsBase;

  void runOnOperation() override {
    SmallVector<Operation *> candidates;
    getOperation().walk([&](Operation *op) {
      if (isa<top::TopDialect>(op->getDialect()) && op->getNumOperands() > 0 &&
          op->getNumRegions() == 0 && isMemoryEffectFree(op))
        candidates.push_back(op);
    });
    // In the order of the program, so that what was folded feeds what follows.
    for (Operation *op : candidates)
      fold(op);
  }

private:
  bool growsTooMuch(Operation *op) const {
    return sumOfBytes(op->getResultTypes()) -
               sumOfBytes(op->getOperandTypes()) >
           maxGrowth;
  }

  void fold(Operation *op) {
    std::optional<SmallVector<Tensor>> operands = getConstantOperands(op);
    if (!operands || growsTooMuch(op) || !areUncalibrated(op->getResultTypes()))
      return;
    FailureOr<SmallVector<Tensor>> results = evaluateOp(op, *operands);
    if (failed(results) || results->size() != op->getNumResults())
      return;

    OpBuilder builder(op);
    for (auto [i, tensor] : llvm::enumerate(*results)) {
      Value result = op->getResult(i);
      result.replaceAllUsesWith(createConstant(builder, getResultLoc(op, i),
                                               tensor, result.getType()));
    }
    // An op may use a constant twice.
    llvm::SmallSetVector<Operation *, 4> inputs;
    for (Value input : op->getOperands())
      inputs.insert(input.getDefiningOp());
    op->erase();
    for (Operation *constant : inputs)
      if (constant->use_empty())
        constant->erase();
    ++numFolded;
  }
};

} // namespace
} // namespace qc
