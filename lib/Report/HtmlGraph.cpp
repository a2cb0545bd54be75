// The network as a graph: a row a layer, a lane a value that is still needed.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Html.h"
#include "qc/Support/Strings.h"

#include "llvm/Support/FormatVariadic.h"

#include <map>
#include <set>

namespace qc::html {

namespace {
/// The steps that compute, and which results of others they read through those
/// that only move.
struct Node {
  const StepReport *step;
  std::set<size_t> operands;
  size_t last = 0; ///< the last that reads it; itself when none does
  size_t lane = 0;
  size_t widest = 0; ///< the last lane that is taken beside it
};

class Graph {
public:
  explicit Graph(const CompileReport &report);
  void write(llvm::raw_ostream &os) const;

private:
  void placeInLanes();
  void writePart(size_t begin, size_t end, llvm::raw_ostream &os) const;
  void writeNode(size_t index, double y, llvm::raw_ostream &os) const;
  double getX(size_t lane) const { return 14 + 13.0 * std::min(lane, kLanes); }

  static constexpr size_t kLanes = 9; ///< what is beside them shares the last
  static constexpr double kRow = 21;
  std::vector<Node> nodes;
  std::map<std::string, std::pair<const LayerReport *, size_t>> layers;
};
} // namespace

Graph::Graph(const CompileReport &report) {
  for (auto [index, layer] : llvm::enumerate(report.layers))
    layers[layer.error.name] = {&layer, index};
  std::vector<std::set<size_t>> sources(report.steps.size());
  for (auto [index, step] : llvm::enumerate(report.steps)) {
    std::set<size_t> operands;
    for (int64_t operand : step.operands)
      operands.insert(sources[operand].begin(), sources[operand].end());
    if (step.moves) {
      sources[index] = std::move(operands);
      continue;
    }
    sources[index] = {nodes.size()};
    for (size_t operand : operands)
      nodes[operand].last = nodes.size();
    nodes.push_back({&step, std::move(operands), nodes.size()});
  }
  placeInLanes();
}

/// A value keeps its lane until its last reader, which goes on in it if it is
/// the leftmost that ends there.
void Graph::placeInLanes() {
  constexpr size_t kFree = SIZE_MAX;
  std::vector<size_t> holders;
  for (auto [index, node] : llvm::enumerate(nodes)) {
    size_t lane = kFree;
    for (size_t &holder : holders) {
      if (holder == kFree || nodes[holder].last > index)
        continue;
      if (lane == kFree && node.operands.count(holder))
        lane = &holder - holders.data();
      holder = kFree;
    }
    if (lane == kFree)
      lane = llvm::find(holders, kFree) - holders.begin();
    if (lane == holders.size())
      holders.push_back(kFree);
    holders[lane] = index;
    node.lane = lane;
    for (auto [other, holder] : llvm::enumerate(holders))
      if (holder != kFree)
        node.widest = other;
  }
}

void Graph::writeNode(size_t index, double y, llvm::raw_ostream &os) const {
  const Node &node = nodes[index];
  auto found = layers.find(node.step->name);
  StringRef grade;
  std::string title = node.step->name + " (" + node.step->op + ")";
  if (found != layers.end()) {
    const LayerError &error = found->second.first->error;
    double sqnr =
        error.isolated ? error.isolated->sqnr : error.accumulated.sqnr;
    grade = getGrade(sqnr);
    title += (error.isolated ? "\nalone " : "\nwith all before it ") +
             formatDb(sqnr) + " dB";
    os << "<a href=\"#" << getAnchor(found->second.second) << "\" tabindex=-1>";
  }
  double x = getX(node.lane);
  if (node.step->placement == "cpu")
    os << llvm::formatv("<rect class=\"node {0}\" x={1:f1} y={2:f1} width=10 "
                        "height=10>",
                        grade, x - 5, y - 5);
  else
    os << llvm::formatv("<circle class=\"node {0}\" cx={1:f1} cy={2:f1} r=5.5>",
                        grade, x, y);
  os << "<title>" << escape(title) << "</title></"
     << (node.step->placement == "cpu" ? "rect" : "circle") << ">";
  std::string name = printable(node.step->name);
  constexpr size_t kLetters = 24;
  if (name.size() > kLetters) {
    size_t from = name.size() - kLetters + 1;
    while (from < name.size() && (name[from] & 0xc0) == 0x80)
      ++from;
    name = "\xe2\x80\xa6" + name.substr(from);
  }
  os << llvm::formatv("<text x={0:f0} y={1:f1}>{2} <tspan class=op>{3}</tspan>"
                      "<title>{4}</title></text>",
                      getX(node.widest) + 13, y + 4, escape(name),
                      escape(node.step->op), escape(title));
  if (found != layers.end())
    os << "</a>";
  os << "\n";
}

/// Rows from `begin` to `end`, with the lines that pass through them.
void Graph::writePart(size_t begin, size_t end, llvm::raw_ostream &os) const {
  auto getY = [&](size_t row) {
    return (double(row) - double(begin) + 0.5) * kRow;
  };
  double height = double(end - begin) * kRow;
  os << llvm::formatv("<svg viewBox=\"0 0 330 {0:f0}\" role=img aria-label="
                      "\"Layers {1} to {2} of the network and what they read\""
                      ">\n<path class=edge d=\"",
                      height, begin + 1, end);
  for (size_t row = begin; row < std::min(end + 1, nodes.size()); ++row)
    for (size_t operand : nodes[row].operands) {
      double from = getX(nodes[operand].lane), to = getX(nodes[row].lane);
      double y = getY(row);
      if (from == to)
        os << llvm::formatv("M{0:f0} {1:f1}V{2:f1}", from,
                            std::max(getY(operand), 0.0), std::min(y, height));
      else if (row < end)
        os << llvm::formatv("M{0:f0} {1:f1}V{2:f1}C{0:f0} {3:f1} {4:f0} {2:f1} "
                            "{4:f0} {3:f1}",
                            from, std::max(getY(operand), 0.0),
                            std::max(y - kRow, 0.0), y, to);
    }
  // Values that are read further down.
  for (size_t i = 0; i < end; ++i)
    if (nodes[i].last > end || (nodes[i].last == end && end < nodes.size()))
      os << llvm::formatv("M{0:f0} {1:f1}V{2:f1}", getX(nodes[i].lane),
                          std::max(getY(i), 0.0), height);
  os << "\"/>\n";
  for (size_t row = begin; row < end; ++row)
    writeNode(row, getY(row), os);
  os << "</svg>\n";
}

void Graph::write(llvm::raw_ostream &os) const {
  constexpr size_t kRows = 24, kMost = 2000;
  if (nodes.size() > kMost) {
    os << llvm::formatv("<p>Left out: {0} layers are too many to be drawn.</p>",
                        nodes.size());
    return;
  }
  os << "<div class=graph>\n";
  for (size_t begin = 0; begin < nodes.size(); begin += kRows)
    writePart(begin, std::min(begin + kRows, nodes.size()), os);
  os << "</div>\n";
}

void writeGraph(const CompileReport &report, llvm::raw_ostream &os) {
  Graph(report).write(os);
}

} // namespace qc::html
