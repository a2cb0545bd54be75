// The table of layers for people.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Report/Report.h"
#include "qc/Quantization/QuantSpec.h"
#include "qc/Report/LayerTable.h"
#include "qc/Support/Strings.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/Format.h"

#include <cmath>

namespace qc {

std::string shapeText(const std::vector<int64_t> &shape) {
  std::string text;
  for (int64_t size : shape)
    text += (text.empty() ? "" : "x") + std::to_string(size);
  return text;
}

std::string describeCorrection(const CorrectionReport &correction) {
  std::string text;
  llvm::raw_string_ostream os(text);
  int64_t changed = 0;
  for (const auto &[name, count] : correction.counts) {
    os << count << " " << name << ", ";
    changed += count;
  }
  if (changed == 0)
    return "nothing changed";
  os << llvm::format("SQNR %.1f dB to %.1f dB on held-out samples",
                     correction.before, correction.after);
  return text;
}

std::string formatThousands(double cycles) {
  return llvm::formatv("{0:N0}", static_cast<int64_t>(cycles));
}

std::string describeWidths(const WidthsReport &widths) {
  std::string text;
  llvm::raw_string_ostream os(text);
  double percent = widths.cyclesBefore > 0 ? 100 / widths.cyclesBefore : 0;
  for (const WidthReport &tensor : widths.tensors)
    os << "16 bits for '" << printable(tensor.name) << "': "
       << llvm::format("%+.2f dB at the results for %+.2f %% of the cycles, "
                       "estimated\n",
                       tensor.gain, percent * tensor.cycles);
  // Noise adds up, decibels do not.
  double share =
      100 *
      std::min(1.0,
               std::pow(10, (widths.before - widths.activationsAlone) / 10));
  os << llvm::format("of the error of %.1f dB before, rounded activations make "
                     "%.0f %%",
                     widths.before, share);
  constexpr double kLittle = 30; // %
  if (share < kLittle)
    os << ": weights dominate, which 16 bits for activations do not help; "
          "wider weights do, where the target has them (--precision)";
  else if (widths.tensors.empty())
    os << ", but no single tensor is worth its cycles";
  os << "\n";
  return text;
}

std::string describeCpu(const CpuReport &cpu) {
  auto count = [](int64_t number, StringRef noun) {
    return std::to_string(number) + " " + noun.str() + (number == 1 ? "" : "s");
  };
  std::string text =
      count(cpu.ops, "op") + " in " + count(cpu.subgraphs, "subgraph");
  if (cpu.deviceSubgraphs)
    text += ", " + count(cpu.deviceSubgraphs, "subgraph") + " on the device";
  if (cpu.conversions)
    text += ", " + count(cpu.conversions, "conversion") +
            " between float and integers";
  return text;
}

/// What the figures of the whole tensor hide.
static std::string describeLost(const LayerError &error) {
  if (!error.lost)
    return "";
  std::string text = ", but ";
  llvm::raw_string_ostream(text)
      << error.lost->describe() << " (dimension " << error.lost->axis
      << ") have " << llvm::format("%.1f dB", error.lost->error.sqnr);
  return text;
}

/// How the error divides between storage types and arithmetic.
static std::string describeAssigned(const LayerError &error) {
  if (!error.assigned)
    return "";
  std::string text;
  llvm::raw_string_ostream(text)
      << llvm::format(" (storage types alone %.1f dB, ", error.assigned->sqnr)
      << llvm::format("integer arithmetic %+.2f dB)",
                      error.accumulated.sqnr - error.assigned->sqnr);
  return text;
}

void printReport(const CompileReport &report, llvm::raw_ostream &os) {
  printReport(report, TableStyle{}, os);
}

void printReport(const CompileReport &report, const TableStyle &style,
                 llvm::raw_ostream &os) {
  os << report.model << " for " << report.target << ", " << report.precision;
  if (!report.method.empty()) // a network in float has no ranges
    os << ", method " << report.method;
  if (report.calibrationSamples > 0) // a table may not say how many
    os << ", " << report.calibrationSamples << " calibration samples";
  os << "\n\n";
  if (!report.layers.empty()) {
    printLayers(report, style, os);
    os << "\nSQNR in dB against the float network on " << report.comparedSamples
       << " samples; isolated: this layer alone quantized; method: how its "
          "range was chosen\n";
  }
  if (style.warnings)
    for (const std::string &warning : report.warnings)
      os << "warning: " << warning << "\n";
  for (const LayerError &output : report.outputs)
    os << "output '" << printable(output.name) << "': cosine "
       << llvm::format("%.5f", output.accumulated.cosine) << ", SQNR "
       << llvm::format("%.1f dB", output.accumulated.sqnr)
       << describeAssigned(output) << describeLost(output)
       << (isBad(output) ? "  <-- bad\n" : "\n");
  if (const LayerReport *bad = findFirstBad(report))
    os << "first bad layer" << (isBadAlone(*bad) ? " by itself" : "") << ": '"
       << printable(bad->error.name) << "' (" << bad->op
       << "): " << suggestRemedy(report, *bad) << "\n";
  else if (!report.layers.empty())
    os << "no bad layer (cosine >= 0.99 and SQNR >= 20 dB everywhere)\n";
  if (report.precision == kFloatPrecision)
    os << "the whole network computes in float, on the CPU: nothing is "
          "quantized\n";
  else if (report.cpu.ops)
    os << "on the CPU: " << describeCpu(report.cpu) << "\n";
  for (const CorrectionReport &correction : report.corrections)
    os << "correction '" << correction.name
       << "': " << describeCorrection(correction)
       << llvm::format(" (%.2f s)", correction.seconds) << "\n";
  if (report.widths)
    os << describeWidths(*report.widths);
  if (report.estimatedCycles > 0)
    os << "cycles: " << formatThousands(report.estimatedCycles)
       << ", an estimate to compare programs by\n";
  if (report.cost)
    printCost(*report.cost, os);
  if (report.arenaBytes || report.constantBytes) // not where it stops early
    os << "memory: arena " << formatThousands(double(report.arenaBytes))
       << " bytes (at least " << formatThousands(double(report.arenaLowerBound))
       << " are live at once), constants "
       << formatThousands(double(report.constantBytes)) << " bytes\n"
       << "transposes: " << report.innerTransposes << " inside, "
       << report.boundaryTransposes << " at the boundary\n";
  double total = 0;
  os << "time: ";
  for (const auto &[phase, seconds] : report.seconds) {
    os << phase << " " << llvm::format("%.2f s", seconds) << ", ";
    total += seconds;
  }
  os << "in all " << llvm::format("%.2f s", total) << "\n";
  for (const std::string &file : report.files) {
    os << "wrote " << file << "\n";
    // docs/Rationale/QdqExport.md: its kernels saturate there.
    if (StringRef(file).ends_with(".qdq.onnx"))
      os << "note: onnxruntime on x86-64 without VNNI saturates in this file; "
            "set session.x64quantprecision=1\n";
  }
}

} // namespace qc
