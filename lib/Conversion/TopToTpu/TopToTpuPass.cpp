// The pass from top to tpu: finds the target, then converts.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Conversion/TopToTpu/Passes.h"
#include "qc/Conversion/TopToTpu/TopToTpu.h"
#include "qc/Dialect/QC/IR/EntryFunction.h"
#include "qc/Dialect/QC/IR/QC.h"
#include "qc/Target/TargetRegistry.h"

namespace qc {
#define GEN_PASS_DEF_CONVERTTOPTOTPU
#include "qc/Conversion/TopToTpu/Passes.h.inc"

namespace {

struct ConvertTopToTpuPass : impl::ConvertTopToTpuBase<ConvertTopToTpuPass> {
  using ConvertTopToTpuBase::ConvertTopToTpuBase;

  void runOnOperation() override {
    auto function = getEntryFunction(getOperation());
    auto backend = TargetRegistry::create(getOperation());
    if (failed(function) || failed(backend) ||
        failed(convertTopToTpu(*function, (*backend)->getQuantSpec())))
      signalPassFailure();
  }
};

} // namespace
} // namespace qc
