// Checks of a program that need no kernels.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QCRT_SRC_PROGRAMCHECKS_H
#define QCRT_SRC_PROGRAMCHECKS_H

#include "qcrt/Program.h"

#include <string>

namespace qcrt {

/// Checks shape, scales, zero point and range, sets qmin and qmax if they are
/// both 0, and gives the size of the tensor in bytes.
bool checkTensor(ProgramTensor &tensor, uint64_t &byteSize, std::string &error);

/// Checks that constants do not overlap, that indices are valid, that every
/// tensor is defined exactly once and before its uses, and that inputs and
/// outputs are what the lists say.
bool checkProgram(const Program &program, std::string &error);

/// Checks what is left of the last byte of a constant of i4.
bool checkPacking(const ProgramTensor &tensor, std::string &error);

} // namespace qcrt
#endif // QCRT_SRC_PROGRAMCHECKS_H
