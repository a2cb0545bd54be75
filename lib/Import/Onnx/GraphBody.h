// What stands in the place of a node.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_LIB_IMPORT_ONNX_GRAPHBODY_H
#define QC_LIB_IMPORT_ONNX_GRAPHBODY_H

#include "Importer.h"

namespace qc::onnximport {

/// Tensors are named as inside.
struct Importer::Body {
  Nodes &nodes;
  /// Null for one that has none.
  google::protobuf::RepeatedPtrField<::onnx::TensorProto> *initializers;
  /// Those that are the node's inputs. A branch reads others by their names.
  std::vector<std::string> inputs, outputs;
  int64_t opset;
  /// Words that say what the nodes are part of.
  std::string where;
};

} // namespace qc::onnximport

#endif // QC_LIB_IMPORT_ONNX_GRAPHBODY_H
