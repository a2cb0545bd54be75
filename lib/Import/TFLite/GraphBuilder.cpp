// Nodes and constants of the ONNX graph that stands for a .tflite model.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "GraphBuilder.h"

#include <cstring>

namespace qc::tfliteimport {

using ::onnx::AttributeProto;
using ::onnx::TensorProto;

//===----------------------------------------------------------------------===//
// Attributes
//===----------------------------------------------------------------------===//

static AttributeProto &addAttribute(std::vector<AttributeProto> &list,
                                    const char *name,
                                    AttributeProto::AttributeType type) {
  list.emplace_back();
  list.back().set_name(name);
  list.back().set_type(type);
  return list.back();
}

Attributes &Attributes::integer(const char *name, int64_t value) {
  addAttribute(list, name, AttributeProto::INT).set_i(value);
  return *this;
}
Attributes &Attributes::integers(const char *name, ArrayRef<int64_t> values) {
  auto &attribute = addAttribute(list, name, AttributeProto::INTS);
  for (int64_t value : values)
    attribute.add_ints(value);
  return *this;
}
Attributes &Attributes::real(const char *name, float value) {
  addAttribute(list, name, AttributeProto::FLOAT).set_f(value);
  return *this;
}
Attributes &Attributes::text(const char *name, const std::string &value) {
  addAttribute(list, name, AttributeProto::STRING).set_s(value);
  return *this;
}

::onnx::NodeProto makeNode(const std::string &op, ArrayRef<std::string> inputs,
                           const std::string &output,
                           const Attributes &attributes) {
  ::onnx::NodeProto node;
  node.set_op_type(op);
  for (const std::string &input : inputs)
    node.add_input(input);
  node.add_output(output);
  for (const auto &attribute : attributes.list)
    *node.add_attribute() = attribute;
  return node;
}

//===----------------------------------------------------------------------===//
// Constants
//===----------------------------------------------------------------------===//

std::optional<int32_t> getDataType(TensorType type) {
  switch (type) {
  case TensorType::FLOAT32:
    return TensorProto::FLOAT;
  case TensorType::FLOAT64:
    return TensorProto::DOUBLE;
  case TensorType::INT8:
    return TensorProto::INT8;
  case TensorType::UINT8:
    return TensorProto::UINT8;
  case TensorType::INT16:
    return TensorProto::INT16;
  case TensorType::UINT16:
    return TensorProto::UINT16;
  case TensorType::INT32:
    return TensorProto::INT32;
  case TensorType::INT64:
    return TensorProto::INT64;
  case TensorType::BOOL:
    return TensorProto::BOOL;
  default:
    return std::nullopt;
  }
}

std::string permute(StringRef bytes, size_t size, ArrayRef<int64_t> shape,
                    ArrayRef<int64_t> perm) {
  std::vector<int64_t> strides(shape.size(), 1), index(shape.size(), 0);
  for (size_t d = shape.size(); d-- > 1;)
    strides[d - 1] = strides[d] * shape[d];
  std::string result(bytes.size(), '\0');
  for (size_t at = 0; at < bytes.size(); at += size) {
    int64_t from = 0;
    for (size_t d = 0; d < perm.size(); ++d)
      from += index[d] * strides[perm[d]];
    std::memcpy(&result[at], bytes.data() + from * size, size);
    for (size_t d = perm.size(); d-- > 0;) {
      if (++index[d] < shape[perm[d]])
        break;
      index[d] = 0;
    }
  }
  return result;
}

std::string GraphBuilder::unique(const std::string &name) {
  std::string candidate = name;
  for (size_t i = 1; !names.insert(candidate).second; ++i)
    candidate = name + "_" + std::to_string(i);
  return candidate;
}

std::string GraphBuilder::addTensor(const std::string &name, int32_t dataType,
                                    ArrayRef<int64_t> shape,
                                    std::string bytes) {
  std::string free = unique(name);
  TensorProto *tensor = graph.add_initializer();
  tensor->set_name(free);
  tensor->set_data_type(dataType);
  for (int64_t dim : shape)
    tensor->add_dims(dim);
  tensor->set_raw_data(std::move(bytes));
  return free;
}

template <typename T> static std::string bytesOf(ArrayRef<T> values) {
  return std::string(reinterpret_cast<const char *>(values.data()),
                     values.size() * sizeof(T));
}

std::string GraphBuilder::addIntegers(const std::string &name,
                                      ArrayRef<int64_t> values) {
  return addTensor(name, TensorProto::INT64,
                   {static_cast<int64_t>(values.size())}, bytesOf(values));
}

std::string GraphBuilder::addReals(const std::string &name,
                                   ArrayRef<float> values) {
  return addTensor(name, TensorProto::FLOAT,
                   {static_cast<int64_t>(values.size())}, bytesOf(values));
}

std::string GraphBuilder::addReal(const std::string &name, float value) {
  return addTensor(name, TensorProto::FLOAT, {}, bytesOf<float>(value));
}

std::string GraphBuilder::addScalar(float value) {
  std::string &known = scalars[value];
  if (known.empty())
    known = addReal("scalar", value);
  return known;
}

template <typename T> static std::string narrowed(ArrayRef<int64_t> values) {
  std::vector<T> list(values.begin(), values.end());
  return bytesOf<T>(list);
}

std::string GraphBuilder::addZeroPoints(const std::string &name,
                                        TensorType type,
                                        ArrayRef<int64_t> values,
                                        bool isScalar) {
  std::string bytes;
  size_t size = *getElementSize(type);
  if (size == 1)
    bytes = narrowed<int8_t>(values);
  else if (size == 2)
    bytes = narrowed<int16_t>(values);
  else
    bytes = narrowed<int32_t>(values);
  Shape shape;
  if (!isScalar)
    shape.push_back(static_cast<int64_t>(values.size()));
  return addTensor(name, *getDataType(type), shape, std::move(bytes));
}

::onnx::NodeProto
GraphBuilder::makeRounding(bool isQuantize, const std::string &input,
                           const std::string &output, TensorType type,
                           const Quantization &parameters, int64_t axis) {
  bool isScalar = parameters.scales.size() == 1;
  std::string scale =
      isScalar ? addReal(output + "/scale", parameters.scales.front())
               : addReals(output + "/scale", parameters.scales);
  std::string zero = addZeroPoints(output + "/zero_point", type,
                                   parameters.zeroPoints, isScalar);
  return makeNode(isQuantize ? "QuantizeLinear" : "DequantizeLinear",
                  {input, scale, zero}, output,
                  Attributes().integer("axis", axis));
}

} // namespace qc::tfliteimport
