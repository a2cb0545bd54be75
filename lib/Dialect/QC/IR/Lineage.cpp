// What an exported file says of the compile that it is from, so that reading it
// back loses nothing.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Dialect/QC/IR/Lineage.h"
#include "qc/Dialect/QC/IR/Names.h"
#include "qc/Dialect/QC/IR/QC.h"

#include "llvm/ADT/StringExtras.h"

namespace qc {

static constexpr llvm::StringLiteral kFact = "provenance.", kFused = "fused.",
                                     kOrder = "order.";

/// What exporters append to the name of a tensor for that of its integers.
static constexpr llvm::StringLiteral kStored = "_quantized";

Lineage getLineage(func::FuncOp function) {
  Lineage lineage;
  auto module = function->getParentOfType<ModuleOp>();
  if (auto facts = module->getAttrOfType<DictionaryAttr>(kProvenanceAttr))
    for (NamedAttribute fact : facts)
      lineage[(kFact + fact.getName().strref()).str()] =
          toText(fact.getValue());
  for (Operation &op : function.front()) {
    // Of several results each has a name of its own, and none a fused one.
    SmallVector<StringAttr> names = getNames(op.getLoc());
    SmallVector<StringRef> fused;
    if (op.getNumResults() == 1)
      for (StringAttr name : llvm::drop_begin(names, names.empty() ? 0 : 1))
        if (!name.getValue().contains('\n'))
          fused.push_back(name);
    for (Value result : op.getResults())
      if (std::string name = getTensorName(result); !name.empty())
        lineage[kFused.str() + name] = llvm::join(fused, "\n");
  }
  for (unsigned i = 0; i < function.getNumResults(); ++i)
    if (auto name = function.getResultAttrOfType<StringAttr>(i, kNameAttr))
      lineage.try_emplace(kFused.str() + name.str(), "");
  return lineage;
}

/// The location of what `op` makes, with the names fused with it; one without
/// names where `lineage` does not have it.
static Location restoreNames(Operation &op, const Lineage &lineage) {
  std::string name = getFirstName(op.getLoc());
  if (op.hasTrait<OpTrait::ConstantLike>())
    if (StringRef own = name; own.consume_back(kStored))
      name = own.str();
  auto entry = lineage.find(kFused.str() + name);
  if (entry == lineage.end())
    return op.hasTrait<OpTrait::ConstantLike>()
               ? op.getLoc()
               : Location(UnknownLoc::get(op.getContext()));
  SmallVector<StringRef> names;
  StringRef(entry->second).split(names, '\n', -1, /*KeepEmpty=*/false);
  auto present = dyn_cast<NameLoc>(op.getLoc());
  Location own = present && present.getName() == name
                     ? op.getLoc()
                     : getTensorLoc(op.getContext(), name);
  if (names.empty())
    return own;
  return fuseNames(own, llvm::map_to_vector(names, [&](StringRef name) {
                     return getTensorLoc(op.getContext(), name);
                   }));
}

void noteOrder(Lineage &lineage, StringRef tensor, ArrayRef<int64_t> perm) {
  if (!llvm::is_sorted(perm))
    lineage[(kOrder + tensor).str()] = llvm::join(
        llvm::map_range(perm, [](int64_t dim) { return std::to_string(dim); }),
        " ");
}

/// Takes over the order of dimensions that `lineage` has for the result of
/// `op`.
static void restoreOrder(Operation &op, const Lineage &lineage) {
  auto entry = lineage.find(kOrder.str() + getFirstName(op.getLoc()));
  auto type = dyn_cast<RankedTensorType>(op.getResult(0).getType());
  if (entry == lineage.end() || !type)
    return;
  SmallVector<StringRef> words;
  StringRef(entry->second).split(words, ' ');
  SmallVector<int64_t> perm;
  for (StringRef word : words)
    if (int64_t dim; !word.getAsInteger(10, dim))
      perm.push_back(dim);
  SmallVector<int64_t> sorted = perm;
  llvm::sort(sorted);
  if (llvm::equal(sorted, llvm::seq<int64_t>(0, type.getRank())))
    setSourcePermutation(&op, perm);
}

void applyLineage(func::FuncOp function, const Lineage &lineage) {
  auto module = function->getParentOfType<ModuleOp>();
  bool hasNames = false;
  for (const auto &[key, text] : lineage) {
    StringRef fact = key;
    hasNames |= fact.starts_with(kFused);
    if (fact.consume_front(kFact) && !fact.empty())
      noteProvenance(module, fact, text);
  }
  if (!hasNames)
    return;
  for (Operation &op : function.front())
    if (op.getNumResults() == 1) {
      op.setLoc(restoreNames(op, lineage));
      restoreOrder(op, lineage);
    }
}

} // namespace qc
