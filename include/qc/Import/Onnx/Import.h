// Import of ONNX models into the top dialect.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_IMPORT_ONNX_IMPORT_H
#define QC_IMPORT_ONNX_IMPORT_H

#include "qc/Interfaces/FrontEnd.h"
#include "qc/Support/MLIR.h"
#include "qc/Support/Result.h"

#include "llvm/Support/MemoryBufferRef.h"

#include <map>
#include <string>
#include <utility>
#include <vector>

namespace qc {

/// Reads the model at `path` into a module with one function `@main`. Data
/// outside the file are looked for in its folder. On failure returns null after
/// one error at the file (or at the node) whose notes list everything in the
/// way, e.g. all nodes that are not supported.
///
/// Every value is named (see Names.h) after the tensor it is in the model;
/// arguments and results carry `qc.name`. Weights of 1 KiB or more are resource
/// blobs; external ones stay mapped from their file.
OwningOpRef<ModuleOp> importOnnx(StringRef path, MLIRContext *context,
                                 const ImportOptions &options = {});

/// The same for a model in memory; `model`'s identifier is its path.
OwningOpRef<ModuleOp> importOnnx(llvm::MemoryBufferRef model,
                                 MLIRContext *context,
                                 const ImportOptions &options = {});

/// Reads `name=1x3x224x224`, the value of --input-shape.
Result<std::pair<std::string, std::vector<int64_t>>>
parseInputShape(StringRef text);

/// ONNX models as a front end.
FrontEnd getOnnxFrontEnd();

/// `--import-onnx` of qc-translate with its flags `--input-shape` and
/// `--cut-at`.
void registerImportOnnxTranslation();

/// Gives every image-like input of `module` the preprocessing `spec`, which it
/// then carries. Fails after an error when that is none, when an input carries
/// another one already, or when the network has one in its graph.
LogicalResult setPreprocess(ModuleOp module, const std::string &spec);

} // namespace qc

#endif // QC_IMPORT_ONNX_IMPORT_H
