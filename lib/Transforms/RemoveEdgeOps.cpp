// remove-edge-ops: ops at inputs and outputs that somebody does without.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Dialect/QC/IR/EntryFunction.h"
#include "qc/Dialect/QC/IR/Names.h"
#include "qc/Dialect/QC/IR/QC.h"
#include "qc/Dialect/Top/IR/Top.h"
#include "qc/Quantization/Activations.h"
#include "qc/Quantization/LayerNames.h"
#include "qc/Support/EditDistance.h"
#include "qc/Transforms/Passes.h"

#include "mlir/IR/Matchers.h"
#include "llvm/ADT/StringSet.h"

namespace qc {
#define GEN_PASS_DEF_REMOVEEDGEOPS
#include "qc/Transforms/Passes.h.inc"

/// The only operand of `op` that is computed; null where there are others.
static Value getOnlyData(Operation *op) {
  Value data;
  for (Value operand : op->getOperands()) {
    if (matchPattern(operand, m_Constant()))
      continue;
    if (data)
      return {};
    data = operand;
  }
  return op->getNumResults() == 1 ? data : Value();
}

/// Whether `op` is all that reads an input of the network.
static bool isAtInput(Operation *op) {
  auto argument = dyn_cast_or_null<BlockArgument>(getOnlyData(op));
  return argument && argument.hasOneUse();
}

/// Whether outputs of the network are all that reads the result of `op`.
static bool isAtOutput(Operation *op) {
  return getOnlyData(op) && !op->use_empty() &&
         llvm::all_of(op->getUsers(), [](Operation *user) {
           return user->hasTrait<OpTrait::IsTerminator>();
         });
}

namespace {

struct RemoveEdgeOps : impl::RemoveEdgeOpsBase<RemoveEdgeOps> {
  using RemoveEdgeOpsBase::RemoveEdgeOpsBase;

  void runOnOperation() override {
    auto function = getEntryFunction(getOperation());
    if (failed(function))
      return signalPassFailure();
    for (const std::string &entry : layers)
      if (failed(drop(*function, StringRef(entry).trim())))
        return signalPassFailure();
    // An op between two edges may have been in the way of another entry.
    while (dropTypes(*function))
      ;
    for (const std::string &entry : layers)
      if (!StringRef(entry).trim().starts_with("name:") &&
          !done.contains(StringRef(entry).trim()))
        function->emitRemark()
            << "has no layer of type '" << StringRef(entry).trim()
            << "' at an input or output that could be left out";
    updateFunctionType(*function);
  }

private:
  /// Takes a layer that is named out.
  LogicalResult drop(func::FuncOp function, StringRef entry) {
    if (entry.empty())
      return function.emitError() << "is to do without a layer that has no "
                                     "name: an entry of the list is empty";
    if (!entry.consume_front("name:"))
      return success();
    LayerNames names(function);
    Operation *op = names.find(entry);
    if (!op)
      return function.emitError()
             << "has no layer '" << entry << "' to leave out"
             << suggestName(entry.str(), names.getResultNames());
    if (!isAtInput(op) && !isAtOutput(op))
      return op->emitError()
             << "'" << entry << "' is at no input or output of the network, or "
             << "others read it too: only ops at the edges can be left out";
    remove(function, op);
    return success();
  }

  bool dropTypes(func::FuncOp function) {
    LayerNames names(function);
    for (const std::string &entry : layers) {
      StringRef type = StringRef(entry).trim();
      if (type.starts_with("name:"))
        continue;
      for (Operation *op : names.findType(type))
        if (isAtInput(op) || isAtOutput(op)) {
          remove(function, op);
          done.insert(type);
          return true;
        }
    }
    return false;
  }

  void remove(func::FuncOp function, Operation *op) {
    Value data = getOnlyData(op);
    op->emitRemark() << "'" << getDisplayName(op) << "' ("
                     << op->getName().stripDialect()
                     << ") is left out as asked for";
    if (isAtInput(op))
      data.setType(op->getResult(0).getType());
    else
      for (OpOperand &use : op->getUses())
        forgetOutput(function, use.getOperandNumber());
    op->getResult(0).replaceAllUsesWith(data);
    op->erase();
    ++numRemoved;
  }

  /// An output is called like what it is now.
  static void forgetOutput(func::FuncOp function, unsigned number) {
    function.removeResultAttr(
        number, StringAttr::get(function.getContext(), kNameAttr));
  }

  llvm::StringSet<> done;
};

} // namespace
} // namespace qc
