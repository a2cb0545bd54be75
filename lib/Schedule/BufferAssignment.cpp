// Buffers of a function: views, overwriting in place, live ranges.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Schedule/BufferAssignment.h"
#include "qc/Interfaces/AliasOpInterface.h"
#include "qc/Interfaces/CostOpInterface.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/ADT/DenseMap.h"

namespace qc {

bool isStoredConstant(Value value) {
  Operation *op = value.getDefiningOp();
  return op && op->hasTrait<OpTrait::ConstantLike>();
}

FailureOr<uint64_t> getValueBytes(Value value, Location loc) {
  auto type = dyn_cast<RankedTensorType>(value.getType());
  if (!type || !type.hasStaticShape() || type.getNumElements() == 0)
    return emitError(loc) << "a value of type " << value.getType()
                          << " cannot be placed in memory, expected a tensor "
                             "of static shape with elements";
  return static_cast<uint64_t>(sumOfBytes(type));
}

namespace {
class Assigner {
public:
  Assigner(func::FuncOp function, uint64_t alignment, bool keepArguments)
      : function(function), alignment(alignment), keepArguments(keepArguments) {
  }

  LogicalResult run();
  BufferAssignment take() { return std::move(assignment); }

private:
  void findLastUses();
  LogicalResult addBuffer(Value value, Location loc, int64_t first);
  LogicalResult addResult(OpResult result, int64_t step);
  std::optional<unsigned> findSharedBuffer(OpResult result, int64_t step);
  bool mayOverwrite(Operation *op, unsigned buffer, ArrayRef<unsigned> operands,
                    int64_t step);
  void extend(unsigned buffer, Value value);

  func::FuncOp function;
  uint64_t alignment;
  bool keepArguments;
  BufferAssignment assignment;
  /// The last step at which a value is read; absent if it never is.
  llvm::DenseMap<Value, int64_t> lastUse;
  int64_t end = 0;
};
} // namespace

void Assigner::findLastUses() {
  int64_t step = 0;
  for (Operation &op : function.front()) {
    for (Value operand : op.getOperands())
      lastUse[operand] = step;
    end = step++;
  }
  // What is given back outlives every op.
  for (Value value : function.front().getTerminator()->getOperands())
    lastUse[value] = end;
  if (keepArguments)
    for (Value argument : function.getArguments())
      lastUse[argument] = end;
}

void Assigner::extend(unsigned buffer, Value value) {
  if (auto found = lastUse.find(value); found != lastUse.end()) {
    int64_t &last = assignment.buffers[buffer].last;
    last = std::max(last, found->second);
  }
}

LogicalResult Assigner::addBuffer(Value value, Location loc, int64_t first) {
  FailureOr<uint64_t> bytes = getValueBytes(value, loc);
  if (failed(bytes))
    return failure();
  unsigned index = assignment.buffers.size();
  assignment.buffers.push_back({*bytes, alignment, first, first});
  assignment.bufferOf.insert({value, index});
  extend(index, value);
  return success();
}

/// True if the buffer of the listed operands dies at `step` and no other
/// operand lies in it.
bool Assigner::mayOverwrite(Operation *op, unsigned buffer,
                            ArrayRef<unsigned> operands, int64_t step) {
  if (assignment.buffers[buffer].last > step)
    return false;
  for (OpOperand &operand : op->getOpOperands()) {
    auto other = assignment.bufferOf.find(operand.get());
    if (other != assignment.bufferOf.end() && other->second == buffer &&
        !llvm::is_contained(operands, operand.getOperandNumber()))
      return false;
  }
  // An earlier result of the same op may have taken it.
  return llvm::none_of(op->getResults(), [&](Value result) {
    auto other = assignment.bufferOf.find(result);
    return other != assignment.bufferOf.end() && other->second == buffer;
  });
}

/// The buffer of an operand that `result` can live in.
std::optional<unsigned> Assigner::findSharedBuffer(OpResult result,
                                                   int64_t step) {
  auto alias = dyn_cast<AliasOpInterface>(result.getOwner());
  if (!alias)
    return std::nullopt;
  auto bufferOfOperand = [&](unsigned operand) -> std::optional<unsigned> {
    Value value = result.getOwner()->getOperand(operand);
    auto found = assignment.bufferOf.find(value);
    if (found == assignment.bufferOf.end() ||
        sumOfBytes(value.getType()) != sumOfBytes(result.getType()))
      return std::nullopt;
    return found->second;
  };
  if (auto viewed = alias.getViewedOperand(result.getResultNumber()))
    return bufferOfOperand(*viewed);
  auto operands = alias.getInPlaceOperands(result.getResultNumber());
  for (unsigned operand : operands)
    if (auto buffer = bufferOfOperand(operand);
        buffer && mayOverwrite(result.getOwner(), *buffer, operands, step))
      return buffer;
  return std::nullopt;
}

LogicalResult Assigner::addResult(OpResult result, int64_t step) {
  std::optional<unsigned> shared = findSharedBuffer(result, step);
  if (!shared)
    return addBuffer(result, result.getOwner()->getLoc(), step);
  assignment.bufferOf.insert({result, *shared});
  extend(*shared, result);
  return success();
}

LogicalResult Assigner::run() {
  if (!function.getBody().hasOneBlock())
    return function.emitError("expects a function with one block, as memory is "
                              "planned for a straight order of execution");
  findLastUses();
  for (BlockArgument argument : function.getArguments())
    if (failed(addBuffer(argument, function.getLoc(), 0)))
      return failure();
  int64_t step = 0;
  for (Operation &op : function.front()) {
    for (OpResult result : op.getResults())
      if (!isStoredConstant(result) && failed(addResult(result, step)))
        return failure();
    ++step;
  }
  return success();
}

FailureOr<BufferAssignment>
assignBuffers(func::FuncOp function, uint64_t alignment, bool keepArguments) {
  Assigner assigner(function, alignment, keepArguments);
  if (failed(assigner.run()))
    return failure();
  return assigner.take();
}

} // namespace qc
