// Follows a planned function step by step and watches the arena's contents.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Dialect/QC/IR/Names.h"
#include "qc/Interfaces/AliasOpInterface.h"
#include "qc/Schedule/BufferAssignment.h"
#include "qc/Schedule/FunctionPlan.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

#include <map>

namespace qc {

namespace {
/// A stretch of the arena that holds the bytes of `value`, or of a view of it.
struct Region {
  uint64_t begin = 0, end = 0;
  Value value;

  bool overlaps(const Region &other) const {
    return begin < other.end && other.begin < end;
  }
};

/// The arena as it is after some ops: which stretches still hold what was
/// written to them.
class PlanVerifier {
public:
  PlanVerifier(func::FuncOp function, const FunctionPlan &plan,
               uint64_t alignment)
      : function(function), plan(plan), alignment(alignment) {}

  LogicalResult run();

private:
  FailureOr<Region> place(Value value, Location loc);
  LogicalResult visit(Operation &op);
  LogicalResult checkRead(Operation &op, Value operand);
  LogicalResult checkHazards(OpResult result, const Region &region);
  LogicalResult checkResults(Operation &op, ArrayRef<Region> regions);
  void write(const Region &region);
  Value getContent(Value value) const;
  bool mayOverlap(OpResult result, const Region &region, OpOperand &operand,
                  const Region &read) const;

  func::FuncOp function;
  const FunctionPlan &plan;
  uint64_t alignment;
  /// Disjoint, by where they begin.
  std::map<uint64_t, Region> arena;
  /// What was overwritten, and by which value.
  llvm::DenseMap<Value, Value> lost;
  /// Views and the value, itself no view, whose bytes they repeat.
  llvm::DenseMap<Value, Value> viewed;
};
} // namespace

static std::string describe(Value value) {
  std::string name = getTensorName(value);
  if (!name.empty())
    return "'" + name + "'";
  if (auto argument = dyn_cast<BlockArgument>(value))
    return "argument " + std::to_string(argument.getArgNumber());
  return "a result of " + value.getDefiningOp()->getName().getStringRef().str();
}

FailureOr<Region> PlanVerifier::place(Value value, Location loc) {
  auto found = plan.addresses.find(value);
  FailureOr<uint64_t> bytes = getValueBytes(value, loc);
  if (failed(bytes))
    return failure();
  if (found == plan.addresses.end())
    return emitError(loc) << describe(value) << " has no address";
  uint64_t begin = found->second;
  if (begin % alignment != 0)
    return emitError(loc) << "address " << begin << " of " << describe(value)
                          << " is no multiple of " << alignment;
  if (*bytes > plan.arenaBytes || begin > plan.arenaBytes - *bytes)
    return emitError(loc) << describe(value) << " of " << *bytes
                          << " bytes at address " << begin
                          << " reaches outside the arena of " << plan.arenaBytes
                          << " bytes";
  return Region{begin, begin + *bytes, value};
}

/// The value that wrote the bytes of `value`: itself unless it is a view.
Value PlanVerifier::getContent(Value value) const {
  Value source = viewed.lookup(value);
  return source ? source : value;
}

LogicalResult PlanVerifier::checkRead(Operation &op, Value operand) {
  if (isStoredConstant(operand))
    return success();
  if (Value winner = lost.lookup(getContent(operand)))
    return op.emitOpError("reads ") << describe(operand) << ", which "
                                    << describe(winner) << " has overwritten";
  return success();
}

/// True if `result` may be written where `operand` is read.
bool PlanVerifier::mayOverlap(OpResult result, const Region &region,
                              OpOperand &operand, const Region &read) const {
  auto alias = dyn_cast<AliasOpInterface>(result.getOwner());
  if (!alias || region.begin != read.begin || region.end != read.end)
    return false;
  unsigned index = result.getResultNumber();
  return alias.getViewedOperand(index) == operand.getOperandNumber() ||
         llvm::is_contained(alias.getInPlaceOperands(index),
                            operand.getOperandNumber());
}

/// A kernel reads its operands and writes its results at the same time.
LogicalResult PlanVerifier::checkHazards(OpResult result,
                                         const Region &region) {
  Operation *op = result.getOwner();
  for (OpOperand &operand : op->getOpOperands()) {
    if (isStoredConstant(operand.get()))
      continue;
    FailureOr<Region> read = place(operand.get(), op->getLoc());
    if (failed(read))
      return failure();
    if (region.overlaps(*read) && !mayOverlap(result, region, operand, *read))
      return op->emitOpError("writes over its operand ")
             << describe(operand.get()) << " while reading it";
  }
  return success();
}

LogicalResult PlanVerifier::checkResults(Operation &op,
                                         ArrayRef<Region> regions) {
  SmallVector<Region> sorted(regions);
  llvm::sort(sorted, [](const Region &a, const Region &b) {
    return a.begin < b.begin;
  });
  for (size_t i = 1; i < sorted.size(); ++i)
    if (sorted[i].overlaps(sorted[i - 1]))
      return op.emitOpError("writes two results to the same address");
  return success();
}

void PlanVerifier::write(const Region &region) {
  Value content = getContent(region.value);
  auto next = arena.lower_bound(region.begin);
  if (next != arena.begin() && std::prev(next)->second.overlaps(region))
    --next;
  while (next != arena.end() && next->second.overlaps(region)) {
    Value old = next->second.value;
    if (old == content) {
      ++next;
      continue;
    }
    lost[old] = region.value;
    next = arena.erase(next);
  }
  if (content == region.value)
    arena.insert({region.begin, region});
}

LogicalResult PlanVerifier::visit(Operation &op) {
  for (Value operand : op.getOperands())
    if (failed(checkRead(op, operand)))
      return failure();
  if (op.getNumResults() == 0 || isStoredConstant(op.getResult(0)))
    return success();
  SmallVector<Region> regions;
  for (OpResult result : op.getResults()) {
    FailureOr<Region> region = place(result, op.getLoc());
    if (failed(region) || failed(checkHazards(result, *region)))
      return failure();
    regions.push_back(*region);
    auto alias = dyn_cast<AliasOpInterface>(op);
    auto source =
        alias ? alias.getViewedOperand(result.getResultNumber()) : std::nullopt;
    if (!source || isStoredConstant(op.getOperand(*source)))
      continue;
    // A view at another address is a copy.
    if (plan.addresses.lookup(op.getOperand(*source)) == region->begin)
      viewed[result] = getContent(op.getOperand(*source));
  }
  if (failed(checkResults(op, regions)))
    return failure();
  for (const Region &region : regions)
    write(region);
  return success();
}

LogicalResult PlanVerifier::run() {
  if (!function.getBody().hasOneBlock())
    return function.emitError("expects a function with one block");
  for (BlockArgument argument : function.getArguments()) {
    FailureOr<Region> region = place(argument, argument.getLoc());
    if (failed(region))
      return failure();
    auto next = arena.lower_bound(region->begin);
    for (auto other : {next, next == arena.begin() ? next : std::prev(next)})
      if (other != arena.end() && other->second.overlaps(*region))
        return function.emitError("the memory of ")
               << describe(other->second.value) << " and " << describe(argument)
               << " overlaps";
    arena.insert({region->begin, *region});
  }
  for (Operation &op : function.front())
    if (failed(visit(op)))
      return failure();
  if (!plan.keepsArguments)
    return success();
  for (BlockArgument argument : function.getArguments())
    if (Value winner = lost.lookup(argument))
      return emitError(winner.getLoc())
             << describe(winner) << " overwrites " << describe(argument)
             << ", but arguments stay as the caller filled them";
  return success();
}

LogicalResult verifyFunctionPlan(func::FuncOp function,
                                 const FunctionPlan &plan, uint64_t alignment) {
  return PlanVerifier(function, plan, alignment).run();
}

} // namespace qc
