// qc compare: two models tensor by tensor.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Command.h"
#include "qc/Pipelines/Evaluation.h"
#include "qc/Support/Strings.h"

#include "llvm/Support/Format.h"

#include <cmath>

namespace qc {

namespace {
struct CompareFlags {
  std::string reference, actual;
  CompileOptions run;
  std::optional<double> minCosine;
  bool json = false;
};
} // namespace

static void printLayers(const std::vector<LayerError> &layers) {
  out() << llvm::formatv("{0,-40}", "tensor")
        << "   cosine       MSE      RMSE    SQNR  sat %\n";
  for (const LayerError &layer : layers) {
    const ErrorMetrics &error = layer.accumulated;
    out() << llvm::formatv("{0,-40}", printable(layer.name))
          << llvm::format(" %8.5f", error.cosine)
          << llvm::format(" %9.3g", error.mse)
          << llvm::format(" %9.3g", error.rmse)
          << llvm::format(" %7.1f", error.sqnr)
          << llvm::format(" %6.2f", layer.saturation * 100)
          << (layer.lost ? "  " + layer.lost->describe() + " are lost" : "")
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

static int runCompare(CompareFlags &flags) {
  ToolSession session;
  auto reference =
      openModel(session, flags.reference, getModelOptions(flags.run));
  if (!reference)
    return kInputFault;
  auto actual = openModel(session, flags.actual, getModelOptions(flags.run));
  if (!actual)
    return kInputFault;
  if (Status match =
          matchInputs(*reference, flags.reference, *actual, flags.actual);
      !match)
    return fail(match);
  auto dataset = openData(session, flags.run, *reference);
  if (!dataset)
    return kInputFault;
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
    passed &= !flags.minCosine || layer.accumulated.cosine >= *flags.minCosine;
  }
  if (flags.json) {
    llvm::json::Object object{{"tensors", layersToJson(*layers)}};
    object["first_bad"] = firstBad ? llvm::json::Value(firstBad->name)
                                   : llvm::json::Value(nullptr);
    printJson(std::move(object));
  } else {
    printLayers(*layers);
    if (firstBad)
      out() << "first bad tensor: '" << printable(firstBad->name) << "'\n";
    else
      out() << "no bad tensor among " << layers->size() << "\n";
  }
  if (!passed) {
    fail("a tensor has a cosine below " + std::to_string(*flags.minCosine));
    return kCheckFailed;
  }
  return kDone;
}

void addCompareCommand(CLI::App &app, int &exitCode) {
  auto flags = std::make_shared<CompareFlags>();
  CLI::App *command = app.add_subcommand(
      "compare", "Two models tensor by tensor, matched by source name");
  command->footer("Example:\n"
                  "  qc compare model.onnx out/model.qcb --data images/ "
                  "--samples 8");
  command->add_option("reference", flags->reference, "The model to trust")
      ->required();
  command->add_option("actual", flags->actual, "The model to judge")
      ->required();
  addRunOptions(*command, flags->run, /*dataRequired=*/true);
  command
      ->add_option("--min-cosine", flags->minCosine,
                   "Exit with 3 when any tensor is below")
      ->check(CLI::Range(-1.0, 1.0))
      ->check([](const std::string &text) -> std::string {
        return std::isnan(parseNumber(text).value_or(0)) ? "NaN is no bound"
                                                         : "";
      });
  command->add_flag("--json", flags->json, "Print the result as JSON");
  command->callback([flags, &exitCode] { exitCode = runCompare(*flags); });
}

} // namespace qc
