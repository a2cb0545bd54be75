// The ops of top that work on numbers as they are: few files know them.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_DIALECT_TOP_IR_NUMBERS_H
#define QC_DIALECT_TOP_IR_NUMBERS_H

#include "qc/Dialect/Top/IR/Top.h"

namespace qc::top {

/// Trait of ops that no integers stand for; see TopBase.td.
template <typename ConcreteOp>
class NoIntegerForm : public OpTrait::TraitBase<ConcreteOp, NoIntegerForm> {};

} // namespace qc::top

#define GET_OP_CLASSES
#include "qc/Dialect/Top/IR/TopNumbers.h.inc"

#endif // QC_DIALECT_TOP_IR_NUMBERS_H
