// Collects why nodes cannot be imported, to say it all at once.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_LIB_IMPORT_ONNX_FAILURES_H
#define QC_LIB_IMPORT_ONNX_FAILURES_H

#include "NodeContext.h"

namespace qc::onnximport {

class Failures {
public:
  void add(const NodeInfo &node, StringRef reason);
  bool empty() const { return count == 0; }

  /// One error at `loc`; a note for each op and reason lists the nodes.
  void emit(Location loc) const;

private:
  struct Group {
    std::string op, reason;
    std::vector<std::string> nodes;
  };
  /// In the order of the first node of each.
  std::vector<Group> groups;
  /// Of groups, by op and reason.
  std::map<std::pair<std::string, std::string>, size_t> indices;
  size_t count = 0;
};

} // namespace qc::onnximport

#endif // QC_LIB_IMPORT_ONNX_FAILURES_H
