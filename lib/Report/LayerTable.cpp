// The table of layers for a terminal.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Report/LayerTable.h"
#include "qc/Support/Strings.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Support/ConvertUTF.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/Unicode.h"

namespace qc {

//===----------------------------------------------------------------------===//
// Names
//===----------------------------------------------------------------------===//

size_t getColumns(StringRef text) {
  int width = llvm::sys::unicode::columnWidthUTF8(text);
  return width < 0 ? text.size() : static_cast<size_t>(width);
}

static bool isInside(StringRef text, size_t at) {
  return at < text.size() && (text[at] & 0xc0) == 0x80;
}

/// `text` with its middle cut out so that `head` letters are left in front, and
/// as many behind as fit.
static std::string cutMiddle(StringRef text, size_t head, size_t width) {
  while (head > 0 && isInside(text, head))
    --head;
  size_t tail = text.size() - (width - 2 - head);
  while (tail < text.size() && isInside(text, tail))
    ++tail;
  return (text.take_front(head) + ".." + text.drop_front(tail)).str();
}

std::vector<std::string> elideNames(const std::vector<std::string> &names,
                                    size_t width) {
  std::vector<std::string> whole;
  whole.reserve(names.size());
  for (const std::string &name : names)
    whole.push_back(printable(name));
  for (; width > 4; ++width) {
    // The ends of names tell most: first as little as possible in front.
    for (size_t head : {width / 3, width / 2, width - 3, size_t(1)}) {
      llvm::StringSet<> seen;
      std::vector<std::string> cut;
      cut.reserve(whole.size());
      for (const std::string &name : whole)
        cut.push_back(name.size() <= width ? name
                                           : cutMiddle(name, head, width));
      // The same name twice is the same cut: that is no fault of the cutting.
      llvm::StringSet<> different;
      for (const std::string &name : whole)
        different.insert(name);
      for (const std::string &name : cut)
        seen.insert(name);
      if (seen.size() == different.size())
        return cut;
    }
  }
  return whole;
}

//===----------------------------------------------------------------------===//
// Columns
//===----------------------------------------------------------------------===//

namespace {
enum class Colour { None, Red, Yellow, Green };

struct Cell {
  std::string text;
  Colour colour = Colour::None;
};

struct Column {
  std::string head;
  bool isText = true;
  /// What is left out first where there is little room; 0: nothing of it is.
  int rank = 0;
  std::vector<Cell> cells;

  size_t getColumnWidth() const {
    size_t width = getColumns(head);
    for (const Cell &cell : cells)
      width = std::max(width, getColumns(cell.text));
    return width;
  }
};
} // namespace

static Cell makeNumber(double value, const char *format) {
  Cell cell;
  llvm::raw_string_ostream(cell.text) << llvm::format(format, value);
  return cell;
}

static Cell makeSqnr(const std::optional<ErrorMetrics> &error) {
  if (!error)
    return {"-"};
  Cell cell = makeNumber(error->sqnr, "%.1f");
  cell.colour = error->sqnr < 20   ? Colour::Red
                : error->sqnr < 30 ? Colour::Yellow
                                   : Colour::None;
  return cell;
}

static std::vector<Column>
makeColumns(const std::vector<const LayerReport *> &layers) {
  std::vector<Column> columns;
  auto add = [&](StringRef head, bool isText, int rank, auto get) {
    Column column{head.str(), isText, rank, {}};
    column.cells.reserve(layers.size());
    for (const LayerReport *layer : layers)
      column.cells.push_back(get(*layer));
    columns.push_back(std::move(column));
  };
  using Layer = const LayerReport &;
  add("layer", true, 0, [](Layer layer) { return Cell{layer.error.name}; });
  add("op", true, 0, [](Layer layer) {
    return Cell{printable(layer.op) + (layer.placement == "cpu" ? "@cpu" : "")};
  });
  add("type", true, 2, [](Layer layer) { return Cell{printable(layer.type)}; });
  add("shape", true, 5,
      [](Layer layer) { return Cell{shapeText(layer.shape)}; });
  add("cosine", false, 4, [](Layer layer) {
    return makeNumber(layer.error.accumulated.cosine, "%.5f");
  });
  add("SQNR", false, 0,
      [](Layer layer) { return makeSqnr(layer.error.accumulated); });
  add("RMSE", false, 6, [](Layer layer) {
    return makeNumber(layer.error.accumulated.rmse, "%.3g");
  });
  add("isolated", false, 1,
      [](Layer layer) { return makeSqnr(layer.error.isolated); });
  add("sat %", false, 3, [](Layer layer) {
    return makeNumber(layer.error.saturation * 100, "%.2f");
  });
  add("method", true, 7,
      [](Layer layer) { return Cell{printable(layer.method)}; });
  return columns;
}

static size_t sumWidths(const std::vector<Column> &columns) {
  size_t width = 0;
  for (const Column &column : columns)
    width += column.getColumnWidth() + (width ? 2 : 0);
  return width;
}

/// Leaves out columns until `width` suffices, then cuts names.
static void fit(std::vector<Column> &columns, size_t width) {
  constexpr size_t kLeast = 12, kUsual = 32;
  Column &names = columns.front();
  std::vector<std::string> whole;
  whole.reserve(names.cells.size());
  for (const Cell &cell : names.cells)
    whole.push_back(cell.text);
  auto cut = [&](size_t to) {
    for (auto [cell, name] :
         llvm::zip_equal(columns.front().cells, elideNames(whole, to)))
      cell.text = name;
  };
  cut(width ? kUsual : SIZE_MAX);
  while (width && sumWidths(columns) > width) {
    auto last =
        llvm::max_element(columns, [](const Column &a, const Column &b) {
          return a.rank < b.rank;
        });
    if (last->rank == 0)
      break;
    columns.erase(last);
  }
  size_t total = sumWidths(columns);
  size_t own = columns.front().getColumnWidth();
  if (width > total) // room that is left is the names'
    cut(own + width - total);
  else if (width && total > width)
    cut(std::max(kLeast, own - std::min(own, total - width)));
}

static void paint(StringRef text, Colour colour, bool colours,
                  llvm::raw_ostream &os) {
  static constexpr const char *kCodes[] = {"", "\033[31m", "\033[33m",
                                           "\033[32m"};
  if (colours && colour != Colour::None)
    os << kCodes[static_cast<int>(colour)] << text << "\033[0m";
  else
    os << text;
}

void printLayers(const CompileReport &report, const TableStyle &style,
                 llvm::raw_ostream &plain) {
  plain.flush(); // in the right order
  llvm::raw_ostream &os = style.painted ? *style.painted : plain;
  bool colours = style.painted != nullptr;
  std::vector<const LayerReport *> layers;
  for (const LayerReport &layer : report.layers)
    if (style.moves || !layer.moves)
      layers.push_back(&layer);
  std::vector<Column> columns = makeColumns(layers);
  constexpr StringRef kBad = "  <-- bad";
  fit(columns, style.width > kBad.size() ? style.width - kBad.size() : 0);
  auto write = [&](const Cell &cell, const Column &column, size_t width,
                   bool isLast) {
    size_t padding = width - std::min(width, getColumns(cell.text));
    if (!column.isText)
      os.indent(padding);
    paint(cell.text, cell.colour, colours, os);
    if (column.isText && !isLast)
      os.indent(padding);
    if (!isLast)
      os << "  ";
  };
  std::vector<size_t> widths;
  widths.reserve(columns.size());
  for (const Column &column : columns)
    widths.push_back(column.getColumnWidth());
  for (auto [index, column] : llvm::enumerate(columns))
    write({column.head}, column, widths[index], index + 1 == columns.size());
  os << "\n";
  for (auto [row, layer] : llvm::enumerate(layers)) {
    for (auto [index, column] : llvm::enumerate(columns))
      write(column.cells[row], column, widths[index],
            index + 1 == columns.size());
    if (isBad(layer->error))
      paint(kBad, Colour::Red, colours, os);
    os << "\n";
  }
  if (size_t hidden = report.layers.size() - layers.size())
    os << "("
       << (hidden == 1 ? "1 layer that only moves data is not shown"
                       : std::to_string(hidden) +
                             " layers that only move data are not shown")
       << "; qc report --moves shows " << (hidden == 1 ? "it" : "them")
       << ")\n";
  os.flush();
}

} // namespace qc
