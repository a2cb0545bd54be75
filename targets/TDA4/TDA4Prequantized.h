// TI's table of what a QDQ model may have, layer by layer.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_TARGETS_TDA4_TDA4PREQUANTIZED_H
#define QC_TARGETS_TDA4_TDA4PREQUANTIZED_H

#include "qc/Target/TargetBackend.h"

namespace qc {

/// What of `module`, a network with storage types, TIDL does not take as a QDQ
/// model; on tda4vm, `isFirst`, no activation has a zero point.
std::vector<QuantizedModelFault> checkTIDLTable(ModuleOp module, bool isFirst);

/// The ops of top that the table wants symmetric.
std::vector<std::string> getSymmetricOps();

/// Those whose weights it gives one scale.
std::vector<std::string> getOneScaleOps();

} // namespace qc

#endif // QC_TARGETS_TDA4_TDA4PREQUANTIZED_H
