// Texts, terms with their definitions, and the frame of a page.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Html.h"
#include "qc/Support/Strings.h"

#include "llvm/Support/Format.h"
#include "llvm/Support/FormatVariadic.h"

namespace qc::html {

std::string escape(StringRef text) {
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

namespace {
struct Term {
  StringRef key, words, definition;
};
} // namespace

static constexpr Term kTerms[] = {
    {"sqnr", "SQNR",
     "Signal to quantization noise ratio in dB: 10 log10 of the energy of the "
     "float tensor over that of the difference. 20 dB is an error of a tenth "
     "of the tensor's RMS; each bit of width is worth about 6 dB."},
    {"accumulated", "with all before it",
     "Error of a tensor when everything before it is quantized as well: what "
     "the program really computes, against the float network."},
    {"isolated", "alone",
     "Error of a tensor when this layer alone is quantized and its operands "
     "come from the float network: what the layer itself costs."},
    {"activations", "activations only",
     "Error with everything before it when activations are rounded to their "
     "types and weights stay in float. What is missing to 'with all before it' "
     "is the weights'."},
    {"assigned", "storage types only",
     "Error when all tensors are rounded to their storage types but computed "
     "in float. What is missing to 'with all before it' is integer "
     "arithmetic's."},
    {"cosine", "cosine",
     "Cosine of the angle between the tensor and its float reference, both as "
     "vectors: 1 when they point the same way."},
    {"rmse", "RMSE",
     "Root of the mean squared difference, in the unit of the tensor."},
    {"mse", "MSE", "Mean squared difference."},
    {"difference", "largest difference",
     "The largest absolute difference of an element."},
    {"clipped", "clipped",
     "Share of the float tensor's values that lie more than half a step "
     "outside of what the stored integers can hold."},
    {"lost", "lost channels",
     "Channels whose values span only a few steps of the integers, because "
     "others of the same tensor are many times as large."},
    {"threshold", "thresholds",
     "The smallest and the largest real value that the stored integers can "
     "hold; what lies outside is clipped to them."},
    {"scale", "scale", "The real value of one step of the stored integers."},
    {"top1", "top-1",
     "Share of labelled samples whose largest output is the right one."},
    {"agreement", "agreement",
     "Share of samples on which the program and the float network have the "
     "same largest output."},
    {"ram", "RAM of a run",
     "What one run with one thread needs in memory that can be written: the "
     "arena with the kernels' scratch memory, and the caller's buffers of "
     "inputs and outputs. Constants are read in place (flash or a mapped "
     "file); a few kilobytes of the runtime's own tables come on top."},
    {"arena", "arena",
     "The memory that all activations share, as planned; a tensor's place is "
     "given away once nothing reads it any more."},
    {"bound", "live at once",
     "The most bytes of tensors that are needed at one step: no plan can be "
     "smaller."},
    {"constants", "constants",
     "Weights, biases and tables, as stored in the program."},
    {"macs", "MACs", "Multiply-accumulate operations of one run."},
    {"bytes", "bytes moved",
     "Bytes of operands, parameters included, and of results that an op reads "
     "and writes."},
    {"cycles", "estimated cycles",
     "For each op the longer of its multiply-accumulates and its bytes at the "
     "target's rates. An estimate to compare programs by: it knows nothing of "
     "tiling, on-chip memory or overlap."},
    {"subgraph", "subgraph",
     "A part of the program that runs on one side (device or CPU) in one go."},
    {"moves", "data movement",
     "Ops that bring values elsewhere and compute none: reshape, transpose, "
     "concat, slice, pad and their like."},
    {"method", "range chosen by",
     "The method that chose the range of the tensor's integers."},
    {"suspects", "suspects",
     "The layers that lose most by themselves, whatever comes before them."},
};

std::string term(StringRef key) {
  for (const Term &known : kTerms)
    if (known.key == key)
      return "<dfn title=\"" + escape(known.definition) + "\">" +
             known.words.str() + "</dfn>";
  llvm_unreachable("a term that the glossary does not have");
}

void writeGlossary(llvm::raw_ostream &os) {
  os << "<section id=terms><details><summary><h2>What the figures mean</h2>"
        "</summary><dl class=glossary>\n";
  for (const Term &known : kTerms)
    os << "<div><dt>" << known.words << "</dt><dd>" << escape(known.definition)
       << "</dd></div>\n";
  os << "</dl></details></section>\n";
}

void writeHead(StringRef title, llvm::raw_ostream &os) {
  os << "<!doctype html>\n<html lang=en>\n<head>\n<meta charset=\"utf-8\">\n"
        "<meta name=viewport content=\"width=device-width,initial-scale=1\">\n"
        "<title>"
     << escape(title) << "</title>\n<style>" << kStyle
     << "</style>\n</head>\n<body>\n<a class=skip href=\"#main\">Skip to the "
        "report</a>\n";
}

void writeTail(llvm::raw_ostream &os) {
  os << "<script>" << kScript << "</script>\n</body>\n</html>\n";
}

std::string formatBytes(double bytes) {
  constexpr double kKilo = 1024;
  if (bytes < kKilo)
    return llvm::formatv("{0} B", static_cast<int64_t>(bytes));
  if (bytes < kKilo * kKilo)
    return llvm::formatv("{0:f1} KiB", bytes / kKilo);
  return llvm::formatv("{0:f2} MiB", bytes / kKilo / kKilo);
}

std::string formatCount(double count) {
  if (count < 1e4)
    return llvm::formatv("{0}", static_cast<int64_t>(count));
  if (count < 1e6)
    return llvm::formatv("{0:f1} k", count / 1e3);
  if (count < 1e9)
    return llvm::formatv("{0:f1} M", count / 1e6);
  return llvm::formatv("{0:f2} G", count / 1e9);
}

std::string formatDb(double sqnr) {
  if (sqnr >= kEqualSqnr)
    return "exact";
  return llvm::formatv("{0:f1}", sqnr);
}

StringRef getGrade(double sqnr) {
  if (sqnr < 20)
    return "bad";
  if (sqnr < 30)
    return "fair";
  return sqnr < 40 ? "good" : "fine";
}

std::string getAnchor(size_t index) { return "layer-" + std::to_string(index); }

} // namespace qc::html
