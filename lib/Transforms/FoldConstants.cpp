// fold-constants: ops on constants are computed by their own kernels.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Dialect/QC/IR/Names.h"
#include "qc/Dialect/Top/IR/Top.h"
#include "qc/Execution/Executor.h"
#include "qc/Interfaces/CostOpInterface.h"
#include "qc/Transforms/ConstantValues.h"
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

static int64_t countElements(TypeRange types) {
  int64_t count = 0;
  for (Type type : types)
    if (auto tensor = dyn_cast<RankedTensorType>(type))
      count += tensor.getNumElements();
  return count;
}

/// Operations of `op`, roughly: its multiply-accumulates, the elements that it
/// reads and makes, and those under the windows of a pool.
static int64_t countWork(Operation *op) {
  int64_t made = countElements(op->getResultTypes());
  int64_t work = made + countElements(op->getOperandTypes());
  if (auto cost = dyn_cast<CostOpInterface>(op))
    work = std::max(work, cost.getMacs());
  if (auto window = op->getAttrOfType<DenseI64ArrayAttr>("kernel"))
    for (int64_t size : window.asArrayRef())
      made = top::multiplySaturating(made, size);
  return std::max(work, made);
}

namespace {

struct FoldConstants : impl::FoldConstantsBase<FoldConstants> {
  using FoldConstantsBase::FoldConstantsBase;

  void runOnOperation() override {
    bytesLeft = kGrowths * maxGrowth;
    workLeft = kFreeWork;
    getOperation().walk([&](top::ConstantOp op) {
      // One element that stands for many is little in the file.
      if (!op.getValue().isSplat())
        workLeft += kWorkPerElement * countElements(op->getResultTypes());
    });
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
  /// How many results of the largest growth one run may make, and the
  /// operations that it may take: a number, and some for each element of the
  /// constants that are there.
  static constexpr int64_t kGrowths = 16, kFreeWork = int64_t(1) << 30,
                           kWorkPerElement = 16;
  int64_t bytesLeft = 0, workLeft = 0;

  /// Whether `op` stays as it is; what it would take is spent otherwise.
  bool takesTooMuch(Operation *op) {
    int64_t growth = std::max<int64_t>(sumOfBytes(op->getResultTypes()) -
                                           sumOfBytes(op->getOperandTypes()),
                                       0);
    int64_t work = countWork(op);
    if (growth > std::min<int64_t>(maxGrowth, bytesLeft) || work > workLeft)
      return true;
    bytesLeft -= growth;
    workLeft -= work;
    return false;
  }

  void fold(Operation *op) {
    // The elements are read last: a constant can be short in the IR, and long
    // in memory.
    if (!llvm::all_of(op->getOperands(), top::isConstant) ||
        !areUncalibrated(op->getResultTypes()) || takesTooMuch(op))
      return;
    std::optional<SmallVector<Tensor>> operands = getConstantOperands(op);
    if (!operands)
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
