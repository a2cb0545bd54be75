// qc compare: two models tensor by tensor.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Command.h"
#include "Remote.h"
#include "Verdict.h"
#include "qc/Pipelines/Evaluation.h"
#include "qc/Report/LayerTable.h"
#include "qc/Support/Strings.h"

#include "llvm/Support/Format.h"

#include <cmath>

namespace qc {

namespace {
struct CompareFlags {
  std::string reference, actual;
  CompileOptions run;
  RemoteFlags remote;
  VerdictBounds bounds;
  std::string nameMap;
  bool json = false;

  /// Bounds beyond the cosine make another table.
  bool hasVerdict() const {
    return bounds.maxRelativeRmse || bounds.judgesElements();
  }
};
} // namespace

/// A line a tensor, as wide as the terminal: where that is narrow only cosine
/// and SQNR, and names are cut.
static void printLayers(const std::vector<LayerError> &layers,
                        const TableStyle &style) {
  constexpr size_t kNumbers = 44, kFewNumbers = 17, kBad = 9, kLeastName = 24;
  std::vector<std::string> names = {"tensor"};
  for (const LayerError &layer : layers)
    names.push_back(layer.name);
  bool isWide = style.width == 0 || style.width >= kLeastName + kNumbers + kBad;
  size_t taken = (isWide ? kNumbers : kFewNumbers) + kBad;
  names = elideNames(
      names,
      style.width == 0
          ? SIZE_MAX
          : std::max<size_t>(12, style.width - std::min(style.width, taken)));
  size_t column = 0;
  for (const std::string &name : names)
    column = std::max(column, getColumns(name));
  auto write = [&](const std::string &name) -> llvm::raw_ostream & {
    return (out() << name).indent(column - getColumns(name));
  };
  write(names.front())
      << (isWide ? "   cosine       MSE      RMSE    SQNR  sat %\n"
                 : "   cosine    SQNR\n");
  for (auto [layer, name] : llvm::zip(layers, llvm::drop_begin(names))) {
    const ErrorMetrics &error = layer.accumulated;
    write(name) << llvm::format(" %8.5f", error.cosine);
    if (isWide)
      out() << llvm::format(" %9.3g", error.mse)
            << llvm::format(" %9.3g", error.rmse);
    out() << (error.sqnr < kEqualSqnr
                  ? llvm::formatv(" {0,7:f1}", error.sqnr).str()
                  : "   exact");
    if (isWide)
      out() << llvm::format(" %6.2f", layer.saturation * 100);
    out() << (layer.lost ? "  " + layer.lost->describe() + " are lost" : "")
          << (isBad(layer) ? "  <-- bad\n" : "\n");
  }
}

static llvm::json::Value layersToJson(const std::vector<LayerError> &layers) {
  llvm::json::Array array;
  for (const LayerError &layer : layers)
    array.push_back(
        llvm::json::Object{{"name", layer.name},
                           {"cosine", layer.accumulated.cosine},
                           {"mse", layer.accumulated.mse},
                           {"rmse", layer.accumulated.rmse},
                           {"sqnr_db", layer.accumulated.sqnr},
                           {"max_difference", layer.accumulated.maxDifference},
                           {"saturation", layer.saturation},
                           {"bad", isBad(layer)}});
  return array;
}

/// The table with bounds of two models, over all samples.
static int judgeModels(const CompareFlags &flags, Session &session,
                       Model &reference, Model &actual,
                       const Dataset &dataset) {
  VerdictTable table(flags.bounds);
  DumpProbe expected(/*keepsIntegers=*/false), found(/*keepsIntegers=*/false);
  Status status = forEachSample(
      dataset, flags.run.threads, session.getProgressListener(), "compare",
      [&](int64_t, const Sample &sample) -> Status {
        SmallVector<Tensor> outputs;
        if (Status ran =
                reference.executor->run(sample.inputs, outputs, &expected);
            !ran)
          return ran;
        outputs.clear();
        if (Status ran = actual.executor->run(sample.inputs, outputs, &found);
            !ran)
          return ran;
        for (const TensorInfo &info : reference.executor->getTensors()) {
          auto one = expected.dump.find(info.name);
          auto other = found.dump.find(info.name);
          if (one != expected.dump.end() && other != found.dump.end() &&
              one->second.dtype() == DType::F32 &&
              other->second.dtype() == DType::F32 &&
              one->second.numElements() == other->second.numElements())
            table.add(info.name, one->second, other->second);
        }
        return ok();
      });
  if (!status)
    return fail(status);
  if (table.isEmpty())
    return fail("the models have no tensor name in common");
  if (flags.json)
    printJson(llvm::json::Object{{"tensors", table.toJson()}});
  else
    table.print(out());
  return concludeVerdict(table);
}

static int runCompare(CompareFlags &flags) {
  if (isDump(flags.reference) || isDump(flags.actual)) {
    if (!isDump(flags.reference) || !isDump(flags.actual))
      return failUsage("'" + flags.reference + "' and '" + flags.actual +
                       "': compare two models, or two dumps (folders or .npz; "
                       "`qc run --dump` makes one of a model)");
    return compareDumps(flags.reference, flags.actual, flags.nameMap,
                        flags.bounds, flags.json);
  }
  if (!flags.nameMap.empty())
    return failUsage("--name-map is about dumps: models are matched by the "
                     "names that they carry");
  if (flags.run.data.empty())
    return failUsage("--data is required, to run the models on");
  ToolSession session;
  auto reference =
      openModel(session, flags.reference, getModelOptions(flags.run));
  if (!reference)
    return kInputFault;
  ModelOptions options = getModelOptions(flags.run);
  Result<std::optional<RemoteHost>> remote = readRemote(flags.remote);
  if (!remote)
    return fail(remote.status());
  options.remote = *remote;
  auto actual = openModel(session, flags.actual, options);
  if (!actual)
    return kInputFault;
  if (Status match =
          matchInputs(*reference, flags.reference, *actual, flags.actual);
      !match)
    return fail(match);
  auto dataset = openData(session, flags.run, *reference);
  if (!dataset)
    return kInputFault;
  if (flags.hasVerdict())
    return judgeModels(flags, session, *reference, *actual, *dataset);
  auto layers = compareModels(session, *reference, *actual, *dataset);
  if (!layers)
    return fail(layers.status());
  if (layers->empty())
    return fail("the models have no tensor name in common");
  const LayerError *firstBad = nullptr;
  bool passed = true;
  for (const LayerError &layer : *layers) {
    if (!firstBad && isBad(layer))
      firstBad = &layer;
    passed &= !flags.bounds.minCosine ||
              layer.accumulated.cosine >= *flags.bounds.minCosine;
  }
  if (flags.json) {
    llvm::json::Object object{{"tensors", layersToJson(*layers)}};
    object["first_bad"] = firstBad ? llvm::json::Value(firstBad->name)
                                   : llvm::json::Value(nullptr);
    printJson(std::move(object));
  } else {
    printLayers(*layers, getTableStyle());
    if (firstBad)
      out() << "first bad tensor: '" << printable(firstBad->name) << "'\n";
    else
      out() << "no bad tensor among " << layers->size() << "\n";
  }
  if (!passed) {
    fail("a tensor has a cosine below " +
         std::to_string(*flags.bounds.minCosine));
    return kCheckFailed;
  }
  return kDone;
}

void addCompareCommand(CLI::App &app, int &exitCode) {
  auto flags = std::make_shared<CompareFlags>();
  CLI::App *command = app.add_subcommand(
      "compare", "Two models, or two dumps, tensor by tensor, matched by name");
  command->footer("Example:\n"
                  "  qc compare model.onnx out/model.qcb --data images/ "
                  "--samples 8\n"
                  "  qc compare model.onnx out/model.qcb --data images/ --rtol "
                  "0.005 --atol 0.01 --max-outside 0.005\n"
                  "  qc compare theirs.npz dump/ --name-map names.tsv "
                  "--max-relative-rmse 0.1");
  command->add_option("reference", flags->reference, "The model to trust")
      ->required();
  command->add_option("actual", flags->actual, "The model to judge")
      ->required();
  addRunOptions(*command, flags->run, /*dataRequired=*/false);
  addVerdictOptions(*command, flags->bounds);
  command->add_option("--name-map", flags->nameMap,
                      "Of dumps: lines NAME<tab>OTHER, what the reference "
                      "calls NAME and the other one OTHER");
  addRemoteOptions(*command, flags->remote);
  command->add_flag("--json", flags->json, "Print the result as JSON");
  command->callback([flags, &exitCode] { exitCode = runCompare(*flags); });
}

} // namespace qc
