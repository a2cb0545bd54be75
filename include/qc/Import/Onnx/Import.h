// Import of ONNX models into the top dialect.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_IMPORT_ONNX_IMPORT_H
#define QC_IMPORT_ONNX_IMPORT_H

#include "qc/Support/MLIR.h"
#include "qc/Support/Result.h"

#include "llvm/Support/MemoryBufferRef.h"

#include <map>
#include <string>
#include <utility>
#include <vector>

namespace qc {

struct OnnxImportOptions {
  /// Shapes of inputs by name. They bind the symbolic dimensions of the model;
  /// a symbol that occurs in several inputs has one value.
  std::map<std::string, std::vector<int64_t>> inputShapes;
  /// Tensors that become the outputs, in this order, instead of the model's
  /// own. What only later nodes need is not imported.
  std::vector<std::string> cutAt;
};

/// Reads the model at `path` into a module with one function `@main`. Data
/// outside the file are looked for in its folder. On failure returns null after
/// one error at the file (or at the node) whose notes list everything in the
/// way, e.g. all nodes that are not supported.
///
/// Every value is named (see Names.h) after the tensor it is in the model;
/// arguments and results carry `qc.name`. Weights of 1 KiB or more are resource
/// blobs; external ones stay mapped from their file.
OwningOpRef<ModuleOp> importOnnx(StringRef path, MLIRContext *context,
                                 const OnnxImportOptions &options = {});

/// The same for a model in memory; `model`'s identifier is its path.
OwningOpRef<ModuleOp> importOnnx(llvm::MemoryBufferRef model,
                                 MLIRContext *context,
                                 const OnnxImportOptions &options = {});

/// Reads `name=1x3x224x224`, the value of --input-shape.
Result<std::pair<std::string, std::vector<int64_t>>>
parseInputShape(StringRef text);

/// `--import-onnx` of qc-translate with its flags `--input-shape` and
/// `--cut-at`.
void registerImportOnnxTranslation();

/// Gives every image-like input of `module` the preprocessing `spec`, which it
/// then carries. Fails after an error when that is none, when an input carries
/// another one already, or when the network has one in its graph.
LogicalResult setPreprocess(ModuleOp module, const std::string &spec);

} // namespace qc

#endif // QC_IMPORT_ONNX_IMPORT_H
