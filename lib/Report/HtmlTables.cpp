// The tables of a page, and the distributions that they fold out.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Html.h"
#include "qc/Support/Strings.h"

#include "llvm/Support/FormatVariadic.h"

#include <cmath>

namespace qc::html {

//===----------------------------------------------------------------------===//
// Distributions
//===----------------------------------------------------------------------===//

void writeHistogram(const LayerReport &layer, llvm::raw_ostream &os) {
  const ValueHistogram &histogram = *layer.error.histogram;
  auto limits = getThresholds(layer);
  double low = histogram.low, high = histogram.high;
  if (limits) {
    low = std::min(low, limits->first);
    high = std::max(high, limits->second);
  }
  constexpr double kWidth = 320, kHeight = 84;
  auto getX = [&](double value) {
    return high > low ? kWidth * (value - low) / (high - low) : kWidth / 2;
  };
  int64_t most = 1;
  for (int64_t count : histogram.counts)
    most = std::max(most, count);
  os << "<figure class=hist>"
     << llvm::formatv("<svg viewBox=\"0 0 {0} {1}\" role=img aria-label=\"How "
                      "often values of this tensor occur, from {2:g3} to "
                      "{3:g3}, in powers of ten\">",
                      kWidth, kHeight, histogram.low, histogram.high);
  if (limits) {
    double first = getX(limits->first), last = getX(limits->second);
    if (first > 0.5)
      os << llvm::formatv("<rect class=out width={0:f1} height={1} />", first,
                          kHeight);
    if (last < kWidth - 0.5)
      os << llvm::formatv("<rect class=out x={0:f1} width={1:f1} height={2} />",
                          last, kWidth - last, kHeight);
  }
  // Logarithmic, so that rare values are seen.
  double unit = (kHeight - 8) / std::log1p(double(most));
  double step = (histogram.high - histogram.low) /
                double(std::max<size_t>(histogram.counts.size(), 1));
  os << llvm::formatv("<path class=area d=\"M{0:f1} {1}", getX(histogram.low),
                      kHeight);
  for (auto [index, count] : llvm::enumerate(histogram.counts))
    os << llvm::formatv(
        "V{0:f1}H{1:f1}",
        kHeight - unit * std::log1p(double(std::max<int64_t>(count, 0))),
        getX(histogram.low + double(index + 1) * step));
  os << llvm::formatv("V{0}Z\"/>", kHeight);
  if (limits)
    for (double limit : {limits->first, limits->second}) {
      double x = std::clamp(getX(limit), 1.0, kWidth - 1);
      os << llvm::formatv("<path class=limit d=\"M{0:f1} 0V{1}\"/>", x,
                          kHeight);
    }
  os << "</svg><figcaption>"
     << llvm::formatv("values {0:g4} to {1:g4}", histogram.low, histogram.high);
  if (limits)
    os << "; " << term("threshold")
       << llvm::formatv(" {0:g4} to {1:g4}, {2:f2} % ", limits->first,
                        limits->second, 100 * layer.error.saturation)
       << term("clipped");
  os << "</figcaption></figure>";
}

//===----------------------------------------------------------------------===//
// Cells
//===----------------------------------------------------------------------===//

static void writeText(StringRef text, llvm::raw_ostream &os) {
  os << "<td class=text>" << escape(text) << "</td>";
}

/// A number as it is sorted, and as it is read.
static void writeNumber(double value, const std::string &words,
                        llvm::raw_ostream &os) {
  os << llvm::formatv("<td data-v=\"{0:g6}\">{1}</td>", value, words);
}

static void writeNumber(double value, const char *format,
                        llvm::raw_ostream &os) {
  std::string words;
  llvm::raw_string_ostream(words) << llvm::format(format, value);
  writeNumber(value, words, os);
}

/// With a bar up to 60 dB.
static void writeSqnr(const std::optional<ErrorMetrics> &error,
                      llvm::raw_ostream &os) {
  if (!error) {
    os << "<td></td>";
    return;
  }
  os << llvm::formatv("<td class=\"cell {0}\" data-v=\"{1:f2}\">{2}<span "
                      "class=meter aria-hidden=true><i style=\"width:{3:f0}%\">"
                      "</i></span></td>",
                      getGrade(error->sqnr), error->sqnr, formatDb(error->sqnr),
                      100 * std::clamp(error->sqnr / 60, 0.0, 1.0));
}

static void writeHeads(ArrayRef<std::pair<std::string, bool>> heads,
                       llvm::raw_ostream &os) {
  os << "<thead><tr>";
  for (const auto &[words, isText] : heads)
    os << "<th scope=col" << (isText ? " class=text>" : ">") << words
       << "</th>";
  os << "</tr></thead>\n<tbody>\n";
}

//===----------------------------------------------------------------------===//
// Tables
//===----------------------------------------------------------------------===//

void writeOutputTable(const CompileReport &report, llvm::raw_ostream &os) {
  os << "<div class=wide tabindex=0 role=region aria-label=Results><table>";
  writeHeads({{"result", true},
              {term("sqnr") + " in dB", false},
              {term("activations") + ", dB", false},
              {term("assigned") + ", dB", false},
              {term("cosine"), false},
              {term("rmse"), false},
              {term("mse"), false},
              {term("difference"), false},
              {term("lost"), true}},
             os);
  for (const LayerError &output : report.outputs) {
    const ErrorMetrics &error = output.accumulated;
    os << (isBad(output) ? "<tr class=bad>" : "<tr>") << "<th scope=row>"
       << escape(output.name) << "</th>";
    writeSqnr(error, os);
    writeSqnr(output.activations, os);
    writeSqnr(output.assigned, os);
    writeNumber(error.cosine, "%.5f", os);
    writeNumber(error.rmse, "%.3g", os);
    writeNumber(error.mse, "%.3g", os);
    writeNumber(error.maxDifference, "%.3g", os);
    writeText(output.lost
                  ? llvm::formatv("{0}: {1:f1} dB", output.lost->describe(),
                                  output.lost->error.sqnr)
                        .str()
                  : "",
              os);
    os << "</tr>\n";
  }
  os << "</tbody></table></div>\n";
}

static void writeLayer(const LayerReport &layer, size_t index,
                       const StepReport *step, llvm::raw_ostream &os) {
  const LayerError &error = layer.error;
  StringRef side = layer.placement == "cpu" ? "CPU" : "device";
  std::string classes = isBad(error) ? "bad" : "";
  if (layer.moves)
    classes += classes.empty() ? "move" : " move";
  os << "<tr id=" << getAnchor(index) << " class=\"" << classes
     << "\" data-words=\""
     << escape(toLower(error.name + " " + layer.op + " " + layer.type + " " +
                       side.str() + (isBad(error) ? " bad" : "")))
     << "\"><th scope=row data-v=\"" << escape(error.name) << "\">";
  constexpr size_t kMostFolded = 2000; // so that pages stay small
  if (error.histogram && index < kMostFolded) {
    os << "<details class=layer><summary class=mono>" << escape(error.name)
       << "</summary>";
    writeHistogram(layer, os);
    os << "</details>";
  } else {
    os << "<span class=mono>" << escape(error.name) << "</span>";
  }
  os << "</th>";
  writeText(layer.op, os);
  writeText(layer.type, os);
  writeText(side, os);
  writeText(shapeText(layer.shape), os);
  writeSqnr(error.isolated, os);
  writeSqnr(error.accumulated, os);
  writeSqnr(error.activations, os);
  writeSqnr(error.assigned, os);
  writeNumber(error.accumulated.cosine, "%.5f", os);
  writeNumber(error.accumulated.rmse, "%.3g", os);
  writeNumber(error.saturation * 100, "%.2f", os);
  writeNumber(layer.scale, "%.4g", os);
  writeNumber(double(layer.macs), formatCount(double(layer.macs)), os);
  if (step && step->cycles > 0)
    writeNumber(step->cycles, formatCount(step->cycles), os);
  else
    os << "<td></td>";
  writeText(layer.method, os);
  os << "</tr>\n";
}

void writeLayerTable(const CompileReport &report, llvm::raw_ostream &os) {
  size_t moves = llvm::count_if(
      report.layers, [](const LayerReport &layer) { return layer.moves; });
  llvm::StringMap<const StepReport *> steps;
  for (const StepReport &step : report.steps)
    steps[step.name] = &step;
  if (moves)
    os << "<input type=checkbox id=moves> <label for=moves>Show "
       << llvm::formatv("{0} rows of ", moves) << term("moves") << "</label>\n";
  os << "<div class=tools><label>Filter <input type=search id=filter "
        "placeholder=\"conv bad cpu i16\"></label></div>\n"
        "<div class=wide tabindex=0 role=region aria-label=Layers><table "
        "id=layers class=sortable>";
  writeHeads({{"layer", true},
              {"op", true},
              {"type", true},
              {"runs on", true},
              {"shape", true},
              {term("isolated") + ", dB", false},
              {term("accumulated") + ", dB", false},
              {term("activations") + ", dB", false},
              {term("assigned") + ", dB", false},
              {term("cosine"), false},
              {term("rmse"), false},
              {term("clipped") + ", %", false},
              {term("scale"), false},
              {term("macs"), false},
              {term("cycles"), false},
              {term("method"), true}},
             os);
  for (auto [index, layer] : llvm::enumerate(report.layers))
    writeLayer(layer, index, steps.lookup(layer.error.name), os);
  os << "</tbody></table></div>\n";
}

} // namespace qc::html
