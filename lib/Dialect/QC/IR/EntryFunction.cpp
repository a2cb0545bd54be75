// The function of a module that is the network.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Dialect/QC/IR/EntryFunction.h"

namespace qc {

/// What every phase relies on: one block, and tensors of known shape go in and
/// come out.
static LogicalResult checkEntryFunction(func::FuncOp function) {
  if (function.isDeclaration())
    return function.emitError()
           << "is a declaration: a network needs a body to compile or run";
  if (!function.getBody().hasOneBlock() ||
      !isa<func::ReturnOp>(function.getBody().front().getTerminator()))
    return function.emitError()
           << "expects one block that ends in a return: control flow has no "
              "form on a device";
  auto isTensor = [](Type type) {
    auto tensor = dyn_cast<RankedTensorType>(type);
    return tensor && tensor.hasStaticShape();
  };
  for (BlockArgument argument : function.getArguments())
    if (!isTensor(argument.getType()))
      return function.emitError()
             << "argument " << argument.getArgNumber() << " is a "
             << argument.getType() << ", expected a tensor of static shape";
  for (Operation &op : function.getBody().front())
    for (Type type : op.getResultTypes())
      if (!isTensor(type))
        return op.emitError() << "'" << op.getName() << "' makes a " << type
                              << ", expected a tensor of static shape";
  return success();
}

FailureOr<func::FuncOp> getEntryFunction(ModuleOp module) {
  auto function = module.lookupSymbol<func::FuncOp>("main");
  auto functions = llvm::to_vector(module.getOps<func::FuncOp>());
  if (!function && functions.size() == 1)
    function = functions.front();
  if (!function)
    return module.emitError() << "expects a function 'main' or a single "
                                 "function, found "
                              << functions.size();
  if (failed(checkEntryFunction(function)))
    return failure();
  return function;
}

} // namespace qc
