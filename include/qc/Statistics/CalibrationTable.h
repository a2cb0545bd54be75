// The calibration table: ranges by tensor name as text, for exchange.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_STATISTICS_CALIBRATIONTABLE_H
#define QC_STATISTICS_CALIBRATIONTABLE_H

#include "qc/Support/Result.h"

#include <string>
#include <string_view>
#include <vector>

namespace qc {

/// One line a tensor, `name threshold min max`, in the order of the model. A
/// name may hold blanks: the three numbers are taken from the end of the line.
/// A name that would be unclear (it begins with '#', say, or holds a newline)
/// stands in double quotes, as quoteName writes it.
struct CalibrationTable {
  struct Entry {
    std::string name;
    double threshold = 0; ///< magnitude to use for a symmetric scheme
    double min = 0;       ///< these two are for the others
    double max = 0;
    std::string why = {}; ///< in a few words, for reports; not in the text
  };
  std::string tool;   ///< "qc 0.1.0"
  std::string method; ///< as given to --method
  int64_t samples = 0;
  std::vector<Entry> entries;
  /// What the reader passed over, for a warning: sections of the tpu-mlir form
  /// that say nothing about ranges.
  std::vector<std::string> notes;

  /// Numbers are written so that they read back exactly (as floats).
  std::string toString() const;

  /// Reads this form and tpu-mlir's (`# …` header, `name threshold min max`
  /// lines). A line "#word" begins a section of the latter: `#weight_scale`,
  /// `#asym_op` and `#int4_th`, which hold no ranges of activations, are passed
  /// over up to the end and noted; any other word is an error. Errors give the
  /// line number: fields missing, not a finite number, min above max, a
  /// threshold below zero, a name that comes twice.
  static Result<CalibrationTable> parse(std::string_view text,
                                        const std::string &what);
  static Result<CalibrationTable> read(const std::string &path);
  Status write(const std::string &path) const;

  /// An error that lists names of the table that the model lacks, and names of
  /// the model that the table lacks.
  Status checkNames(const std::vector<std::string> &modelNames) const;
};

} // namespace qc

#endif // QC_STATISTICS_CALIBRATIONTABLE_H
