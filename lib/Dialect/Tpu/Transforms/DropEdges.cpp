// drop-edges: integers go in and come out.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Dialect/Tpu/IR/Tpu.h"
#include "qc/Dialect/Tpu/Transforms/Passes.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace qc {
#define GEN_PASS_DEF_DROPEDGES
#include "qc/Dialect/Tpu/Transforms/Passes.h.inc"

namespace {

struct DropEdges : impl::DropEdgesBase<DropEdges> {
  void runOnOperation() override {
    func::FuncOp function = getOperation();
    if (!function.getBody().hasOneBlock())
      return;
    for (BlockArgument argument : function.getArguments())
      takeIntegers(argument);
    Operation *terminator = function.front().getTerminator();
    for (OpOperand &result : terminator->getOpOperands())
      giveIntegers(result);
    function.setFunctionType(
        FunctionType::get(&getContext(), function.front().getArgumentTypes(),
                          terminator->getOperandTypes()));
  }

private:
  /// Where one quantization is all that reads the argument.
  void takeIntegers(BlockArgument argument) {
    if (!argument.hasOneUse())
      return;
    auto quantize = dyn_cast<tpu::QuantizeOp>(*argument.getUsers().begin());
    auto type = cast<RankedTensorType>(argument.getType());
    if (!quantize || !type.getElementType().isF32())
      return;
    argument.setType(quantize.getType());
    quantize.getOutput().replaceAllUsesWith(argument);
    quantize.erase();
    ++numDropped;
  }

  void giveIntegers(OpOperand &result) {
    auto dequantize = result.get().getDefiningOp<tpu::DequantizeOp>();
    if (!dequantize)
      return;
    result.set(dequantize.getInput());
    if (dequantize.use_empty())
      dequantize.erase();
    ++numDropped;
  }
};

} // namespace
} // namespace qc
