// Networks that go on with what a NonMaxSuppression selects.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Selections.h"

#include "qc/Dialect/QC/IR/Names.h"
#include "qc/Dialect/Top/IR/Numbers.h"

namespace qc::onnximport {

/// Whether `use` leaves the numbers of its value as they are, one by one.
static bool isHandedOn(OpOperand &use) {
  return isa<func::ReturnOp, top::CastOp, top::ReshapeOp, top::SliceOp,
             top::SplitOp, top::TransposeOp>(use.getOwner()) ||
         (isa<top::GatherOp>(use.getOwner()) && use.getOperandNumber() == 0);
}

/// The first op that makes something else of `value`; null when none does.
static Operation *findReader(Value value) {
  for (OpOperand &use : value.getUses()) {
    if (!isHandedOn(use))
      return use.getOwner();
    for (Value result : use.getOwner()->getResults())
      if (Operation *found = findReader(result))
        return found;
  }
  return nullptr;
}

bool isSelection(Value value) {
  Operation *op = value ? value.getDefiningOp() : nullptr;
  while (op && !isa<top::NmsOp>(op) && op->getNumOperands() > 0 &&
         isHandedOn(op->getOpOperand(0)))
    op = op->getOperand(0).getDefiningOp();
  return isa_and_nonnull<top::NmsOp>(op);
}

LogicalResult checkSelections(func::FuncOp function) {
  bool complete = true;
  for (auto op : function.getOps<top::NmsOp>()) {
    std::string name = getTensorName(op.getOutput());
    int64_t rows = top::getShape(op.getOutput())[0];
    Operation *reader = findReader(op.getOutput());
    if (!reader) {
      emitRemark(op.getLoc())
          << "'" << name << "' has " << rows << " rows in the program, as many "
          << "as could be selected; those behind the last box hold -1";
      continue;
    }
    complete = false;
    InFlightDiagnostic error =
        op.emitError() << "how many boxes '" << name
                       << "' selects depends on the data, and '"
                       << getDisplayName(reader) << "' goes on with them";
    error.attachNote(op.getLoc())
        << "--cut-at " << getTensorName(op.getBoxes()) << ","
        << getTensorName(op.getScores())
        << " ends the network before that and leaves the selection to the "
           "application";
    error.attachNote(op.getLoc())
        << "--cut-at " << name
        << " ends it with the selection on the CPU: " << rows
        << " rows of image, class and box, those behind the last -1";
  }
  return success(complete);
}

} // namespace qc::onnximport
