// The parts of a program that run in one go, on the device and on the CPU.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_TARGET_SUBGRAPHS_H
#define QC_TARGET_SUBGRAPHS_H

#include "qc/Support/MLIR.h"
#include "llvm/ADT/SmallVector.h"

#include <vector>

namespace mlir::func {
class FuncOp;
} // namespace mlir::func

namespace qc {

/// True if `op` is placed on the CPU of a device.
bool isOnCpu(Operation *op);
void placeOnCpu(Operation *op);

/// Ops on one side that values connect, in the order of execution. No way
/// between two of them leads over the other side, so that they can run without
/// a return in between.
using Subgraph = llvm::SmallVector<Operation *>;

struct Subgraphs {
  /// In the order of their first ops.
  std::vector<Subgraph> device, cpu;
};

/// The subgraphs of a placed program: of all its ops but constants.
Subgraphs findSubgraphs(func::FuncOp function);

} // namespace qc

#endif // QC_TARGET_SUBGRAPHS_H
