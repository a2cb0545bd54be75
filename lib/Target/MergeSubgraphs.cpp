// Fewer subgraphs on the device: small ones join the CPU around them.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Dialect/QC/IR/EntryFunction.h"
#include "qc/Dialect/QC/IR/Names.h"
#include "qc/Interfaces/CostOpInterface.h"
#include "qc/Target/Passes.h"
#include "qc/Target/Subgraphs.h"

namespace qc {
#define GEN_PASS_DEF_MERGESUBGRAPHS
#include "qc/Target/Passes.h.inc"

/// What leaving `subgraph` to the CPU costs: multiply-accumulates, then bytes.
static std::pair<int64_t, int64_t> getCost(const Subgraph &subgraph) {
  std::pair<int64_t, int64_t> cost = {0, 0};
  for (Operation *op : subgraph) {
    if (auto counted = dyn_cast<CostOpInterface>(op))
      cost.first += counted.getMacs();
    cost.second +=
        sumOfBytes(op->getOperandTypes()) + sumOfBytes(op->getResultTypes());
  }
  return cost;
}

namespace {

struct MergeSubgraphsPass : impl::MergeSubgraphsBase<MergeSubgraphsPass> {
  using MergeSubgraphsBase::MergeSubgraphsBase;

  void runOnOperation() override {
    auto function = getEntryFunction(getOperation());
    if (failed(function))
      return signalPassFailure();
    // Each turn takes ops from the device: there is an end.
    for (Subgraphs subgraphs = findSubgraphs(*function);
         subgraphs.device.size() > most; subgraphs = findSubgraphs(*function))
      leave(*llvm::min_element(subgraphs.device,
                               [](const Subgraph &one, const Subgraph &other) {
                                 return getCost(one) < getCost(other);
                               }));
  }

private:
  void leave(const Subgraph &subgraph) {
    llvm::for_each(subgraph, qc::placeOnCpu);
    movedOps += subgraph.size();
    Operation *last = subgraph.back();
    mlir::emitRemark(last->getLoc())
        << "the subgraph of " << subgraph.size()
        << (subgraph.size() == 1 ? " op" : " ops") << " that ends in '"
        << getDisplayName(last) << "' runs on the CPU: at most "
        << int64_t(most) << " on the device are asked "
        << "for, and this has the least work";
  }
};

} // namespace
} // namespace qc
