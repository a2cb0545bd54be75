// Reading and making constants in passes.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_TRANSFORMS_CONSTANTVALUES_H
#define QC_TRANSFORMS_CONSTANTVALUES_H

#include "qc/Support/MLIR.h"
#include "qc/Support/Tensor.h"

namespace qc {

/// The elements of a constant, if `value` is one that can be read and not
/// stored in integers of a quantized type. Halves are widened to f32.
std::optional<Tensor> getConstant(Value value);

/// The same for constants of float type.
std::optional<Tensor> getFloatConstant(Value value);

/// The same for indices, as int64.
std::optional<SmallVector<int64_t>> getIndexConstant(Value value);

/// The number that all elements of a float constant are equal to.
std::optional<double> getSplat(Value value);

/// A float constant that broadcasts to `shape` and varies along `axis` alone:
/// its number for each index along `axis`.
std::optional<std::vector<double>>
getNumbersAlong(Value value, ArrayRef<int64_t> shape, int64_t axis);

/// The numbers of a float constant of rank 1.
std::optional<std::vector<double>> getNumbers(Value value);

/// True when every number is finite, also in f32.
bool allFinite(ArrayRef<double> numbers);

/// Creates a constant of `tensor`'s shape whose element type is the expressed
/// type of `like`. The blob of a large one is called as `loc` says.
Value createConstant(OpBuilder &builder, Location loc, const Tensor &tensor,
                     Type like);

/// Creates a constant of rank 1, rounded to f32.
Value createNumbers(OpBuilder &builder, Location loc, ArrayRef<double> numbers,
                    Type like);

} // namespace qc

#endif // QC_TRANSFORMS_CONSTANTVALUES_H
