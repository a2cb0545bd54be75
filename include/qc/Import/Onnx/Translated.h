// Models of other formats that come as ONNX graphs in memory.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_IMPORT_ONNX_TRANSLATED_H
#define QC_IMPORT_ONNX_TRANSLATED_H

#include "qc/Interfaces/FrontEnd.h"

#include "llvm/Support/MemoryBufferRef.h"

#include <map>
#include <memory>
#include <string>

namespace onnx {
class ModelProto;
} // namespace onnx

namespace qc {

/// What the nodes of one name stand for; messages speak of that.
struct SourceOperator {
  std::string op;     ///< as the format calls it: "CONV_2D"
  std::string output; ///< the first tensor that it makes
  /// Why it cannot be imported. Such an operator is a node of a domain of its
  /// own, so that what is behind it can be looked at.
  std::string refusal = {};
};

/// A model of another format in ONNX's words.
struct TranslatedModel {
  /// Its weights are taken away.
  std::shared_ptr<::onnx::ModelProto> proto;
  /// The file that it was; its identifier is the path.
  llvm::MemoryBufferRef source;
  /// By the names of the nodes that stand for them.
  std::map<std::string, SourceOperator> operators;
};

/// Reads `model` as importOnnx does a file.
OwningOpRef<ModuleOp> importTranslated(TranslatedModel model,
                                       MLIRContext *context,
                                       const ImportOptions &options = {});

} // namespace qc

#endif // QC_IMPORT_ONNX_TRANSLATED_H
