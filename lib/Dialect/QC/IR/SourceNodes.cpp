// Source nodes in locations, and ways around a layer.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Dialect/QC/IR/SourceNodes.h"
#include "qc/Dialect/QC/IR/Names.h"

#include "mlir/IR/Matchers.h"
#include "llvm/ADT/DenseSet.h"
#include "llvm/ADT/SetVector.h"

using namespace mlir;

namespace {
/// The nodes in a location: children of the tensors' names.
struct SourceNodes {
  void add(Location loc) {
    if (auto name = dyn_cast<NameLoc>(loc))
      if (auto node = dyn_cast<NameLoc>(name.getChildLoc()))
        nodes.insert(node.getName());
    auto fused = dyn_cast<FusedLoc>(loc);
    if (!fused || !seen.insert(loc).second)
      return;
    for (Location part : fused.getLocations())
      add(part);
  }

  llvm::SetVector<StringAttr> nodes;
  llvm::DenseSet<Location> seen;
};
} // namespace

std::string qc::describeNodes(Operation *op) {
  SourceNodes sources;
  sources.add(op->getLoc());
  std::string text;
  for (StringAttr node : sources.nodes)
    text += (text.empty() ? "; of node '" : ", '") + node.str() + "'";
  return text;
}

std::string qc::describeWaysOut(Operation *op) {
  std::string text, inputs;
  std::string name = op->getNumResults() ? getTensorName(op->getResult(0)) : "";
  if (!name.empty())
    text = "; --deny name:" + name + " leaves it in float";
  llvm::SetVector<Value> operands;
  for (Value operand : op->getOperands())
    if (operand.getDefiningOp() && !matchPattern(operand, m_Constant()))
      operands.insert(operand);
  for (Value operand : operands) {
    std::string operandName = getTensorName(operand);
    if (operandName.empty())
      return text + describeNodes(op);
    inputs += (inputs.empty() ? "" : ",") + operandName;
  }
  if (!inputs.empty())
    text += (text.empty() ? "; " : ", ") + std::string("--cut-at ") + inputs +
            " ends the network before it";
  return text + describeNodes(op);
}
