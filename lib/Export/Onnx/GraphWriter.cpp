// Nodes, initializers and names of an ONNX graph.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "GraphWriter.h"
#include "qc/Dialect/QC/IR/Constants.h"

namespace qc::onnxexport {

::onnx::TensorProto::DataType getDataType(DType dtype) {
  switch (dtype) {
  case DType::F32:
    return ::onnx::TensorProto::FLOAT;
  case DType::F16:
    return ::onnx::TensorProto::FLOAT16;
  case DType::F64:
    return ::onnx::TensorProto::DOUBLE;
  case DType::I8:
    return ::onnx::TensorProto::INT8;
  case DType::U8:
    return ::onnx::TensorProto::UINT8;
  case DType::I16:
    return ::onnx::TensorProto::INT16;
  case DType::U16:
    return ::onnx::TensorProto::UINT16;
  case DType::I32:
    return ::onnx::TensorProto::INT32;
  case DType::U32:
    return ::onnx::TensorProto::UINT32;
  case DType::I64:
    return ::onnx::TensorProto::INT64;
  case DType::U64:
    return ::onnx::TensorProto::UINT64;
  case DType::Bool:
    return ::onnx::TensorProto::BOOL;
  }
  return ::onnx::TensorProto::UNDEFINED;
}

std::string GraphWriter::unique(StringRef name, llvm::StringSet<> &taken) {
  std::string candidate = name.str();
  for (int i = 1; !taken.insert(candidate).second; ++i)
    candidate = (name + "_" + llvm::Twine(i)).str();
  return candidate;
}

static void describe(::onnx::ValueInfoProto &info, StringRef name, DType dtype,
                     ArrayRef<int64_t> shape) {
  info.set_name(name.str());
  auto *type = info.mutable_type()->mutable_tensor_type();
  type->set_elem_type(getDataType(dtype));
  type->mutable_shape();
  for (int64_t size : shape)
    type->mutable_shape()->add_dim()->set_dim_value(size);
}

void GraphWriter::addInput(StringRef name, DType dtype,
                           ArrayRef<int64_t> shape) {
  describe(*graph.add_input(), name, dtype, shape);
}
void GraphWriter::addOutput(StringRef name, DType dtype,
                            ArrayRef<int64_t> shape) {
  describe(*graph.add_output(), name, dtype, shape);
}
void GraphWriter::addValueInfo(StringRef name, DType dtype,
                               ArrayRef<int64_t> shape) {
  describe(*graph.add_value_info(), name, dtype, shape);
}

static void setValue(::onnx::AttributeProto &proto, int64_t value) {
  proto.set_type(::onnx::AttributeProto::INT);
  proto.set_i(value);
}
static void setValue(::onnx::AttributeProto &proto,
                     const SmallVector<int64_t> &values) {
  proto.set_type(::onnx::AttributeProto::INTS);
  for (int64_t value : values)
    proto.add_ints(value);
}
static void setValue(::onnx::AttributeProto &proto, float value) {
  proto.set_type(::onnx::AttributeProto::FLOAT);
  proto.set_f(value);
}
static void setValue(::onnx::AttributeProto &proto, const std::string &value) {
  proto.set_type(::onnx::AttributeProto::STRING);
  proto.set_s(value);
}

size_t GraphWriter::addNode(StringRef opType, StringRef name,
                            ArrayRef<std::string> inputs,
                            ArrayRef<std::string> outputs,
                            ArrayRef<NodeAttribute> attributes) {
  ::onnx::NodeProto &node = *graph.add_node();
  node.set_op_type(opType.str());
  node.set_name(uniqueNode(name));
  for (const std::string &input : inputs)
    node.add_input(input);
  for (const std::string &output : outputs)
    node.add_output(output);
  for (const NodeAttribute &attribute : attributes) {
    ::onnx::AttributeProto &proto = *node.add_attribute();
    proto.set_name(attribute.name.str());
    std::visit([&](const auto &value) { setValue(proto, value); },
               attribute.value);
  }
  return graph.node_size() - 1;
}

void GraphWriter::renameNode(size_t index, StringRef name) {
  ::onnx::NodeProto &node = *graph.mutable_node(static_cast<int>(index));
  if (node.name() == name)
    return;
  nodes.erase(node.name());
  node.set_name(uniqueNode(name));
}

bool GraphWriter::renameOutput(size_t index, StringRef from, StringRef to) {
  ::onnx::NodeProto &node = *graph.mutable_node(static_cast<int>(index));
  auto output = llvm::find(*node.mutable_output(), from);
  if (output == node.mutable_output()->end())
    return false;
  tensors.erase(from);
  *output = to.str();
  return true;
}

std::string GraphWriter::addInitializer(StringRef name, const Tensor &tensor) {
  ::onnx::TensorProto &proto = *graph.add_initializer();
  proto.set_name(uniqueTensor(name));
  proto.set_data_type(getDataType(tensor.dtype()));
  for (int64_t size : tensor.shape())
    proto.add_dims(size);
  proto.set_raw_data(tensor.raw(), tensor.byteSize());
  return proto.name();
}

std::string GraphWriter::addHalves(StringRef name, const Tensor &tensor) {
  ::onnx::TensorProto &proto = *graph.add_initializer();
  proto.set_name(uniqueTensor(name));
  proto.set_data_type(::onnx::TensorProto::INT4);
  for (int64_t size : tensor.shape())
    proto.add_dims(size);
  std::vector<char> bytes =
      packHalves({tensor.data<int8_t>(), size_t(tensor.numElements())});
  proto.set_raw_data(bytes.data(), bytes.size());
  return proto.name();
}

std::string GraphWriter::addInts(StringRef name, ArrayRef<int64_t> values) {
  return addInitializer(
      name, Tensor::fromVector<int64_t>(values.vec(),
                                        {static_cast<int64_t>(values.size())}));
}

void GraphWriter::rename(StringRef from, StringRef to) {
  for (::onnx::NodeProto &node : *graph.mutable_node()) {
    for (std::string &name : *node.mutable_input())
      if (name == from)
        name = to.str();
    for (std::string &name : *node.mutable_output())
      if (name == from)
        name = to.str();
  }
  for (::onnx::TensorProto &constant : *graph.mutable_initializer())
    if (constant.name() == from)
      constant.set_name(to.str());
  for (::onnx::ValueInfoProto &info : *graph.mutable_value_info())
    if (info.name() == from)
      info.set_name(to.str());
  for (::onnx::ValueInfoProto &info : *graph.mutable_output())
    if (info.name() == from)
      info.set_name(to.str());
  tensors.erase(from);
  tensors.insert(to);
}

static bool contains(
    const google::protobuf::RepeatedPtrField<::onnx::ValueInfoProto> &infos,
    StringRef name) {
  return llvm::any_of(infos, [&](const ::onnx::ValueInfoProto &info) {
    return info.name() == name;
  });
}
bool GraphWriter::isInput(StringRef tensor) const {
  return contains(graph.input(), tensor);
}
bool GraphWriter::isOutput(StringRef tensor) const {
  return contains(graph.output(), tensor);
}

} // namespace qc::onnxexport
