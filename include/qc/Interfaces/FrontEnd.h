// Front ends: formats of models that become modules.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_INTERFACES_FRONTEND_H
#define QC_INTERFACES_FRONTEND_H

#include "qc/Support/MLIR.h"
#include "qc/Support/Registry.h"

#include "llvm/Support/MemoryBufferRef.h"

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace qc {

/// What every importer of networks is asked.
struct ImportOptions {
  /// Shapes of inputs by name. They bind the symbolic dimensions of the model;
  /// a symbol that occurs in several inputs has one value.
  std::map<std::string, std::vector<int64_t>> inputShapes;
  /// Tensors that become the outputs, in this order, instead of the model's
  /// own. What only later nodes need is not imported.
  std::vector<std::string> cutAt;
};

/// A model: a file, or bytes in memory that outlive the module.
struct ModelSource {
  std::string path; ///< of bytes in memory: what messages call them
  std::optional<llvm::MemoryBufferRef> bytes;
};

/// One format.
struct FrontEnd {
  std::string summary; ///< one line: "ONNX models"
  /// Of file names, with the dot: ".onnx".
  std::vector<std::string> suffixes;
  /// Whether bytes without a known suffix look like this format.
  std::function<bool(StringRef bytes)> recognises;
  /// The format is a stage of qc's own: ImportOptions have no meaning for it.
  bool isStage = false;
  /// Null after one error at the file (or at the node) whose notes list
  /// everything in the way.
  std::function<OwningOpRef<ModuleOp>(const ModelSource &source,
                                      MLIRContext *context,
                                      const ImportOptions &options)>
      import;
};

/// Front ends by name.
using FrontEndRegistry = Registry<FrontEnd>;

} // namespace qc

#endif // QC_INTERFACES_FRONTEND_H
