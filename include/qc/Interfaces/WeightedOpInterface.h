// Ops with constant weights and a bias, float or integer.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_INTERFACES_WEIGHTEDOPINTERFACE_H
#define QC_INTERFACES_WEIGHTEDOPINTERFACE_H

#include "mlir/IR/OpDefinition.h"

#include "qc/Interfaces/WeightedOpInterface.h.inc"

#endif // QC_INTERFACES_WEIGHTEDOPINTERFACE_H
