// The right class of each sample, for `qc eval --labels L`.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_SUPPORT_LABELS_H
#define QC_SUPPORT_LABELS_H

#include "qc/Support/Dataset.h"

namespace qc {

struct Labels {
  std::vector<int64_t> ofItem;         ///< class of each item of the data set
  std::vector<std::string> classNames; ///< empty if the source has none
};

/// Where labels come from:
///   "" or "folder"  the sub-folders' names: the number itself if all are
///                   numbers, else their rank in byte order
///   FILE.npy, FILE.npz (array `y` or `labels`)  one integer an item of the
///   data FILE, each line "name N"   file name (path, base name or stem) and
///   class FILE, each line "N"        one integer an item of the data, in order
///   FILE, other text           class names: the first word of line N (or the
///                   whole line) names class N; an item belongs to the class
///                   that its sub-folder, or its file name up to the first '_',
///                   names
/// Errors name the file, the line, and an item that has no label.
Result<Labels> loadLabels(const std::string &source, const Dataset &data);

} // namespace qc

#endif // QC_SUPPORT_LABELS_H
