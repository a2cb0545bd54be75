// Dumps of tensors: folders and .npz files, in the forms that tools read.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_EXECUTION_DUMP_H
#define QC_EXECUTION_DUMP_H

#include "qc/Execution/Executor.h"
#include "qc/Support/Result.h"

#include <map>
#include <string>

namespace qc {

/// Tensors by name.
using Dump = std::map<std::string, Tensor>;

/// What the first dump calls so, to what the second does.
using NameMap = std::map<std::string, std::string>;

/// The forms of --dump-format, for help: "npy, bin, txt16, txt1".
std::vector<std::string> getDumpFormats();

/// In which order a dump holds tensors of four dimensions: as the source has
/// them (NCHW), or channels last.
enum class DumpLayout { Nchw, Nhwc };

/// One file a tensor and index.tsv (name, file, type, shape, layout) into
/// `folder`:
///   npy    numpy's
///   bin    the elements, row-major, as they lie in memory
///   txt16  numbers as text, 16 a line
///   txt1   numbers as text, one a line
/// `layout` is what `dump` holds; readDump() brings it back to the source's.
Status writeDump(const Dump &dump, const std::string &folder,
                 const std::string &format,
                 DumpLayout layout = DumpLayout::Nchw);

/// Whether `path` is a folder or an .npz file, not a model.
bool isDump(const std::string &path);

/// Reads an .npz file, or a folder: what its index.tsv names, else its .npy
/// files by their names without the suffix. Folders with one folder a sample
/// are read as "0/NAME". Numbers become f32.
Result<Dump> readDump(const std::string &path);

/// A text of lines "NAME<tab>OTHER": what the first dump calls NAME, the second
/// calls OTHER. '#' begins a comment.
Result<NameMap> readNameMap(const std::string &path);

/// Keeps what a run shows, in the order of the source model or with channels
/// last: real numbers, or the integers as they are stored.
class DumpProbe : public Probe {
public:
  explicit DumpProbe(bool keepsIntegers, DumpLayout layout = DumpLayout::Nchw)
      : keepsIntegers(keepsIntegers), layout(layout) {}
  Interest wants(const TensorInfo &tensor) override {
    return tensor.name.empty() ? Interest::None : Interest::RowMajor;
  }
  void observe(const TensorInfo &tensor, const Tensor &data) override;

  Dump dump;

private:
  bool keepsIntegers;
  DumpLayout layout;
};

} // namespace qc

#endif // QC_EXECUTION_DUMP_H
