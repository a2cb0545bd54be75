// From a function of float or integer ops to an ONNX model.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Export/Onnx/Export.h"
#include "DenseLayers.h"
#include "Exporter.h"
#include "PictureNotes.h"
#include "qc/Container/Container.h"
#include "qc/Dialect/QC/IR/EntryFunction.h"
#include "qc/Dialect/QC/IR/Lineage.h"
#include "qc/Dialect/QC/IR/Names.h"
#include "qc/Dialect/QC/IR/QC.h"
#include "qc/Dialect/Top/IR/Top.h"
#include "qc/Interfaces/ExecutableOpInterface.h"
#include "qc/Support/AtomicFile.h"
#include "qc/Support/Checksum.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/ADT/StringExtras.h"

#include "onnx/checker.h"
#include "onnx/shape_inference/implementation.h"

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

//===----------------------------------------------------------------------===//
// Operator sets
//===----------------------------------------------------------------------===//

static constexpr int64_t kDefaultOpset = 13;
/// The first whose QuantizeLinear has scales of channels, and the first whose
/// one knows 16-bit integers.
static constexpr int64_t kQuantizedOpset = 13;

Status checkOnnxOpset(int64_t opset) {
  if (opset >= kOldestOnnxOpset && opset <= kNewestOnnxOpset)
    return ok();
  return error("ONNX is written in operator sets ", kOldestOnnxOpset, " to ",
               kNewestOnnxOpset, ", not ", opset);
}

/// The oldest IR version that goes with an operator set.
static int64_t getIrVersion(int64_t opset) {
  // From the operator set on; ONNX's own table.
  static constexpr std::pair<int64_t, int64_t> versions[] = {
      {25, 13}, {24, 12}, {23, 11}, {21, 10},
      {19, 9},  {15, 8},  {12, 7},  {11, 6}};
  for (auto [since, version] : versions)
    if (opset >= since)
      return version;
  return 5;
}

static bool isWide(Type type) {
  auto tensor = dyn_cast<RankedTensorType>(type);
  auto element = tensor
                     ? dyn_cast<quant::QuantizedType>(tensor.getElementType())
                     : nullptr;
  // A range alone is stored in nothing.
  return element && element.getStorageType() &&
         element.getStorageTypeIntegralWidth() > 8;
}

static bool isOfHalves(Type type) {
  auto tensor = dyn_cast<RankedTensorType>(type);
  return tensor && isa<quant::QuantizedType>(tensor.getElementType()) &&
         getStorageBits(tensor.getElementType()) == 4;
}

/// The first that can round values as `function` does; 0 where it rounds none.
static int64_t getRoundingOpset(func::FuncOp function) {
  int64_t opset = 0;
  for (Operation &op : function.front().without_terminator()) {
    if (isa_and_nonnull<tpu::TpuDialect>(op.getDialect()))
      opset = std::max(opset, kQuantizedOpset);
    if (llvm::any_of(op.getResultTypes(), isWide) ||
        llvm::any_of(op.getOperandTypes(), isWide))
      opset = kWideOpset;
  }
  return opset;
}

/// The operator set that was asked for, else the default, or the first that has
/// every op in one piece.
static FailureOr<int64_t> chooseOpset(func::FuncOp function,
                                      const ExporterRegistry &registry,
                                      int64_t wanted) {
  int64_t needed = getRoundingOpset(function);
  if (wanted != 0) {
    if (Status known = checkOnnxOpset(wanted); !known)
      return function->emitError() << known.message();
    if (wanted >= needed)
      return wanted;
    return function->emitError()
           << "has quantized tensors that operator set " << wanted
           << " cannot say"
           << (needed == kWideOpset ? ": 16-bit integers are there from "
                                    : ": scales of channels are there from ")
           << needed << " on";
  }
  int64_t opset = std::max(kDefaultOpset, needed);
  for (Operation &op : function.front().without_terminator()) {
    // An older one that is asked for gets their products in 8 bits.
    if (llvm::any_of(op.getOperandTypes(), isOfHalves))
      opset = std::max(opset, kWideOpset);
    if (const auto *entry = registry.find(op.getName().getStringRef());
        entry && entry->getOpset)
      opset = std::max(opset, entry->getOpset(&op));
  }
  return opset;
}

//===----------------------------------------------------------------------===//
// What the model as a whole says
//===----------------------------------------------------------------------===//

/// What who runs a quantized model should know.
static constexpr llvm::StringLiteral kReadersNote =
    "Quantized by qc, in QDQ form. onnxruntime on x86-64 processors without "
    "VNNI: its 8-bit kernels saturate sums of two products at 16 bits, which "
    "changes results; set the session option session.x64quantprecision to 1 "
    "(SessionOptions.add_session_config_entry), or use basic graph "
    "optimisation.";

/// The same of one with layers in float.
static constexpr llvm::StringLiteral kFloatLayersNote =
    " Some layers are in float: onnxruntime's optimiser would quantize their "
    "weights; set session.disable_quant_qdq to 1 as well.";

static bool isFloatLayer(Operation &op) {
  return isa_and_nonnull<top::TopDialect>(op.getDialect()) &&
         !op.hasTrait<OpTrait::ConstantLike>();
}

static void describeModel(func::FuncOp function, bool isQuantized,
                          ::onnx::ModelProto &model) {
  auto module = function->getParentOfType<ModuleOp>();
  auto note = [&](const std::string &key, const std::string &value) {
    auto *entry = model.add_metadata_props();
    entry->set_key(key);
    entry->set_value(value);
  };
  if (isQuantized) {
    bool isMixed =
        llvm::any_of(function.front().without_terminator(), isFloatLayer);
    model.set_doc_string(kReadersNote.str() +
                         (isMixed ? kFloatLayersNote.str() : ""));
    note("onnxruntime.session.x64quantprecision", "1");
    if (isMixed)
      note("onnxruntime.session.disable_quant_qdq", "1");
  }
  model.set_producer_name("qc");
  model.set_producer_version(QC_VERSION);
  note("producer", "qc " QC_VERSION);
  if (auto target = module->getAttrOfType<TargetAttr>(kTargetAttr)) {
    note("target", target.getName().str());
    for (NamedAttribute option : target.getOptions())
      note("target." + option.getName().str(), toText(option.getValue()));
  }
  for (BlockArgument argument : function.getArguments())
    if (auto preprocess = function.getArgAttrOfType<PreprocessAttr>(
            argument.getArgNumber(), kPreprocessAttr))
      note("preprocess." + getTensorName(argument), preprocess.getSpec().str());
}

/// What a QDQ model says of the compile that it is from; read back only where
/// the graph is still what is written here.
static void noteLineage(Lineage lineage, ::onnx::ModelProto &model) {
  std::string graph = model.graph().SerializeAsString();
  lineage[kGraphChecksum.str()] = hexString(crc64(graph.data(), graph.size()));
  for (const auto &[key, text] : lineage) {
    auto *entry = model.add_metadata_props();
    entry->set_key(key);
    entry->set_value(text);
  }
}

//===----------------------------------------------------------------------===//
// The graph
//===----------------------------------------------------------------------===//

/// All ops that nothing can write, in one error.
static LogicalResult checkOps(func::FuncOp function,
                              const ExporterRegistry &registry) {
  std::string listed;
  int64_t count = 0;
  for (Operation &op : function.front().without_terminator()) {
    if (op.hasTrait<OpTrait::ConstantLike>() ||
        registry.find(op.getName().getStringRef()))
      continue;
    ++count;
    listed += (listed.empty() ? "" : ", ") + ("'" + getDisplayName(&op)) +
              "' (" + op.getName().getStringRef().str() + ")";
  }
  if (count == 0)
    return success();
  return function.emitError()
         << count << " op" << (count == 1 ? " has" : "s have")
         << " no form in ONNX: " << listed
         << "; emit the program alone (--emit qcb), or keep them out of the "
            "network";
}

/// Tensors that no ONNX model can hold are errors at the op that makes them.
static LogicalResult checkResults(func::FuncOp function) {
  for (Operation &op : function.front().without_terminator())
    for (Type type : op.getResultTypes())
      if (!isExportable(type))
        return op.emitOpError("at '")
               << getDisplayName(&op) << "' has type " << type
               << ", which no ONNX model can hold";
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
  Value result = function.front().getTerminator()->getOperand(index);
  graph.addOutput(wanted, getTensorDType(result), getShape(result));
}

static LogicalResult writeGraph(func::FuncOp function,
                                const ExporterRegistry &registry, int64_t opset,
                                Lineage &lineage, ::onnx::GraphProto &proto) {
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
    if (op.hasTrait<OpTrait::ConstantLike>())
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
  for (Operation &op : block.without_terminator())
    if (op.getNumResults() == 1)
      if (std::optional<Order> order =
              exporter.getNamedOrder(op.getResult(0))) {
        ArrayRef<int64_t> perm = getSourcePermutation(&op);
        noteOrder(lineage, getTensorName(op.getResult(0)),
                  perm.empty() ? *order
                               : applyPermutation<int64_t>(perm, *order));
      }
  return failure(exporter.isBroken());
}

/// The words of an exception of onnx's on one line.
static std::string flatten(StringRef text) {
  SmallVector<StringRef> lines;
  text.split(lines, '\n', -1, /*KeepEmpty=*/false);
  return llvm::join(
      llvm::map_range(lines, [](StringRef l) { return l.trim(); }), "; ");
}

/// The first node with a result whose type or shape is not known.
static const ::onnx::NodeProto *findUntyped(const ::onnx::GraphProto &graph) {
  llvm::StringSet<> typed;
  auto collect = [&](const auto &infos) {
    for (const ::onnx::ValueInfoProto &info : infos) {
      const auto &tensor = info.type().tensor_type();
      if (tensor.elem_type() != ::onnx::TensorProto::UNDEFINED &&
          tensor.has_shape() &&
          llvm::all_of(tensor.shape().dim(),
                       [](const auto &dim) { return dim.has_dim_value(); }))
        typed.insert(info.name());
    }
  };
  collect(graph.value_info());
  collect(graph.output());
  for (const ::onnx::NodeProto &node : graph.node())
    for (const std::string &output : node.output())
      if (!typed.contains(output))
        return &node;
  return nullptr;
}

/// What onnx itself says about the model: structure, and the type and shape of
/// every tensor, which are then written into it.
static LogicalResult completeModel(func::FuncOp function,
                                   ::onnx::ModelProto &model) {
  try {
    ::onnx::checker::check_model(model);
    ::onnx::ShapeInferenceOptions options{/*check_type_val=*/true,
                                          /*strict_mode_val=*/1,
                                          /*data_prop_val=*/true};
    ::onnx::shape_inference::InferShapes(
        model, ::onnx::OpSchemaRegistry::Instance(), options);
  } catch (const std::exception &exception) {
    return function.emitError("the ONNX model is refused by onnx's checker: ")
           << flatten(exception.what())
           << "; emit the program alone (--emit qcb) and please report this";
  }
  if (const auto *node = findUntyped(model.graph()))
    return function.emitError("onnx infers no type and shape for what node '")
           << node->name() << "' (" << node->op_type()
           << ") makes; please report this";
  return success();
}

LogicalResult exportOnnx(ModuleOp module, std::string &bytes,
                         const OnnxExportOptions &options) {
  FailureOr<func::FuncOp> function = getEntryFunction(module);
  if (failed(function))
    return failure();
  ExporterRegistry registry = buildRegistry();
  auto numbers = withNumbers(module, *function);
  if (failed(numbers))
    return failure();
  if (*numbers)
    function = (*numbers)->lookupSymbol<func::FuncOp>(function->getName());
  OwningOpRef<ModuleOp> dense =
      withDenseLayers(*numbers ? **numbers : module, *function);
  if (dense)
    function = dense->lookupSymbol<func::FuncOp>(function->getName());
  if (failed(checkStage(*function, "ONNX", "QDQ")) ||
      failed(checkOps(*function, registry)) ||
      failed(checkSignature(*function, "ONNX")) ||
      failed(checkResults(*function)))
    return failure();
  auto opset = chooseOpset(*function, registry, options.opset);
  if (failed(opset))
    return failure();

  ::onnx::ModelProto model;
  model.set_ir_version(getIrVersion(*opset));
  auto *import = model.add_opset_import();
  import->set_domain("");
  import->set_version(*opset);
  bool isQuantized = getRoundingOpset(*function) != 0;
  describeModel(*function, isQuantized, model);
  model.mutable_graph()->set_name(function->getName().str());
  Lineage lineage = getLineage(*function);
  if (failed(writeGraph(*function, registry, *opset, lineage,
                        *model.mutable_graph())))
    return failure();
  // Protobuf counts bytes in an int.
  if (model.ByteSizeLong() > std::numeric_limits<int>::max())
    return function->emitError("makes an ONNX model of ")
           << model.ByteSizeLong()
           << " bytes, but protobuf ends at 2 GiB; export parts of the network";
  if (failed(completeModel(*function, model)))
    return failure();
  // A float model is one like others: it is quantized anew. What its input
  // means is another thing.
  if (!isQuantized)
    lineage.clear();
  notePictures(*function, lineage);
  if (!lineage.empty())
    noteLineage(std::move(lineage), model);
  if (!model.SerializeToString(&bytes))
    return function->emitError("cannot be encoded as an ONNX model");
  return success();
}

} // namespace qc
