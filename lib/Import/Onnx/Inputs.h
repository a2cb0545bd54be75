// The inputs of a model and the shapes that they are imported with.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_LIB_IMPORT_ONNX_INPUTS_H
#define QC_LIB_IMPORT_ONNX_INPUTS_H

#include "qc/Import/Onnx/Import.h"

#include "qc/Support/Tensor.h"

namespace onnx {
class GraphProto;
} // namespace onnx

namespace qc::onnximport {

struct ModelInput {
  std::string name;
  DType dtype;
  std::vector<int64_t> shape;
};

struct BoundInputs {
  std::vector<ModelInput> inputs;
  /// What the user should know about how dimensions were bound.
  std::vector<std::string> remarks;
};

/// The graph's inputs that are not initializers, their symbolic dimensions
/// bound by `shapes`; a leading one that stays open is a batch and becomes 1.
Result<BoundInputs>
bindInputs(const ::onnx::GraphProto &graph,
           const std::map<std::string, std::vector<int64_t>> &shapes);

} // namespace qc::onnximport

#endif // QC_LIB_IMPORT_ONNX_INPUTS_H
