// From a function of float or integer ops to a LiteRT model.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Export/TFLite/Export.h"
#include "Exporter.h"
#include "qc/Dialect/QC/IR/EntryFunction.h"
#include "qc/Dialect/QC/IR/Names.h"
#include "qc/Dialect/QC/IR/QC.h"
#include "qc/Interfaces/ExecutableOpInterface.h"
#include "qc/Support/AtomicFile.h"

namespace qc {

using namespace tfliteexport;

namespace tfliteexport {
#define QC_FAMILY(name) void populate##name##Exporters(ExporterRegistry &);
#include "qc/Export/TFLite/Families.inc"
#undef QC_FAMILY
} // namespace tfliteexport

static ExporterRegistry buildRegistry() {
  ExporterRegistry registry;
#define QC_FAMILY(name) populate##name##Exporters(registry);
#include "qc/Export/TFLite/Families.inc"
#undef QC_FAMILY
  return registry;
}

//===----------------------------------------------------------------------===//
// What can be written
//===----------------------------------------------------------------------===//

/// All ops that nothing can write, in one error.
static LogicalResult checkOps(func::FuncOp function,
                              const ExporterRegistry &registry) {
  std::string listed;
  int64_t count = 0;
  for (Operation &op : function.front().without_terminator()) {
    if (op.hasTrait<OpTrait::ConstantLike>())
      continue;
    const auto *entry = registry.find(op.getName().getStringRef());
    std::string reason = entry && entry->refuse ? entry->refuse(&op) : "";
    if (entry && reason.empty())
      continue;
    ++count;
    listed += (listed.empty() ? "" : ", ") + ("'" + getDisplayName(&op)) +
              "' (" + op.getName().getStringRef().str() +
              (reason.empty() ? "" : ": " + reason) + ")";
  }
  if (count == 0)
    return success();
  return function.emitError()
         << count << " op" << (count == 1 ? " has" : "s have")
         << " no form in LiteRT: " << listed
         << "; emit the program alone (--emit qcb), or keep them out of the "
            "network";
}

static quant::QuantizedType getStorage(Value value) {
  auto tensor = dyn_cast<RankedTensorType>(value.getType());
  auto type = tensor ? dyn_cast<quant::QuantizedType>(tensor.getElementType())
                     : nullptr;
  return isa_and_nonnull<quant::CalibratedQuantizedType>(type) ? nullptr : type;
}

static bool hasZeroPoint(quant::QuantizedType type) {
  int64_t shift = getShift(type);
  if (auto uniform = dyn_cast<quant::UniformQuantizedType>(type))
    return uniform.getZeroPoint() + shift != 0;
  auto channels = dyn_cast<quant::UniformQuantizedPerAxisType>(type);
  return channels && llvm::any_of(channels.getZeroPoints(), [&](int64_t zero) {
           return zero + shift != 0;
         });
}

/// The rules that LiteRT has for weights of products.
static LogicalResult checkWeights(Operation &op, Value weight) {
  quant::QuantizedType type = getStorage(weight);
  if (!type)
    return success();
  auto fail = [&](StringRef rule, StringRef ways) {
    return op.emitOpError("at '")
           << getDisplayName(&op) << "' has weights '" << getTensorName(weight)
           << "' of " << type.getStorageTypeIntegralWidth() << " bits"
           << (hasZeroPoint(type) ? ", asymmetric" : "") << ", but " << rule
           << "; " << ways << ", or emit the program alone (--emit qcb)";
  };
  if (type.getStorageTypeIntegralWidth() != 8)
    return fail("LiteRT takes weights of 8 bits",
                "choose a precision with them (int8, a16w8)");
  if (hasZeroPoint(type))
    return fail("LiteRT takes weights with zero point 0 only, as most NPUs do",
                "quantize them symmetrically (of a quantized model: --refit)");
  return success();
}

/// Types that no operator takes are errors at the tensor.
static LogicalResult checkTypes(func::FuncOp function) {
  for (Operation &op : function.front().without_terminator()) {
    if (auto weighted = dyn_cast<WeightedOpInterface>(op))
      if (failed(checkWeights(op, weighted.getWeight())))
        return failure();
    for (Value result : op.getResults()) {
      auto tensor = dyn_cast<RankedTensorType>(result.getType());
      if (!tensor || !tensor.hasStaticShape() ||
          !getExecutionDType(tensor.getElementType()))
        return op.emitOpError("at '")
               << getDisplayName(&op) << "' has type " << result.getType()
               << ", which no .tflite model can hold";
      quant::QuantizedType type = getStorage(result);
      if (!op.hasTrait<OpTrait::ConstantLike>() && type &&
          type.getStorageTypeIntegralWidth() == 16 && hasZeroPoint(type))
        return op.emitOpError("at '")
               << getDisplayName(&op) << "' makes '" << getTensorName(result)
               << "' of type " << type
               << ", but LiteRT's 16-bit activations have zero point 0; "
                  "quantize them symmetrically, or with 8 bits, or emit the "
                  "program alone (--emit qcb)";
    }
  }
  return success();
}

//===----------------------------------------------------------------------===//
// Inputs and outputs
//===----------------------------------------------------------------------===//

/// The order in which the first op that cares wants `value`, as far as ops in
/// between let through; nothing if none cares.
static std::optional<Order> findWantedOrder(Value value, int depth = 0) {
  // Ops in front of the first layer are few.
  constexpr int kDeepest = 16;
  if (depth == kDeepest)
    return std::nullopt;
  for (Operation *user : value.getUsers()) {
    if (isa<tpu::Conv2dOp, tpu::Deconv2dOp, tpu::MaxPoolOp, tpu::AvgPoolOp,
            tpu::ResizeNearestOp, tpu::ResizeLinearOp, top::ConvOp,
            top::DeconvOp, top::MaxPoolOp, top::AvgPoolOp, top::ResizeOp,
            top::BatchNormOp, top::ScaleOp, tpu::PreluOp>(user) &&
        user->getOperand(0) == value)
      return getImageOrder(user);
    ArrayRef<int64_t> perm;
    if (auto transpose = dyn_cast<tpu::TransposeOp>(user))
      perm = transpose.getPerm();
    else if (auto transpose = dyn_cast<top::TransposeOp>(user))
      perm = transpose.getPerm();
    else if (user->getNumResults() != 1 ||
             !isa<RankedTensorType>(user->getResult(0).getType()) ||
             getShape(user->getResult(0)) != getShape(value))
      continue;
    auto wanted = findWantedOrder(user->getResult(0), depth + 1);
    if (!wanted)
      continue;
    if (perm.empty())
      return wanted;
    Order order;
    for (int64_t dim : *wanted)
      order.push_back(perm[dim]);
    return order;
  }
  return std::nullopt;
}

/// The order in which the model takes `argument`: channels last for images.
static Order getInputOrder(BlockArgument argument,
                           const TFLiteExportOptions &options) {
  int64_t rank = getRank(argument);
  Order plain = getPlainOrder(rank);
  if (options.sourceLayout || rank != 4)
    return plain;
  return findWantedOrder(argument).value_or(plain);
}

/// Notes that tensor `name` has the dimensions of the source in `order`.
static void noteOrder(ModelWriter &model, StringRef name,
                      ArrayRef<int64_t> order) {
  if (order == ArrayRef<int64_t>(getPlainOrder(order.size())))
    return;
  std::string text;
  for (int64_t dim : order)
    text += (text.empty() ? "" : ",") + std::to_string(dim);
  model.addMetadata("order." + name.str(), text);
}

/// What all users of `argument` quantize it to; null where the model has to
/// take it as it is.
static Operation *findOnlyQuantize(BlockArgument argument,
                                   const TFLiteExportOptions &options) {
  Operation *first = nullptr;
  if (options.floatBoundary)
    return nullptr;
  for (Operation *user : argument.getUsers()) {
    auto quantize = dyn_cast<tpu::QuantizeOp>(user);
    if (!quantize ||
        (first && first->getResult(0).getType() != quantize.getType()))
      return nullptr;
    first = user;
  }
  return first;
}

static std::string getInputName(BlockArgument argument) {
  std::string name = getTensorName(argument);
  return name.empty() ? "input" + std::to_string(argument.getArgNumber())
                      : name;
}

/// Adds the inputs. Quantize ops whose results these are go into `done`.
static void addInputs(Block &block, Exporter &exporter,
                      llvm::DenseSet<Operation *> &done) {
  for (BlockArgument argument : block.getArguments()) {
    std::string name = getInputName(argument);
    Order order = getInputOrder(argument, exporter.options);
    Operation *quantize = findOnlyQuantize(argument, exporter.options);
    Value value = quantize ? quantize->getResult(0) : Value(argument);
    TensorId id = exporter.model.addTensor(name, exporter.form(value, order));
    exporter.model.addInput(id, name);
    noteOrder(exporter.model, name, order);
    if (!quantize) {
      exporter.alias(argument, id, order);
      continue;
    }
    for (Operation *user : argument.getUsers()) {
      exporter.alias(user->getResult(0), id, order);
      done.insert(user);
    }
  }
}

/// Whether `value` is nothing but results of the network.
static bool isOnlyReturned(Value value) {
  return llvm::all_of(value.getUsers(), [](Operation *user) {
    return user->hasTrait<OpTrait::IsTerminator>() ||
           (isa<tpu::TransposeOp>(user) && isOnlyReturned(user->getResult(0)));
  });
}

/// Declares result `index` by the name that the function gives it.
static void addOutput(func::FuncOp function, unsigned index,
                      Exporter &exporter) {
  ModelWriter &model = exporter.model;
  Value result = function.front().getTerminator()->getOperand(index);
  auto name = function.getResultAttrOfType<StringAttr>(index, kNameAttr);
  // Images stay channels last.
  Order order = exporter.getOrder(result);
  if (exporter.options.sourceLayout || order != Order{0, 2, 3, 1})
    order = getPlainOrder(order.size());
  exporter.beginOutput(getTensorName(result));
  TensorId id = exporter.get(result, order);
  std::string wanted = name ? name.str() : model.getName(id);
  // A tensor is one output, and none that is given can be taken.
  if (model.isInput(id) || model.isOutput(id) || model.isConstant(id)) {
    Form form = exporter.getForm(id);
    TensorId shape = exporter.ints("shape", form.shape);
    tflite::ReshapeOptionsT table;
    table.new_shape.assign(form.shape.begin(), form.shape.end());
    id = exporter.emit(BuiltinOperator::RESHAPE, {id, shape}, std::move(form),
                       makeOptions(std::move(table)));
  }
  if (model.getName(id) != wanted) {
    // Whoever has the name keeps it with something behind it, unless it is an
    // input or output itself.
    for (TensorId other = 0; other < model.getNextId(); ++other)
      if (model.getName(other) == wanted && !model.isInput(other) &&
          !model.isOutput(other))
        model.rename(other, wanted + "_before");
    model.rename(id, wanted);
  }
  model.addOutput(id, wanted);
  noteOrder(model, wanted, order);
}

//===----------------------------------------------------------------------===//
// The model
//===----------------------------------------------------------------------===//

/// Who wrote the model, for which target.
static std::string describe(ModuleOp module) {
  std::string text = "qc " QC_VERSION;
  if (auto target = module->getAttrOfType<TargetAttr>(kTargetAttr))
    text += ", target " + target.getName().str();
  return text;
}

static LogicalResult writeGraph(func::FuncOp function,
                                const ExporterRegistry &registry,
                                ModelWriter &model,
                                const TFLiteExportOptions &options) {
  Block &block = function.front();
  Exporter exporter(model, block, options);
  llvm::DenseSet<Operation *> done;
  addInputs(block, exporter, done);
  for (Operation &op : block.without_terminator()) {
    // Constants are written where they are used, in the order needed there.
    if (op.hasTrait<OpTrait::ConstantLike>() || done.contains(&op))
      continue;
    exporter.beginOp(&op);
    // What only makes floats of the network's results is left to the user.
    if (isa<tpu::DequantizeOp>(op) && !options.floatBoundary &&
        isOnlyReturned(op.getResult(0))) {
      Order order = exporter.getOrder(op.getOperand(0));
      exporter.alias(op.getResult(0), exporter.get(op.getOperand(0), order),
                     order);
      continue;
    }
    if (failed(
            registry.find(op.getName().getStringRef())->write(&op, exporter)))
      return failure();
  }
  for (unsigned i = 0; i < block.getTerminator()->getNumOperands(); ++i)
    addOutput(function, i, exporter);
  return failure(exporter.isBroken());
}

LogicalResult exportTFLite(ModuleOp module, std::string &bytes,
                           const TFLiteExportOptions &options) {
  FailureOr<func::FuncOp> function = getEntryFunction(module);
  if (failed(function))
    return failure();
  ExporterRegistry registry = buildRegistry();
  auto numbers = withNumbers(module, *function);
  if (failed(numbers))
    return failure();
  if (*numbers)
    function = (*numbers)->lookupSymbol<func::FuncOp>(function->getName());
  if (failed(checkStage(*function, "a .tflite model", "integers")) ||
      failed(checkSignature(*function, ".tflite")) ||
      failed(checkTypes(*function)) || failed(checkOps(*function, registry)))
    return failure();
  ModelWriter model;
  if (failed(writeGraph(*function, registry, model, options)))
    return failure();
  for (BlockArgument argument : function->getArguments())
    if (auto preprocess = function->getArgAttrOfType<PreprocessAttr>(
            argument.getArgNumber(), kPreprocessAttr))
      model.addMetadata("preprocess." + getInputName(argument),
                        preprocess.getSpec().str());
  Result<std::string> written =
      model.finish(function->getName(), describe(module));
  if (!written)
    return function->emitError("as a .tflite model: ") << written.message();
  bytes = std::move(*written);
  return success();
}

} // namespace qc
