// Layers that stay in float: which ones, as a user names them.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Assign/Passes.h"
#include "qc/Dialect/QC/IR/EntryFunction.h"
#include "qc/Dialect/QC/IR/Names.h"
#include "qc/Dialect/QC/IR/QC.h"
#include "qc/Dialect/Top/IR/Top.h"
#include "qc/Quantization/Activations.h"
#include "qc/Support/EditDistance.h"

#include "llvm/ADT/SetVector.h"
#include "llvm/ADT/StringExtras.h"

#include <set>

namespace qc {
#define GEN_PASS_DEF_FLOATLAYERS
#include "qc/Assign/Passes.h.inc"

/// "LeakyRelu", "leaky_relu" and "leakyrelu" are one.
static std::string normalize(StringRef type) {
  std::string text = type.lower();
  llvm::erase(text, '_');
  return text;
}

/// The type of `op` by its name here, in small letters. Exporters' other words
/// for it are taken, too.
static bool isOfType(Operation *op, StringRef wanted) {
  static const llvm::StringMap<StringRef> words = {
      {"gemm", "matmul"},
      {"convtranspose", "deconv"},
      {"globalaveragepool", "reducemean"},
      {"globalmaxpool", "reducemax"},
      {"averagepool", "avgpool"},
      {"layernormalization", "layernorm"},
      {"batchnormalization", "scale"},
      {"sum", "add"},
      {"flatten", "reshape"},
      {"squeeze", "reshape"},
      {"unsqueeze", "reshape"},
      {"swish", "silu"},
      {"upsample", "resize"}};
  std::string type = normalize(wanted);
  if (auto word = words.find(type); word != words.end())
    type = word->second.str();
  return normalize(op->getName().stripDialect()) == type;
}

/// Whether `op` ends in an activation of the type `wanted`.
static bool isActivationOf(Operation *op, StringRef wanted) {
  std::string type = normalize(wanted);
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
    for (Operation &op : function.getBody().front().without_terminator())
      if (!op.hasTrait<OpTrait::ConstantLike>())
        layers.push_back(&op);
    for (const std::string &entry : layersToDeny)
      if (failed(deny(entry)))
        return signalPassFailure();
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
    return denyRange(first, second);
  }

  LogicalResult denyType(StringRef type) {
    std::set<std::string> types;
    bool any = false;
    Operation *fused = nullptr;
    for (Operation *op : layers) {
      types.insert(op->getName().stripDialect().str());
      if (isActivationOf(op, type))
        fused = op;
      if (!isOfType(op, type))
        continue;
      denied.insert(op);
      any = true;
    }
    if (any)
      return success();
    if (fused)
      return function.emitError()
             << "has no layer of type '" << type << "' of its own: '"
             << getDisplayName(fused) << "', "
             << fused->getName().stripDialect()
             << ", computes its; leave that in float (name:"
             << getDisplayName(fused) << ")";
    std::vector<std::string> known(types.begin(), types.end());
    return function.emitError()
           << "has no layer of type '" << type << "' to leave in float"
           << suggestName(type.str(), known)
           << " (name:TENSOR is a layer by its result, FIRST:LAST those "
              "between two)";
  }

  /// The op whose result is called `name`, or has been fused with what was.
  FailureOr<Operation *> findLayer(StringRef name) {
    Operation *fused = nullptr;
    std::vector<std::string> known;
    for (Operation *op : layers) {
      for (auto [i, part] : llvm::enumerate(getNames(op->getLoc()))) {
        if (i == 0)
          known.push_back(part.str());
        if (part.getValue() != name)
          continue;
        if (i == 0)
          return op;
        fused = op;
      }
    }
    if (fused)
      return fused;
    return function.emitError()
           << "has no layer with the result '" << name << "' to leave in float"
           << suggestName(name.str(), known);
  }

  /// The ops on the ways from one to the other, both included.
  LogicalResult denyRange(StringRef from, StringRef to) {
    auto first = findLayer(from), last = findLayer(to);
    if (failed(first) || failed(last))
      return failure();
    llvm::DenseSet<Operation *> behind{*first}, before{*last};
    for (Operation *op : layers)
      if (llvm::any_of(op->getOperands(), [&](Value value) {
            return behind.contains(value.getDefiningOp());
          }))
        behind.insert(op);
    for (Operation *op : llvm::reverse(layers))
      if (llvm::any_of(op->getUsers(),
                       [&](Operation *user) { return before.contains(user); }))
        before.insert(op);
    if (!behind.contains(*last))
      return function.emitError()
             << "has no way from '" << from << "' to '" << to
             << "', between which layers are to stay in float";
    for (Operation *op : layers)
      if (behind.contains(op) && before.contains(op))
        denied.insert(op);
    return success();
  }

  func::FuncOp function;
  SmallVector<Operation *> layers;
  llvm::SetVector<Operation *> denied;
};

} // namespace
} // namespace qc
