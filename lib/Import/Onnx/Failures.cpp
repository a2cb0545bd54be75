// Collects why nodes cannot be imported.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Failures.h"

#include "llvm/ADT/StringExtras.h"

namespace qc::onnximport {

/// A node without a name goes by its first output.
static std::string nameOf(const NodeInfo &node, const SourceOperator *source) {
  if (source)
    return "of output '" + source->output + "'";
  if (!node.name.empty())
    return "'" + node.name + "'";
  for (const std::string &output : node.outputs)
    if (!output.empty())
      return "of output '" + output + "'";
  return "without a name";
}

void Failures::add(const NodeInfo &node, StringRef reason,
                   const SourceOperator *source) {
  ++count;
  outputs.insert(node.outputs.begin(), node.outputs.end());
  const std::string &op = source ? source->op : node.op;
  auto [same, isNew] = indices.try_emplace({op, reason.str()}, groups.size());
  if (isNew)
    groups.push_back({op, reason.str(), {}});
  groups[same->second].nodes.push_back(nameOf(node, source));
}

void Failures::emit(Location loc, const std::optional<TailCut> &cut) const {
  InFlightDiagnostic diagnostic =
      emitError(loc) << "cannot import " << count
                     << (count == 1 ? " node" : " nodes") << " of the model";
  for (const Group &group : groups)
    diagnostic.attachNote(loc)
        << "op " << group.op << ": " << group.reason << "; "
        << (group.nodes.size() == 1 ? "node " : "nodes ")
        << llvm::join(group.nodes, ", ");
  bool isQuantized = llvm::any_of(groups, [](const Group &group) {
    StringRef op(group.op);
    return op.contains("QuantizeLinear") || op.contains("QLinear");
  });
  if (cut)
    diagnostic.attachNote(loc)
        << "--cut-at " << llvm::join(cut->tensors, ",")
        << " ends the network before that and leaves the last " << cut->left
        << (cut->left == 1 ? " node" : " nodes") << " to the application";
  if (isQuantized)
    diagnostic.attachNote(loc)
        << "the model is quantized (docs/QuantizedModels.md says in which "
           "forms it may be); the float model that it was made from can be "
           "given instead";
}

} // namespace qc::onnximport
