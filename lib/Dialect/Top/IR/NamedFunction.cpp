// Ops of top that compute a function of each element, by its name.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Dialect/Top/IR/NamedFunction.h"

namespace qc::top {

NamedFunction getNamedFunction(Operation *op) {
  if (auto gelu = dyn_cast<GeluOp>(op))
    return {gelu.getApproximate() == "tanh" ? "gelu_tanh" : "gelu", {}};
  NamedFunction function{op->getName().stripDialect(), {}};
  for (StringRef name : {"alpha", "beta"})
    if (auto value = dyn_cast_or_null<FloatAttr>(
            op->getInherentAttr(name).value_or(Attribute())))
      function.params.push_back(value.getValueAsDouble());
  return function;
}

} // namespace qc::top
