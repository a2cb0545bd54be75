// Which result may live in an operand's buffer.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_INTERFACES_ALIASOPINTERFACE_H
#define QC_INTERFACES_ALIASOPINTERFACE_H

#include "mlir/IR/OpDefinition.h"
#include "llvm/ADT/SmallVector.h"
#include <optional>

#include "qc/Interfaces/AliasOpInterface.h.inc"

#endif // QC_INTERFACES_ALIASOPINTERFACE_H
