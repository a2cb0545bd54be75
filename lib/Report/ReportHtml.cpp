// The report as a page that needs nothing else: no script, no other file.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Report/Report.h"
#include "qc/Support/Strings.h"

#include "llvm/Support/Format.h"
#include "llvm/Support/FormatVariadic.h"

namespace qc {

static constexpr llvm::StringLiteral kStyle = R"(
:root { color-scheme: light dark; --line: #8884; --bad: #d33; --good: #2a7; }
body { font: 15px/1.45 system-ui, sans-serif; max-width: 80em; margin: 2em auto;
       padding: 0 1em; }
h1 { font-size: 1.4em; margin-bottom: 0.2em; }
h2 { font-size: 1.1em; margin-top: 1.8em; }
dl { display: grid; grid-template-columns: max-content auto; gap: 0.1em 1.5em; }
dt { opacity: 0.7; }
dd { margin: 0; }
.verdict { border-left: 0.3em solid var(--good); padding: 0.4em 1em; }
.verdict.bad { border-color: var(--bad); }
.wide { overflow-x: auto; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
td, th { padding: 0.15em 0.7em; text-align: right; white-space: nowrap;
         border-bottom: 1px solid var(--line); }
th { position: sticky; top: 0; background: Canvas; }
.text { text-align: left; }
tr.bad td { background: color-mix(in srgb, var(--bad) 14%, transparent); }
meter { width: 8em; vertical-align: middle; }
)";

namespace {
class Page {
public:
  Page(const CompileReport &report, llvm::raw_ostream &os)
      : report(report), os(os) {}

  void write();

private:
  void writeFacts();
  void writeVerdict();
  void writeOutputs();
  void writeLayers();
  void writeLayer(const LayerReport &layer);
  void writeTimes();

  void fact(StringRef name, const std::string &value);
  void cell(const std::string &text, StringRef style = "");
  void number(double value, const char *format);
  void sqnr(const ErrorMetrics &error);

  const CompileReport &report;
  llvm::raw_ostream &os;
};
} // namespace

static std::string escape(StringRef text) {
  std::string escaped;
  for (char c : printable({text.data(), text.size()})) {
    if (c == '<')
      escaped += "&lt;";
    else if (c == '>')
      escaped += "&gt;";
    else if (c == '&')
      escaped += "&amp;";
    else if (c == '"')
      escaped += "&quot;";
    else
      escaped += c;
  }
  return escaped;
}

void Page::fact(StringRef name, const std::string &value) {
  os << "<dt>" << name << "<dd>" << escape(value) << "\n";
}

void Page::cell(const std::string &text, StringRef style) {
  os << "<td";
  if (!style.empty())
    os << " class=" << style;
  os << ">" << escape(text);
}

void Page::number(double value, const char *format) {
  os << "<td>" << llvm::format(format, value);
}

/// With a bar: what is left of 20 dB is bad.
void Page::sqnr(const ErrorMetrics &error) {
  os << "<td>" << llvm::format("%.1f ", error.sqnr)
     << llvm::format("<meter min=0 low=20 high=20 optimum=60 max=60 value=%.1f>"
                     "</meter>",
                     error.sqnr);
}

void Page::writeFacts() {
  os << "<h1>" << escape(report.model) << "</h1>\n<dl>\n";
  fact("target", report.target);
  fact("precision", report.precision);
  if (!report.method.empty()) // a network in float has no ranges
    fact("method", report.method);
  if (report.calibrationSamples > 0)
    fact("calibration samples", std::to_string(report.calibrationSamples));
  if (report.comparedSamples > 0)
    fact("compared with float on",
         std::to_string(report.comparedSamples) + " samples");
  for (const CorrectionReport &correction : report.corrections)
    fact("correction: " + correction.name, describeCorrection(correction));
  if (report.widths)
    fact("activations of 16 bits", describeWidths(*report.widths));
  if (report.estimatedCycles > 0)
    fact("cycles, estimated", formatCycles(report.estimatedCycles));
  fact("arena", llvm::formatv("{0} bytes, at least {1} are live at once",
                              report.arenaBytes, report.arenaLowerBound));
  fact("constants", llvm::formatv("{0} bytes", report.constantBytes));
  fact("transposes",
       llvm::formatv("{0} inside, {1} at the boundary", report.innerTransposes,
                     report.boundaryTransposes));
  if (report.cpu.ops)
    fact("on the CPU", describeCpu(report.cpu));
  fact("tool", report.tool);
  os << "</dl>\n";
}

void Page::writeVerdict() {
  for (const std::string &warning : report.warnings)
    os << "<p class=\"verdict bad\">Warning: " << escape(warning) << ".\n";
  if (const LayerReport *bad = findFirstBad(report))
    os << "<p class=\"verdict bad\">First bad layer: <b>"
       << escape(bad->error.name) << "</b> (" << escape(bad->op)
       << "): " << escape(suggestRemedy(report, *bad)) << ".\n";
  else if (!report.layers.empty())
    os << "<p class=verdict>No bad layer: cosine is at least 0.99 and SQNR at "
          "least 20 dB everywhere.\n";
}

void Page::writeOutputs() {
  if (report.outputs.empty())
    return;
  os << "<h2>Outputs</h2>\n<div class=wide><table>\n<tr><th class=text>output"
        "<th>cosine<th>SQNR in dB<th>RMSE<th>MSE<th>largest difference"
        "<th>SQNR of storage types alone in dB<th class=text>lost channels\n";
  for (const LayerError &output : report.outputs) {
    const ErrorMetrics &error = output.accumulated;
    os << (isBad(output) ? "<tr class=bad>" : "<tr>");
    cell(output.name, "text");
    number(error.cosine, "%.5f");
    sqnr(error);
    number(error.rmse, "%.3g");
    number(error.mse, "%.3g");
    number(error.maxDifference, "%.3g");
    if (output.assigned)
      sqnr(*output.assigned);
    else
      os << "<td>";
    cell(output.lost ? llvm::formatv("{0}: {1:f1} dB", output.lost->describe(),
                                     output.lost->error.sqnr)
                           .str()
                     : "",
         "text");
    os << "\n";
  }
  os << "</table></div>\n";
}

void Page::writeLayer(const LayerReport &layer) {
  const ErrorMetrics &error = layer.error.accumulated;
  os << (isBad(layer.error) ? "<tr class=bad>" : "<tr>");
  cell(layer.error.name, "text");
  cell(layer.op + (layer.placement == "cpu" ? " on the CPU" : ""), "text");
  cell(layer.type, "text");
  cell(shapeText(layer.shape), "text");
  number(error.cosine, "%.5f");
  sqnr(error);
  number(error.rmse, "%.3g");
  number(error.mse, "%.3g");
  if (layer.error.isolated)
    sqnr(*layer.error.isolated);
  else
    os << "<td>";
  if (layer.error.assigned)
    sqnr(*layer.error.assigned);
  else
    os << "<td>";
  number(layer.error.saturation * 100, "%.2f");
  cell(layer.method, "text");
  os << "\n";
}

void Page::writeLayers() {
  if (report.layers.empty())
    return;
  os << "<h2>Layers</h2>\n<p>Cosine, SQNR, RMSE and MSE against the float "
        "network with everything before the layer quantized as well; isolated: "
        "this layer alone quantized; storage types alone: rounded to them, but "
        "computed in float. A layer is bad below a cosine of 0.99 or "
        "20 dB.\n<div class=wide><table>\n<tr><th class=text>layer"
        "<th class=text>op<th class=text>type<th class=text>shape<th>cosine"
        "<th>SQNR in dB<th>RMSE<th>MSE<th>isolated SQNR in dB"
        "<th>SQNR of storage types alone in dB<th>clipped in %"
        "<th class=text>range chosen by\n";
  for (const LayerReport &layer : report.layers)
    writeLayer(layer);
  os << "</table></div>\n";
}

void Page::writeTimes() {
  os << "<h2>Time</h2>\n<dl>\n";
  for (const auto &[phase, seconds] : report.seconds)
    fact(phase, llvm::formatv("{0:f2} s", seconds));
  os << "</dl>\n";
}

void Page::write() {
  os << "<!doctype html>\n<html lang=en>\n<meta charset=\"utf-8\">\n<meta "
        "name=viewport content=\"width=device-width\">\n<title>qc report: "
     << escape(report.model) << "</title>\n<style>" << kStyle << "</style>\n";
  writeFacts();
  writeVerdict();
  writeOutputs();
  writeLayers();
  writeTimes();
}

void printHtml(const CompileReport &report, llvm::raw_ostream &os) {
  Page(report, os).write();
}

} // namespace qc
