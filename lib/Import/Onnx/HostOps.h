// Evaluation of constant tensors at import: shapes, integers and weights.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_LIB_IMPORT_ONNX_HOSTOPS_H
#define QC_LIB_IMPORT_ONNX_HOSTOPS_H

#include "qc/Support/Tensor.h"

#include <vector>

/// Each function implements one ONNX meaning on host tensors. What it makes, or
/// works through, is paid from the budget of the import; when that is spent,
/// the function fails.
namespace qc::onnximport::host {

/// What all constants that one import computes may take. A few bytes of a file
/// can ask for any number of elements, so this grows with what a file holds.
class Budget {
public:
  /// Elements that any file may compute: 256 MiB of floats.
  static constexpr int64_t kFree = int64_t(1) << 26;

  explicit Budget(int64_t elements = kFree) : total(elements), left(elements) {}
  /// Notes that the model holds `bytes` more of weights: they may be converted,
  /// transposed and so on a few times.
  void grant(int64_t bytes);
  /// Takes `elements` of four bytes or an operation each. An error, and nothing
  /// taken, when fewer are left.
  Status spend(int64_t elements);

private:
  int64_t total, left;
};

/// Of a constant, and of what is reshaped or expanded.
inline constexpr size_t kMostDimensions = 32;

/// A tensor of this type and shape, its contents undefined; 1 GiB and
/// kMostDimensions at most.
Result<Tensor> allocate(Budget &budget, DType dtype, Shape shape);

/// The elements of a tensor of integers; another type is an error.
Result<std::vector<int64_t>> toIntegers(const Tensor &tensor);
/// The elements of any tensor as doubles.
std::vector<double> toReals(const Tensor &tensor);
/// The inverse: `values` rounded or cut to `dtype`.
Result<Tensor> fromReals(Budget &budget, DType dtype, Shape shape,
                         const std::vector<double> &values);

/// One element, rounded or cut to `dtype`; it costs nothing.
Tensor scalar(DType dtype, double value);

/// Element i of the result is source[offset + sum over d of index_d(i) *
/// strides_d]: what transposes, slices and broadcasts have in common. All
/// indices must lie in the source.
Result<Tensor> view(Budget &budget, const Tensor &source, int64_t offset,
                    const std::vector<int64_t> &strides, Shape shape);

Result<Tensor> transpose(Budget &budget, const Tensor &source,
                         const std::vector<int64_t> &perm);
/// Parameters as those of top.slice: of full rank, within the source.
Result<Tensor> slice(Budget &budget, const Tensor &source,
                     const std::vector<int64_t> &offsets,
                     const std::vector<int64_t> &sizes,
                     const std::vector<int64_t> &strides);
/// numpy's broadcast to `shape`; an error when the source does not fit.
Result<Tensor> expand(Budget &budget, const Tensor &source, const Shape &shape);
Result<Tensor> concat(Budget &budget,
                      const std::vector<const Tensor *> &sources, int64_t axis);
Result<Tensor> gather(Budget &budget, const Tensor &source,
                      const Tensor &indices, int64_t axis);
Result<Tensor> cast(Budget &budget, const Tensor &source, DType dtype);

enum class Binary { Add, Sub, Mul, Div, Mod, FMod, Min, Max, Pow };
enum class Comparison { Equal, Less, Greater, LessOrEqual, GreaterOrEqual };
enum class Logic { And, Or };
enum class Unary {
  Neg,
  Abs,
  Floor,
  Ceil,
  Round,
  Sqrt,
  Reciprocal,
  Exp,
  Log,
  Sign,
  Sin,
  Cos,
  Tan,
  Asin,
  Acos,
  Atan,
  Sinh,
  Cosh,
  Tanh,
  Asinh,
  Acosh,
  Atanh,
};
enum class Reduction { Sum, Mean, Max, Min, Prod };

/// Integers: division towards zero, Mod with the sign of the divisor, overflow
/// wraps. The operands have one element type (but for the exponent of Pow).
Result<Tensor> binary(Budget &budget, Binary op, const Tensor &lhs,
                      const Tensor &rhs);
Result<Tensor> compare(Budget &budget, Comparison op, const Tensor &lhs,
                       const Tensor &rhs);
Result<Tensor> logic(Budget &budget, Logic op, const Tensor &lhs,
                     const Tensor &rhs);
Result<Tensor> logicalNot(Budget &budget, const Tensor &source);
Result<Tensor> where(Budget &budget, const Tensor &condition, const Tensor &yes,
                     const Tensor &no);
Result<Tensor> unary(Budget &budget, Unary op, const Tensor &source);
Result<Tensor> reduce(Budget &budget, Reduction op, const Tensor &source,
                      const std::vector<int64_t> &axes, bool keepDims);

} // namespace qc::onnximport::host

#endif // QC_LIB_IMPORT_ONNX_HOSTOPS_H
