// The driver of the import.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Importer.h"
#include "Handlers.h"
#include "Selections.h"

#include "qc/Dialect/QC/IR/Names.h"
#include "qc/Dialect/QC/IR/QC.h"
#include "qc/Dialect/Top/IR/Top.h"

#include "mlir/IR/TypeUtilities.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Path.h"

#include "onnx/defs/schema.h"
#include "onnx/onnx_pb.h"

#include <set>

namespace qc::onnximport {

Importer::Importer(ModelFile &file, MLIRContext *context,
                   const ImportOptions &options)
    : file(file), context(context), options(options),
      fileLoc(FileLineColLoc::get(context, file.path, 0, 0)),
      sourceLoc(FileLineColLoc::get(
          context, llvm::sys::path::filename(file.path), 0, 0)),
      builder(context), externalFiles(file.folder),
      values(builder, externalFiles) {
  context->loadDialect<func::FuncDialect, QCDialect, top::TopDialect>();
}

//===----------------------------------------------------------------------===//
// What is imported
//===----------------------------------------------------------------------===//

/// The known name that `name` was probably meant to be.
static std::string suggest(StringRef name, const std::set<std::string> &known) {
  const std::string *nearest = nullptr;
  unsigned best = std::max<unsigned>(2, static_cast<unsigned>(name.size()) / 3);
  for (const std::string &candidate : known) {
    unsigned distance = name.edit_distance(candidate, true, best);
    if (distance <= best && (!nearest || distance < best)) {
      best = distance;
      nearest = &candidate;
    }
  }
  return nearest ? "; did you mean '" + *nearest + "'" : "";
}

Result<std::vector<std::string>> Importer::chooseOutputs() const {
  const auto &graph = file.proto->graph();
  std::vector<std::string> outputs;
  if (options.cutAt.empty()) {
    for (const auto &output : graph.output())
      outputs.push_back(output.name());
    if (outputs.empty())
      return error("the model has no outputs");
    return outputs;
  }
  std::set<std::string> known;
  for (const auto &input : graph.input())
    known.insert(input.name());
  for (const auto &node : graph.node())
    known.insert(node.output().begin(), node.output().end());
  for (const std::string &name : options.cutAt)
    if (name.empty() || !known.count(name))
      return error("--cut-at: the model has no tensor '", name, "'",
                   suggest(name, known));
  return options.cutAt;
}

/// Leaves the first of equal names and returns the others: an output is found
/// by its name.
static std::vector<std::string>
dropRepeated(std::vector<std::string> &outputs) {
  std::set<std::string> known;
  std::vector<std::string> kept, repeated;
  for (std::string &name : outputs)
    (known.insert(name).second ? kept : repeated).push_back(name);
  outputs = std::move(kept);
  return repeated;
}

/// Calls `note` for every tensor that `node` or a graph inside it reads. Those
/// that a graph inside defines itself are among them.
static void forEachRead(const ::onnx::NodeProto &node,
                        function_ref<void(const std::string &)> note) {
  for (const std::string &name : node.input())
    note(name);
  for (const auto &attribute : node.attribute()) {
    if (!attribute.has_g())
      continue;
    for (const auto &inner : attribute.g().node())
      forEachRead(inner, note);
    for (const auto &output : attribute.g().output())
      note(output.name());
  }
}

std::vector<::onnx::NodeProto *> Importer::selectNodes(
    google::protobuf::RepeatedPtrField<::onnx::NodeProto> &nodes,
    const std::vector<std::string> &outputs) {
  wanted.insert(outputs.begin(), outputs.end());
  std::vector<::onnx::NodeProto *> selected;
  for (auto &node : llvm::reverse(nodes)) {
    if (llvm::none_of(node.output(), [&](const std::string &name) {
          return wanted.count(name) > 0;
        }))
      continue;
    forEachRead(node, [&](const std::string &name) { wanted.insert(name); });
    selected.push_back(&node);
  }
  std::reverse(selected.begin(), selected.end());
  return selected;
}

static DictionaryAttr nameDictionary(OpBuilder &builder,
                                     const std::string &name) {
  return builder.getDictionaryAttr(
      builder.getNamedAttr(kNameAttr, builder.getStringAttr(name)));
}

func::FuncOp Importer::createFunction(ModuleOp module,
                                      const BoundInputs &bound) {
  SmallVector<Type> types;
  for (const ModelInput &input : bound.inputs)
    types.push_back(RankedTensorType::get(
        input.shape, getElementType(context, input.dtype)));
  builder.setInsertionPointToEnd(module.getBody());
  auto function = func::FuncOp::create(builder, sourceLoc, "main",
                                       builder.getFunctionType(types, {}));
  Block *body = function.addEntryBlock();
  // All at once: one at a time each would copy those before it.
  SmallVector<DictionaryAttr> names;
  for (auto [index, input] : llvm::enumerate(bound.inputs)) {
    BlockArgument argument = body->getArgument(static_cast<unsigned>(index));
    argument.setLoc(getTensorLoc(context, input.name));
    names.push_back(nameDictionary(builder, input.name));
    values.set(input.name, {std::nullopt, argument});
  }
  function.setAllArgAttrs(names);
  builder.setInsertionPointToEnd(body);
  return function;
}

//===----------------------------------------------------------------------===//
// Nodes
//===----------------------------------------------------------------------===//

/// onnx's checker counts inputs, but takes an empty name for one that is not
/// optional.
static std::optional<std::string>
findMissingInput(const ::onnx::OpSchema &schema, const NodeInfo &info) {
  const auto &formals = schema.inputs();
  for (size_t i = 0; i < info.inputs.size() && !formals.empty(); ++i) {
    const auto &formal = formals[std::min(i, formals.size() - 1)];
    if (info.inputs[i].empty() &&
        formal.GetOption() != ::onnx::OpSchema::Optional)
      return "input " + std::to_string(i) + " is missing";
  }
  return std::nullopt;
}

std::optional<std::string>
Importer::checkSupport(const ::onnx::NodeProto &proto, int64_t opset,
                       NodeInfo &info) const {
  if (const SourceOperator *source = findSource(info))
    if (!source->refusal.empty())
      return source->refusal;
  // Ops of another domain are listed with it, in the one form that they have.
  std::string qualified = proto.domain() + "." + info.op;
  if (!isDefaultDomain(proto) && getHandlers().lookup(qualified, 1)) {
    info.op = qualified;
    info.since = 1;
    return std::nullopt;
  }
  if (!isDefaultDomain(proto))
    return "operator domain '" + proto.domain() + "' is not supported";
  std::vector<int64_t> versions = getHandlers().getVersions(info.op);
  if (versions.empty())
    return std::string("not supported");
  const auto *schema =
      ::onnx::OpSchemaRegistry::Schema(info.op, static_cast<int>(opset), "");
  if (!schema || schema->deprecated())
    return "operator set " + std::to_string(opset) + " does not have it";
  info.since = schema->since_version();
  if (getHandlers().lookup(info.op, info.since))
    return findMissingInput(*schema, info);
  std::vector<std::string> words;
  for (int64_t version : versions)
    words.push_back(std::to_string(version));
  return "its form of operator set " + std::to_string(info.since) +
         " is not supported (those of " + llvm::join(words, ", ") + " are)";
}

bool Importer::areInputsKnown(const NodeInfo &info) {
  return llvm::all_of(info.inputs, [&](const std::string &name) {
    if (name.empty())
      return true;
    auto found = values.find(name);
    // One that cannot be read has a reason of its own, which the handler hits.
    return !found || *found != nullptr;
  });
}

void Importer::setPlaceholders(const NodeInfo &info) {
  for (const std::string &output : info.outputs) {
    RankedTensorType type =
        output.empty() ? RankedTensorType() : oracle->lookup(context, output);
    if (!type)
      continue;
    auto cast = UnrealizedConversionCastOp::create(
        builder, getTensorLoc(context, output), type, ValueRange());
    values.set(output, {std::nullopt, cast.getResult(0), true});
  }
}

/// True when an input would be a shape or an index had an earlier node not
/// failed: no handler can make sense of it.
static bool hasIntegerPlaceholder(const NodeInfo &info, ValueTable &values) {
  return llvm::any_of(info.inputs, [&](const std::string &name) {
    auto found = values.find(name);
    return found && *found && (*found)->isPlaceholder &&
           getElementTypeOrSelf((*found)->value).isIntOrIndex();
  });
}

/// Sees to inputs that hold integers for real numbers, as `use` says.
static void checkStored(StoredIntegers use, NodeContext &node) {
  for (size_t i = 0; i < node.numInputs(); ++i) {
    if (!node.isStored(i))
      continue;
    if (use == StoredIntegers::Refused)
      (void)node.fail("computes with the integers of '" + node.inputName(i) +
                      "' themselves instead of the numbers that they stand "
                      "for; put DequantizeLinear in front of it, and "
                      "QuantizeLinear behind it");
    else if (use == StoredIntegers::Moved)
      node.storeResults();
  }
}

/// Folds when everything is known, imports otherwise.
static void callHandler(const Handler &handler, NodeContext &node) {
  checkStored(handler.stored, node);
  bool allConstant = true;
  for (size_t i = 0; i < node.numInputs(); ++i)
    if (node.hasInput(i) && !node.constant(i))
      allConstant = false;
  if (node.failed())
    return;
  HandlerFn run = allConstant && handler.fold ? handler.fold : handler.import;
  if (!run) {
    // Only the first operand that is not constant matters to the message.
    for (size_t i = 0; i < node.numInputs(); ++i)
      if (node.hasInput(i))
        (void)node.requireConstant(i, "an operand");
    return;
  }
  if (failed(run(node)) && !node.failed())
    (void)node.fail("its handler gave up");
}

void Importer::runHandler(const NodeInfo &info, ::onnx::NodeProto &proto) {
  AttributeTable attributes(proto, externalFiles);
  NodeContext node(info, attributes, values, builder);
  callHandler(*getHandlers().lookup(info.op, info.since), node);
  for (const std::string &name : attributes.getUnread())
    (void)node.fail("attribute '" + name + "' is not understood");
  for (const std::string &name : info.outputs)
    if (!node.failed() && !name.empty())
      if (std::optional<std::string> difference = findContradiction(name))
        (void)node.fail(*difference);
  if (!node.failed())
    return;
  if (!node.isConsequence() && !hasIntegerPlaceholder(info, values))
    fail(info, *node.getFailure());
  setPlaceholders(info);
}

void Importer::fail(const NodeInfo &info, StringRef reason) {
  failures.add(info, inside.empty() ? reason.str() : reason.str() + inside,
               findSource(info));
}

const SourceOperator *Importer::findSource(const NodeInfo &info) const {
  auto found = file.operators.find(info.name);
  return found == file.operators.end() ? nullptr : &found->second;
}

void Importer::importNode(::onnx::NodeProto &proto, int64_t opset) {
  NodeInfo info;
  info.op = proto.op_type();
  info.name = proto.name();
  info.inputs.assign(proto.input().begin(), proto.input().end());
  // Optional ones are often listed though nobody reads them.
  for (const std::string &output : proto.output())
    info.outputs.push_back(wanted.count(output) ? output : std::string());
  if (importAsGraph(info, proto, opset))
    return;
  if (std::optional<std::string> reason = checkSupport(proto, opset, info)) {
    fail(info, *reason);
    setPlaceholders(info);
  } else if (areInputsKnown(info)) {
    runHandler(info, proto);
  } else {
    setPlaceholders(info);
  }
}

//===----------------------------------------------------------------------===//
// What the file says of the results
//===----------------------------------------------------------------------===//

void Importer::noteDeclarations() {
  const auto &graph = file.proto->graph();
  for (const auto *list : {&graph.value_info(), &graph.output()})
    for (const auto &info : *list)
      declarations[info.name()] = &info;
  for (const auto &input : graph.input()) {
    const auto &type = input.type().tensor_type();
    hasOpenInputs |= !type.has_shape();
    for (const auto &dim : type.shape().dim())
      hasOpenInputs |= !dim.has_dim_value();
  }
}

/// "INT64 1x3x?"
static std::string describeType(const ::onnx::TypeProto_Tensor &type) {
  std::vector<std::string> dims;
  for (const auto &dim : type.shape().dim())
    dims.push_back(dim.has_dim_value() ? std::to_string(dim.dim_value()) : "?");
  std::string shape = !type.has_shape() ? "of any shape"
                      : dims.empty()    ? "scalar"
                                        : llvm::join(dims, "x");
  return getDataTypeName(type.elem_type()) + " " + shape;
}

/// Dimensions that the file leaves open, or out by writing 0 or -1, fit all.
static bool fits(const ::onnx::TensorShapeProto &declared,
                 ArrayRef<int64_t> shape) {
  if (declared.dim_size() != static_cast<int>(shape.size()))
    return false;
  return llvm::all_of(llvm::zip(declared.dim(), shape), [](auto pair) {
    auto &[dim, size] = pair;
    return dim.dim_value() <= 0 || dim.dim_value() == size;
  });
}

std::optional<std::string>
Importer::findContradiction(const std::string &name) {
  auto declared = declarations.find(name);
  auto found = values.find(name);
  if (declared == declarations.end() || !found || !*found ||
      (*found)->isPlaceholder)
    return std::nullopt;
  const auto &type = declared->second->type().tensor_type();
  // Once is enough.
  declarations.erase(declared);
  RankedTensorType actual = (*found)->getType(context);
  auto describe = [&] {
    std::string text = "tensor '" + name + "' is " + describeType(type) +
                       " in the file, but what computes it gives ";
    llvm::raw_string_ostream(text) << actual;
    return text;
  };
  // A type that the importer does not have cannot be what it has found. What
  // holds integers that stand for real numbers is those numbers here.
  std::optional<DType> dtype = getDType(type.elem_type());
  bool isStored = getNarrowBits(type.elem_type()) != 0 || (*found)->isStored;
  bool isOther =
      type.elem_type() != ::onnx::TensorProto::UNDEFINED && !isStored &&
      (!dtype || getElementType(context, *dtype) !=
                     top::getExpressedElement(actual.getElementType()));
  if (!isOther && (!type.has_shape() || isSelection((*found)->value) ||
                   fits(type.shape(), actual.getShape())))
    return std::nullopt;
  if (isOther || !hasOpenInputs)
    return describe() + ": the file contradicts itself";
  if (staleShapes++ == 0)
    firstStale = describe();
  return std::nullopt;
}

//===----------------------------------------------------------------------===//
// The whole
//===----------------------------------------------------------------------===//

LogicalResult Importer::finish(func::FuncOp function,
                               const std::vector<std::string> &outputs) {
  SmallVector<Value> results;
  for (const std::string &name : outputs) {
    auto found = values.find(name);
    if (!found || !*found)
      return emitError(fileLoc) << (found ? "output '" + name +
                                                "' is computed "
                                                "by no node"
                                          : found.message());
    // A node's results have been compared; inputs and initializers may be
    // given out as well.
    if (std::optional<std::string> difference = findContradiction(name))
      return emitError(fileLoc) << *difference;
    if ((*found)->constant && (*found)->constant->empty())
      return emitError(fileLoc) << "output '" << name << "' has no elements";
    bool isStored = (*found)->isStored;
    Value result = values.materialize(name);
    if (isStored && findStorageType(result))
      emitRemark(fileLoc) << "output '" << name
                          << "' holds integers in the model; here it is the "
                             "real numbers that they stand for";
    else if (isStored) // sums of products
      result = top::CastOp::create(
          builder, deriveName(result.getLoc(), "_integers"),
          RankedTensorType::get(top::getShape(result), builder.getI32Type()),
          result);
    results.push_back(result);
  }
  if (staleShapes > 0)
    emitWarning(fileLoc) << firstStale << " for the shapes of inputs that are "
                         << "open in the file; what is computed counts"
                         << (staleShapes == 1
                                 ? std::string()
                                 : ", here and for " +
                                       std::to_string(staleShapes - 1) +
                                       " more tensors");
  func::ReturnOp::create(builder, sourceLoc, results);
  function.setFunctionType(builder.getFunctionType(
      function.getArgumentTypes(), ValueRange(results).getTypes()));
  function.setAllResultAttrs(
      llvm::map_to_vector(outputs, [&](const std::string &name) {
        return nameDictionary(builder, name);
      }));
  return success();
}

OwningOpRef<ModuleOp> Importer::run() {
  auto fail = [&](const Status &status) {
    emitError(fileLoc) << status.message();
    return OwningOpRef<ModuleOp>();
  };
  auto *graph = file.proto->mutable_graph();
  Result<BoundInputs> bound = bindInputs(*graph, options.inputShapes);
  if (!bound)
    return fail(bound.takeError());
  Result<std::vector<std::string>> outputs = chooseOutputs();
  if (!outputs)
    return fail(outputs.takeError());
  for (const std::string &remark : bound->remarks)
    emitRemark(fileLoc) << remark;
  for (const std::string &name : dropRepeated(*outputs))
    emitRemark(fileLoc) << "output '" << name
                        << "' is listed more than once and is given out once";

  std::map<std::string, std::vector<int64_t>> inputShapes;
  for (const ModelInput &input : bound->inputs)
    inputShapes[input.name] = input.shape;
  oracle = std::make_unique<ShapeOracle>(*file.proto, inputShapes);
  for (auto &initializer : *graph->mutable_initializer())
    values.addInitializer(initializer.name(), &initializer);

  noteDeclarations();
  OwningOpRef<ModuleOp> module = ModuleOp::create(sourceLoc);
  func::FuncOp function = createFunction(*module, *bound);
  std::vector<::onnx::NodeProto *> nodes =
      selectNodes(*graph->mutable_node(), *outputs);
  for (auto *node : nodes)
    importNode(*node, file.opset);
  if (!failures.empty()) {
    failures.emit(fileLoc,
                  findTailCut(nodes, *outputs, failures.getOutputs(), values));
    return {};
  }
  if (failed(finish(function, *outputs)) || failed(checkSelections(function)))
    return {};
  return module;
}

} // namespace qc::onnximport
