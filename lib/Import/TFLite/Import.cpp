// Import of .tflite models: from a file or a buffer to a module.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Import/TFLite/Import.h"
#include "Translator.h"
#include "qc/Dialect/QC/IR/EntryFunction.h"
#include "qc/Dialect/QC/IR/Names.h"
#include "qc/Dialect/QC/IR/QC.h"
#include "qc/Dialect/Top/IR/Top.h"
#include "qc/Support/MappedFile.h"
#include "qc/Support/Preprocess.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Support/MemoryBuffer.h"

#include <new>

namespace qc {

/// Says which inputs and outputs are real numbers here and integers in the
/// file.
static void noteBoundary(const tfliteimport::ModelFile &file, Location loc) {
  std::vector<std::string> names;
  for (const auto *list : {&file.inputs, &file.outputs})
    for (int32_t id : *list)
      if (file.tensors[id].isQuantized())
        names.push_back("'" + file.tensors[id].name + "' (" +
                        tfliteimport::getTypeName(file.tensors[id].type) + ")");
  if (!names.empty())
    emitRemark(loc) << llvm::join(names, ", ")
                    << (names.size() == 1 ? " holds" : " hold")
                    << " integers in the model; here the real numbers that "
                       "they stand for are taken and given";
}

/// What qc has written beside its own models: how pictures become inputs.
static void applyMetadata(const tfliteimport::ModelFile &file,
                          ModuleOp module) {
  FailureOr<func::FuncOp> function = getEntryFunction(module);
  if (failed(function) || !StringRef(file.description).starts_with("qc "))
    return;
  for (auto [index, id] : llvm::enumerate(file.inputs)) {
    auto found = file.metadata.find("preprocess." + file.tensors[id].name);
    if (found == file.metadata.end() || !PreprocessSpec::parse(found->second) ||
        index >= function->getNumArguments())
      continue;
    function->setArgAttr(
        static_cast<unsigned>(index), kPreprocessAttr,
        PreprocessAttr::get(module.getContext(), found->second));
  }
}

/// Gives what is made channels first the name of its tensor, and notes that its
/// dimensions are in another order; the transpose to the tensor's order is
/// named after it.
static void renameImages(func::FuncOp function,
                         const tfliteimport::ImageNames &images) {
  llvm::StringSet<> renamed;
  function.walk([&](Operation *op) {
    auto found = images.find(getFirstName(op->getLoc()));
    if (found == images.end())
      return;
    const auto &[tensor, node] = found->second;
    op->setLoc(getTensorLoc(op->getContext(), tensor, node));
    setSourcePermutation(op, {0, 3, 1, 2});
    renamed.insert(tensor);
  });
  function.walk([&](top::TransposeOp op) {
    if (getSourcePermutation(op).empty() &&
        renamed.contains(getFirstName(op.getLoc())))
      op->setLoc(deriveName(op.getLoc(), "/nhwc"));
  });
}

static OwningOpRef<ModuleOp> importBuffer(llvm::MemoryBufferRef model,
                                          MLIRContext *context, Location loc,
                                          const ImportOptions &options) {
  Result<tfliteimport::ModelFile> file = tfliteimport::readModel(model);
  TranslatedModel translated;
  tfliteimport::ImageNames images;
  translated.source = model;
  Status status = file ? tfliteimport::translate(*file, translated, images)
                       : file.takeError();
  if (!status) {
    emitError(loc) << status.message();
    return {};
  }
  for (const std::string &remark : file->remarks)
    emitRemark(loc) << remark;
  OwningOpRef<ModuleOp> module =
      importTranslated(std::move(translated), context, options);
  if (!module)
    return {};
  if (auto function = getEntryFunction(*module); succeeded(function))
    renameImages(*function, images);
  noteBoundary(*file, loc);
  applyMetadata(*file, *module);
  return module;
}

OwningOpRef<ModuleOp> importTFLite(llvm::MemoryBufferRef model,
                                   MLIRContext *context,
                                   const ImportOptions &options) {
  Location loc =
      FileLineColLoc::get(context, model.getBufferIdentifier(), 0, 0);
  try {
    // Numbers of the format are read where they stand.
    constexpr uintptr_t kAlignment = 16;
    if (reinterpret_cast<uintptr_t>(model.getBufferStart()) % kAlignment == 0)
      return importBuffer(model, context, loc, options);
    auto copy = llvm::MemoryBuffer::getMemBufferCopy(
        model.getBuffer(), model.getBufferIdentifier());
    return importBuffer(copy->getMemBufferRef(), context, loc, options);
  } catch (const std::bad_alloc &) {
    emitError(loc) << "not enough memory for the constants of the model";
    return {};
  }
}

FrontEnd getTFLiteFrontEnd() {
  FrontEnd tflite;
  tflite.summary = "LiteRT models, float or quantized";
  tflite.suffixes = {".tflite"};
  tflite.recognises = [](StringRef bytes) {
    return bytes.size() > 8 && bytes.substr(4, 4) == "TFL3";
  };
  tflite.import = [](const ModelSource &source, MLIRContext *context,
                     const ImportOptions &options) -> OwningOpRef<ModuleOp> {
    if (source.bytes)
      return importTFLite(*source.bytes, context, options);
    Result<std::shared_ptr<const MappedFile>> file =
        MappedFile::open(source.path);
    if (!file) {
      emitError(FileLineColLoc::get(context, source.path, 0, 0))
          << "cannot read the model: " << file.message();
      return {};
    }
    return importTFLite(llvm::MemoryBufferRef((*file)->text(), source.path),
                        context, options);
  };
  return tflite;
}

} // namespace qc
