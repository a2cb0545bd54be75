// How types and ops of tpu look in a program; the same for every op.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_CONTAINER_ENCODING_H
#define QC_CONTAINER_ENCODING_H

#include "qc/Support/MLIR.h"
#include "qc/Support/Tensor.h"
#include "qcrt/Program.h"

namespace qc {

/// Shape, storage type, scales, zero point and range of a tensor type: f32,
/// i8, u8, i16, i32, i64 or quantized, of at most QCRT_MAX_RANK dimensions.
/// Fails with an error at `loc` for what a program cannot hold.
FailureOr<qcrt::ProgramTensor> encodeType(Type type, Location loc);

/// Kernel, attributes, sources and placement of `op`, which is of tpu; its
/// operands and results are the caller's to fill in.
///
/// All attributes are encoded, except those of a dialect (a prefix and a dot),
/// which speak to the compiler. Integers, booleans and arrays of integers
/// become integers; floats likewise; a `#tpu.requant` named `r` becomes
/// `r.kind`, `r.rounding`, `r.multipliers`, `r.shifts` and `r.scales`, those
/// that it has. Fails with an error at the op for any other kind.
FailureOr<qcrt::ProgramInstruction> encodeOp(Operation *op);

/// The element type of a program's tensor.
DType toDType(qcrt_dtype dtype);

/// True if `op` is what encodeOp takes: an op of tpu that is no constant.
bool isInstruction(Operation *op);

} // namespace qc

#endif // QC_CONTAINER_ENCODING_H
