// Parts of programs that stand alone.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_CONTAINER_CUTPROGRAM_H
#define QC_CONTAINER_CUTPROGRAM_H

#include "qcrt/Program.h"

#include "llvm/ADT/ArrayRef.h"

namespace qc {

/// The given instructions of `program`, in this order, as a program that takes
/// the tensors `inputs` and gives back `outputs` (indices of `program`).
/// Constants come along by reference; every other tensor gets memory of its
/// own. Each operand must be a constant, an input or the result of an
/// instruction before it.
qcrt::Program cutProgram(const qcrt::Program &program,
                         llvm::ArrayRef<uint32_t> inputs,
                         llvm::ArrayRef<uint32_t> instructions,
                         llvm::ArrayRef<uint32_t> outputs);

/// The operands of an instruction that are no constants, each once, in the
/// order of first use.
std::vector<uint32_t> getVariableOperands(const qcrt::Program &program,
                                          uint32_t instruction);

} // namespace qc

#endif // QC_CONTAINER_CUTPROGRAM_H
