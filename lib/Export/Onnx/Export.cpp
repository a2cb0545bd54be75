// From a function of tpu ops to an ONNX model.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Export/Onnx/Export.h"
#include "Exporter.h"
#include "qc/Container/Container.h"
#include "qc/Dialect/QC/IR/Names.h"
#include "qc/Dialect/QC/IR/QC.h"
#include "qc/Execution/Executor.h"
#include "qc/Interfaces/ExecutableOpInterface.h"
#include "qc/Support/AtomicFile.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/ADT/StringExtras.h"

#include "onnx/checker.h"
#include "onnx/shape_inference/implementation.h"

#include <set>

namespace qc {

using namespace onnxexport;

namespace onnxexport {
#define QC_FAMILY(name) void populate##name##Exporters(ExporterRegistry &);
#include "qc/Export/Onnx/Families.inc"
#undef QC_FAMILY
} // namespace onnxexport

static ExporterRegistry buildRegistry() {
  ExporterRegistry registry;
#define QC_FAMILY(name) populate##name##Exporters(registry);
#include "qc/Export/Onnx/Families.inc"
#undef QC_FAMILY
  return registry;
}

static constexpr int64_t kDefaultOpset = 13;
/// The first whose QuantizeLinear knows 16-bit integers.
static constexpr int64_t kWideOpset = 21;

//===----------------------------------------------------------------------===//
// What the model as a whole says
//===----------------------------------------------------------------------===//

/// The oldest IR version that goes with an operator set.
static int64_t getIrVersion(int64_t opset) {
  return opset >= 21 ? 10 : opset >= 19 ? 9 : opset >= 15 ? 8 : 7;
}

static bool isWide(Type type) {
  auto tensor = dyn_cast<RankedTensorType>(type);
  auto element = tensor
                     ? dyn_cast<quant::QuantizedType>(tensor.getElementType())
                     : nullptr;
  return element && element.getStorageTypeIntegralWidth() > 8;
}

static int64_t getOpset(Block &block, const ExporterRegistry &registry) {
  int64_t opset = kDefaultOpset;
  for (Operation &op : block.without_terminator()) {
    if (llvm::any_of(op.getResultTypes(), isWide) ||
        llvm::any_of(op.getOperandTypes(), isWide))
      opset = std::max(opset, kWideOpset);
    const auto *entry = registry.find(op.getName().getStringRef());
    if (entry && entry->getOpset)
      opset = std::max(opset, entry->getOpset(&op));
  }
  return opset;
}

static void describeModel(func::FuncOp function, ::onnx::ModelProto &model) {
  auto module = function->getParentOfType<ModuleOp>();
  auto note = [&](const std::string &key, const std::string &value) {
    auto *entry = model.add_metadata_props();
    entry->set_key(key);
    entry->set_value(value);
  };
  model.set_producer_name("qc");
  model.set_producer_version(QC_VERSION);
  note("producer", "qc " QC_VERSION);
  if (auto target = module->getAttrOfType<TargetAttr>(kTargetAttr)) {
    note("target", target.getName().str());
    for (NamedAttribute option : target.getOptions())
      note("target." + option.getName().str(), toText(option.getValue()));
  }
  if (auto facts = module->getAttrOfType<DictionaryAttr>(kProvenanceAttr))
    for (NamedAttribute fact : facts)
      note("provenance." + fact.getName().str(), toText(fact.getValue()));
  for (BlockArgument argument : function.getArguments())
    if (auto preprocess = function.getArgAttrOfType<PreprocessAttr>(
            argument.getArgNumber(), kPreprocessAttr))
      note("preprocess." + getTensorName(argument), preprocess.getSpec().str());
}

//===----------------------------------------------------------------------===//
// The graph
//===----------------------------------------------------------------------===//

static bool isTensor(Type type) {
  auto tensor = dyn_cast<RankedTensorType>(type);
  return tensor && tensor.hasStaticShape() &&
         getExecutionDType(tensor.getElementType());
}

/// All ops that nothing can write, in one error.
static LogicalResult checkOps(func::FuncOp function,
                              const ExporterRegistry &registry) {
  std::set<std::string> names;
  std::string listed;
  int64_t count = 0;
  for (Operation &op : function.front().without_terminator()) {
    if (isa<tpu::ConstantOp>(op) || registry.find(op.getName().getStringRef()))
      continue;
    ++count;
    std::string kind = op.getName().getStringRef().str();
    listed += (listed.empty() ? "" : ", ") + ("'" + getDisplayName(&op)) +
              "' (" + kind + ")";
    names.insert(kind);
  }
  if (count == 0)
    return success();
  bool isFloat = llvm::any_of(names, [](const std::string &name) {
    return name.rfind("top.", 0) == 0;
  });
  return function.emitError()
         << count << " op" << (count == 1 ? " has" : "s have")
         << " no QDQ form in ONNX: " << listed
         << (isFloat ? "; quantize the network first" : "");
}

static LogicalResult checkSignature(func::FuncOp function) {
  for (Type type : function.getFunctionType().getInputs())
    if (!isTensor(type))
      return function.emitError("takes an argument of type ")
             << type << ", which no ONNX model can";
  for (Type type : function.getFunctionType().getResults())
    if (!isTensor(type))
      return function.emitError("gives a result of type ")
             << type << ", which no ONNX model can";
  return success();
}

/// Declares tensor `tensors[index]` as result `index`, by the name that the
/// function gives it. Renaming changes `tensors`.
static void addOutput(func::FuncOp function, unsigned index, GraphWriter &graph,
                      MutableArrayRef<std::string> tensors) {
  auto rename = [&](const std::string &from, const std::string &to) {
    graph.rename(from, to);
    std::replace(tensors.begin(), tensors.end(), from, to);
  };
  std::string tensor = tensors[index];
  auto name = function.getResultAttrOfType<StringAttr>(index, kNameAttr);
  std::string wanted = name ? name.str() : tensor;
  bool copied = graph.isInput(tensor) || graph.isOutput(tensor);
  if (graph.isInput(wanted) || graph.isOutput(wanted))
    wanted = graph.uniqueTensor(wanted);
  else if (tensor != wanted && graph.isTaken(wanted))
    rename(wanted, graph.uniqueTensor(wanted + "_before"));
  if (copied)
    graph.addNode("Identity", wanted + "_Identity", {tensor}, wanted);
  else if (tensor != wanted)
    rename(tensor, wanted);
  auto type = cast<RankedTensorType>(function.getResultTypes()[index]);
  auto dtype = isa<quant::QuantizedType>(type.getElementType())
                   ? DType::F32
                   : *getExecutionDType(type.getElementType());
  graph.addOutput(wanted, dtype, type.getShape());
}

static LogicalResult writeGraph(func::FuncOp function,
                                const ExporterRegistry &registry, int64_t opset,
                                ::onnx::GraphProto &proto) {
  GraphWriter graph(proto);
  Block &block = function.front();
  Exporter exporter(graph, block, opset);
  for (BlockArgument argument : block.getArguments()) {
    std::string name = getTensorName(argument);
    exporter.addArgument(argument,
                         name.empty()
                             ? "input" + std::to_string(argument.getArgNumber())
                             : name);
  }
  for (Operation &op : block.without_terminator()) {
    // Constants are written where they are used, in the order needed there.
    if (isa<tpu::ConstantOp>(op))
      continue;
    exporter.beginOp(&op);
    if (failed(
            registry.find(op.getName().getStringRef())->write(&op, exporter)))
      return failure();
  }
  // What the results are stored as comes before any of them is renamed.
  SmallVector<std::string> tensors;
  for (Value result : block.getTerminator()->getOperands())
    tensors.push_back(exporter.getPlain(result));
  for (unsigned i = 0; i < tensors.size(); ++i)
    addOutput(function, i, graph, tensors);
  return failure(exporter.isBroken());
}

/// The words of an exception of onnx's on one line.
static std::string flatten(StringRef text) {
  SmallVector<StringRef> lines;
  text.split(lines, '\n', -1, /*KeepEmpty=*/false);
  return llvm::join(
      llvm::map_range(lines, [](StringRef l) { return l.trim(); }), "; ");
}

/// What onnx itself says about the model: structure and shapes.
static LogicalResult checkModel(func::FuncOp function,
                                ::onnx::ModelProto &model) {
  try {
    ::onnx::checker::check_model(model);
    ::onnx::ShapeInferenceOptions options{/*check_type_val=*/true,
                                          /*strict_mode_val=*/1,
                                          /*data_prop_val=*/false};
    ::onnx::ModelProto copy(model);
    ::onnx::shape_inference::InferShapes(
        copy, ::onnx::OpSchemaRegistry::Instance(), options);
  } catch (const std::exception &exception) {
    return function.emitError("the ONNX model is refused by onnx's checker: ")
           << flatten(exception.what());
  }
  return success();
}

LogicalResult exportQdq(ModuleOp module, std::string &bytes) {
  FailureOr<func::FuncOp> function = getEntryFunction(module);
  if (failed(function))
    return failure();
  ExporterRegistry registry = buildRegistry();
  if (failed(checkOps(*function, registry)) ||
      failed(checkSignature(*function)))
    return failure();

  ::onnx::ModelProto model;
  int64_t opset = getOpset(function->front(), registry);
  model.set_ir_version(getIrVersion(opset));
  auto *import = model.add_opset_import();
  import->set_domain("");
  import->set_version(opset);
  describeModel(*function, model);
  model.mutable_graph()->set_name(function->getName().str());
  if (failed(writeGraph(*function, registry, opset, *model.mutable_graph())))
    return failure();
  // Protobuf counts bytes in an int.
  if (model.ByteSizeLong() > std::numeric_limits<int>::max())
    return function->emitError("makes an ONNX model of ")
           << model.ByteSizeLong() << " bytes, but protobuf ends at 2 GiB";
  if (failed(checkModel(*function, model)))
    return failure();
  if (!model.SerializeToString(&bytes))
    return function->emitError("cannot be encoded as an ONNX model");
  return success();
}

LogicalResult exportQdqFile(ModuleOp module, const std::string &path) {
  std::string bytes;
  if (failed(exportQdq(module, bytes)))
    return failure();
  if (Status written = writeFile(path, bytes); !written)
    return emitError(UnknownLoc::get(module.getContext())) << written.message();
  return success();
}

} // namespace qc
