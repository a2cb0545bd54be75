// Charts along the network: errors, costs, memory.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A chart's svg is stretched to the width that there is, so it holds nothing
// that must keep its form: texts stand beside it, points are round ends of
// strokes that do not scale.
#include "Html.h"

#include "llvm/Support/Format.h"
#include "llvm/Support/FormatVariadic.h"

namespace qc::html {

/// Labels of an axis from 0 to `most`, with what is written at each.
static void writeScale(ArrayRef<std::pair<double, std::string>> marks,
                       double most, llvm::raw_ostream &os) {
  os << "<div class=y aria-hidden=true>";
  for (const auto &[value, words] : marks)
    os << llvm::formatv("<span{0} style=\"bottom:{1:f1}%\">{2}</span>",
                        value <= 0      ? " class=low"
                        : value >= most ? " class=high"
                                        : "",
                        most > 0 ? 100 * value / most : 0, words);
  os << "</div>";
}

/// Opens a chart of `count` positions and of height `most`.
static void openPlot(size_t count, double most, StringRef height,
                     StringRef label, llvm::raw_ostream &os) {
  os << llvm::formatv("<svg viewBox=\"0 0 {0} {1:f2}\" style=\"height:{2}\" "
                      "preserveAspectRatio=none role=img aria-label=\"{3}\">\n",
                      std::max<size_t>(count, 1), most, height, label);
}

static void closePlot(ArrayRef<std::string> ends, llvm::raw_ostream &os) {
  os << "</svg><div class=x aria-hidden=true>";
  for (const std::string &end : ends)
    os << "<span>" << escape(end) << "</span>";
  os << "</div></div>\n";
}

static void writeHit(size_t at, double height, StringRef title, StringRef link,
                     llvm::raw_ostream &os) {
  if (!link.empty())
    os << "<a href=\"#" << link << "\" tabindex=-1>";
  os << llvm::formatv("<rect class=hit x={0} width=1 height={1:f2}><title>{2}"
                      "</title></rect>",
                      at, height, escape(title));
  if (!link.empty())
    os << "</a>";
  os << "\n";
}

//===----------------------------------------------------------------------===//
// Errors
//===----------------------------------------------------------------------===//

static constexpr double kMostDb = 60; // what is above looks alike

static double getHeight(double sqnr) {
  return kMostDb - std::clamp(sqnr, 0.0, kMostDb);
}

static void writeLine(const ErrorLine &line, llvm::raw_ostream &os) {
  if (line.style == "dot") {
    for (StringRef grade : {"bad", "fair", "good", "fine"}) {
      std::string path;
      for (auto [at, value] : llvm::enumerate(line.values))
        if (value && getGrade(*value) == grade)
          path += llvm::formatv("M{0}.5 {1:f1}h0", at, getHeight(*value));
      if (!path.empty())
        os << "<path class=\"dot " << grade << "\" d=\"" << path << "\"/>\n";
    }
    return;
  }
  os << "<path class=\"line " << line.style << "\" d=\"";
  bool draws = false;
  for (auto [at, value] : llvm::enumerate(line.values)) {
    if (value)
      os << (draws ? "L" : "M")
         << llvm::formatv("{0}.5 {1:f1}", at, getHeight(*value));
    draws = value.has_value();
  }
  os << "\"/>\n";
}

void writeErrorLines(const std::vector<ErrorLine> &lines,
                     const std::vector<std::string> &titles,
                     const std::vector<std::string> &links, StringRef label,
                     llvm::raw_ostream &os) {
  os << "<ul class=legend>";
  for (const ErrorLine &line : lines)
    os << "<li><svg viewBox=\"0 0 26 10\" aria-hidden=true><path class=\""
       << (line.style == "dot" ? "dot good" : "line " + line.style.str())
       << "\" d=\"" << (line.style == "dot" ? "M13 5h0" : "M1 5H25")
       << "\"/></svg>" << line.name << "</li>";
  os << "<li><span class=swatch style=\"background:var(--bad-soft);"
        "border:1px solid var(--bad)\"></span>below 20 dB</li></ul>\n"
        "<figure class=plot>";
  writeScale({{0, "0 dB"}, {20, "20"}, {40, "40"}, {60, "\xe2\x89\xa5 60"}},
             kMostDb, os);
  openPlot(titles.size(), kMostDb, "clamp(200px,28vw,340px)", label, os);
  os << llvm::formatv("<rect class=zone y=40 width={0} height=20 />",
                      std::max<size_t>(titles.size(), 1));
  for (int at : {0, 20, 40, 60})
    os << llvm::formatv("<path class=grid d=\"M0 {0}H{1}\"/>", at,
                        titles.size());
  for (const ErrorLine &line : lines)
    writeLine(line, os);
  for (auto [at, title] : llvm::enumerate(titles))
    writeHit(at, kMostDb, title, links[at], os);
  closePlot({"input", "order of execution", "result"}, os);
  os.indent(0) << "</figure>\n";
}

static std::optional<double> getSqnr(const std::optional<ErrorMetrics> &error) {
  return error ? std::optional<double>(error->sqnr) : std::nullopt;
}

void writeErrorChart(const CompileReport &report, llvm::raw_ostream &os) {
  ErrorLine accumulated{term("accumulated"), "main", {}};
  ErrorLine activations{term("activations"), "thin", {}};
  ErrorLine isolated{"layer " + term("isolated"), "dot", {}};
  std::vector<std::string> titles, links;
  bool isApart = false;
  for (auto [index, layer] : llvm::enumerate(report.layers)) {
    if (layer.moves)
      continue;
    const LayerError &error = layer.error;
    accumulated.values.push_back(error.accumulated.sqnr);
    activations.values.push_back(getSqnr(error.activations));
    isolated.values.push_back(getSqnr(error.isolated));
    isApart |= error.activations.has_value();
    std::string title = error.name + " (" + layer.op + ")";
    if (error.isolated)
      title += "\nalone " + formatDb(error.isolated->sqnr) + " dB";
    title += "\nwith all before it " + formatDb(error.accumulated.sqnr) + " dB";
    if (error.activations)
      title +=
          "\nactivations only " + formatDb(error.activations->sqnr) + " dB";
    titles.push_back(std::move(title));
    links.push_back(getAnchor(index));
  }
  std::vector<ErrorLine> lines{accumulated};
  if (isApart)
    lines.push_back(activations);
  lines.push_back(isolated);
  writeErrorLines(lines, titles, links,
                  "SQNR of every layer in dB, from the input to the result; "
                  "the table of layers has the figures",
                  os);
}

//===----------------------------------------------------------------------===//
// Costs
//===----------------------------------------------------------------------===//

/// One bar a step.
static void writeCosts(const CompileReport &report, StringRef key,
                       function_ref<double(const StepReport &)> getCost,
                       function_ref<std::string(double)> format,
                       llvm::raw_ostream &os) {
  double most = 0, sum = 0;
  std::vector<double> costs;
  for (const StepReport &step : report.steps) {
    costs.push_back(getCost(step));
    most = std::max(most, costs.back());
    sum += costs.back();
  }
  if (sum <= 0)
    return;
  std::vector<double> sorted = costs;
  llvm::sort(sorted, std::greater<double>());
  double high = sorted[std::min<size_t>(4, sorted.size() - 1)];
  os << "<div class=cost><h3>" << term(key) << ": " << format(sum)
     << " in all</h3><figure class=plot>";
  writeScale({{0, "0"}, {most, format(most)}}, most, os);
  constexpr double kHeight = 100;
  openPlot(costs.size(), kHeight, "92px", (key + " of every step").str(), os);
  os << llvm::formatv("<path class=grid d=\"M0 {0}H{1}\"/>", kHeight,
                      costs.size());
  for (auto [at, step] : llvm::enumerate(report.steps)) {
    double height = kHeight * costs[at] / most;
    os << llvm::formatv(
        "<rect class=\"bar{0}\" x={1}.08 width=.84 y={2:f1} height={3:f1} />",
        step.moves          ? " move"
        : costs[at] >= high ? " most"
                            : "",
        at, kHeight - height, height);
    writeHit(at, kHeight,
             llvm::formatv("{0} ({1})\n{2}, {3:f1} % of all", step.name,
                           step.op, format(costs[at]), 100 * costs[at] / sum)
                 .str(),
             "", os);
  }
  closePlot({"first step", "last step"}, os);
  os << "</figure></div>\n";
}

void writeCostCharts(const CompileReport &report, llvm::raw_ostream &os) {
  os << "<div class=costs>";
  writeCosts(
      report, "macs", [](const StepReport &step) { return double(step.macs); },
      formatCount, os);
  writeCosts(
      report, "cycles", [](const StepReport &step) { return step.cycles; },
      formatCount, os);
  writeCosts(
      report, "bytes",
      [](const StepReport &step) {
        return double(step.bytesRead + step.bytesWritten);
      },
      formatBytes, os);
  os << "</div>\n";
}

//===----------------------------------------------------------------------===//
// Memory
//===----------------------------------------------------------------------===//

/// The bytes that hold data at each step.
static std::vector<int64_t> sumLive(const CompileReport &report) {
  std::vector<int64_t> live(report.steps.size());
  for (const BufferReport &buffer : report.buffers)
    for (int64_t step = buffer.first; step <= buffer.last; ++step)
      live[step] += buffer.bytes;
  return live;
}

/// Where the subgraphs run, one band each.
static void writePlacement(const CompileReport &report, llvm::raw_ostream &os) {
  os << "<figure class=plot>";
  writeScale({{30, "runs on"}}, 100, os);
  openPlot(report.steps.size(), 10, "22px",
           "Where each step runs: device or CPU", os);
  for (size_t begin = 0, end; begin < report.steps.size(); begin = end) {
    const StepReport &first = report.steps[begin];
    for (end = begin + 1; end < report.steps.size() &&
                          report.steps[end].subgraph == first.subgraph &&
                          report.steps[end].placement == first.placement;)
      ++end;
    os << llvm::formatv("<rect class=\"part {0}\" x={1} width={2} height=10>"
                        "<title>subgraph {3} on the {4}: steps {5} to {6}"
                        "</title></rect>\n",
                        first.placement, begin, end - begin, first.subgraph + 1,
                        first.placement == "cpu" ? "CPU" : "device", begin + 1,
                        end);
  }
  closePlot({"first step", "last step"}, os);
  os << "</figure>\n";
}

void writeMemoryChart(const CompileReport &report, llvm::raw_ostream &os) {
  std::vector<int64_t> live = sumLive(report);
  int64_t peak = llvm::max_element(live) - live.begin();
  double most = double(std::max<uint64_t>(report.arenaBytes, 1));
  auto last = static_cast<int64_t>(report.steps.size()) - 1;
  os << "<ul class=legend><li><span class=swatch style=\"background:"
        "var(--peak)\"></span>live at the fullest step ("
     << escape(report.steps[peak].name)
     << ")</li><li><span class=swatch style=\"background:var(--fine)\"></span>"
        "kept throughout</li><li><span class=swatch "
        "style=\"background:var(--bar)\"></span>other tensors</li><li>"
        "<span class=swatch style=\"background:var(--device)\"></span>device"
        "</li><li><span class=swatch style=\"background:var(--cpu)\"></span>"
        "CPU</li></ul>\n<figure class=plot>";
  writeScale(
      {{0, "0"}, {most / 2, formatBytes(most / 2)}, {most, formatBytes(most)}},
      most, os);
  openPlot(report.steps.size(), 1000, "clamp(200px,26vw,320px)",
           "The arena over time: a rectangle is a tensor, its height its bytes "
           "and place, its width the steps that it is needed for",
           os);
  for (const BufferReport &buffer : report.buffers) {
    StringRef kind = buffer.first == 0 && buffer.last == last      ? " edge"
                     : buffer.first <= peak && peak <= buffer.last ? " peak"
                                                                   : "";
    double height = 1000 * double(buffer.bytes) / most;
    os << llvm::formatv(
        "<rect class=\"buffer{0}\" x={1} width={2} y={3:f1} height={4:f1}>"
        "<title>{5}\n{6} at {7}, steps {8} to {9}</title></rect>\n",
        kind, buffer.first, buffer.last - buffer.first + 1,
        1000 - 1000 * double(buffer.offset) / most - height, height,
        escape(buffer.name), formatBytes(double(buffer.bytes)), buffer.offset,
        buffer.first + 1, buffer.last + 1);
  }
  closePlot({"first step", "last step"}, os);
  os << "</figure>\n";
  writePlacement(report, os);
}

} // namespace qc::html
