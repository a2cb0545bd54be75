// Shapes of tensors by onnx's own inference, for looking past a failed node.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_LIB_IMPORT_ONNX_SHAPEORACLE_H
#define QC_LIB_IMPORT_ONNX_SHAPEORACLE_H

#include "qc/Support/MLIR.h"

#include <map>
#include <string>
#include <vector>

namespace onnx {
class ModelProto;
} // namespace onnx

namespace qc::onnximport {

/// Runs inference when it is first asked: only imports that fail need it.
class ShapeOracle {
public:
  ShapeOracle(const ::onnx::ModelProto &model,
              std::map<std::string, std::vector<int64_t>> inputShapes)
      : model(model), inputShapes(std::move(inputShapes)) {}

  /// The type of tensor `name`; null unless inference finds it static.
  RankedTensorType lookup(MLIRContext *context, const std::string &name);

private:
  void infer(MLIRContext *context);

  const ::onnx::ModelProto &model;
  std::map<std::string, std::vector<int64_t>> inputShapes;
  bool inferred = false;
  std::map<std::string, RankedTensorType> types;
};

} // namespace qc::onnximport

#endif // QC_LIB_IMPORT_ONNX_SHAPEORACLE_H
