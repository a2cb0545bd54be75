// Where a network could end before what cannot be imported.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "TailCut.h"

#include "onnx/onnx_pb.h"

namespace qc::onnximport {

namespace {
/// What the nodes leave of a tensor.
enum class Side { Constant, Before, Behind };
} // namespace

std::optional<TailCut>
findTailCut(const std::vector<::onnx::NodeProto *> &nodes,
            const std::vector<std::string> &outputs,
            const std::set<std::string> &failed, ValueTable &values) {
  auto isComputed = [&](const std::string &name) {
    auto found = values.find(name);
    return !name.empty() && found && *found && !(*found)->constant;
  };
  auto isFloat = [&](const std::string &name) {
    auto found = values.find(name);
    return isa<FloatType>(getElementTypeOrSelf((*found)->value));
  };
  std::map<std::string, Side> sides;
  auto sideOf = [&](const std::string &name) {
    auto found = sides.find(name);
    return found == sides.end() ? Side::Constant : found->second;
  };
  TailCut cut;
  std::set<std::string> seen;
  size_t kept = 0;
  for (const auto *node : nodes) {
    bool isBehind = llvm::any_of(
        node->output(), [&](const auto &name) { return failed.count(name); });
    for (const std::string &name : node->input())
      isBehind |= sideOf(name) == Side::Behind;
    if (!isBehind) {
      bool computes = llvm::any_of(node->output(), isComputed);
      kept += computes;
      if (computes)
        for (const std::string &name : node->output())
          sides[name] = Side::Before;
      continue;
    }
    ++cut.left;
    for (const std::string &name : node->output())
      sides[name] = Side::Behind;
    for (const std::string &name : node->input()) {
      if (sideOf(name) == Side::Behind || !isComputed(name))
        continue;
      // An input of the network, or a shape: nothing is left in front.
      if (sideOf(name) != Side::Before || !isFloat(name))
        return std::nullopt;
      if (seen.insert(name).second)
        cut.tensors.push_back(name);
    }
  }
  for (const std::string &name : outputs)
    if (sideOf(name) == Side::Before && seen.insert(name).second)
      cut.tensors.push_back(name);
  if (cut.tensors.empty() || cut.left >= kept)
    return std::nullopt;
  return cut;
}

} // namespace qc::onnximport
