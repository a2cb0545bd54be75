// What the layers of a program are estimated to cost, as it is reported.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Report/CostReport.h"
#include "JsonText.h"
#include "qc/Report/Report.h"
#include "qc/Support/Strings.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/FormatVariadic.h"

#include <algorithm>

namespace qc {

using llvm::json::Array;
using llvm::json::Object;
using llvm::json::Value;

std::vector<const LayerCostReport *> findSlow(const CostReport &report) {
  std::vector<const LayerCostReport *> slow;
  if (report.advice <= 0)
    return slow;
  for (const LayerCostReport &layer : report.layers)
    if (layer.excess >= static_cast<double>(report.advice))
      slow.push_back(&layer);
  std::stable_sort(slow.begin(), slow.end(), [](const auto *a, const auto *b) {
    return a->excess > b->excess;
  });
  return slow;
}

//===----------------------------------------------------------------------===//
// JSON
//===----------------------------------------------------------------------===//

static Value toJSON(const CostFigure &figure) {
  return Object{{"name", figure.name},
                {"value", figure.value},
                {"provenance", figure.provenance},
                {"source", figure.source}};
}

static Value toJSON(const LayerCostReport &layer) {
  Object object{{"name", toText(layer.name)},
                {"op", layer.op},
                {"placement", layer.isOnCpu ? "cpu" : "npu"},
                {"estimated_cycles", layer.cycles},
                {"bound_cycles", layer.boundCycles},
                {"microseconds", layer.microseconds},
                {"excess_microseconds", layer.excess},
                {"utilization", layer.utilization},
                {"ddr_bytes", layer.ddrBytes},
                {"limit", layer.limit},
                {"reasons", Array(layer.reasons)}};
  if (layer.tileRows > 0)
    object["tile"] =
        Object{{"rows", layer.tileRows}, {"channels", layer.tileChannels},
               {"count", layer.tiles},   {"chip_bytes", layer.chipBytes},
               {"fits", layer.fits},     {"result_stays", layer.resultStays}};
  return object;
}

Value toJSON(const CostReport &report) {
  Array figures, layers, advice;
  for (const CostFigure &figure : report.figures)
    figures.push_back(toJSON(figure));
  for (const LayerCostReport &layer : report.layers)
    layers.push_back(toJSON(layer));
  for (const LayerCostReport *layer : findSlow(report))
    advice.push_back(toText(layer->name));
  return Object{{"is_estimate", true},
                {"figures", std::move(figures)},
                {"estimated_cycles", report.cycles},
                {"microseconds", report.microseconds},
                {"ddr_bytes", report.ddrBytes},
                {"on_chip_bytes", report.onChipBytes},
                {"advice_microseconds", report.advice},
                {"advice", std::move(advice)},
                {"layers", std::move(layers)}};
}

static bool fromJSON(const Value &json, CostFigure &figure,
                     llvm::json::Path path) {
  llvm::json::ObjectMapper map(json, path);
  return map && map.map("name", figure.name) &&
         map.map("value", figure.value) &&
         map.map("provenance", figure.provenance) &&
         map.map("source", figure.source);
}

namespace {
struct Tile {
  int64_t rows = 0, channels = 0, count = 0, chipBytes = 0;
  bool fits = true, stays = false;
};
bool fromJSON(const Value &json, Tile &tile, llvm::json::Path path) {
  llvm::json::ObjectMapper map(json, path);
  return map && map.map("rows", tile.rows) &&
         map.map("channels", tile.channels) && map.map("count", tile.count) &&
         map.map("chip_bytes", tile.chipBytes) && map.map("fits", tile.fits) &&
         map.map("result_stays", tile.stays);
}
} // namespace

static bool fromJSON(const Value &json, LayerCostReport &layer,
                     llvm::json::Path path) {
  llvm::json::ObjectMapper map(json, path);
  std::string placement;
  Tile tile;
  bool good =
      map && map.map("name", layer.name) && map.map("op", layer.op) &&
      map.map("placement", placement) &&
      map.map("estimated_cycles", layer.cycles) &&
      map.map("bound_cycles", layer.boundCycles) &&
      map.map("microseconds", layer.microseconds) &&
      map.map("excess_microseconds", layer.excess) &&
      map.map("utilization", layer.utilization) &&
      map.map("ddr_bytes", layer.ddrBytes) && map.map("limit", layer.limit) &&
      map.map("reasons", layer.reasons) && map.mapOptional("tile", tile);
  layer.isOnCpu = placement == "cpu";
  layer.tileRows = tile.rows;
  layer.tileChannels = tile.channels;
  layer.tiles = tile.count;
  layer.chipBytes = tile.chipBytes;
  layer.fits = tile.fits;
  layer.resultStays = tile.stays;
  return good;
}

bool fromJSON(const Value &json, CostReport &report, llvm::json::Path path) {
  llvm::json::ObjectMapper map(json, path);
  return map && map.map("figures", report.figures) &&
         map.map("estimated_cycles", report.cycles) &&
         map.map("microseconds", report.microseconds) &&
         map.map("ddr_bytes", report.ddrBytes) &&
         map.map("on_chip_bytes", report.onChipBytes) &&
         map.map("advice_microseconds", report.advice) &&
         map.map("layers", report.layers);
}

//===----------------------------------------------------------------------===//
// Text
//===----------------------------------------------------------------------===//

static void printAdvice(const CostReport &report, llvm::raw_ostream &os) {
  if (report.advice <= 0)
    return;
  if (report.microseconds <= 0) {
    os << "advice: the target says nothing of its clock\n";
    return;
  }
  std::vector<const LayerCostReport *> slow = findSlow(report);
  os << "advice: " << slow.size() << " of " << report.layers.size()
     << " ops take " << report.advice << " us or more above their bound\n";
  for (const LayerCostReport *layer : slow)
    os << llvm::formatv("  {0:f1} us above {1:f1}: '{2}' ({3}), {4}: {5}\n",
                        layer->excess, layer->microseconds - layer->excess,
                        printable(layer->name), layer->op, layer->limit,
                        join(layer->reasons, "; "));
}

void printCost(const CostReport &report, llvm::raw_ostream &os) {
  os << "cost, estimated: " << formatThousands(report.cycles) << " cycles";
  if (report.microseconds > 0)
    os << llvm::formatv(", {0:f1} us", report.microseconds);
  os << ", " << formatThousands(static_cast<double>(report.ddrBytes))
     << " bytes from and to memory";
  if (report.onChipBytes > 0)
    os << ", with " << report.onChipBytes / 1024 << " KB on the chip";
  int64_t onCpu = llvm::count_if(
      report.layers, [](const auto &layer) { return layer.isOnCpu; });
  if (onCpu)
    os << "; without " << onCpu << " ops on the CPU";
  os << "\n";
  for (const LayerCostReport &layer : report.layers)
    if (!layer.fits)
      os << "does not fit on the chip: '" << printable(layer.name) << "' ("
         << layer.op << ") needs " << layer.chipBytes
         << " bytes for its smallest tile\n";
  printAdvice(report, os);
}

void printCostTable(const CostReport &report, llvm::raw_ostream &os) {
  os << llvm::formatv(
      "{0,-28} {1,-16} {2,12} {3,12} {4,5} {5,12} {6,-14} {7}\n", "layer", "op",
      "cycles", "bound", "use %", "ddr bytes", "limit", "tile");
  for (const LayerCostReport &layer : report.layers) {
    if (layer.isOnCpu) {
      os << llvm::formatv("{0,-28} {1,-16} on the CPU: not estimated\n",
                          printable(layer.name), layer.op);
      continue;
    }
    std::string tile;
    if (layer.tileRows > 0)
      tile = llvm::formatv("{0} of {1} rows, {2} channels, {3} bytes{4}{5}",
                           layer.tiles, layer.tileRows, layer.tileChannels,
                           layer.chipBytes, layer.resultStays ? ", stays" : "",
                           layer.fits ? "" : ", does not fit");
    os << llvm::formatv(
        "{0,-28} {1,-16} {2,12} {3,12} {4,5:f1} {5,12} {6,-14} {7}\n",
        printable(layer.name), layer.op, formatThousands(layer.cycles),
        formatThousands(layer.boundCycles), 100 * layer.utilization,
        formatThousands(static_cast<double>(layer.ddrBytes)), layer.limit,
        tile);
  }
  for (const CostFigure &figure : report.figures)
    os << figure.name << " " << llvm::format("%g", figure.value) << ": "
       << figure.provenance << ", " << figure.source << "\n";
  printCost(report, os);
}

} // namespace qc
