// Attributes of an ONNX node.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Attributes.h"
#include "TensorData.h"

#include "onnx/onnx_pb.h"

namespace qc::onnximport {

using ::onnx::AttributeProto;

static AttributeValue takeValue(AttributeProto &attribute,
                                ExternalFiles &files) {
  switch (attribute.type()) {
  case AttributeProto::INT:
    return attribute.i();
  case AttributeProto::FLOAT:
    return attribute.f();
  case AttributeProto::STRING:
    return attribute.s();
  case AttributeProto::INTS:
    return std::vector<int64_t>(attribute.ints().begin(),
                                attribute.ints().end());
  case AttributeProto::FLOATS:
    return std::vector<float>(attribute.floats().begin(),
                              attribute.floats().end());
  case AttributeProto::STRINGS:
    return std::vector<std::string>(attribute.strings().begin(),
                                    attribute.strings().end());
  case AttributeProto::TENSOR: {
    Result<Tensor> tensor = takeTensor(*attribute.mutable_t(), files);
    if (!tensor)
      return UnsupportedAttribute{tensor.message()};
    return *tensor;
  }
  default:
    return UnsupportedAttribute{
        "attributes of type " +
        ::onnx::AttributeProto_AttributeType_Name(attribute.type()) +
        " are not supported"};
  }
}

AttributeTable::AttributeTable(::onnx::NodeProto &node, ExternalFiles &files) {
  for (AttributeProto &attribute : *node.mutable_attribute()) {
    Entry entry{takeValue(attribute, files)};
    if (!entries.emplace(attribute.name(), entry).second)
      entries[attribute.name()].value = UnsupportedAttribute{"is given twice"};
  }
}

const AttributeValue *AttributeTable::read(StringRef name) {
  auto found = entries.find(std::string_view(name));
  if (found == entries.end())
    return nullptr;
  found->second.wasRead = true;
  return &found->second.value;
}

bool AttributeTable::has(StringRef name) const {
  return entries.find(std::string_view(name)) != entries.end();
}

std::vector<std::string> AttributeTable::getUnread() const {
  std::vector<std::string> names;
  for (const auto &[name, entry] : entries)
    if (!entry.wasRead)
      names.push_back(name);
  return names;
}

std::string describe(const AttributeValue &value) {
  static constexpr const char *words[] = {
      "an integer",       "a float",
      "a string",         "a list of integers",
      "a list of floats", "a list of strings",
      "a tensor",         "of a kind that is not supported"};
  return words[value.index()];
}

} // namespace qc::onnximport
