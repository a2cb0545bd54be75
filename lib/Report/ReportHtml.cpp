// The report as a page that needs nothing else: no other file, and no script to
// be read.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Html.h"
#include "qc/Quantization/QuantSpec.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/Path.h"

namespace qc {

using namespace html;

namespace {
class Page {
public:
  Page(const CompileReport &report, llvm::raw_ostream &os)
      : report(report), os(os) {}

  void write();

private:
  void writeHeader();
  void writeVerdict();
  void writeTiles();
  void writeAccuracyTiles();
  void writeSuspects();
  void writeErrors();
  void writeDistributions();
  void writeMemory();
  void writeCosts();
  void writeNetwork();
  void writeTables();
  void writeFacts();

  bool isFloat() const { return report.precision == kFloatPrecision; }
  void tile(const std::string &name, const std::string &figure,
            const std::string &beside, StringRef style = "");
  void fact(StringRef name, const std::string &value);
  void open(StringRef id, const std::string &title, const std::string &words);
  void close() { os << "</section>\n"; }

  const CompileReport &report;
  llvm::raw_ostream &os;
};
} // namespace

void Page::open(StringRef id, const std::string &title,
                const std::string &words) {
  os << "<section id=" << id << "><h2>" << title << "</h2>\n";
  if (!words.empty())
    os << "<p>" << words << "</p>\n";
}

//===----------------------------------------------------------------------===//
// Above all: what it is and whether it is good
//===----------------------------------------------------------------------===//

void Page::writeHeader() {
  os << "<header class=top><h1>"
     << escape(llvm::sys::path::filename(report.model)) << "</h1>\n<ul class="
     << "chips>";
  auto chip = [&](const std::string &text) {
    os << "<li>" << escape(text) << "</li>";
  };
  chip("for " + report.target);
  chip(report.precision);
  if (!report.method.empty()) // a network in float has no ranges
    chip("ranges: " + report.method);
  if (report.calibrationSamples > 0)
    chip(llvm::formatv("{0} calibration samples", report.calibrationSamples));
  for (const CorrectionReport &correction : report.corrections)
    chip("corrected: " + correction.name);
  chip(report.tool);
  os << "</ul></header>\n<nav class=parts aria-label=\"Parts of the report\">";
  for (auto [id, words, isThere] :
       {std::tuple("suspects", "Suspects", !report.layers.empty()),
        std::tuple("errors", "Error", !report.layers.empty()),
        std::tuple("distributions", "Distributions", !report.layers.empty()),
        std::tuple("memory", "Memory", !report.buffers.empty()),
        std::tuple("costs", "Cost", !report.steps.empty()),
        std::tuple("network", "Network", !report.steps.empty()),
        std::tuple("tables", "Layers", !report.layers.empty()),
        std::tuple("facts", "Facts", true), std::tuple("terms", "Terms", true)})
    if (isThere)
      os << "<a href=\"#" << id << "\">" << words << "</a>";
  os << "</nav>\n";
}

/// "On 500 samples of test top-1 is 83.00 %, 0.40 points below float." where
/// `qc eval` has been told of the compile.
static std::string describeLoss(const CompileReport &report) {
  if (!report.evaluation || !report.evaluation->top1 ||
      !report.evaluation->floatTop1)
    return "";
  double top1 = 100 * *report.evaluation->top1;
  double loss = 100 * *report.evaluation->floatTop1 - top1;
  return llvm::formatv("On {0} labelled samples top-1 is {1:f2} %, {2:f2} "
                       "points {3} float.",
                       report.evaluation->items, top1, std::abs(loss),
                       loss < 0 ? "above" : "below");
}

void Page::writeVerdict() {
  const LayerReport *bad = findFirstBad(report);
  auto isBadOutput = [](const LayerError &output) { return isBad(output); };
  bool areOutputsBad = llvm::any_of(report.outputs, isBadOutput);
  StringRef grade = areOutputsBad                         ? "bad"
                    : bad || !report.warnings.empty()     ? "fair"
                    : report.layers.empty() && !isFloat() ? ""
                                                          : "good";
  os << "<div class=\"verdict " << grade << "\" role=status><strong>";
  if (isFloat())
    os << "The whole network computes in float, on the CPU: nothing is "
          "quantized.";
  else if (report.layers.empty())
    os << "Not compared with float: no samples.";
  else if (areOutputsBad && report.outputs.size() == 1)
    os << "The result is not good enough: below 20 dB, a cosine of 0.99 or "
          "with "
          "lost channels.";
  else if (areOutputsBad)
    os << llvm::formatv("{0} of {1} results are not good enough.",
                        llvm::count_if(report.outputs, isBadOutput),
                        report.outputs.size());
  else if (bad)
    os << "The results are good, though not every layer is.";
  else
    os << "No bad layer: cosine is at least 0.99 and SQNR at least 20 dB "
          "everywhere.";
  os << "</strong>\n";
  if (std::string loss = describeLoss(report); !loss.empty())
    os << "<p>" << loss << "</p>\n";
  if (bad)
    os << "<p>First bad layer" << (isBadAlone(*bad) ? " by itself" : "")
       << ": <b>" << escape(bad->error.name) << "</b> (" << escape(bad->op)
       << "): " << escape(suggestRemedy(report, *bad)) << ".</p>\n";
  for (const std::string &warning : report.warnings)
    os << "<p>Warning: " << escape(warning) << ".</p>\n";
  os << "</div>\n";
}

void Page::tile(const std::string &name, const std::string &figure,
                const std::string &beside, StringRef style) {
  os << "<div class=tile><dt>" << name << "</dt><dd><span class=\"figure "
     << style << "\">" << escape(figure) << "</span><span class=beside>"
     << beside << "</span></dd></div>\n";
}

static std::string formatShare(double share) {
  return llvm::formatv("{0:f2} %", 100 * share);
}

void Page::writeAccuracyTiles() {
  if (!report.evaluation)
    return;
  const EvaluationReport &found = *report.evaluation;
  std::string items = llvm::formatv(
      "on {0} samples of {1}", found.items,
      escape(llvm::sys::path::filename(StringRef(found.data).rtrim('/'))));
  if (found.top1)
    tile(term("top1") + ", program", formatShare(*found.top1), items);
  if (found.floatTop1)
    tile(term("top1") + ", float", formatShare(*found.floatTop1),
         found.top1 ? llvm::formatv("the program loses {0:f2} points",
                                    100 * (*found.floatTop1 - *found.top1))
                          .str()
                    : "");
  if (found.agreement)
    tile(term("agreement"), formatShare(*found.agreement), items);
}

void Page::writeTiles() {
  os << "<dl class=tiles>\n";
  if (!report.outputs.empty()) {
    double worst = getWorstOutput(report);
    tile(report.outputs.size() > 1 ? term("sqnr") + " of the worst result"
                                   : term("sqnr") + " of the result",
         formatDb(worst) + (worst < kEqualSqnr ? " dB" : ""),
         llvm::formatv("against float on {0} samples", report.comparedSamples),
         getGrade(worst));
  }
  writeAccuracyTiles();
  if (report.runBytes > 0)
    tile(term("ram"),
         formatBytes(double(report.runBytes + report.boundaryBytes)),
         term("arena") + " and scratch " +
             formatBytes(double(report.runBytes)) + ", inputs and outputs " +
             formatBytes(double(report.boundaryBytes)));
  else
    tile(term("arena"), formatBytes(double(report.arenaBytes)),
         "at least " + formatBytes(double(report.arenaLowerBound)) + " " +
             term("bound"));
  tile(term("constants"), formatBytes(double(report.constantBytes)),
       "stored with the program");
  double macs = 0;
  for (const StepReport &step : report.steps)
    macs += double(step.macs);
  if (macs > 0)
    tile(term("macs"), formatCount(macs), "for one run");
  if (report.estimatedCycles > 0)
    tile(term("cycles"), formatCount(report.estimatedCycles),
         formatThousands(report.estimatedCycles) + ", to compare by");
  if (!isFloat() && !report.steps.empty())
    tile("on the CPU", llvm::formatv("{0} ops", report.cpu.ops),
         report.cpu.ops ? escape(describeCpu(report.cpu))
                        : "all of it runs on the device");
  os << "</dl>\n";
  if (!report.evaluation && !report.outputs.empty())
    os << "<p class=note>Accuracy on labelled samples has not been measured: "
          "<code>qc eval OUT/model.qcb --data DATA --labels LABELS --against "
          "MODEL --report OUT</code> adds that of both to this page.</p>\n";
}

//===----------------------------------------------------------------------===//
// What costs accuracy
//===----------------------------------------------------------------------===//

static void writePaste(const std::string &text, llvm::raw_ostream &os) {
  os << "<div class=paste><code>" << escape(text) << "</code></div>";
}

void Page::writeSuspects() {
  if (report.layers.empty())
    return;
  std::vector<Suspect> suspects = findSuspects(report, 3);
  open("suspects", "Suspects",
       "The " + term("suspects") + ": what they lose " + term("isolated") +
           ", why, and what to add to the compile. <code>qc analyze</code> "
           "measures what each costs the results.");
  if (suspects.empty())
    os << "<p>None: every layer alone has at least 45 dB.</p>\n";
  os << "<ol class=suspects>\n";
  for (const Suspect &suspect : suspects) {
    const LayerReport &layer = *suspect.layer;
    double alone = layer.error.isolated->sqnr;
    os << "<li><h3><a href=\"#" << getAnchor(&layer - report.layers.data())
       << "\">" << escape(layer.error.name) << "</a></h3><p>"
       << escape(layer.op) << ", " << escape(layer.type)
       << ", <b class=" << getGrade(alone) << ">" << formatDb(alone)
       << " dB</b> alone, " << formatDb(layer.error.accumulated.sqnr)
       << " dB with all before it</p>"
       << "<p>" << escape(suspect.cause) << "</p>";
    if (!suspect.option.empty())
      writePaste(suspect.option, os);
    os << "</li>\n";
  }
  os << "</ol>\n";
  if (!report.remedies.empty()) {
    os << llvm::formatv("<p>Tried because a layer is bad (results have {0} dB "
                        "now):</p><ol class=suspects>",
                        formatDb(getWorstOutput(report)));
    double before = getWorstOutput(report);
    for (const RemedyReport &remedy : report.remedies) {
      bool helps = remedy.sqnr > before;
      os << llvm::formatv("<li><p>{3} <b class={0}>{1} dB</b>{2}</p>",
                          getGrade(remedy.sqnr), formatDb(remedy.sqnr),
                          !helps            ? ", no better"
                          : remedy.isEnough ? ", enough for every result"
                                            : "",
                          helps ? "brings" : "gives");
      writePaste(remedy.option, os);
      os << "</li>";
    }
    os << "</ol>\n";
  }
  close();
}

void Page::writeErrors() {
  if (report.layers.empty())
    return;
  open("errors", "Error along the network",
       term("sqnr") + " of each layer against the float network. Points are "
                      "what a layer loses by itself, the line is what has "
                      "added up; where the "
                      "line falls and no point does, errors only add up. A "
                      "layer is bad below "
                      "20 dB or a cosine of 0.99.");
  writeErrorChart(report, os);
  close();
}

void Page::writeDistributions() {
  std::vector<const LayerReport *> worst;
  for (const LayerReport &layer : report.layers)
    if (layer.error.histogram && !layer.moves)
      worst.push_back(&layer);
  if (worst.empty())
    return;
  auto getSqnr = [](const LayerReport *layer) {
    return layer->error.isolated ? layer->error.isolated->sqnr
                                 : layer->error.accumulated.sqnr;
  };
  llvm::sort(worst, [&](const LayerReport *a, const LayerReport *b) {
    return std::make_pair(getSqnr(a), a) < std::make_pair(getSqnr(b), b);
  });
  constexpr size_t kShown = 8;
  worst.resize(std::min(worst.size(), kShown));
  open("distributions", "Distributions of the worst tensors",
       "Float values on the compared samples, counts in powers of ten; dashed: "
       "the " +
           term("threshold") +
           ". Those of every other tensor unfold in the table of layers; "
           "pointing at a layer in a chart leads there.");
  os << "<div class=tensors>\n";
  for (const LayerReport *layer : worst) {
    double sqnr = getSqnr(layer);
    os << "<div><h3><a href=\"#" << getAnchor(layer - report.layers.data())
       << "\">" << escape(layer->error.name)
       << "</a> <b class=" << getGrade(sqnr) << ">" << formatDb(sqnr)
       << " dB</b></h3>";
    writeHistogram(*layer, os);
    os << "</div>\n";
  }
  os << "</div>\n";
  close();
}

//===----------------------------------------------------------------------===//
// What it takes
//===----------------------------------------------------------------------===//

void Page::writeMemory() {
  if (report.buffers.empty())
    return;
  std::string words = "The " + term("arena") + " has " +
                      formatBytes(double(report.arenaBytes)) + "; " +
                      formatBytes(double(report.arenaLowerBound)) + " are " +
                      term("bound") + ".";
  if (report.runBytes > 0)
    words += " " + term("ram") + ": " +
             formatBytes(double(report.runBytes + report.boundaryBytes)) + ".";
  open("memory", "Memory over time", words);
  writeMemoryChart(report, os);
  close();
}

void Page::writeCosts() {
  if (report.steps.empty())
    return;
  open("costs", "Cost of every step",
       "Darker: the five dearest. Grey: " + term("moves") + ".");
  writeCostCharts(report, os);
  close();
}

void Page::writeNetwork() {
  if (report.steps.empty())
    return;
  open("network", "The network",
       "In the order of execution, without " + term("moves") +
           "; a line is a value that is still read. Colours: SQNR " +
           term("isolated") +
           " - <b class=bad>below 20</b>, <b class=fair>below 30</b>, "
           "<b class=good>below 40</b>, <b class=fine>40 dB and more</b>. "
           "Squares run on the CPU.");
  writeGraph(report, os);
  close();
}

//===----------------------------------------------------------------------===//
// Figures
//===----------------------------------------------------------------------===//

void Page::writeTables() {
  if (!report.outputs.empty()) {
    open("results", "Results", "");
    writeOutputTable(report, os);
    close();
  }
  if (report.layers.empty())
    return;
  open("tables", "Layers",
       "Against the float network. A layer's name unfolds the distribution of "
       "its values.");
  writeLayerTable(report, os);
  close();
}

void Page::fact(StringRef name, const std::string &value) {
  os << "<dt>" << name << "</dt><dd>" << escape(value) << "</dd>\n";
}

void Page::writeFacts() {
  open("facts", "Facts", "");
  os << "<dl class=facts>\n";
  fact("model", report.model);
  fact("target", report.target);
  fact("precision", report.precision);
  if (!report.method.empty())
    fact("method", report.method);
  if (report.calibrationSamples > 0)
    fact("calibration samples", std::to_string(report.calibrationSamples));
  for (const CorrectionReport &correction : report.corrections)
    fact("correction: " + correction.name, describeCorrection(correction));
  if (report.widths)
    fact("activations of 16 bits", describeWidths(*report.widths));
  fact("arena", llvm::formatv("{0} bytes, at least {1} are live at once",
                              report.arenaBytes, report.arenaLowerBound));
  fact("constants", llvm::formatv("{0} bytes", report.constantBytes));
  fact("transposes",
       llvm::formatv("{0} inside, {1} at the boundary", report.innerTransposes,
                     report.boundaryTransposes));
  if (report.cpu.ops)
    fact("on the CPU", describeCpu(report.cpu));
  for (const auto &[phase, seconds] : report.seconds)
    fact("time of " + phase, llvm::formatv("{0:f2} s", seconds));
  os << "</dl>\n";
  close();
}

void Page::write() {
  writeHead("qc report: " + llvm::sys::path::filename(report.model).str(), os);
  writeHeader();
  os << "<main id=main>\n";
  writeVerdict();
  writeTiles();
  writeSuspects();
  writeErrors();
  writeDistributions();
  writeMemory();
  writeCosts();
  writeNetwork();
  writeTables();
  writeFacts();
  writeGlossary(os);
  os << "</main>\n";
  writeTail(os);
}

void printHtml(const CompileReport &report, llvm::raw_ostream &os) {
  Page(report, os).write();
}

} // namespace qc
