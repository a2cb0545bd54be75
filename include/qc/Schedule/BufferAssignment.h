// Which values of a function share a buffer, and from when to when it lives.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_SCHEDULE_BUFFERASSIGNMENT_H
#define QC_SCHEDULE_BUFFERASSIGNMENT_H

#include "qc/Schedule/MemoryPlan.h"
#include "qc/Support/MLIR.h"

#include "llvm/ADT/MapVector.h"

namespace mlir::func {
class FuncOp;
} // namespace mlir::func

namespace qc {

/// The buffers of a function in its order of execution.
///
/// Arguments live from the start, to the end if they are kept. Results live to
/// the end. A view shares the buffer of what it
/// views; a result takes the buffer of an operand that it may overwrite (see
/// AliasOpInterface) when nothing needs that operand afterwards. Constants are
/// stored elsewhere and have no buffer.
struct BufferAssignment {
  std::vector<LiveBuffer> buffers;
  /// Values in the order in which they appear.
  llvm::MapVector<Value, unsigned> bufferOf;
};

/// Fails with an error at the op for a value without a fixed size or a function
/// with control flow. `alignment` is that of every buffer.
FailureOr<BufferAssignment>
assignBuffers(func::FuncOp function, uint64_t alignment, bool keepArguments);

/// True if the value is stored with the program and takes no memory of a run.
bool isStoredConstant(Value value);

/// Bytes of a value of tensor type; fails with an error at `loc` if the type
/// does not fix them.
FailureOr<uint64_t> getValueBytes(Value value, Location loc);

} // namespace qc

#endif // QC_SCHEDULE_BUFFERASSIGNMENT_H
