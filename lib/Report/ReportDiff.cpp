// What differs between the reports of two compiles: as text, JSON and a page.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Html.h"
#include "qc/Support/Strings.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/FormatVariadic.h"

namespace qc {

using namespace html;

namespace {
/// A figure of both reports.
struct Figure {
  std::string name, unit;
  double before = 0, after = 0;
  const char *format = "%.0f";
};

/// A layer of both; null where one does not have it.
struct Pair {
  std::string name;
  const LayerReport *before = nullptr, *after = nullptr;

  double getChange() const {
    return before && after
               ? after->error.accumulated.sqnr - before->error.accumulated.sqnr
               : 0;
  }
  bool isOther() const {
    return !before || !after || before->type != after->type ||
           before->placement != after->placement;
  }
};
} // namespace

static std::vector<Figure> collectFigures(const CompileReport &before,
                                          const CompileReport &after) {
  std::vector<Figure> figures;
  for (const LayerError &output : before.outputs)
    for (const LayerError &other : after.outputs)
      if (output.name == other.name)
        figures.push_back({"result '" + printable(output.name) + "'", "dB",
                           getWorstSqnr(output), getWorstSqnr(other), "%.1f"});
  auto addShare = [&](const char *name,
                      std::optional<double> EvaluationReport::*share) {
    if (before.evaluation && after.evaluation && (*before.evaluation).*share &&
        (*after.evaluation).*share)
      figures.push_back({name, "%", 100 * *((*before.evaluation).*share),
                         100 * *((*after.evaluation).*share), "%.2f"});
  };
  addShare("top-1", &EvaluationReport::top1);
  addShare("agreement with float", &EvaluationReport::agreement);
  auto add = [&](const char *name, const char *unit, double a, double b) {
    if (a > 0 || b > 0)
      figures.push_back({name, unit, a, b});
  };
  add("estimated cycles", "", before.estimatedCycles, after.estimatedCycles);
  add("arena", "bytes", double(before.arenaBytes), double(after.arenaBytes));
  add("RAM of a run", "bytes", double(before.runBytes + before.boundaryBytes),
      double(after.runBytes + after.boundaryBytes));
  add("constants", "bytes", double(before.constantBytes),
      double(after.constantBytes));
  add("ops on the CPU", "", double(before.cpu.ops), double(after.cpu.ops));
  return figures;
}

/// The name that a tensor has in the model, without what tells that corrections
/// have scaled its channels.
static StringRef getModelName(const LayerReport &layer) {
  StringRef name = layer.error.name;
  name.consume_back("_scaled");
  return name;
}

/// In the order of `after`, then what only `before` has.
static std::vector<Pair> pairLayers(const CompileReport &before,
                                    const CompileReport &after) {
  llvm::StringMap<const LayerReport *> known;
  for (const LayerReport &layer : before.layers)
    known[getModelName(layer)] = &layer;
  std::vector<Pair> pairs;
  llvm::StringSet<> seen;
  for (const LayerReport &layer : after.layers) {
    pairs.push_back(
        {getModelName(layer).str(), known.lookup(getModelName(layer)), &layer});
    seen.insert(getModelName(layer));
  }
  for (const LayerReport &layer : before.layers)
    if (!seen.contains(getModelName(layer)))
      pairs.push_back({getModelName(layer).str(), &layer, nullptr});
  return pairs;
}

/// Those that changed, the most first: by at least a tenth of a dB, in type or
/// in place, or of one report only.
static std::vector<Pair> findChanged(const CompileReport &before,
                                     const CompileReport &after) {
  std::vector<Pair> pairs = pairLayers(before, after);
  llvm::erase_if(pairs, [](const Pair &pair) {
    return !pair.isOther() && std::abs(pair.getChange()) < 0.1;
  });
  llvm::sort(pairs, [](const Pair &a, const Pair &b) {
    return std::make_pair(-std::abs(a.getChange()), StringRef(a.name)) <
           std::make_pair(-std::abs(b.getChange()), StringRef(b.name));
  });
  return pairs;
}

static std::string describeSide(const LayerReport *layer) {
  if (!layer)
    return "-";
  return layer->type + (layer->placement == "cpu" ? "@cpu" : "") + " " +
         formatDb(layer->error.accumulated.sqnr);
}

static std::string describeCompile(const CompileReport &report) {
  return report.model + " for " + report.target + ", " + report.precision +
         (report.method.empty() ? "" : ", method " + report.method);
}

/// "before", or "before -> after" where they differ.
static std::string formatChange(const Figure &figure) {
  std::string text;
  llvm::raw_string_ostream os(text);
  os << llvm::format(figure.format, figure.before);
  if (figure.before != figure.after) {
    os << " -> " << llvm::format(figure.format, figure.after);
    if (figure.unit == "dB" || figure.unit == "%")
      os << llvm::format(" (%+.2f)", figure.after - figure.before);
    else if (figure.before > 0)
      os << llvm::format(" (%+.1f %%)",
                         100 * (figure.after / figure.before - 1));
  }
  return text + (figure.unit.empty() ? "" : " " + figure.unit);
}

void printDiff(const CompileReport &before, const CompileReport &after,
               llvm::raw_ostream &os) {
  os << "before: " << describeCompile(before) << "\n"
     << "after:  " << describeCompile(after) << "\n\n";
  for (const Figure &figure : collectFigures(before, after))
    os << figure.name << ": " << formatChange(figure) << "\n";
  std::vector<Pair> changed = findChanged(before, after);
  if (changed.empty()) {
    os << "no layer changed\n";
    return;
  }
  size_t width = 5;
  for (const Pair &pair : changed)
    width = std::max(width, printable(pair.name).size());
  auto pad = [&](std::string text, size_t to) {
    text.resize(std::max(text.size(), to), ' ');
    return text;
  };
  os << "\n"
     << pad("layer", width) << "  " << pad("before", 14) << pad("after", 14)
     << "change in dB, with all before it\n";
  for (const Pair &pair : changed) {
    os << pad(printable(pair.name), width) << "  "
       << pad(describeSide(pair.before), 14)
       << pad(describeSide(pair.after), 14);
    if (pair.before && pair.after)
      os << llvm::format("%+.1f", pair.getChange());
    os << "\n";
  }
}

llvm::json::Value diffToJSON(const CompileReport &before,
                             const CompileReport &after) {
  using llvm::json::Array;
  using llvm::json::Object;
  Array figures, layers;
  for (const Figure &figure : collectFigures(before, after))
    figures.push_back(Object{{"name", figure.name},
                             {"unit", figure.unit},
                             {"before", figure.before},
                             {"after", figure.after}});
  for (const Pair &pair : findChanged(before, after)) {
    Object layer{{"name", printable(pair.name)}};
    for (auto [key, side] :
         {std::pair("before", pair.before), std::pair("after", pair.after)})
      if (side)
        layer[key] = Object{{"type", side->type},
                            {"placement", side->placement},
                            {"sqnr_db", side->error.accumulated.sqnr}};
    layers.push_back(std::move(layer));
  }
  return Object{{"figures", std::move(figures)}, {"layers", std::move(layers)}};
}

//===----------------------------------------------------------------------===//
// The page
//===----------------------------------------------------------------------===//

static void writeDiffChart(const CompileReport &before,
                           const CompileReport &after, llvm::raw_ostream &os) {
  ErrorLine first{"before", "other", {}}, second{"after", "main", {}};
  std::vector<std::string> titles, links;
  for (const Pair &pair : pairLayers(before, after)) {
    const LayerReport *any = pair.after ? pair.after : pair.before;
    if (any->moves)
      continue;
    auto getSqnr = [](const LayerReport *layer) {
      return layer ? std::optional<double>(layer->error.accumulated.sqnr)
                   : std::nullopt;
    };
    first.values.push_back(getSqnr(pair.before));
    second.values.push_back(getSqnr(pair.after));
    titles.push_back(pair.name + "\nbefore " + describeSide(pair.before) +
                     " dB\nafter " + describeSide(pair.after) + " dB");
    links.emplace_back();
  }
  writeErrorLines({first, second}, titles, links,
                  "SQNR of every layer in dB, before and after", os);
}

void printDiffHtml(const CompileReport &before, const CompileReport &after,
                   llvm::raw_ostream &os) {
  writeHead("qc report: before and after", os);
  os << "<header class=top><h1>Before and after</h1><ul "
        "class=chips><li>before: "
     << escape(describeCompile(before))
     << "</li><li>after: " << escape(describeCompile(after))
     << "</li></ul></header>\n<main id=main>\n<dl class=tiles>\n";
  for (const Figure &figure : collectFigures(before, after)) {
    std::string now;
    llvm::raw_string_ostream(now) << llvm::format(figure.format, figure.after);
    os << "<div class=tile><dt>" << escape(figure.name)
       << "</dt><dd><span class=figure>" << now << " " << figure.unit
       << "</span><span class=beside>" << escape(formatChange(figure))
       << "</span></dd></div>\n";
  }
  os << "</dl>\n<section id=errors><h2>Error along the network</h2><p>"
     << term("sqnr") << " " << term("accumulated") << ".</p>\n";
  writeDiffChart(before, after, os);
  os << "</section>\n<section id=layers-changed><h2>What changed</h2>\n<div "
        "class=wide tabindex=0 role=region aria-label=\"Layers that changed\">"
        "<table class=sortable><thead><tr><th scope=col class=text>layer</th>"
        "<th scope=col>before</th><th scope=col>after</th><th scope=col>change "
        "in dB</th></tr></thead>\n<tbody>\n";
  for (const Pair &pair : findChanged(before, after)) {
    os << "<tr><th scope=row class=mono>" << escape(pair.name) << "</th><td>"
       << escape(describeSide(pair.before)) << "</td><td>"
       << escape(describeSide(pair.after)) << "</td>";
    if (pair.before && pair.after)
      os << llvm::formatv("<td data-v=\"{0:f3}\" class=\"cell {1}\">{2}</td>",
                          pair.getChange(),
                          pair.getChange() < 0 ? "bad" : "fine",
                          llvm::formatv("{0:f1}", pair.getChange()).str());
    else
      os << "<td data-v=\"\"></td>";
    os << "</tr>\n";
  }
  os << "</tbody></table></div></section>\n";
  writeGlossary(os);
  os << "</main>\n";
  writeTail(os);
}

} // namespace qc
