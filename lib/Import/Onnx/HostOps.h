// Evaluation of constant tensors at import: shapes, integers and weights.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_LIB_IMPORT_ONNX_HOSTOPS_H
#define QC_LIB_IMPORT_ONNX_HOSTOPS_H

#include "qc/Support/Tensor.h"

#include <vector>

/// Each function implements one ONNX meaning on host tensors. Results are
/// limited to 1 GiB, so that a few bytes of a file cannot ask for more.
namespace qc::onnximport::host {

/// A tensor of this type and shape, its contents undefined.
Result<Tensor> allocate(DType dtype, Shape shape);

/// The elements of a tensor of integers; another type is an error.
Result<std::vector<int64_t>> toIntegers(const Tensor &tensor);
/// The elements of any tensor as doubles.
std::vector<double> toReals(const Tensor &tensor);
/// The inverse: `values` rounded or cut to `dtype`.
Result<Tensor> fromReals(DType dtype, Shape shape,
                         const std::vector<double> &values);

/// Element i of the result is source[offset + sum over d of index_d(i) *
/// strides_d]: what transposes, slices and broadcasts have in common. All
/// indices must lie in the source.
Result<Tensor> view(const Tensor &source, int64_t offset,
                    const std::vector<int64_t> &strides, Shape shape);

Result<Tensor> transpose(const Tensor &source,
                         const std::vector<int64_t> &perm);
/// Parameters as those of top.slice: of full rank, within the source.
Result<Tensor> slice(const Tensor &source, const std::vector<int64_t> &offsets,
                     const std::vector<int64_t> &sizes,
                     const std::vector<int64_t> &strides);
/// numpy's broadcast to `shape`; an error when the source does not fit.
Result<Tensor> expand(const Tensor &source, const Shape &shape);
Result<Tensor> concat(const std::vector<const Tensor *> &sources, int64_t axis);
Result<Tensor> gather(const Tensor &source, const Tensor &indices,
                      int64_t axis);
Result<Tensor> cast(const Tensor &source, DType dtype);

enum class Binary { Add, Sub, Mul, Div, Mod, FMod, Min, Max, Pow };
enum class Comparison { Equal, Less, Greater, LessOrEqual, GreaterOrEqual };
enum class Logic { And, Or };
enum class Unary { Neg, Abs, Floor, Ceil, Sqrt, Reciprocal, Exp, Log, Sign };
enum class Reduction { Sum, Mean, Max, Min, Prod };

/// Integers: division towards zero, Mod with the sign of the divisor, overflow
/// wraps. The operands have one element type (but for the exponent of Pow).
Result<Tensor> binary(Binary op, const Tensor &lhs, const Tensor &rhs);
Result<Tensor> compare(Comparison op, const Tensor &lhs, const Tensor &rhs);
Result<Tensor> logic(Logic op, const Tensor &lhs, const Tensor &rhs);
Result<Tensor> logicalNot(const Tensor &source);
Result<Tensor> where(const Tensor &condition, const Tensor &yes,
                     const Tensor &no);
Result<Tensor> unary(Unary op, const Tensor &source);
Result<Tensor> reduce(Reduction op, const Tensor &source,
                      const std::vector<int64_t> &axes, bool keepDims);

} // namespace qc::onnximport::host

#endif // QC_LIB_IMPORT_ONNX_HOSTOPS_H
