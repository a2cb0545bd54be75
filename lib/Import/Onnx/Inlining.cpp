// Nodes that stand for a graph, which is imported in their place: an If whose
// condition is known, a function of the model, and ops that the ONNX standard
// defines by others. (Steps of loops: Loops.cpp.)
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "GraphBody.h"
#include "Handlers.h"
#include "Importer.h"

#include "qc/Dialect/Top/IR/Top.h"

#include "onnx/defs/schema.h"

namespace qc::onnximport {

/// Definitions may call each other: a few bytes could ask for any number of
/// nodes.
static constexpr int64_t kMostDefinedNodes = 1000000;
static constexpr int kDeepestDefinition = 64;

bool isDefaultDomain(const ::onnx::NodeProto &node) {
  return node.domain().empty() || node.domain() == "ai.onnx";
}

//===----------------------------------------------------------------------===//
// Names
//===----------------------------------------------------------------------===//

using Names = std::map<std::string, std::string>;

static void rename(std::string &name, const Names &names) {
  if (auto found = names.find(name); found != names.end())
    name = found->second;
}

/// Names of graphs inside are none of the graphs around them.
static void rename(::onnx::NodeProto &node, const Names &names) {
  for (std::string &name : *node.mutable_input())
    rename(name, names);
  for (std::string &name : *node.mutable_output())
    rename(name, names);
  for (auto &attribute : *node.mutable_attribute()) {
    if (!attribute.has_g())
      continue;
    for (auto &inner : *attribute.mutable_g()->mutable_node())
      rename(inner, names);
    for (auto &output : *attribute.mutable_g()->mutable_output())
      rename(*output.mutable_name(), names);
  }
}

//===----------------------------------------------------------------------===//
// In place
//===----------------------------------------------------------------------===//

void Importer::importBody(const NodeInfo &info, Body body) {
  numDefined += body.nodes.size();
  if (depth == kDeepestDefinition || numDefined > kMostDefinedNodes) {
    fail(info, depth == kDeepestDefinition
                   ? "its definition leads to itself, or is " +
                         std::to_string(depth) + " others deep"
                   : "the definitions of nodes have more than " +
                         std::to_string(kMostDefinedNodes) + " nodes");
    return setPlaceholders(info);
  }
  Names names;
  for (auto [i, inner] : llvm::enumerate(body.inputs))
    names[inner] = i < info.inputs.size() ? info.inputs[i] : "";
  std::set<std::string> defined;
  if (body.initializers)
    for (const auto &tensor : *body.initializers)
      defined.insert(tensor.name());
  for (const auto &node : body.nodes)
    defined.insert(node.output().begin(), node.output().end());
  // What is handed through, or given out twice, has a name already.
  std::vector<std::pair<std::string, std::string>> aliases;
  for (auto [inner, outer] : llvm::zip(body.outputs, info.outputs))
    if (!outer.empty() &&
        (!defined.count(inner) || !names.try_emplace(inner, outer).second))
      aliases.push_back({inner, outer});
  auto outermost = llvm::find_if(
      info.outputs, [](const std::string &name) { return !name.empty(); });
  std::string prefix = outermost == info.outputs.end() ? "" : *outermost + "/";
  for (const std::string &inner : defined) {
    if (inner.empty() || names.count(inner))
      continue;
    std::string unique = prefix + inner;
    for (int n = 0; wanted.count(unique); ++n)
      unique = prefix + inner + "_" + std::to_string(n);
    names[inner] = unique;
  }
  if (body.initializers)
    for (auto &tensor : *body.initializers)
      values.addInitializer(names[tensor.name()], &tensor);
  for (auto &node : body.nodes)
    rename(node, names);
  std::vector<std::string> outputs;
  for (const std::string &inner : body.outputs) {
    std::string name = inner;
    rename(name, names);
    outputs.push_back(name);
  }

  size_t before = failures.size();
  std::string around = std::exchange(inside, body.where);
  ++depth;
  for (auto *node : selectNodes(body.nodes, outputs))
    importNode(*node, body.opset);
  --depth;
  inside = around;
  for (auto &[inner, outer] : aliases) {
    std::string name = inner;
    rename(name, names);
    if (auto found = values.find(name); found && *found)
      values.set(outer, **found);
  }
  if (failures.size() == before)
    return;
  failures.addOutputs(info);
  for (const std::string &output : info.outputs)
    if (auto found = values.find(output); !output.empty() && found && !*found)
      return setPlaceholders(info);
}

//===----------------------------------------------------------------------===//
// If
//===----------------------------------------------------------------------===//

void Importer::importIf(const NodeInfo &info, ::onnx::NodeProto &proto,
                        int64_t opset) {
  AttributeTable attributes(proto, externalFiles);
  NodeContext node(info, attributes, values, builder);
  const Tensor *condition = node.requireConstant(0, "the condition");
  if (condition && condition->numElements() != 1)
    (void)node.fail("the condition of shape " + shapeText(node.shape(0)) +
                    " is not one value");
  ::onnx::GraphProto *branch = nullptr;
  if (!node.failed())
    for (auto &attribute : *proto.mutable_attribute())
      if (attribute.has_g() &&
          attribute.name() == (host::toReals(*condition)[0] != 0
                                   ? "then_branch"
                                   : "else_branch"))
        branch = attribute.mutable_g();
  if (!node.failed() && !branch)
    (void)node.fail("the branch that the condition takes is missing");
  if (branch && branch->output_size() != proto.output_size())
    (void)node.fail("the branch that the condition takes has " +
                    Twine(branch->output_size()) + " results, the node has " +
                    Twine(proto.output_size()));
  if (node.failed()) {
    if (!node.isConsequence())
      fail(info, *node.getFailure());
    return setPlaceholders(info);
  }
  std::vector<std::string> outputs;
  for (const auto &output : branch->output())
    outputs.push_back(output.name());
  importBody(info, {*branch->mutable_node(),
                    branch->mutable_initializer(),
                    {},
                    outputs,
                    opset,
                    inside});
}

//===----------------------------------------------------------------------===//
// Definitions
//===----------------------------------------------------------------------===//

/// Attributes of the definition's nodes that are those of the node: its own, or
/// else their defaults; one without is left out.
static void bindAttributes(
    Importer::Nodes &nodes,
    const std::map<std::string, const ::onnx::AttributeProto *> &given) {
  for (auto &node : nodes) {
    auto *attributes = node.mutable_attribute();
    for (int i = attributes->size(); i-- > 0;) {
      auto &attribute = *attributes->Mutable(i);
      if (attribute.has_g())
        bindAttributes(*attribute.mutable_g()->mutable_node(), given);
      if (attribute.ref_attr_name().empty())
        continue;
      auto found = given.find(attribute.ref_attr_name());
      if (found == given.end()) {
        attributes->DeleteSubrange(i, 1);
        continue;
      }
      std::string name = attribute.name();
      attribute = *found->second;
      attribute.set_name(name);
    }
  }
}

/// The type of tensor `name` as far as it is known.
::onnx::TypeProto Importer::getTypeProto(const std::string &name) {
  ::onnx::TypeProto type;
  auto found =
      name.empty() ? Result<const ImportedValue *>(nullptr) : values.find(name);
  if (!found || !*found)
    return type;
  RankedTensorType known = (*found)->getType(context);
  Type element = top::getExpressedElement(known.getElementType());
  auto *tensor = type.mutable_tensor_type();
  for (int number = 1; number <= ::onnx::TensorProto::DataType_MAX; ++number)
    if (std::optional<DType> dtype = getDType(number);
        dtype && number != ::onnx::TensorProto::BFLOAT16 &&
        getElementType(context, *dtype) == element) {
      tensor->set_elem_type(number);
      break;
    }
  for (int64_t size : known.getShape())
    tensor->mutable_shape()->add_dim()->set_dim_value(size);
  return type;
}

::onnx::FunctionProto *Importer::findDefinition(const ::onnx::NodeProto &proto,
                                                int64_t opset) {
  for (const auto &function : file.proto->functions())
    if (function.name() == proto.op_type() &&
        function.domain() == proto.domain() &&
        function.overload() == proto.overload())
      return &definitions.emplace_back(function);
  if (!isDefaultDomain(proto) ||
      !getHandlers().getVersions(proto.op_type()).empty())
    return nullptr;
  const auto *schema = ::onnx::OpSchemaRegistry::Schema(
      proto.op_type(), static_cast<int>(opset), "");
  if (!schema)
    return nullptr;
  int newest = ::onnx::OpSchemaRegistry::DomainToVersionRange::Instance()
                   .Map()
                   .at("")
                   .second;
  // Old ops are defined in the words of later operator sets, too.
  for (int version = static_cast<int>(opset); version <= newest; ++version) {
    if (const auto *function = schema->GetFunction(version))
      return &definitions.emplace_back(*function);
    if (!schema->HasContextDependentFunction())
      continue;
    std::vector<::onnx::TypeProto> types;
    for (const std::string &name : proto.input())
      types.push_back(getTypeProto(name));
    ::onnx::FunctionProto built;
    ::onnx::FunctionBodyBuildContextImpl about(proto, types);
    if (schema->BuildContextDependentFunction(about, built, version))
      return &definitions.emplace_back(std::move(built));
  }
  return nullptr;
}

bool Importer::importAsGraph(const NodeInfo &info, ::onnx::NodeProto &proto,
                             int64_t opset) {
  static const std::map<std::string,
                        void (Importer::*)(const NodeInfo &,
                                           ::onnx::NodeProto &, int64_t)>
      graphs = {{"If", &Importer::importIf},
                {"Loop", &Importer::importLoop},
                {"Scan", &Importer::importScan}};
  auto graph =
      isDefaultDomain(proto) ? graphs.find(proto.op_type()) : graphs.end();
  bool hasGraph = graph != graphs.end();
  if (!areInputsKnown(info)) {
    // The type of what is missing may decide which definition it is.
    if (hasGraph)
      setPlaceholders(info);
    return hasGraph;
  }
  if (hasGraph) {
    (this->*graph->second)(info, proto, opset);
    return true;
  }
  ::onnx::FunctionProto *definition = nullptr;
  try {
    definition = findDefinition(proto, opset);
  } catch (const std::exception &) {
    // A damaged attribute: the node is treated as one that is not known.
  }
  if (!definition)
    return false;
  std::map<std::string, const ::onnx::AttributeProto *> given;
  for (const auto &attribute : definition->attribute_proto())
    given[attribute.name()] = &attribute;
  if (const auto *schema = ::onnx::OpSchemaRegistry::Schema(
          proto.op_type(), static_cast<int>(opset), proto.domain()))
    for (const auto &[name, attribute] : schema->attributes())
      if (attribute.default_value.has_name())
        given[name] = &attribute.default_value;
  for (const auto &attribute : proto.attribute())
    given[attribute.name()] = &attribute;
  bindAttributes(*definition->mutable_node(), given);
  int64_t version = opset;
  for (const auto &import : definition->opset_import())
    if (import.domain().empty() || import.domain() == "ai.onnx")
      version = import.version();
  importBody(info, {*definition->mutable_node(),
                    nullptr,
                    {definition->input().begin(), definition->input().end()},
                    {definition->output().begin(), definition->output().end()},
                    version,
                    ", a part of the definition of " + info.op + " '" +
                        (info.name.empty() ? info.outputs.front() : info.name) +
                        "'"});
  return true;
}

} // namespace qc::onnximport
