// An analysis as a table and as JSON.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Pipelines/Analysis.h"
#include "qc/Support/Strings.h"

#include "llvm/Support/FormatVariadic.h"

#include <cmath>

namespace qc {

static llvm::json::Value toJSON(const LayerAnalysis &layer) {
  llvm::json::Object object{{"name", printable(layer.name)},
                            {"op", layer.op},
                            {"type", layer.type},
                            {"saturation", layer.saturation},
                            {"kurtosis", layer.kurtosis},
                            {"channel_spread", layer.spread}};
  auto add = [&](StringRef name, std::optional<double> value) {
    if (value)
      object[name] = *value;
  };
  add("output_sqnr_db_activation", layer.activation);
  add("output_sqnr_db_weights", layer.weights);
  add("output_sqnr_db_both", layer.both);
  add("output_sqnr_db_up_to", layer.upTo);
  add("isolated_sqnr_db", layer.isolated);
  add("accumulated_sqnr_db", layer.accumulated);
  return object;
}

llvm::json::Value toJSON(const AnalysisReport &report) {
  llvm::json::Array layers, suggestions;
  for (const LayerAnalysis &layer : report.layers)
    layers.push_back(toJSON(layer));
  for (const Suggestion &suggestion : report.suggestions)
    suggestions.push_back(
        llvm::json::Object{{"option", printable(suggestion.option)},
                           {"gain_db", suggestion.gain},
                           {"estimated_cycles", suggestion.cycles}});
  return llvm::json::Object{
      {"folder", report.folder},
      {"target", report.target},
      {"precision", report.precision},
      {"samples", report.samples},
      {"output_sqnr_db", report.sqnr},
      {"output_sqnr_db_activations_alone", report.activationsAlone},
      {"activation_share", report.activationShare},
      {"layers", std::move(layers)},
      {"suggestions", std::move(suggestions)}};
}

static std::string decibels(std::optional<double> value) {
  return value ? llvm::formatv("{0,8:F1}", *value).str() : "       -";
}

void printAnalysis(const AnalysisReport &report, size_t most,
                   llvm::raw_ostream &os) {
  os << report.folder << " for " << report.target << ", " << report.precision
     << ", on " << report.samples << " samples\n"
     << llvm::formatv("results: SQNR {0:F1} dB; with only activations rounded "
                      "{1:F1} dB, which is {2:F0} % of the error\n\n",
                      report.sqnr, report.activationsAlone,
                      100 * report.activationShare)
     << llvm::formatv("{0,-32} {1,-16} {2,-4}", "layer", "op", "type")
     << "   activ. weights    both   up to   itself  sat %  kurt.  spread\n";
  size_t count =
      most ? std::min(most, report.layers.size()) : report.layers.size();
  for (size_t i = 0; i < count; ++i) {
    const LayerAnalysis &layer = report.layers[i];
    os << llvm::formatv("{0,-32} {1,-16} {2,-4} ", printable(layer.name),
                        layer.op, layer.type)
       << decibels(layer.activation) << decibels(layer.weights)
       << decibels(layer.both) << decibels(layer.upTo) << " "
       << decibels(layer.isolated)
       << llvm::formatv("{0,7:F2}{1,7:F0}{2,8:F1}\n", 100 * layer.saturation,
                        layer.kurtosis, layer.spread);
  }
  if (count < report.layers.size())
    os << "and " << report.layers.size() - count
       << " more that cost less; --all lists them\n";
  os << "\nSQNR of the network's results in dB with nothing rounded but this "
        "layer's activation, its weights, both; up to: all activations up to "
        "here.\nitself: of the tensor, this layer alone in integers; spread: "
        "largest channel over the median one\n";
  if (report.suggestions.empty()) {
    os << "no single activation brings 0.1 dB with 16 bits"
       << (report.activationShare < 0.3
               ? ": weights dominate; wider weights may help (--precision)"
               : "")
       << "\n";
    return;
  }
  os << "\nmeasured with everything else as it is, most for its cycles "
        "first:\n";
  constexpr size_t kShown = 8;
  for (size_t i = 0; i < std::min(kShown, report.suggestions.size()); ++i) {
    const Suggestion &one = report.suggestions[i];
    os << llvm::formatv("  {0}: {1:F1} dB for {2:F2} % of the cycles\n",
                        printable(one.option), one.gain, 100 * one.cycles);
  }
  os << "  --effort high chooses several of them together\n";
}

} // namespace qc
