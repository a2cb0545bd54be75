// Where a network could end before what cannot be imported.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_LIB_IMPORT_ONNX_TAILCUT_H
#define QC_LIB_IMPORT_ONNX_TAILCUT_H

#include "ValueTable.h"

#include <set>
#include <string>
#include <vector>

namespace onnx {
class NodeProto;
} // namespace onnx

namespace qc::onnximport {

/// Tensors to cut at so that nothing of `failed` is left.
struct TailCut {
  /// What the nodes that are left out read of the others, and outputs of the
  /// network that these compute.
  std::vector<std::string> tensors;
  size_t left = 0; ///< nodes that are left out
};

/// The cut in front of `failed`, which are outputs of nodes among `nodes` (in
/// order), when everything behind these is a tail: fewer nodes than are in
/// front, which read numbers that the network computes.
std::optional<TailCut>
findTailCut(const std::vector<::onnx::NodeProto *> &nodes,
            const std::vector<std::string> &outputs,
            const std::set<std::string> &failed, ValueTable &values);

} // namespace qc::onnximport

#endif // QC_LIB_IMPORT_ONNX_TAILCUT_H
