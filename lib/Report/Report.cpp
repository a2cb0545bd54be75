// The table of layers for people.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Report/Report.h"

#include "llvm/Support/Format.h"

namespace qc {

const LayerReport *findFirstBad(const CompileReport &report) {
  for (const LayerReport &layer : report.layers)
    if (layer.error.isolated && isBad(*layer.error.isolated))
      return &layer;
  for (const LayerReport &layer : report.layers)
    if (isBad(layer.error.accumulated))
      return &layer;
  return nullptr;
}

std::string suggestRemedy(const LayerReport &layer) {
  bool alone = layer.error.isolated && isBad(*layer.error.isolated);
  if (!alone)
    return "the error comes from the layers before it: look at those with the "
           "lowest isolated SQNR, or try --precision a16w8";
  if (layer.error.saturation > 0.02)
    return "many values saturate: try --method minmax or percentile=0.9999";
  return "try 16-bit activations (--precision a16w8) or another --method";
}

static std::string shapeText(const std::vector<int64_t> &shape) {
  std::string text;
  for (int64_t size : shape)
    text += (text.empty() ? "" : "x") + std::to_string(size);
  return text;
}

static std::string shorten(std::string name, size_t width) {
  if (name.size() <= width)
    return name;
  return name.substr(0, width / 2 - 1) + ".." +
         name.substr(name.size() - (width - width / 2 - 1));
}

static void printNumber(llvm::raw_ostream &os, double value,
                        const char *format) {
  os << llvm::format(format, value);
}

static void printLayer(const LayerReport &layer, llvm::raw_ostream &os) {
  const LayerError &error = layer.error;
  os << llvm::formatv("{0,-32} {1,-16} {2,-4} {3,-16}", shorten(error.name, 32),
                      layer.op + (layer.placement == "cpu" ? "@cpu" : ""),
                      layer.type, shapeText(layer.shape));
  printNumber(os, error.accumulated.cosine, " %8.5f");
  printNumber(os, error.accumulated.sqnr, " %7.1f");
  printNumber(os, error.accumulated.rmse, " %9.3g");
  if (error.isolated)
    printNumber(os, error.isolated->sqnr, " %8.1f");
  else
    os << "        -";
  printNumber(os, error.saturation * 100, " %6.2f");
  os << (isBad(error.accumulated) ? "  <-- bad\n" : "\n");
}

void printReport(const CompileReport &report, llvm::raw_ostream &os) {
  os << report.model << " for " << report.target << ", " << report.precision
     << ", method " << report.method;
  if (report.calibrationSamples > 0) // a table may not say how many
    os << ", " << report.calibrationSamples << " calibration samples";
  os << "\n\n";
  if (!report.layers.empty()) {
    os << llvm::formatv("{0,-32} {1,-16} {2,-4} {3,-16}", "layer", "op", "type",
                        "shape")
       << "   cosine    SQNR      RMSE isolated  sat %\n";
    for (const LayerReport &layer : report.layers)
      printLayer(layer, os);
    os << "\nSQNR in dB against the float network on " << report.comparedSamples
       << " samples; isolated: this layer alone quantized\n";
  }
  for (const LayerError &output : report.outputs)
    os << "output '" << output.name << "': cosine "
       << llvm::format("%.5f", output.accumulated.cosine) << ", SQNR "
       << llvm::format("%.1f dB", output.accumulated.sqnr) << "\n";
  if (const LayerReport *bad = findFirstBad(report))
    os << "first bad layer: '" << bad->error.name << "' (" << bad->op
       << "): " << suggestRemedy(*bad) << "\n";
  else if (!report.layers.empty())
    os << "no bad layer (cosine >= 0.99 and SQNR >= 20 dB everywhere)\n";
  os << "memory: arena " << report.arenaBytes << " bytes (at least "
     << report.arenaLowerBound << " are live at once), constants "
     << report.constantBytes << " bytes\n"
     << "transposes: " << report.innerTransposes << " inside, "
     << report.boundaryTransposes << " at the boundary\n";
  double total = 0;
  os << "time:";
  for (const auto &[phase, seconds] : report.seconds) {
    os << " " << phase << " " << llvm::format("%.2f s", seconds);
    total += seconds;
  }
  os << ", in all " << llvm::format("%.2f s", total) << "\n";
  for (const std::string &file : report.files)
    os << "wrote " << file << "\n";
}

static std::string escapeHtml(StringRef text) {
  std::string escaped;
  for (char c : text) {
    if (c == '<')
      escaped += "&lt;";
    else if (c == '>')
      escaped += "&gt;";
    else if (c == '&')
      escaped += "&amp;";
    else
      escaped += c;
  }
  return escaped;
}

void printHtml(const CompileReport &report, llvm::raw_ostream &os) {
  os << "<!doctype html>\n<meta charset=\"utf-8\">\n<title>qc report: "
     << escapeHtml(report.model)
     << "</title>\n<style>body{font:14px sans-serif;margin:2em}"
        "table{border-collapse:collapse}td,th{padding:2px 8px;text-align:right;"
        "border-bottom:1px solid #ddd}td:first-child,th:first-child{text-align:"
        "left}.bad{background:#fdd}</style>\n<h1>"
     << escapeHtml(report.model) << "</h1>\n<table>\n<tr><th>layer<th>op<th>type"
        "<th>shape<th>cosine<th>SQNR dB<th>RMSE<th>isolated SQNR dB"
        "<th>saturation %</tr>\n";
  for (const LayerReport &layer : report.layers) {
    const LayerError &error = layer.error;
    os << (isBad(error.accumulated) ? "<tr class=\"bad\">" : "<tr>") << "<td>"
       << escapeHtml(error.name) << "<td>" << escapeHtml(layer.op) << "<td>"
       << layer.type << "<td>" << shapeText(layer.shape) << "<td>"
       << llvm::format("%.5f", error.accumulated.cosine) << "<td>"
       << llvm::format("%.1f", error.accumulated.sqnr) << "<td>"
       << llvm::format("%.3g", error.accumulated.rmse) << "<td>";
    if (error.isolated)
      os << llvm::format("%.1f", error.isolated->sqnr);
    os << "<td>" << llvm::format("%.2f", error.saturation * 100) << "</tr>\n";
  }
  os << "</table>\n<pre>";
  CompileReport summary = report;
  summary.layers.clear();
  std::string text;
  llvm::raw_string_ostream stream(text);
  printReport(summary, stream);
  os << escapeHtml(text);
  if (const LayerReport *bad = findFirstBad(report))
    os << "first bad layer: '" << escapeHtml(bad->error.name)
       << "': " << escapeHtml(suggestRemedy(*bad)) << "\n";
  os << "</pre>\n";
}

} // namespace qc
