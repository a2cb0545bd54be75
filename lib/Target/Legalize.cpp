// Asks the target what it runs.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Container/Encoding.h"
#include "qc/Dialect/QC/IR/Names.h"
#include "qc/Dialect/QC/IR/QC.h"
#include "qc/Dialect/Top/IR/Top.h"
#include "qc/Quantization/QuantSpec.h"
#include "qc/Target/Passes.h"
#include "qc/Target/Subgraphs.h"
#include "qc/Target/TargetRegistry.h"

#include "mlir/Transforms/GreedyPatternRewriteDriver.h"
#include "llvm/ADT/StringExtras.h"

namespace qc {
#define GEN_PASS_DEF_LEGALIZE
#include "qc/Target/Passes.h.inc"

namespace {

/// An op that the target does not run, and why.
struct Refusal {
  Operation *op;
  std::vector<std::string> reasons;
};

struct LegalizePass : impl::LegalizeBase<LegalizePass> {
  using LegalizeBase::LegalizeBase;

  void runOnOperation() override {
    auto backend = TargetRegistry::create(getOperation());
    if (failed(backend) || failed(rewrite(**backend)))
      return signalPassFailure();
    if (isFloatNetwork(getOperation()))
      return placeFloats();
    std::vector<Refusal> refusals = findRefusals(**backend);
    if (!refusals.empty() && !allowCpu)
      return reportAll(**backend, refusals);
    for (const Refusal &refusal : refusals)
      placeOnCpu(refusal);
  }

private:
  LogicalResult rewrite(const TargetBackend &backend) {
    RewritePatternSet patterns(&getContext());
    backend.addLegalizationPatterns(patterns);
    if (patterns.getNativePatterns().empty())
      return success();
    // Only what the target asks for: constants and other ops stay in place.
    GreedyRewriteConfig config;
    config.enableFolding(false)
        .enableConstantCSE(false)
        .setRegionSimplificationLevel(GreedySimplifyRegionLevel::Disabled);
    return applyPatternsGreedily(getOperation(), std::move(patterns), config);
  }

  std::vector<Refusal> findRefusals(const TargetBackend &backend) {
    SupportRules rules;
    backend.addSupportRules(rules);
    std::vector<Refusal> refusals;
    getOperation().walk([&](Operation *op) {
      if (!hasEncoding(op))
        return;
      bool isFloat = isa<top::TopDialect>(op->getDialect());
      if (isFloat && op->hasAttr(kPlacementAttr))
        return;
      std::vector<std::string> reasons;
      if (isFloat)
        reasons = {"it computes in float"};
      else
        reasons = rules.explain(op);
      if (!reasons.empty())
        refusals.push_back({op, std::move(reasons)});
    });
    return refusals;
  }

  /// A network that is to stay in float has no other place.
  void placeFloats() {
    getOperation().walk([&](Operation *op) {
      if (!hasEncoding(op) || isInstruction(op))
        return;
      qc::placeOnCpu(op);
      ++cpuOps;
    });
  }

  void reportAll(const TargetBackend &backend,
                 const std::vector<Refusal> &refusals) {
    InFlightDiagnostic error =
        mlir::emitError(getOperation().getLoc())
        << "target '" << backend.getName() << "' cannot run " << refusals.size()
        << (refusals.size() == 1 ? " op" : " ops")
        << "; --allow-cpu places what it cannot run on the CPU";
    for (const Refusal &refusal : refusals)
      error.attachNote(refusal.op->getLoc())
          << "'" << getDisplayName(refusal.op) << "' (" << refusal.op->getName()
          << "): " << llvm::join(refusal.reasons, "; ");
    signalPassFailure();
  }

  void placeOnCpu(const Refusal &refusal) {
    qc::placeOnCpu(refusal.op);
    mlir::emitRemark(refusal.op->getLoc())
        << "'" << getDisplayName(refusal.op) << "' (" << refusal.op->getName()
        << ") runs on the CPU: " << llvm::join(refusal.reasons, "; ");
    ++cpuOps;
  }
};

} // namespace
} // namespace qc
