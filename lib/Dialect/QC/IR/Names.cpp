// Names of tensors in locations.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Dialect/QC/IR/Names.h"
#include "qc/Dialect/QC/IR/QC.h"

#include "mlir/Interfaces/FunctionInterfaces.h"
#include "llvm/ADT/DenseSet.h"

#include <limits>

using namespace mlir;

namespace {
/// The parts of a location that carry names: outermost first, each name once.
class NamedParts {
public:
  /// Stops looking when there are `limit` of them.
  explicit NamedParts(size_t limit = std::numeric_limits<size_t>::max())
      : limit(limit) {}

  void add(Location loc) {
    if (parts.size() >= limit)
      return;
    if (isa<NameLoc>(loc)) {
      if (names.insert(cast<NameLoc>(loc).getName()).second)
        parts.push_back(loc);
      return;
    }
    auto fused = dyn_cast<FusedLoc>(loc);
    if (!fused || !seen.insert(loc).second)
      return;
    for (Location part : fused.getLocations())
      add(part);
  }
  ArrayRef<Location> get() const { return parts; }
  StringAttr getName(size_t index) const {
    return cast<NameLoc>(parts[index]).getName();
  }

private:
  size_t limit;
  SmallVector<Location> parts;
  llvm::DenseSet<StringAttr> names;
  llvm::DenseSet<Location> seen;
};
} // namespace

SmallVector<StringAttr> qc::getNames(Location loc) {
  NamedParts parts;
  parts.add(loc);
  return llvm::map_to_vector(
      parts.get(), [](Location part) { return cast<NameLoc>(part).getName(); });
}

/// Name `index` of `loc`, without looking at those behind it; empty when there
/// are fewer.
static std::string getName(Location loc, size_t index) {
  NamedParts parts(index + 1);
  parts.add(loc);
  return index < parts.get().size() ? parts.getName(index).str()
                                    : std::string();
}

std::string qc::getFirstName(Location loc) { return getName(loc, 0); }

std::string qc::getTensorName(Value value) {
  if (auto argument = dyn_cast<BlockArgument>(value)) {
    auto function =
        dyn_cast<FunctionOpInterface>(argument.getOwner()->getParentOp());
    if (function && argument.getOwner()->isEntryBlock())
      if (auto name = function.getArgAttrOfType<StringAttr>(
              argument.getArgNumber(), kNameAttr))
        return name.str();
    return getName(argument.getLoc(), 0);
  }
  auto result = cast<OpResult>(value);
  Operation *op = result.getOwner();
  unsigned index = result.getResultNumber();
  // A name for each result: no need to pass those in front of it.
  if (auto fused = dyn_cast<FusedLoc>(op->getLoc());
      fused && fused.getLocations().size() == op->getNumResults())
    if (auto name = dyn_cast<NameLoc>(fused.getLocations()[index]))
      return name.getName().str();
  return getName(op->getLoc(), index);
}

std::string qc::getDisplayName(Operation *op) {
  std::string name = getName(op->getLoc(), 0);
  return name.empty() ? op->getName().getStringRef().str() : name;
}

Location qc::getTensorLoc(MLIRContext *context, StringRef name,
                          StringRef node) {
  auto tensor = StringAttr::get(context, name);
  if (node.empty())
    return NameLoc::get(tensor);
  return NameLoc::get(tensor, NameLoc::get(StringAttr::get(context, node)));
}

//===----------------------------------------------------------------------===//
// Fusing
//===----------------------------------------------------------------------===//

/// Up to so many names stand in one list. A pass that fuses a long chain op by
/// op would copy a longer one again and again, in time and memory quadratic in
/// the chain; so it becomes a tree, whose nodes are locations that are shared.
static constexpr size_t kListNames = 32;
/// How many parts of a tree's root become one, and how many are too many.
static constexpr size_t kNodeParts = 16, kRootParts = 64;

/// How many nodes stand above the names of a part of a tree. The number is kept
/// as metadata; without any, MLIR would flatten the part.
static int64_t getHeight(Location part) {
  auto fused = dyn_cast<FusedLoc>(part);
  auto height =
      fused ? dyn_cast_or_null<IntegerAttr>(fused.getMetadata()) : nullptr;
  return height && height.getValue().getActiveBits() < 32 ? height.getInt() : 0;
}

static Location makeNode(ArrayRef<Location> parts) {
  int64_t height = 0;
  for (Location part : parts)
    height = std::max(height, getHeight(part));
  MLIRContext *context = parts.front().getContext();
  auto number = IntegerAttr::get(IntegerType::get(context, 64), height + 1);
  return FusedLoc::get(parts, number, context);
}

/// Puts runs of parts of one height under nodes; all parts when `any`.
static void group(SmallVectorImpl<Location> &parts, bool any) {
  SmallVector<Location> grouped;
  for (size_t i = 0; i < parts.size();) {
    size_t end = i + 1;
    while (end < parts.size() && end - i < kNodeParts &&
           (any || getHeight(parts[end]) == getHeight(parts[i])))
      ++end;
    ArrayRef<Location> run = ArrayRef(parts).slice(i, end - i);
    if (any || run.size() == kNodeParts)
      grouped.push_back(makeNode(run));
    else
      llvm::append_range(grouped, run);
    i = end;
  }
  parts = std::move(grouped);
}

Location qc::fuseNames(Location last, ArrayRef<Location> earlier) {
  SmallVector<Location> all{last};
  llvm::append_range(all, earlier);
  NamedParts list(kListNames + 1);
  for (Location loc : all)
    list.add(loc);
  if (list.get().empty())
    return last;
  if (list.get().size() <= kListNames)
    return FusedLoc::get(last.getContext(), list.get());

  SmallVector<Location> parts;
  for (Location loc : all) {
    auto fused = dyn_cast<FusedLoc>(loc);
    if (fused && !fused.getMetadata())
      llvm::append_range(parts, fused.getLocations());
    else
      parts.push_back(loc);
  }
  for (size_t before = 0;
       parts.size() > kNodeParts && parts.size() != before;) {
    before = parts.size();
    group(parts, /*any=*/false);
  }
  while (parts.size() > kRootParts)
    group(parts, /*any=*/true);
  return FusedLoc::get(last.getContext(), parts);
}

Location qc::deriveName(Location loc, StringRef suffix) {
  std::string name = getName(loc, 0);
  if (name.empty())
    return loc;
  return NameLoc::get(StringAttr::get(loc.getContext(), name + suffix.str()));
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
