// Attributes of ops as keys of instructions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_LIB_CONTAINER_ATTRIBUTEENCODING_H
#define QC_LIB_CONTAINER_ATTRIBUTEENCODING_H

#include "qc/Support/MLIR.h"
#include "qcrt/Program.h"

namespace qc {

/// All attributes of `op` sorted by name, except those of a dialect (a prefix
/// and a dot), which speak to the compiler. Integers, booleans and arrays of
/// integers become integers; floats likewise; a `#tpu.requant` named `r`
/// becomes `r.kind`, `r.rounding`, `r.multipliers`, `r.shifts` and `r.scales`,
/// those that it has. Fails with an error at the op for any other kind.
FailureOr<std::vector<qcrt::ProgramAttribute>>
encodeAttributes(Operation *op);

} // namespace qc

#endif // QC_LIB_CONTAINER_ATTRIBUTEENCODING_H
