// What a message about a layer says of where it comes from and of ways out.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_DIALECT_QC_IR_SOURCENODES_H
#define QC_DIALECT_QC_IR_SOURCENODES_H

#include "mlir/IR/Operation.h"
#include <string>

namespace qc {

/// The source nodes that `op` was made of, for the end of a message:
/// "; of node 'a', 'b'". Empty when none is known.
std::string describeNodes(mlir::Operation *op);

/// How to compile a network with `op`, which has no integer form: the options
/// that leave it in float or end the network before it, and its nodes.
std::string describeWaysOut(mlir::Operation *op);

} // namespace qc

#endif // QC_DIALECT_QC_IR_SOURCENODES_H
