// The storage types of an op of tpu, against a rule.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_LIB_TARGET_OPTYPES_H
#define QC_LIB_TARGET_OPTYPES_H

#include "qc/Quantization/TypeRules.h"
#include "qc/Support/MLIR.h"

namespace qc {

/// The types of `op` that `rule` does not take, in words ("16 bits"); empty
/// when it takes all.
std::string findOtherType(Operation *op, const TypeRule &rule);

} // namespace qc

#endif // QC_LIB_TARGET_OPTYPES_H
