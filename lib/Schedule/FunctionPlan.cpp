// Plans of functions: made from buffers, written to and read from attributes.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Schedule/FunctionPlan.h"
#include "qc/Dialect/QC/IR/QC.h"
#include "qc/Schedule/BufferAssignment.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace qc {

FailureOr<FunctionPlan> planFunction(func::FuncOp function,
                                     const MemoryPlanner &planner,
                                     const PlanOptions &options) {
  FailureOr<BufferAssignment> assignment =
      assignBuffers(function, options.alignment, options.keepArguments);
  if (failed(assignment))
    return failure();
  MemoryPlan plan = planner.plan(assignment->buffers);
  if (Status status = verifyMemoryPlan(assignment->buffers, plan); !status)
    return function.emitError("the memory planner made an invalid plan: ")
           << status.message();
  FunctionPlan result;
  result.arenaBytes = plan.bytes;
  result.lowerBound = getLiveLowerBound(assignment->buffers);
  result.keepsArguments = options.keepArguments;
  for (auto [value, buffer] : assignment->bufferOf)
    result.addresses.insert({value, plan.offsets[buffer]});
  return result;
}

//===----------------------------------------------------------------------===//
// Attributes
//===----------------------------------------------------------------------===//

void attachPlan(func::FuncOp function, const FunctionPlan &plan) {
  Builder builder(function.getContext());
  auto addressOf = [&](Value value) {
    return int64_t(plan.addresses.lookup(value));
  };
  // All at once: one at a time each would copy those before it.
  SmallVector<DictionaryAttr> arguments;
  for (BlockArgument argument : function.getArguments()) {
    NamedAttrList attributes(function.getArgAttrDict(argument.getArgNumber()));
    attributes.set(kAddressAttr,
                   builder.getDenseI64ArrayAttr(addressOf(argument)));
    arguments.push_back(attributes.getDictionary(function.getContext()));
  }
  function.setAllArgAttrs(arguments);
  for (Operation &op : function.front()) {
    if (op.getNumResults() == 0 || isStoredConstant(op.getResult(0))) {
      op.removeDiscardableAttr(kAddressAttr);
      continue;
    }
    op.setDiscardableAttr(
        kAddressAttr,
        builder.getDenseI64ArrayAttr(llvm::map_to_vector(
            op.getResults(), [&](Value result) { return addressOf(result); })));
  }
}

bool hasMemoryPlan(ModuleOp module) { return module->hasAttr(kArenaSizeAttr); }

static FailureOr<uint64_t> readSize(ModuleOp module, StringRef name) {
  auto attribute = module->getAttrOfType<IntegerAttr>(name);
  if (!attribute || attribute.getValue().getBitWidth() > 64 ||
      attribute.getInt() < 0)
    return module.emitError("expects attribute ")
           << name << " with a number of bytes: run --schedule-memory";
  return attribute.getInt();
}

/// Adds the addresses of `values`, which `attribute` lists.
static LogicalResult readAddresses(FunctionPlan &plan, Attribute attribute,
                                   ValueRange values, Location loc) {
  auto addresses = dyn_cast_or_null<DenseI64ArrayAttr>(attribute);
  if (!addresses)
    return emitError(loc) << "has no attribute " << kAddressAttr
                          << ": run --schedule-memory";
  if (addresses.size() != int64_t(values.size()))
    return emitError(loc) << kAddressAttr << " holds " << addresses.size()
                          << " offsets, expected " << values.size();
  for (auto [value, address] : llvm::zip(values, addresses.asArrayRef())) {
    if (address < 0)
      return emitError(loc) << kAddressAttr << " holds " << address
                            << ", expected no negative offset";
    plan.addresses.insert({value, address});
  }
  return success();
}

FailureOr<FunctionPlan> readPlan(func::FuncOp function) {
  auto module = function->getParentOfType<ModuleOp>();
  FailureOr<uint64_t> size = readSize(module, kArenaSizeAttr);
  if (failed(size))
    return failure();
  FailureOr<uint64_t> bound = readSize(module, kArenaLowerBoundAttr);
  if (failed(bound))
    return failure();
  FunctionPlan plan;
  plan.arenaBytes = *size;
  plan.lowerBound = *bound;
  plan.keepsArguments = !module->hasAttr(kArgumentsOverwrittenAttr);
  for (BlockArgument argument : function.getArguments())
    if (failed(readAddresses(
            plan, function.getArgAttr(argument.getArgNumber(), kAddressAttr),
            argument, argument.getLoc())))
      return failure();
  for (Operation &op : function.getOps())
    if (op.getNumResults() != 0 && !isStoredConstant(op.getResult(0)) &&
        failed(readAddresses(plan, op.getDiscardableAttr(kAddressAttr),
                             op.getResults(), op.getLoc())))
      return failure();
  return plan;
}

} // namespace qc
