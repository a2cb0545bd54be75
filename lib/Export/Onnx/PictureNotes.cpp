// What a file says of the pictures that its operators read.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "PictureNotes.h"
#include "qc/Dialect/QC/IR/Names.h"
#include "qc/Dialect/QC/IR/Pictures.h"
#include "qc/Dialect/QC/IR/Provenance.h"
#include "qc/Dialect/QC/IR/QC.h"
#include "qc/Dialect/Top/IR/Picture.h"
#include "qc/Dialect/Tpu/IR/Picture.h"

namespace qc::onnxexport {

/// "[factor, offset]" of the op, each one number or one a channel; null where a
/// program does not say them.
static std::pair<Attribute, Attribute> getNumbers(top::PictureOp op) {
  return {op.getFactorAttr(), op.getOffsetAttr()};
}
static std::pair<Attribute, Attribute> getNumbers(tpu::PictureOp op) {
  return {op->getDiscardableAttr(kPixelFactorAttr),
          op->getDiscardableAttr(kPixelOffsetAttr)};
}

template <typename OpTy>
static void notePicture(OpTy op, func::FuncOp function, Lineage &lineage) {
  auto argument = dyn_cast<BlockArgument>(op.getInput());
  auto [factor, offset] = getNumbers(op);
  if (!argument || !factor || !offset)
    return;
  unsigned index = argument.getArgNumber();
  auto picture = function.getArgAttrOfType<StringAttr>(index, kPictureAttr);
  if (!picture)
    return;
  Builder builder(op.getContext());
  NamedAttrList entry;
  entry.set("picture", picture);
  entry.set("result", builder.getStringAttr(getTensorName(op.getOutput())));
  entry.set("format", op.getFormatAttr());
  entry.set("layout", op.getLayoutAttr());
  entry.set("trained", op.getTrainedAttr());
  entry.set("matrix", op.getMatrixAttr());
  entry.set("factor", factor);
  entry.set("offset", offset);
  if (auto spec =
          function.getArgAttrOfType<PreprocessAttr>(index, kPreprocessAttr))
    entry.set("preprocess", builder.getStringAttr(spec.getSpec()));
  if (std::string inserted = getProvenance(
          function->getParentOfType<ModuleOp>(), kInsertedPreprocess);
      !inserted.empty())
    entry.set("inserted", builder.getStringAttr(inserted));
  std::string text;
  llvm::raw_string_ostream(text) << entry.getDictionary(op.getContext());
  lineage[kPictureKey.str() + getTensorName(argument)] = text;
}

void notePictures(func::FuncOp function, Lineage &lineage) {
  for (Operation &op : function.front()) {
    if (auto floats = dyn_cast<top::PictureOp>(op))
      notePicture(floats, function, lineage);
    else if (auto stored = dyn_cast<tpu::PictureOp>(op))
      notePicture(stored, function, lineage);
  }
}

} // namespace qc::onnxexport
