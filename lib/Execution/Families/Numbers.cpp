// Ops on numbers as they are: the host runs the runtime's kernels.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Kernels.h"

#include "qc/Dialect/Top/IR/Numbers.h"

namespace qc {

template <typename OpTy>
static KernelResult makeNumbers(OpTy op, KernelRequest &request) {
  return makeOpProgram(op, request);
}

template <typename... OpTys> static void attachAll(MLIRContext *context) {
  (attachKernel<OpTys, makeNumbers<OpTys>>(context), ...);
}

void registerNumbersKernels(DialectRegistry &registry) {
  registry.addExtension(+[](MLIRContext *context, top::TopDialect *) {
    attachAll<top::CompareOp, top::SelectOp, top::IntegerOp, top::ArgMaxOp,
              top::TopKOp, top::NmsOp, top::ScatterOp, top::GridSampleOp,
              top::RoiAlignOp>(context);
  });
}

} // namespace qc
