// Attributes of an ONNX node, with a record of which were read.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_LIB_IMPORT_ONNX_ATTRIBUTES_H
#define QC_LIB_IMPORT_ONNX_ATTRIBUTES_H

#include "qc/Support/MLIR.h"
#include "qc/Support/Tensor.h"

#include <map>
#include <string>
#include <variant>
#include <vector>

namespace onnx {
class NodeProto;
} // namespace onnx

namespace qc::onnximport {

class ExternalFiles;

/// An attribute of a kind that no handler reads (a graph, a type), or one that
/// could not be read.
struct UnsupportedAttribute {
  std::string reason;
};

using AttributeValue =
    std::variant<int64_t, float, std::string, std::vector<int64_t>,
                 std::vector<float>, std::vector<std::string>, Tensor,
                 UnsupportedAttribute>;

/// The attributes of one node. Whoever reads one marks it as understood; what
/// is left in the end is an error (see NodeContext).
class AttributeTable {
public:
  /// Large tensors are moved out of `node`.
  AttributeTable(::onnx::NodeProto &node, ExternalFiles &files);

  /// Null when the node does not have the attribute; marks it as understood.
  const AttributeValue *read(StringRef name);
  bool has(StringRef name) const;
  /// Names of attributes that nobody has read, sorted.
  std::vector<std::string> getUnread() const;

private:
  struct Entry {
    AttributeValue value;
    bool wasRead = false;
  };
  std::map<std::string, Entry, std::less<>> entries;
};

/// "an integer", "a list of floats", ...: what `value` is, for messages.
std::string describe(const AttributeValue &value);

} // namespace qc::onnximport

#endif // QC_LIB_IMPORT_ONNX_ATTRIBUTES_H
