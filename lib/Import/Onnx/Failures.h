// Collects why nodes cannot be imported, to say it all at once.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_LIB_IMPORT_ONNX_FAILURES_H
#define QC_LIB_IMPORT_ONNX_FAILURES_H

#include "NodeContext.h"
#include "TailCut.h"

#include "qc/Import/Onnx/Translated.h"

namespace qc::onnximport {

class Failures {
public:
  /// `source`: what the node stands for, if that is something else.
  void add(const NodeInfo &node, StringRef reason,
           const SourceOperator *source = nullptr);
  /// Lets `node` count as failed for one that stands in its place.
  void addOutputs(const NodeInfo &node) {
    outputs.insert(node.outputs.begin(), node.outputs.end());
  }
  bool empty() const { return count == 0; }
  size_t size() const { return count; }

  /// Outputs of the nodes.
  const std::set<std::string> &getOutputs() const { return outputs; }

  /// One error at `loc`; a note for each op and reason lists the nodes, another
  /// one says where to cut, if anywhere.
  void emit(Location loc, const std::optional<TailCut> &cut) const;

private:
  struct Group {
    std::string op, reason;
    std::vector<std::string> nodes;
  };
  /// In the order of the first node of each.
  std::vector<Group> groups;
  /// Of groups, by op and reason.
  std::map<std::pair<std::string, std::string>, size_t> indices;
  std::set<std::string> outputs;
  size_t count = 0;
};

} // namespace qc::onnximport

#endif // QC_LIB_IMPORT_ONNX_FAILURES_H
