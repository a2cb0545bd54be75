// The parts of a program that run in one go, on the device and on the CPU.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Target/Subgraphs.h"
#include "qc/Container/Encoding.h"
#include "qc/Dialect/QC/IR/QC.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/ADT/EquivalenceClasses.h"
#include "llvm/ADT/MapVector.h"

namespace qc {

bool isOnCpu(Operation *op) {
  auto placement = op->getAttrOfType<StringAttr>(kPlacementAttr);
  return placement && placement.getValue() == "cpu";
}

void placeOnCpu(Operation *op) {
  op->setAttr(kPlacementAttr, StringAttr::get(op->getContext(), "cpu"));
}

Subgraphs findSubgraphs(func::FuncOp function) {
  // How often the longest way to an op changes sides: ops of one side and one
  // such number have no way between them over the other side.
  llvm::MapVector<Operation *, int64_t> changes;
  llvm::EquivalenceClasses<Operation *> groups;
  function.walk([&](Operation *op) {
    if (!hasEncoding(op))
      return;
    SmallVector<Operation *> sources;
    for (Value operand : op->getOperands())
      if (Operation *source = operand.getDefiningOp();
          source && changes.contains(source))
        sources.push_back(source);
    int64_t most = 0;
    for (Operation *source : sources)
      most = std::max(most, changes.lookup(source) +
                                (isOnCpu(source) != isOnCpu(op) ? 1 : 0));
    changes[op] = most;
    groups.insert(op);
    for (Operation *source : sources)
      if (isOnCpu(source) == isOnCpu(op) && changes.lookup(source) == most)
        groups.unionSets(source, op);
  });

  Subgraphs subgraphs;
  llvm::DenseMap<Operation *, size_t> indexOf;
  for (auto [op, number] : changes) {
    std::vector<Subgraph> &side =
        isOnCpu(op) ? subgraphs.cpu : subgraphs.device;
    auto [found, isNew] =
        indexOf.try_emplace(groups.getLeaderValue(op), side.size());
    if (isNew)
      side.emplace_back();
    side[found->second].push_back(op);
  }
  return subgraphs;
}

} // namespace qc
