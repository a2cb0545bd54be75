// Pictures at the head of networks that qc has exported: ONNX has no operator
// for them, and a dozen of its own say less.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "RestorePictures.h"
#include "qc/Dialect/QC/IR/Names.h"
#include "qc/Dialect/QC/IR/Pictures.h"
#include "qc/Dialect/QC/IR/Provenance.h"
#include "qc/Dialect/QC/IR/QC.h"
#include "qc/Dialect/Top/IR/Picture.h"
#include "qc/Dialect/Top/IR/Top.h"
#include "qc/Support/Picture.h"
#include "qc/Support/Preprocess.h"

#include "mlir/AsmParser/AsmParser.h"
#include "llvm/ADT/SetVector.h"

namespace qc::onnximport {

static LogicalResult refuse(BlockArgument argument) {
  return emitError(argument.getLoc())
         << "input '" << getTensorName(argument)
         << "': what the file's metadata say of its picture cannot be read; "
            "without them it is read as other files are";
}

/// The op of the entry; null where something is missing or of another kind.
static top::PictureOp createPicture(OpBuilder &builder, Location loc,
                                    RankedTensorType type,
                                    BlockArgument argument,
                                    DictionaryAttr entry) {
  auto word = [&](StringRef name) { return entry.getAs<StringAttr>(name); };
  auto numbers = [&](StringRef name) {
    return entry.getAs<DenseF64ArrayAttr>(name);
  };
  auto format = word("format"), layout = word("layout"),
       trained = word("trained"), matrix = word("matrix");
  auto factor = numbers("factor"), offset = numbers("offset");
  if (!format || !layout || !trained || !matrix || !factor || !offset)
    return nullptr;
  return top::PictureOp::create(builder, loc, type, argument, format, layout,
                                trained, matrix, factor, offset);
}

/// What computes `value` and is read by nobody else.
static void eraseUnread(Value value) {
  SmallVector<Operation *> unread;
  if (Operation *op = value.getDefiningOp())
    unread.push_back(op);
  while (!unread.empty()) {
    Operation *op = unread.pop_back_val();
    if (!op->use_empty())
      continue;
    llvm::SetVector<Operation *> readers;
    for (Value operand : op->getOperands())
      if (Operation *maker = operand.getDefiningOp())
        readers.insert(maker);
    op->erase();
    llvm::append_range(unread, readers);
  }
}

static LogicalResult restore(func::FuncOp function, BlockArgument argument,
                             StringRef text) {
  auto entry = dyn_cast_or_null<DictionaryAttr>(
      parseAttribute(text, function.getContext()));
  auto result = entry ? entry.getAs<StringAttr>("result") : StringAttr();
  auto picture = entry ? entry.getAs<StringAttr>("picture") : StringAttr();
  if (!result || !picture || !PictureSpec::parse(picture.str()))
    return refuse(argument);
  Value made;
  for (Operation &op : function.front())
    if (op.getNumResults() == 1 && getTensorName(op.getResult(0)) == result)
      made = op.getResult(0);
  if (!made)
    return success(); // nobody reads it
  // Its storage type is no part of it.
  if (auto stored = made.getDefiningOp<top::RequantizeOp>())
    made = stored.getInput();
  auto type = dyn_cast<RankedTensorType>(made.getType());
  if (!type || !type.getElementType().isF32())
    return refuse(argument);
  OpBuilder builder = OpBuilder::atBlockBegin(&function.front());
  top::PictureOp op = createPicture(
      builder, getTensorLoc(function.getContext(), result.getValue()), type,
      argument, entry);
  if (!op)
    return refuse(argument);
  made.replaceAllUsesWith(op.getOutput());
  eraseUnread(made);
  unsigned index = argument.getArgNumber();
  function.setArgAttr(index, kPictureAttr, picture);
  if (auto spec = entry.getAs<StringAttr>("preprocess");
      spec && PreprocessSpec::parse(spec.str()))
    function.setArgAttr(
        index, kPreprocessAttr,
        PreprocessAttr::get(function.getContext(), spec.getValue()));
  if (auto inserted = entry.getAs<StringAttr>("inserted"))
    noteProvenance(function->getParentOfType<ModuleOp>(), kInsertedPreprocess,
                   inserted.getValue());
  return success();
}

LogicalResult restorePictures(func::FuncOp function, const Lineage &lineage) {
  for (BlockArgument argument : function.getArguments()) {
    auto entry = lineage.find(kPictureKey.str() + getTensorName(argument));
    if (entry != lineage.end() &&
        failed(restore(function, argument, entry->second)))
      return failure();
  }
  return success();
}

} // namespace qc::onnximport
