// Names of tensors in locations.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Dialect/QC/IR/Names.h"
#include "qc/Dialect/QC/IR/QC.h"

#include "mlir/Interfaces/FunctionInterfaces.h"
#include "llvm/ADT/SetVector.h"

using namespace mlir;

static void collectNames(Location loc, llvm::SetVector<StringAttr> &names) {
  if (auto name = dyn_cast<NameLoc>(loc)) {
    names.insert(name.getName());
    return;
  }
  if (auto fused = dyn_cast<FusedLoc>(loc))
    for (Location part : fused.getLocations())
      collectNames(part, names);
}

SmallVector<StringAttr> qc::getNames(Location loc) {
  llvm::SetVector<StringAttr> names;
  collectNames(loc, names);
  return names.takeVector();
}

std::string qc::getTensorName(Value value) {
  if (auto argument = dyn_cast<BlockArgument>(value)) {
    auto function = dyn_cast<FunctionOpInterface>(argument.getOwner()->getParentOp());
    if (function && argument.getOwner()->isEntryBlock())
      if (auto name = function.getArgAttrOfType<StringAttr>(
              argument.getArgNumber(), kNameAttr))
        return name.str();
    auto names = getNames(argument.getLoc());
    return names.empty() ? std::string() : names.front().str();
  }
  auto result = cast<OpResult>(value);
  auto names = getNames(result.getOwner()->getLoc());
  if (result.getResultNumber() >= names.size())
    return {};
  return names[result.getResultNumber()].str();
}

std::string qc::getDisplayName(Operation *op) {
  auto names = getNames(op->getLoc());
  return names.empty() ? op->getName().getStringRef().str()
                       : names.front().str();
}

Location qc::getTensorLoc(MLIRContext *context, StringRef name,
                          StringRef node) {
  auto tensor = StringAttr::get(context, name);
  if (node.empty())
    return NameLoc::get(tensor);
  return NameLoc::get(tensor, NameLoc::get(StringAttr::get(context, node)));
}

static void flatten(Location loc, llvm::SetVector<StringAttr> &seen,
                    SmallVectorImpl<Location> &parts) {
  if (auto fused = dyn_cast<FusedLoc>(loc)) {
    for (Location part : fused.getLocations())
      flatten(part, seen, parts);
    return;
  }
  if (auto name = dyn_cast<NameLoc>(loc); name && seen.insert(name.getName()))
    parts.push_back(loc);
}

Location qc::fuseNames(Location last, ArrayRef<Location> earlier) {
  llvm::SetVector<StringAttr> seen;
  SmallVector<Location> parts;
  flatten(last, seen, parts);
  for (Location loc : earlier)
    flatten(loc, seen, parts);
  if (parts.empty())
    return last;
  return FusedLoc::get(last.getContext(), parts);
}

Location qc::deriveName(Location loc, StringRef suffix) {
  auto names = getNames(loc);
  if (names.empty())
    return loc;
  return NameLoc::get(
      StringAttr::get(loc.getContext(), names.front().str() + suffix.str()));
}

ArrayRef<int64_t> qc::getSourcePermutation(Operation *op) {
  auto perm = op->getAttrOfType<DenseI64ArrayAttr>(kPermutationAttr);
  return perm ? perm.asArrayRef() : ArrayRef<int64_t>();
}

void qc::setSourcePermutation(Operation *op, ArrayRef<int64_t> perm) {
  if (llvm::is_sorted(perm))
    op->removeAttr(kPermutationAttr);
  else
    op->setAttr(kPermutationAttr,
                DenseI64ArrayAttr::get(op->getContext(), perm));
}
