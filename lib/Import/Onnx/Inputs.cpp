// Binding the symbolic dimensions of a model's inputs.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Inputs.h"
#include "TensorData.h"

#include "llvm/ADT/StringExtras.h"

#include "onnx/onnx_pb.h"

#include <set>

namespace qc::onnximport {

using Symbols = std::map<std::string, int64_t>;
using ShapeMap = std::map<std::string, std::vector<int64_t>>;

/// "batch x3x32x?": the shape as the file says it.
static std::string describeShape(const ::onnx::TensorShapeProto &shape) {
  std::vector<std::string> parts;
  for (const auto &dim : shape.dim())
    parts.push_back(dim.has_dim_value() ? std::to_string(dim.dim_value())
                    : dim.has_dim_param() && !dim.dim_param().empty()
                        ? dim.dim_param()
                        : "?");
  return parts.empty() ? "scalar" : llvm::join(parts, "x");
}

static std::vector<const ::onnx::ValueInfoProto *>
getRealInputs(const ::onnx::GraphProto &graph) {
  std::set<std::string> initializers;
  for (const auto &initializer : graph.initializer())
    initializers.insert(initializer.name());
  std::vector<const ::onnx::ValueInfoProto *> inputs;
  for (const auto &input : graph.input())
    if (!initializers.count(input.name()))
      inputs.push_back(&input);
  return inputs;
}

/// Takes the values of symbols from the shape that was asked for.
static Status bindSymbols(const ::onnx::ValueInfoProto &input,
                          const std::vector<int64_t> &wanted,
                          Symbols &symbols) {
  const auto &shape = input.type().tensor_type().shape();
  auto mismatch = [&](const std::string &why) {
    return error("input '", input.name(), "' is ", describeShape(shape),
                 " in the model, but --input-shape says ", shapeString(wanted),
                 ": ", why);
  };
  if (shape.dim_size() != static_cast<int>(wanted.size()))
    return mismatch("the number of dimensions differs");
  for (int i = 0; i < shape.dim_size(); ++i) {
    const auto &dim = shape.dim(i);
    if (wanted[i] <= 0)
      return mismatch("dimension " + std::to_string(i) + " is not positive");
    if (dim.has_dim_value() && dim.dim_value() != wanted[i])
      return mismatch("only symbolic dimensions can be bound, and dimension " +
                      std::to_string(i) + " is " +
                      std::to_string(dim.dim_value()));
    if (!dim.has_dim_param() || dim.dim_param().empty())
      continue;
    auto [bound, isNew] = symbols.emplace(dim.dim_param(), wanted[i]);
    if (!isNew && bound->second != wanted[i])
      return mismatch("symbol '" + dim.dim_param() + "' is already " +
                      std::to_string(bound->second));
  }
  return ok();
}

/// The shape of an input after all that is bound; an open leading dimension
/// becomes 1.
static Result<std::vector<int64_t>>
resolveShape(const ::onnx::ValueInfoProto &input, const ShapeMap &shapes,
             Symbols &symbols, std::vector<std::string> &remarks) {
  auto wanted = shapes.find(input.name());
  if (wanted != shapes.end())
    return wanted->second;
  const auto &shape = input.type().tensor_type().shape();
  std::vector<int64_t> resolved;
  for (int i = 0; i < shape.dim_size(); ++i) {
    const auto &dim = shape.dim(i);
    auto symbol = symbols.find(dim.dim_param());
    if (dim.has_dim_value()) {
      if (dim.dim_value() <= 0)
        return error("input '", input.name(), "' is ", describeShape(shape),
                     ": dimension ", i, " is not positive");
      resolved.push_back(dim.dim_value());
    } else if (dim.has_dim_param() && symbol != symbols.end()) {
      resolved.push_back(symbol->second);
    } else if (i == 0) {
      remarks.push_back("input '" + input.name() + "' is " +
                        describeShape(shape) +
                        ": batch of 1 assumed; another "
                        "one can be given with --input-shape");
      if (!dim.dim_param().empty())
        symbols[dim.dim_param()] = 1;
      resolved.push_back(1);
    } else {
      return error("dimension ", i, " of input '", input.name(), "' (",
                   describeShape(shape),
                   ") is open: give the shape with "
                   "--input-shape, e.g. --input-shape ",
                   input.name(), "=1x3x224x224");
    }
  }
  return resolved;
}

static Result<DType> checkType(const ::onnx::ValueInfoProto &input,
                               const ShapeMap &shapes) {
  if (!input.type().has_tensor_type())
    return error("input '", input.name(),
                 "' is not a tensor, but a sequence, "
                 "map or optional, which are not supported");
  const auto &tensor = input.type().tensor_type();
  if (!tensor.has_shape() && !shapes.count(input.name()))
    return error("input '", input.name(),
                 "' has no shape: give it with "
                 "--input-shape");
  std::optional<DType> dtype = getDType(tensor.elem_type());
  if (!dtype)
    return error("input '", input.name(), "' has element type ",
                 getDataTypeName(tensor.elem_type()),
                 ", which is not supported");
  return *dtype;
}

static Status
checkNames(const std::vector<const ::onnx::ValueInfoProto *> &inputs,
           const ShapeMap &shapes) {
  std::vector<std::string> names;
  for (const auto *input : inputs)
    names.push_back("'" + input->name() + "'");
  for (const auto &[name, shape] : shapes)
    if (!llvm::is_contained(names, "'" + name + "'"))
      return error("--input-shape: the model has no input '", name,
                   "'; its inputs are ", llvm::join(names, ", "));
  return ok();
}

Result<BoundInputs> bindInputs(const ::onnx::GraphProto &graph,
                               const ShapeMap &shapes) {
  auto inputs = getRealInputs(graph);
  if (Status status = checkNames(inputs, shapes); !status)
    return status;
  Symbols symbols;
  for (const auto *input : inputs) {
    auto wanted = shapes.find(input->name());
    if (wanted == shapes.end() || !input->type().tensor_type().has_shape())
      continue;
    if (Status status = bindSymbols(*input, wanted->second, symbols); !status)
      return status;
  }
  BoundInputs bound;
  for (const auto *input : inputs) {
    Result<DType> dtype = checkType(*input, shapes);
    if (!dtype)
      return dtype.takeError();
    auto shape = resolveShape(*input, shapes, symbols, bound.remarks);
    if (!shape)
      return shape.takeError();
    std::optional<int64_t> count = countElements(*shape);
    if (!count || *count == 0)
      return error("input '", input->name(), "' has the impossible shape ",
                   shapeString(*shape));
    bound.inputs.push_back({input->name(), *dtype, *shape});
  }
  return bound;
}

} // namespace qc::onnximport
