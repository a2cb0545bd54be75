// An ONNX file, parsed and checked.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_LIB_IMPORT_ONNX_MODELFILE_H
#define QC_LIB_IMPORT_ONNX_MODELFILE_H

#include "qc/Dialect/QC/IR/Lineage.h"
#include "qc/Import/Onnx/Translated.h"
#include "qc/Support/MLIR.h"
#include "qc/Support/Result.h"

#include "llvm/Support/MemoryBufferRef.h"

#include <map>
#include <memory>
#include <string>

namespace onnx {
class ModelProto;
} // namespace onnx

namespace qc::onnximport {

/// The oldest version of the default operator set that handlers know.
inline constexpr int64_t kOldestOpset = 7;

struct ModelFile {
  ModelFile();
  ModelFile(ModelFile &&);
  ~ModelFile();

  std::unique_ptr<::onnx::ModelProto> proto;
  /// As given by the user; for messages.
  std::string path;
  /// Where external data are looked for.
  std::string folder;
  /// Version of the default operator set.
  int64_t opset = 0;
  /// What qc has written beside the graph; empty for a file that is of another
  /// tool, or was changed since.
  Lineage lineage;
  /// Of a model that was translated: what its nodes stand for, by their names.
  std::map<std::string, SourceOperator> operators;
};

/// Parses `buffer` and passes it through onnx's own checker. A failure says
/// what is wrong with the file as a whole.
Result<ModelFile> readModel(llvm::MemoryBufferRef buffer);

/// The same for a model that was never a file; `path` is what messages call it.
Result<ModelFile> takeModel(::onnx::ModelProto &proto, StringRef path);

} // namespace qc::onnximport

#endif // QC_LIB_IMPORT_ONNX_MODELFILE_H
