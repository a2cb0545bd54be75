// How types and ops look in a program; the same for every op.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_CONTAINER_ENCODING_H
#define QC_CONTAINER_ENCODING_H

#include "qc/Support/MLIR.h"
#include "qc/Support/Tensor.h"
#include "qcrt/Program.h"

namespace qc {

/// Shape, storage type, scales, zero point and range of a tensor type: f32,
/// f16, i8, u8, i16, i32, i64 or quantized, of at most QCRT_MAX_RANK
/// dimensions. Fails with an error at `loc` for what a program cannot hold.
FailureOr<qcrt::ProgramTensor> encodeType(Type type, Location loc);

/// Kernel, attributes, sources and placement of `op`, for which hasEncoding;
/// its operands and results are the caller's to fill in.
///
/// The kernel of `tpu.name` is `name`; that of `top.name`, which computes in
/// float and runs on the CPU, is `float.name`, but `name` where it only moves
/// elements (the trait MovesElements): such kernels serve every type.
///
/// All attributes are encoded, except those of a dialect (a prefix and a dot),
/// which speak to the compiler. Integers, booleans and arrays of integers
/// become integers; floats likewise; a `#tpu.requant` named `r` becomes
/// `r.kind`, `r.rounding`, `r.multipliers`, `r.shifts` and `r.scales`, those
/// that it has. Fails with an error at the op for any other kind.
FailureOr<qcrt::ProgramInstruction> encodeOp(Operation *op);

/// The element type of a program's tensor.
DType toDType(qcrt_dtype dtype);

/// True if the runtime has a form for `op`: it is of tpu or top and no
/// constant.
bool hasEncoding(Operation *op);

/// True if the runtime is what computes `op`: it is of tpu, or of top and
/// placed on the CPU of a device. Other ops of top are a source model's, whose
/// float values are oneDNN's to compute.
bool isInstruction(Operation *op);

} // namespace qc

#endif // QC_CONTAINER_ENCODING_H
