// All that is known of one layer of a compile: who chose what, and why.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Pipelines/Explain.h"
#include "qc/Dialect/QC/IR/EntryFunction.h"
#include "qc/Dialect/QC/IR/Names.h"
#include "qc/Dialect/QC/IR/QC.h"
#include "qc/Dialect/Top/IR/BlockParameters.h"
#include "qc/Dialect/Top/IR/Top.h"
#include "qc/Execution/Executor.h"
#include "qc/Interfaces/WeightedOpInterface.h"
#include "qc/Pipelines/Analysis.h"
#include "qc/Pipelines/Compiler.h"
#include "qc/Pipelines/Session.h"
#include "qc/Pipelines/StageFiles.h"
#include "qc/Quantization/Activations.h"
#include "qc/Support/EditDistance.h"
#include "qc/Support/Strings.h"
#include "qc/Transforms/ConstantValues.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/Path.h"

namespace qc {

static constexpr StringLiteral kScaled = "_scaled";

namespace {
/// A stage of the compile, and what it knows of the layer.
struct Stage {
  std::string name;
  OwningOpRef<ModuleOp> module;
  func::FuncOp function;
};
} // namespace

/// The activation called `name`, or what it is called once it is scaled.
static Value findActivation(func::FuncOp function, StringRef name) {
  Value swallowed;
  for (Value value : collectActivations(function)) {
    std::string own = getTensorName(value);
    if (own == name || own == (name + kScaled).str() ||
        (own + kScaled).str() == name)
      return value;
    Operation *op = value.getDefiningOp();
    if (!swallowed && op && op->getNumResults() == 1 &&
        llvm::any_of(getNames(op->getLoc()),
                     [&](StringAttr other) { return other == name; }))
      swallowed = value;
  }
  return swallowed;
}

static std::string describeType(Type type) {
  std::string text;
  llvm::raw_string_ostream(text) << type;
  return text;
}

static StageFacts describeStage(const Stage &stage, Value value) {
  StageFacts facts;
  facts.stage = stage.name;
  Type element = cast<RankedTensorType>(value.getType()).getElementType();
  if (auto calibrated = dyn_cast<quant::CalibratedQuantizedType>(element))
    facts.range = ValueRange1D{calibrated.getMin(), calibrated.getMax()};
  if (auto type = getStorageType(value)) {
    facts.type = describeType(type);
    facts.range =
        ValueRange1D{double(type.getStorageTypeMin() - type.getZeroPoint()) *
                         type.getScale(),
                     double(type.getStorageTypeMax() - type.getZeroPoint()) *
                         type.getScale()};
  }
  if (ParametersAttr note = getParameters(value)) {
    facts.chosenBy = stringifyParameterSource(note.getSource()).str();
    facts.why = note.getWords().str();
    facts.isFixed = note.getFixed();
  }
  return facts;
}

static std::optional<WeightFacts> describeWeights(Value value) {
  auto layer = dyn_cast_or_null<WeightedOpInterface>(value.getDefiningOp());
  auto stored =
      layer ? layer.getWeight().getDefiningOp<top::QuantizedConstantOp>()
            : top::QuantizedConstantOp();
  if (!stored)
    return std::nullopt;
  auto type = cast<RankedTensorType>(stored.getOutput().getType());
  auto parameters = top::BlockParameters::get(type);
  if (!parameters || parameters->scales.empty())
    return std::nullopt;
  auto element = cast<quant::QuantizedType>(type.getElementType());
  auto [least, most] =
      std::minmax_element(parameters->scales.begin(), parameters->scales.end());
  WeightFacts facts;
  facts.type = llvm::formatv(
      "{0}{1}, {2} scale{3}", element.isSigned() ? "i" : "u",
      element.getStorageTypeIntegralWidth(), parameters->scales.size(),
      parameters->scales.size() == 1 ? "" : "s");
  facts.smallestScale = *least;
  facts.largestScale = *most;
  if (ParametersAttr note = getParameters(stored.getOutput()))
    facts.why = note.getWords().str();
  return facts;
}

/// What the bias of `after` has more than that of `before`.
static std::optional<std::pair<int64_t, double>> compareBiases(Value before,
                                                               Value after) {
  auto get = [](Value value) -> std::optional<std::vector<double>> {
    auto layer = dyn_cast_or_null<WeightedOpInterface>(value.getDefiningOp());
    if (!layer || !layer.getBias())
      return std::nullopt;
    return getNumbers(layer.getBias());
  };
  auto old = get(before), now = get(after);
  if (!now)
    return std::nullopt;
  if (!old)
    old.emplace(now->size(), 0.0);
  if (old->size() != now->size())
    return std::nullopt;
  std::pair<int64_t, double> change{0, 0};
  for (auto [x, y] : llvm::zip_equal(*old, *now)) {
    change.first += x != y;
    if (std::abs(y - x) > std::abs(change.second))
      change.second = y - x;
  }
  return change;
}

static FailureOr<std::vector<Stage>> loadStages(const std::string &folder,
                                                Session &session) {
  std::vector<Stage> stages;
  for (StringRef name : {"calibrate", "correct", "assign"}) {
    std::string path = findStageFile(folder, name);
    if (path.empty())
      continue;
    Stage stage{
        name.str(), loadModule({path, std::nullopt}, session.getContext()), {}};
    auto function = stage.module ? getEntryFunction(*stage.module)
                                 : FailureOr<func::FuncOp>();
    if (failed(function))
      return failure();
    stage.function = *function;
    stages.push_back(std::move(stage));
  }
  if (!stages.empty())
    return std::move(stages);
  session.fail(error("'", folder,
                     "' has no stage calibrate, correct or assign: give the "
                     "folder of a qc compile"));
  return failure();
}

FailureOr<LayerExplanation> explainLayer(const std::string &folder,
                                         const std::string &name,
                                         Session &session) {
  auto stages = loadStages(folder, session);
  if (failed(stages))
    return failure();
  LayerExplanation explanation;
  Value before;
  std::vector<std::string> known;
  for (const Stage &stage : *stages) {
    Value value = findActivation(stage.function, name);
    for (Value other : collectActivations(stage.function))
      known.push_back(getTensorName(other));
    if (!value)
      continue;
    explanation.name = getTensorName(value);
    if (Operation *op = value.getDefiningOp()) {
      explanation.op = op->getName().stripDialect().str();
      explanation.operands.clear();
      for (Value operand : getActivationOperands(op))
        explanation.operands.push_back(getTensorName(operand));
    } else {
      explanation.op = "input";
    }
    explanation.stages.push_back(describeStage(stage, value));
    if (auto weights = describeWeights(value))
      explanation.weights = weights;
    StringRef own = explanation.name;
    if (stage.name == "calibrate")
      before = value;
    else if (before && own.ends_with(kScaled) &&
             getTensorName(before) == own.drop_back(kScaled.size()))
      explanation.scaledFrom = getTensorName(before);
    if (stage.name == "correct" && before && explanation.scaledFrom.empty())
      explanation.bias = compareBiases(before, value);
  }
  if (explanation.stages.empty()) {
    // As a table on a terminal shows it.
    if (std::string whole = findCutName(name, known); !whole.empty())
      return explainLayer(folder, whole, session);
    session.fail(error("no layer '", name, "' in '", folder, "'",
                       suggestName(name, known)));
    return failure();
  }
  // A compile that stopped early has no report.
  if (auto report = readReport(folder))
    for (LayerReport &layer : report->layers)
      if (layer.error.name == explanation.name)
        explanation.layer = std::move(layer);
  return explanation;
}

//===----------------------------------------------------------------------===//
// Printing
//===----------------------------------------------------------------------===//

static llvm::json::Value toJSON(const StageFacts &stage) {
  llvm::json::Object object{{"stage", stage.stage},
                            {"chosen_by", stage.chosenBy},
                            {"why", printable(stage.why)},
                            {"fixed", stage.isFixed}};
  if (stage.range)
    object["range"] = llvm::json::Array{stage.range->min, stage.range->max};
  if (!stage.type.empty())
    object["type"] = stage.type;
  return object;
}

llvm::json::Value toJSON(const LayerExplanation &explanation) {
  llvm::json::Array stages, operands;
  for (const StageFacts &stage : explanation.stages)
    stages.push_back(toJSON(stage));
  for (const std::string &operand : explanation.operands)
    operands.push_back(printable(operand));
  llvm::json::Object object{{"name", printable(explanation.name)},
                            {"op", explanation.op},
                            {"reads", std::move(operands)},
                            {"stages", std::move(stages)}};
  if (!explanation.scaledFrom.empty())
    object["scaled_from"] = printable(explanation.scaledFrom);
  if (explanation.weights)
    object["weights"] = llvm::json::Object{
        {"type", explanation.weights->type},
        {"smallest_scale", explanation.weights->smallestScale},
        {"largest_scale", explanation.weights->largestScale},
        {"why", explanation.weights->why}};
  if (explanation.bias)
    object["bias"] =
        llvm::json::Object{{"channels", explanation.bias->first},
                           {"largest_change", explanation.bias->second}};
  if (explanation.layer) {
    const LayerReport &layer = *explanation.layer;
    llvm::json::Object errors{
        {"accumulated_sqnr_db", layer.error.accumulated.sqnr},
        {"accumulated_cosine", layer.error.accumulated.cosine},
        {"saturation", layer.error.saturation}};
    if (layer.error.isolated)
      errors["isolated_sqnr_db"] = layer.error.isolated->sqnr;
    if (layer.error.assigned)
      errors["assigned_sqnr_db"] = layer.error.assigned->sqnr;
    object["errors"] = std::move(errors);
    object["placement"] = layer.placement;
    object["macs"] = layer.macs;
  }
  return object;
}

static void printStage(const StageFacts &stage, llvm::raw_ostream &os) {
  os << llvm::formatv("{0,-10}", stage.stage);
  if (stage.range)
    os << llvm::format(" [%.6g, %.6g]", stage.range->min, stage.range->max);
  if (!stage.type.empty())
    os << " " << stage.type;
  if (!stage.chosenBy.empty())
    os << ", by " << stage.chosenBy << ": " << printable(stage.why);
  os << (stage.isFixed ? ", fixed\n" : "\n");
}

void printExplanation(const LayerExplanation &explanation,
                      llvm::raw_ostream &os) {
  os << "'" << printable(explanation.name) << "', " << explanation.op;
  if (!explanation.operands.empty())
    os << " of '" << printable(llvm::join(explanation.operands, "', '")) << "'";
  os << "\n";
  for (const StageFacts &stage : explanation.stages)
    printStage(stage, os);
  if (!explanation.scaledFrom.empty())
    os << "equalize   its channels are those of '"
       << printable(explanation.scaledFrom) << "', scaled\n";
  if (const auto &weights = explanation.weights)
    os << "weights    " << weights->type
       << llvm::format(" of %.4g to %.4g, ", weights->smallestScale,
                       weights->largestScale)
       << (weights->why.empty() ? "the nearest integers"
                                : printable(weights->why))
       << "\n";
  if (explanation.bias && explanation.bias->first > 0)
    os << "bias       changed in " << explanation.bias->first
       << llvm::format(" channels, by %.4g at most\n",
                       explanation.bias->second);
  if (!explanation.layer)
    return;
  const LayerReport &layer = *explanation.layer;
  os << "computed   on the " << layer.placement << " as " << layer.type << ", "
     << layer.macs << " multiply-accumulates\n"
     << llvm::formatv("errors     SQNR {0:F1} dB, cosine {1:F5}",
                      layer.error.accumulated.sqnr,
                      layer.error.accumulated.cosine);
  if (layer.error.isolated)
    os << llvm::formatv(", by itself {0:F1} dB", layer.error.isolated->sqnr);
  if (layer.error.assigned)
    os << llvm::formatv(", storage types alone {0:F1} dB",
                        layer.error.assigned->sqnr);
  os << llvm::formatv(", {0:F2} % clipped\n", 100 * layer.error.saturation);
}

} // namespace qc
