// Parts of pages: texts, terms with their definitions, charts; private to this
// library.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_LIB_REPORT_HTML_H
#define QC_LIB_REPORT_HTML_H

#include "qc/Report/Report.h"

namespace qc::html {

/// Text between tags or in a quoted attribute.
std::string escape(StringRef text);

/// The words of term `key` with their definition one hover away. Knows the
/// terms of the glossary only.
std::string term(StringRef key);
/// All terms and definitions, for who has no mouse.
void writeGlossary(llvm::raw_ostream &os);

extern const char *const kStyle;
extern const char *const kScript;

/// From the doctype to the opening of the body's main part.
void writeHead(StringRef title, llvm::raw_ostream &os);
void writeTail(llvm::raw_ostream &os);

/// "2.01 MiB", "300.8 M", "43.2".
std::string formatBytes(double bytes);
std::string formatCount(double count);
std::string formatDb(double sqnr);

/// The class of an SQNR in dB: "bad", "fair", "good" or "fine".
StringRef getGrade(double sqnr);

/// Where layer `index` stands in the table.
std::string getAnchor(size_t index);

/// A line through the SQNRs of some layers, in dB.
struct ErrorLine {
  std::string name; ///< in the legend
  StringRef style;  ///< class of the line
  /// One a position; nothing where it is not known.
  std::vector<std::optional<double>> values;
};
/// Lines over the same positions, with what each says when pointed at and where
/// it leads (may be empty).
void writeErrorLines(const std::vector<ErrorLine> &lines,
                     const std::vector<std::string> &titles,
                     const std::vector<std::string> &links, StringRef label,
                     llvm::raw_ostream &os);

void writeErrorChart(const CompileReport &report, llvm::raw_ostream &os);
void writeCostCharts(const CompileReport &report, llvm::raw_ostream &os);
void writeMemoryChart(const CompileReport &report, llvm::raw_ostream &os);
void writeGraph(const CompileReport &report, llvm::raw_ostream &os);
/// The distribution of a layer's values and what its integers can hold.
void writeHistogram(const LayerReport &layer, llvm::raw_ostream &os);
void writeOutputTable(const CompileReport &report, llvm::raw_ostream &os);
void writeLayerTable(const CompileReport &report, llvm::raw_ostream &os);

} // namespace qc::html

#endif // QC_LIB_REPORT_HTML_H
