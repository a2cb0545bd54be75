// The report on a terminal: as wide as that is, coloured where that is wanted.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_REPORT_LAYERTABLE_H
#define QC_REPORT_LAYERTABLE_H

#include "qc/Report/Report.h"

namespace qc {

/// How a table is shown.
struct TableStyle {
  /// Letters of a line; 0: as many as it takes. Where the table is wider,
  /// columns are left out, the least important first, then names are cut.
  size_t width = 0;
  /// Takes the table of layers, in colours; null: it has none and goes where
  /// the rest goes. What it gets is printable but for them.
  llvm::raw_ostream *painted = nullptr;
  bool moves = false;   ///< also the layers that only move data
  bool warnings = true; ///< that were told while compiling
};

/// Names in at most `width` letters: as they are where they fit, else with the
/// middle cut out, at a place where all stay different. Printable.
std::vector<std::string> elideNames(const std::vector<std::string> &names,
                                    size_t width);

/// Columns that a printable text takes on a terminal.
size_t getColumns(StringRef text);

/// The table of layers, a line each.
void printLayers(const CompileReport &report, const TableStyle &style,
                 llvm::raw_ostream &os);

/// All of the report, ending in the first bad layer and a suggestion.
void printReport(const CompileReport &report, const TableStyle &style,
                 llvm::raw_ostream &os);

} // namespace qc

#endif // QC_REPORT_LAYERTABLE_H
