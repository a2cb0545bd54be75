// Import of ONNX models: from a file or a buffer to a module.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Import/Onnx/Import.h"
#include "Importer.h"
#include "ModelFile.h"
#include "RestorePictures.h"
#include "qc/Dialect/QC/IR/EntryFunction.h"
#include "qc/Dialect/QC/IR/Lineage.h"
#include "qc/Dialect/QC/IR/Names.h"
#include "qc/Dialect/QC/IR/Provenance.h"
#include "qc/Dialect/QC/IR/QC.h"
#include "qc/Import/Onnx/Translated.h"
#include "qc/Support/Checksum.h"
#include "qc/Support/MappedFile.h"
#include "qc/Support/Preprocess.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Verifier.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"

#include <new>

namespace qc {

/// `read` makes the model of the file whose bytes `model` are.
static OwningOpRef<ModuleOp>
importBuffer(llvm::MemoryBufferRef model, MLIRContext *context, Location loc,
             const ImportOptions &options,
             function_ref<Result<onnximport::ModelFile>()> read) {
  Result<onnximport::ModelFile> file = read();
  if (!file) {
    emitError(loc) << file.message();
    return {};
  }
  OwningOpRef<ModuleOp> module =
      onnximport::Importer(*file, context, options).run();
  if (!module)
    return {};
  noteProvenance(*module, "source",
                 llvm::sys::path::filename(model.getBufferIdentifier()));
  noteProvenance(
      *module, "source_crc64",
      hexString(crc64(model.getBufferStart(), model.getBufferSize())));
  if (auto function = (*module).lookupSymbol<func::FuncOp>("main")) {
    if (failed(onnximport::restorePictures(function, file->lineage)))
      return {};
    applyLineage(function, file->lineage);
  }
  if (failed(verify(*module)))
    return {};
  return module;
}

static OwningOpRef<ModuleOp>
importGuarded(llvm::MemoryBufferRef model, MLIRContext *context,
              const ImportOptions &options,
              function_ref<Result<onnximport::ModelFile>()> read) {
  Location loc =
      FileLineColLoc::get(context, model.getBufferIdentifier(), 0, 0);
  try {
    return importBuffer(model, context, loc, options, read);
  } catch (const std::bad_alloc &) {
    // A file can ask for weights that the file system or a fold would provide,
    // but memory does not.
    emitError(loc) << "not enough memory for the constants of the model";
    return {};
  }
}

OwningOpRef<ModuleOp> importOnnx(llvm::MemoryBufferRef model,
                                 MLIRContext *context,
                                 const ImportOptions &options) {
  return importGuarded(model, context, options,
                       [&] { return onnximport::readModel(model); });
}

OwningOpRef<ModuleOp> importTranslated(TranslatedModel model,
                                       MLIRContext *context,
                                       const ImportOptions &options) {
  auto read = [&]() -> Result<onnximport::ModelFile> {
    auto file =
        onnximport::takeModel(*model.proto, model.source.getBufferIdentifier());
    if (file)
      file->operators = std::move(model.operators);
    return file;
  };
  return importGuarded(model.source, context, options, read);
}

OwningOpRef<ModuleOp> importOnnx(StringRef path, MLIRContext *context,
                                 const ImportOptions &options) {
  Location loc = FileLineColLoc::get(context, path, 0, 0);
  if (llvm::sys::fs::is_directory(path)) {
    emitError(loc) << "is a folder, expected an ONNX file";
    return {};
  }
  Result<std::shared_ptr<const MappedFile>> file = MappedFile::open(path.str());
  if (!file) {
    emitError(loc) << "cannot read the model: " << file.message();
    return {};
  }
  return importOnnx(llvm::MemoryBufferRef((*file)->text(), path), context,
                    options);
}

FrontEnd getOnnxFrontEnd() {
  FrontEnd onnx;
  onnx.summary = "ONNX models, float or quantized (QDQ, QOperator)";
  onnx.suffixes = {".onnx"};
  // A ModelProto begins with its first field, the IR version: a small number.
  onnx.recognises = [](StringRef bytes) {
    return bytes.size() > 2 && bytes[0] == 0x08 && bytes[1] > 0 &&
           bytes[1] < 0x40;
  };
  onnx.import = [](const ModelSource &source, MLIRContext *context,
                   const ImportOptions &options) {
    return source.bytes ? importOnnx(*source.bytes, context, options)
                        : importOnnx(source.path, context, options);
  };
  return onnx;
}

Result<std::pair<std::string, std::vector<int64_t>>>
parseInputShape(StringRef text) {
  auto [name, dims] = text.rsplit('=');
  auto malformed = [&] {
    return error("'", text.str(), "' is not of the form name=1x3x224x224");
  };
  if (name.empty() || name.size() == text.size())
    return malformed();
  std::vector<int64_t> shape;
  SmallVector<StringRef> parts;
  if (!dims.empty())
    dims.split(parts, 'x');
  for (StringRef part : parts) {
    int64_t size;
    if (part.getAsInteger(10, size) || size <= 0)
      return malformed();
    shape.push_back(size);
  }
  return std::make_pair(name.str(), shape);
}

/// Fails after an error when `argument` carries another preprocessing than
/// `given`, or the network has part of one in itself.
static LogicalResult checkReplaceable(func::FuncOp function,
                                      BlockArgument argument,
                                      const PreprocessSpec &given) {
  std::optional<PreprocessSpec> carried;
  if (auto present = function.getArgAttrOfType<PreprocessAttr>(
          argument.getArgNumber(), kPreprocessAttr))
    if (auto parsed = PreprocessSpec::parse(present.getSpec().str()))
      carried = *parsed;
  auto module = function->getParentOfType<ModuleOp>();
  std::string name = getTensorName(argument);
  if (Status free = checkNotInserted(
          carried, getProvenance(module, kInsertedPreprocess), given);
      !free)
    return function.emitError() << "input '" << name << "': " << free.message();
  if (!carried || *carried == given)
    return success();
  return function.emitError()
         << "input '" << name << "' carries the preprocessing '"
         << carried->toString() << "' already, and --preprocess gives '"
         << given.toString()
         << "'; leave it out, or start from the model without it";
}

LogicalResult setPreprocess(ModuleOp module, const std::string &spec) {
  auto parsed = PreprocessSpec::parse(spec);
  if (!parsed)
    return module.emitError() << "preprocessing: " << parsed.message();
  auto function = getEntryFunction(module);
  if (failed(function))
    return failure();
  auto attribute = PreprocessAttr::get(module.getContext(), spec);
  for (BlockArgument argument : function->getArguments()) {
    auto type = dyn_cast<RankedTensorType>(argument.getType());
    if (!type || type.getRank() < 3)
      continue;
    if (failed(checkReplaceable(*function, argument, *parsed)))
      return failure();
    function->setArgAttr(argument.getArgNumber(), kPreprocessAttr, attribute);
  }
  return success();
}

} // namespace qc
