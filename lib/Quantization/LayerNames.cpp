// Layers of a float function as users name them.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Quantization/LayerNames.h"
#include "qc/Dialect/QC/IR/Names.h"
#include "qc/Support/EditDistance.h"

#include <set>

namespace qc {

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

/// Whether `loc` says that a node of the model called `name` made the op; the
/// nodes of a tensor's name stand below it.
static bool isOfNode(Location loc, StringRef name) {
  if (auto named = dyn_cast<NameLoc>(loc)) {
    auto node = dyn_cast<NameLoc>(named.getChildLoc());
    return node && node.getName() == name;
  }
  auto fused = dyn_cast<FusedLoc>(loc);
  return fused && llvm::any_of(fused.getLocations(), [&](Location part) {
           return isOfNode(part, name);
         });
}

LayerNames::LayerNames(func::FuncOp function) {
  for (Operation &op : function.getBody().front().without_terminator())
    if (!op.hasTrait<OpTrait::ConstantLike>())
      layers.push_back(&op);
}

Operation *LayerNames::find(StringRef name) const {
  Operation *fused = nullptr;
  for (Operation *op : layers)
    for (auto [i, part] : llvm::enumerate(getNames(op->getLoc()))) {
      if (part.getValue() != name)
        continue;
      if (i < op->getNumResults())
        return op;
      fused = op;
    }
  if (fused)
    return fused;
  const auto *made = llvm::find_if(
      layers, [&](Operation *op) { return isOfNode(op->getLoc(), name); });
  if (made != layers.end())
    return *made;
  // As a table on a terminal shows it.
  std::string whole = findCutName(name, getResultNames());
  return whole.empty() ? nullptr : find(whole);
}

SmallVector<Operation *> LayerNames::findType(StringRef type) const {
  SmallVector<Operation *> found;
  llvm::copy_if(layers, std::back_inserter(found),
                [&](Operation *op) { return isOfType(op, type); });
  return found;
}

SmallVector<Operation *> LayerNames::select(StringRef layer) const {
  if (Operation *op = find(layer))
    return {op};
  return findType(layer);
}

std::vector<std::string> LayerNames::getResultNames() const {
  std::vector<std::string> names;
  for (Operation *op : layers)
    if (auto parts = getNames(op->getLoc()); !parts.empty())
      names.push_back(parts.front().str());
  return names;
}

std::vector<std::string> LayerNames::getTypes() const {
  std::set<std::string> types;
  for (Operation *op : layers)
    types.insert(op->getName().stripDialect().str());
  return {types.begin(), types.end()};
}

} // namespace qc
