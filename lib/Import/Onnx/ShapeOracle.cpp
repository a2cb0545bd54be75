// Shapes of tensors by onnx's own inference.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "ShapeOracle.h"
#include "TensorData.h"
#include "ValueTable.h"

#include "onnx/shape_inference/implementation.h"

namespace qc::onnximport {

static RankedTensorType getType(MLIRContext *context,
                                const ::onnx::ValueInfoProto &info) {
  const auto &tensor = info.type().tensor_type();
  std::optional<DType> dtype = getDType(tensor.elem_type());
  if (!dtype || !tensor.has_shape())
    return {};
  std::vector<int64_t> shape;
  for (const auto &dim : tensor.shape().dim()) {
    if (!dim.has_dim_value() || dim.dim_value() <= 0)
      return {};
    shape.push_back(dim.dim_value());
  }
  if (!countElements(shape))
    return {};
  return RankedTensorType::get(shape, getElementType(context, *dtype));
}

/// onnx's inference of Split makes room for as many results as the attribute
/// says, which in a damaged file is any number.
static bool isSafeToInfer(const ::onnx::ModelProto &model) {
  for (const auto &node : model.graph().node())
    for (const auto &attribute : node.attribute())
      if (attribute.name() == "num_outputs" &&
          attribute.i() != node.output_size())
        return false;
  return true;
}

void ShapeOracle::infer(MLIRContext *context) {
  inferred = true;
  if (!isSafeToInfer(model))
    return;
  ::onnx::ModelProto copy = model;
  for (auto &input : *copy.mutable_graph()->mutable_input()) {
    auto bound = inputShapes.find(input.name());
    if (bound == inputShapes.end())
      continue;
    auto *shape = input.mutable_type()->mutable_tensor_type()->mutable_shape();
    shape->clear_dim();
    for (int64_t size : bound->second)
      shape->add_dim()->set_dim_value(size);
  }
  try {
    ::onnx::shape_inference::InferShapes(copy);
  } catch (const std::exception &) {
    // What was inferred until then is used; the import has failed anyway.
  }
  for (const auto &info : copy.graph().value_info())
    if (RankedTensorType type = getType(context, info))
      types[info.name()] = type;
  for (const auto &info : copy.graph().output())
    if (RankedTensorType type = getType(context, info))
      types[info.name()] = type;
}

RankedTensorType ShapeOracle::lookup(MLIRContext *context,
                                     const std::string &name) {
  if (!inferred)
    infer(context);
  return types[name];
}

} // namespace qc::onnximport
