// Layers that stay in float: which ones, as a user names them.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Assign/Passes.h"
#include "qc/Dialect/QC/IR/EntryFunction.h"
#include "qc/Dialect/QC/IR/Names.h"
#include "qc/Dialect/QC/IR/QC.h"
#include "qc/Dialect/Top/IR/Top.h"
#include "qc/Quantization/LayerNames.h"
#include "qc/Support/EditDistance.h"

#include "llvm/ADT/SetVector.h"

#include <optional>

namespace qc {
#define GEN_PASS_DEF_FLOATLAYERS
#include "qc/Assign/Passes.h.inc"

/// Whether `op` ends in an activation of the type `wanted`.
static bool isActivationOf(Operation *op, StringRef wanted) {
  std::string type = wanted.lower();
  return (op->hasAttr("act_min") || op->hasAttr("act_max")) &&
         (type == "relu" || type == "relu6" || type == "clip");
}

namespace {

struct FloatLayersPass : impl::FloatLayersBase<FloatLayersPass> {
  using FloatLayersBase::FloatLayersBase;

  void runOnOperation() override {
    auto found = getEntryFunction(getOperation());
    if (failed(found))
      return signalPassFailure();
    function = *found;
    layers.emplace(function);
    for (const std::string &entry : layersToDeny)
      if (failed(deny(entry)))
        return signalPassFailure();
    if (!kept.empty())
      for (Operation *op : layers->getAll())
        if (!kept.contains(op))
          denied.insert(op);
    for (Operation *op : denied)
      op->setAttr(kInFloatAttr, UnitAttr::get(&getContext()));
  }

private:
  LogicalResult deny(StringRef entry) {
    entry = entry.trim();
    if (entry.empty())
      return function.emitError()
             << "is to leave a layer without a name in float: an entry of the "
                "list is empty";
    auto [first, second] = entry.split(':');
    if (first.size() == entry.size())
      return denyType(entry);
    if (first == "name") {
      auto op = findLayer(second);
      if (failed(op))
        return failure();
      denied.insert(*op);
      return success();
    }
    if (first == "except")
      return keep(second);
    return denyRange(first, second);
  }

  /// All layers but those that are kept stay in float.
  LogicalResult keep(StringRef layer) {
    SmallVector<Operation *> selected = layers->select(layer);
    if (selected.empty())
      return function.emitError()
             << "has no layer, and none of type, '" << layer
             << "' to except from those that stay in float"
             << suggestName(layer.str(), layers->getResultNames());
    kept.insert(selected.begin(), selected.end());
    return success();
  }

  LogicalResult denyType(StringRef type) {
    SmallVector<Operation *> found = layers->findType(type);
    denied.insert(found.begin(), found.end());
    if (!found.empty())
      return success();
    Operation *fused = nullptr;
    for (Operation *op : layers->getAll())
      if (isActivationOf(op, type))
        fused = op;
    if (fused)
      return function.emitError()
             << "has no layer of type '" << type << "' of its own: '"
             << getDisplayName(fused) << "', "
             << fused->getName().stripDialect()
             << ", computes its; leave that in float (name:"
             << getDisplayName(fused) << ")";
    return function.emitError()
           << "has no layer of type '" << type << "' to leave in float"
           << suggestName(type.str(), layers->getTypes())
           << " (name:TENSOR is a layer by its result, FIRST:LAST those "
              "between two)";
  }

  /// The op whose result is called `name`, or has been fused with what was.
  FailureOr<Operation *> findLayer(StringRef name) {
    if (Operation *op = layers->find(name))
      return op;
    return function.emitError()
           << "has no layer with the result '" << name << "' to leave in float"
           << suggestName(name.str(), layers->getResultNames());
  }

  /// The ops on the ways from one to the other, both included.
  LogicalResult denyRange(StringRef from, StringRef to) {
    auto first = findLayer(from), last = findLayer(to);
    if (failed(first) || failed(last))
      return failure();
    llvm::DenseSet<Operation *> behind{*first}, before{*last};
    for (Operation *op : layers->getAll())
      if (llvm::any_of(op->getOperands(), [&](Value value) {
            return behind.contains(value.getDefiningOp());
          }))
        behind.insert(op);
    for (Operation *op : llvm::reverse(layers->getAll()))
      if (llvm::any_of(op->getUsers(),
                       [&](Operation *user) { return before.contains(user); }))
        before.insert(op);
    if (!behind.contains(*last))
      return function.emitError()
             << "has no way from '" << from << "' to '" << to
             << "', between which layers are to stay in float";
    for (Operation *op : layers->getAll())
      if (behind.contains(op) && before.contains(op))
        denied.insert(op);
    return success();
  }

  func::FuncOp function;
  std::optional<LayerNames> layers;
  llvm::SetVector<Operation *> denied;
  llvm::DenseSet<Operation *> kept;
};

} // namespace
} // namespace qc
