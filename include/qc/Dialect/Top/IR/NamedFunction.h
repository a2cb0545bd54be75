// Ops of top that compute a function of each element, by its name.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_DIALECT_TOP_IR_NAMEDFUNCTION_H
#define QC_DIALECT_TOP_IR_NAMEDFUNCTION_H

#include "qc/Dialect/Top/IR/Top.h"

namespace qc::top {

/// A function as lowerings and exporters know it: the name that `tpu.lut`
/// keeps, and the parameters that go with it, in the order of its definition.
struct NamedFunction {
  StringRef name;
  SmallVector<double, 2> params;
};

/// What `op`, an op of one operand, computes of each element: its own name
/// ("sigmoid") and its attributes alpha and beta where it has them, but for
/// Gelu, whose two approximations are two functions ("gelu", "gelu_tanh").
NamedFunction getNamedFunction(Operation *op);

} // namespace qc::top

#endif // QC_DIALECT_TOP_IR_NAMEDFUNCTION_H
