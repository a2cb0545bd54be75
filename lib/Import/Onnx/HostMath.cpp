// Arithmetic on host tensors.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "HostDispatch.h"

#include <cmath>

namespace qc::onnximport::host {

namespace {

/// Integer arithmetic wraps: a file must not reach undefined behaviour.
template <typename T> T wrap(uint64_t value) { return static_cast<T>(value); }

template <typename T> T powInteger(T base, T exponent) {
  if constexpr (std::is_signed_v<T>)
    if (exponent < 0)
      return base == 1       ? 1
             : base == T(-1) ? (exponent % 2 ? T(-1) : T(1))
                             : T(0);
  uint64_t result = 1, factor = static_cast<uint64_t>(base);
  for (auto e = static_cast<uint64_t>(exponent); e; e >>= 1) {
    result *= e & 1 ? factor : 1;
    factor *= factor;
  }
  return wrap<T>(result);
}

template <typename T> T divideInteger(T a, T b) {
  if constexpr (std::is_signed_v<T>)
    if (b == T(-1))
      return wrap<T>(0 - static_cast<uint64_t>(a));
  return static_cast<T>(a / b);
}

/// The remainder with the sign of the dividend, as C has it.
template <typename T> T remainderInteger(T a, T b) {
  if constexpr (std::is_signed_v<T>)
    if (b == T(-1))
      return 0;
  return static_cast<T>(a % b);
}

template <typename T> T applyInteger(Binary op, T a, T b) {
  auto ua = static_cast<uint64_t>(a), ub = static_cast<uint64_t>(b);
  switch (op) {
  case Binary::Add:
    return wrap<T>(ua + ub);
  case Binary::Sub:
    return wrap<T>(ua - ub);
  case Binary::Mul:
    return wrap<T>(ua * ub);
  case Binary::Div:
    return divideInteger(a, b);
  case Binary::FMod:
    return remainderInteger(a, b);
  case Binary::Mod: {
    T rest = remainderInteger(a, b);
    return rest != 0 && (rest < 0) != (b < 0) ? static_cast<T>(rest + b) : rest;
  }
  case Binary::Min:
    return std::min(a, b);
  case Binary::Max:
    return std::max(a, b);
  case Binary::Pow:
    return powInteger(a, b);
  }
  return T();
}

/// a - floor(a / b) * b, with the sign of b also where it is zero.
template <typename T> T moduloReal(T a, T b) {
  T rest = std::fmod(a, b);
  if (rest == T(0))
    return std::copysign(T(0), b);
  return (rest < T(0)) != (b < T(0)) ? rest + b : rest;
}

template <typename T> T applyReal(Binary op, T a, T b) {
  switch (op) {
  case Binary::Add:
    return a + b;
  case Binary::Sub:
    return a - b;
  case Binary::Mul:
    return a * b;
  case Binary::Div:
    return a / b;
  case Binary::FMod:
    return std::fmod(a, b);
  case Binary::Mod:
    return moduloReal(a, b);
  case Binary::Min:
    return std::isnan(a) || a < b ? a : b;
  case Binary::Max:
    return std::isnan(a) || a > b ? a : b;
  case Binary::Pow:
    return std::pow(a, b);
  }
  return T();
}

/// Both operands under their common shape.
struct Pair {
  Tensor lhs, rhs;
};

Result<Pair> broadcastPair(Budget &budget, const Tensor &lhs,
                           const Tensor &rhs) {
  std::optional<Shape> shape = broadcast(lhs.shape(), rhs.shape());
  if (!shape)
    return error("shapes ", shapeString(lhs.shape()), " and ",
                 shapeString(rhs.shape()), " do not broadcast");
  if (lhs.dtype() != rhs.dtype())
    return error("element types ", dtypeName(lhs.dtype()), " and ",
                 dtypeName(rhs.dtype()), " differ");
  Result<Tensor> left = expand(budget, lhs, *shape);
  if (!left)
    return left.takeError();
  Result<Tensor> right = expand(budget, rhs, *shape);
  if (!right)
    return right.takeError();
  return Pair{*left, *right};
}

/// f16 is computed in f32.
Result<Tensor> widen(Budget &budget, const Tensor &tensor) {
  return tensor.dtype() == DType::F16 ? cast(budget, tensor, DType::F32)
                                      : Result<Tensor>(tensor);
}

template <typename T>
Status applyBinary(Binary op, const Pair &pair, Tensor &result) {
  const T *a = pair.lhs.data<T>(), *b = pair.rhs.data<T>();
  T *to = result.data<T>();
  for (int64_t i = 0; i < result.numElements(); ++i) {
    if constexpr (std::is_floating_point_v<T>) {
      to[i] = applyReal(op, a[i], b[i]);
    } else {
      bool divides =
          op == Binary::Div || op == Binary::Mod || op == Binary::FMod;
      if (divides && b[i] == 0)
        return error("integer division by zero");
      to[i] = applyInteger(op, a[i], b[i]);
    }
  }
  return ok();
}

} // namespace

Result<Tensor> binary(Budget &budget, Binary op, const Tensor &lhs,
                      const Tensor &rhs) {
  if (lhs.dtype() == DType::F16 && rhs.dtype() == DType::F16) {
    Result<Tensor> left = widen(budget, lhs), right = widen(budget, rhs);
    if (!left || !right)
      return left ? right : left;
    Result<Tensor> wide = binary(budget, op, *left, *right);
    return wide ? cast(budget, *wide, DType::F16) : wide;
  }
  Tensor right = rhs;
  if (op == Binary::Pow && lhs.dtype() != rhs.dtype()) {
    Result<Tensor> exponent = cast(budget, rhs, lhs.dtype());
    if (!exponent)
      return exponent;
    right = *exponent;
  }
  if (lhs.dtype() == DType::Bool)
    return error("arithmetic on booleans");
  Result<Pair> pair = broadcastPair(budget, lhs, right);
  if (!pair)
    return pair.takeError();
  // The exponent of a half-precision base has become half-precision, too.
  if (lhs.dtype() == DType::F16)
    return binary(budget, op, pair->lhs, pair->rhs);
  Result<Tensor> result = allocate(budget, lhs.dtype(), pair->lhs.shape());
  if (!result)
    return result;
  Status status;
  dispatch(lhs.dtype(), [&](auto zero) {
    status = applyBinary<decltype(zero)>(op, *pair, *result);
  });
  if (!status)
    return status;
  return result;
}

template <typename T> static bool holds(Comparison op, T a, T b) {
  switch (op) {
  case Comparison::Equal:
    return a == b;
  case Comparison::Less:
    return a < b;
  case Comparison::Greater:
    return a > b;
  case Comparison::LessOrEqual:
    return a <= b;
  case Comparison::GreaterOrEqual:
    return a >= b;
  }
  return false;
}

Result<Tensor> compare(Budget &budget, Comparison op, const Tensor &lhs,
                       const Tensor &rhs) {
  Result<Tensor> left = widen(budget, lhs), right = widen(budget, rhs);
  if (!left || !right)
    return left ? right : left;
  Result<Pair> pair = broadcastPair(budget, *left, *right);
  if (!pair)
    return pair.takeError();
  Result<Tensor> result = allocate(budget, DType::Bool, pair->lhs.shape());
  if (!result)
    return result;
  dispatch(left->dtype(), [&](auto zero) {
    using T = decltype(zero);
    for (int64_t i = 0; i < result->numElements(); ++i)
      result->data<uint8_t>()[i] =
          holds(op, pair->lhs.data<T>()[i], pair->rhs.data<T>()[i]);
  });
  return result;
}

Result<Tensor> logic(Budget &budget, Logic op, const Tensor &lhs,
                     const Tensor &rhs) {
  Result<Pair> pair = broadcastPair(budget, lhs, rhs);
  if (!pair)
    return pair.takeError();
  if (lhs.dtype() != DType::Bool)
    return error("expected booleans, found ", dtypeName(lhs.dtype()));
  Result<Tensor> result = allocate(budget, DType::Bool, pair->lhs.shape());
  if (!result)
    return result;
  for (int64_t i = 0; i < result->numElements(); ++i) {
    uint8_t a = pair->lhs.data<uint8_t>()[i], b = pair->rhs.data<uint8_t>()[i];
    result->data<uint8_t>()[i] = op == Logic::And ? a & b : a | b;
  }
  return result;
}

/// A copy that can be written to.
static Result<Tensor> copy(Budget &budget, const Tensor &source) {
  if (Status paid = budget.spend(source.numElements()); !paid)
    return paid;
  return source.clone();
}

Result<Tensor> logicalNot(Budget &budget, const Tensor &source) {
  if (source.dtype() != DType::Bool)
    return error("expected booleans, found ", dtypeName(source.dtype()));
  Result<Tensor> result = copy(budget, source);
  for (int64_t i = 0; result && i < result->numElements(); ++i)
    result->data<uint8_t>()[i] ^= 1;
  return result;
}

Result<Tensor> where(Budget &budget, const Tensor &condition, const Tensor &yes,
                     const Tensor &no) {
  if (condition.dtype() != DType::Bool)
    return error("the condition is not boolean");
  if (yes.dtype() != no.dtype())
    return error("element types ", dtypeName(yes.dtype()), " and ",
                 dtypeName(no.dtype()), " differ");
  std::optional<Shape> shape = broadcast(yes.shape(), no.shape());
  if (shape)
    shape = broadcast(condition.shape(), *shape);
  if (!shape)
    return error("the condition and the values do not broadcast: shapes ",
                 shapeString(condition.shape()), ", ", shapeString(yes.shape()),
                 " and ", shapeString(no.shape()));
  Result<Tensor> picks = expand(budget, condition, *shape);
  Result<Tensor> a = expand(budget, yes, *shape);
  Result<Tensor> b = expand(budget, no, *shape);
  Result<Tensor> result = allocate(budget, yes.dtype(), *shape);
  for (const Result<Tensor> *part : {&picks, &a, &b, &result})
    if (!*part)
      return *part;
  dispatchBySize(yes.dtype(), [&](auto zero) {
    using T = decltype(zero);
    for (int64_t i = 0; i < result->numElements(); ++i)
      result->data<T>()[i] =
          picks->data<uint8_t>()[i] ? a->data<T>()[i] : b->data<T>()[i];
  });
  return result;
}

template <typename T> static T applyUnary(Unary op, T x) {
  if constexpr (std::is_integral_v<T>) {
    T negated = wrap<T>(0 - static_cast<uint64_t>(x));
    switch (op) {
    case Unary::Neg:
      return negated;
    case Unary::Abs:
      return x < 0 ? negated : x;
    case Unary::Sign:
      return static_cast<T>((x > 0) - (x < 0));
    default:
      return x;
    }
  } else {
    switch (op) {
    case Unary::Neg:
      return -x;
    case Unary::Abs:
      return std::abs(x);
    case Unary::Floor:
      return std::floor(x);
    case Unary::Ceil:
      return std::ceil(x);
    case Unary::Round:
      return std::nearbyint(x);
    case Unary::Sqrt:
      return std::sqrt(x);
    case Unary::Reciprocal:
      return 1 / x;
    case Unary::Exp:
      return std::exp(x);
    case Unary::Log:
      return std::log(x);
    case Unary::Sin:
      return std::sin(x);
    case Unary::Cos:
      return std::cos(x);
    case Unary::Tan:
      return std::tan(x);
    case Unary::Asin:
      return std::asin(x);
    case Unary::Acos:
      return std::acos(x);
    case Unary::Atan:
      return std::atan(x);
    case Unary::Sinh:
      return std::sinh(x);
    case Unary::Cosh:
      return std::cosh(x);
    case Unary::Tanh:
      return std::tanh(x);
    case Unary::Asinh:
      return std::asinh(x);
    case Unary::Acosh:
      return std::acosh(x);
    case Unary::Atanh:
      return std::atanh(x);
    case Unary::Sign:
      return static_cast<T>((x > 0) - (x < 0));
    }
    return x;
  }
}

Result<Tensor> unary(Budget &budget, Unary op, const Tensor &source) {
  if (source.dtype() == DType::F16) {
    Result<Tensor> wide = widen(budget, source);
    if (wide)
      wide = unary(budget, op, *wide);
    return wide ? cast(budget, *wide, DType::F16) : wide;
  }
  bool keepsIntegers =
      op == Unary::Neg || op == Unary::Abs || op == Unary::Sign;
  if (source.dtype() == DType::Bool ||
      (!isFloatDType(source.dtype()) && !keepsIntegers))
    return error("elements of ", dtypeName(source.dtype()),
                 " have no such operation");
  Result<Tensor> result = copy(budget, source);
  if (!result)
    return result;
  dispatch(source.dtype(), [&](auto zero) {
    using T = decltype(zero);
    T *data = result->data<T>();
    for (int64_t i = 0; i < result->numElements(); ++i)
      data[i] = applyUnary(op, data[i]);
  });
  return result;
}

template <typename T> static T combine(Binary op, T a, T b) {
  if constexpr (std::is_floating_point_v<T>)
    return applyReal(op, a, b);
  else
    return applyInteger(op, a, b);
}

/// The mean of `count` elements from their sum; integers towards zero.
template <typename T> static T divideByCount(T sum, int64_t count) {
  if constexpr (std::is_integral_v<T> && std::is_unsigned_v<T>)
    return static_cast<T>(sum / static_cast<uint64_t>(count));
  else if constexpr (std::is_integral_v<T>)
    return static_cast<T>(sum / count);
  else
    return sum / static_cast<T>(count);
}

/// Reduces dimension `axis`, which has `count` elements, to the one of
/// `result`: once over the source, in its order.
template <typename T>
static void reduceAxis(Reduction op, const Tensor &source, int64_t axis,
                       int64_t count, Tensor &result) {
  static constexpr Binary steps[] = {Binary::Add, Binary::Add, Binary::Max,
                                     Binary::Min, Binary::Mul};
  Binary step = steps[static_cast<int>(op)];
  int64_t inner = 1;
  for (int64_t d = axis + 1; d < source.rank(); ++d)
    inner *= source.dim(d);
  const T *from = source.data<T>();
  T *to = result.data<T>();
  for (int64_t o = 0, e = result.numElements() / inner; o < e; ++o) {
    std::copy(from, from + inner, to);
    from += inner;
    for (int64_t c = 1; c < count; ++c)
      for (int64_t i = 0; i < inner; ++i, ++from)
        to[i] = combine(step, to[i], *from);
    for (int64_t i = 0; op == Reduction::Mean && i < inner; ++i)
      to[i] = divideByCount(to[i], count);
    to += inner;
  }
}

static Result<Tensor> reduceWide(Budget &budget, Reduction op,
                                 const Tensor &source,
                                 const std::vector<int64_t> &axes) {
  if (source.dtype() == DType::Bool)
    return error("arithmetic on booleans");
  Tensor current = source;
  for (int64_t axis : axes) {
    Shape shape = current.shape();
    int64_t count = shape[axis];
    if (count == 0)
      return error("a reduction over no elements");
    shape[axis] = 1;
    Result<Tensor> result = allocate(budget, source.dtype(), shape);
    if (!result)
      return result;
    if (Status paid = budget.spend(current.numElements()); !paid)
      return paid;
    if (!result->empty())
      dispatch(source.dtype(), [&](auto zero) {
        reduceAxis<decltype(zero)>(op, current, axis, count, *result);
      });
    current = *result;
  }
  return current;
}

Result<Tensor> reduce(Budget &budget, Reduction op, const Tensor &source,
                      const std::vector<int64_t> &axes, bool keepDims) {
  Result<Tensor> result = widen(budget, source);
  if (result)
    result = reduceWide(budget, op, *result, axes);
  if (result)
    result = cast(budget, *result, source.dtype());
  if (!result || keepDims)
    return result;
  Shape shape;
  for (int64_t d = 0; d < result->rank(); ++d)
    if (std::find(axes.begin(), axes.end(), d) == axes.end())
      shape.push_back(result->dim(d));
  return result->reshaped(shape);
}

} // namespace qc::onnximport::host
