// The rewrite driver of the prepare passes: keeps names, changes nothing else.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Rewrite.h"
#include "qc/Dialect/QC/IR/Names.h"

#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

namespace qc {

namespace {
/// Hands the names of replaced ops to what replaces them. Patterns that fuse
/// several ops name their result themselves; this catches folds.
class NameKeeper : public RewriterBase::Listener {
  void notifyOperationReplaced(Operation *op, ValueRange values) override {
    for (auto [result, value] : llvm::zip_equal(op->getResults(), values))
      inherit(result, value);
  }

  static void inherit(OpResult old, Value value) {
    Operation *op = old.getOwner(), *heir = value.getDefiningOp();
    // With several results, the order of names in the location has a meaning.
    if (!heir || heir->getNumResults() != 1)
      return;
    std::string name = getTensorName(old);
    if (name.empty())
      return;
    Location loc = op->getNumResults() == 1
                       ? op->getLoc()
                       : getTensorLoc(op->getContext(), name);
    // A value that others use goes on being called what it was.
    bool isTaken = llvm::any_of(value.getUsers(),
                                [&](Operation *user) { return user != op; });
    heir->setLoc(isTaken ? fuseNames(heir->getLoc(), loc)
                         : fuseNames(loc, heir->getLoc()));
  }
};
} // namespace

LogicalResult applyPatterns(Operation *root, RewritePatternSet patterns,
                            bool fold) {
  NameKeeper names;
  GreedyRewriteConfig config;
  config.enableFolding(fold)
      .enableConstantCSE(false)
      .setRegionSimplificationLevel(GreedySimplifyRegionLevel::Disabled)
      .setListener(&names);
  if (succeeded(applyPatternsGreedily(root, std::move(patterns), config)))
    return success();
  return root->emitError("rewriting did not come to rest");
}

Operation *cloneAs(RewriterBase &rewriter, Operation *op, Operation *last,
                   ValueRange operands) {
  OperationState state(fuseNames(last->getLoc(), op->getLoc()), op->getName());
  state.addOperands(operands);
  state.addTypes(last->getResultTypes());
  state.propertiesAttr = op->getPropertiesAsAttribute();
  state.addAttributes(op->getDiscardableAttrDictionary().getValue());
  return rewriter.create(state);
}

bool hasActivation(Operation *op) {
  return op->hasAttr("act_min") || op->hasAttr("act_max");
}

} // namespace qc
