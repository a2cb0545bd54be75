// What appears once storage types are assigned.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Kernels.h"

#include "qc/Dialect/Top/IR/Top.h"

namespace qc {

/// The executor rounds the result to its type.
static KernelResult makeRequantize(top::RequantizeOp, KernelRequest &) {
  return makeViewKernel();
}

void registerQuantizedKernels(DialectRegistry &registry) {
  registry.addExtension(+[](MLIRContext *context, top::TopDialect *) {
    attachKernel<top::RequantizeOp, makeRequantize>(context);
  });
}

} // namespace qc
