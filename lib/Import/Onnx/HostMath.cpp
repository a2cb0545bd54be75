// Arithmetic on host tensors.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "HostDispatch.h"

#include "llvm/ADT/APFloat.h"

#include <cmath>

namespace qc::onnximport::host {

double halfToDouble(uint16_t bits) {
  llvm::APFloat value(llvm::APFloat::IEEEhalf(), llvm::APInt(16, bits));
  bool lossy;
  value.convert(llvm::APFloat::IEEEdouble(), llvm::APFloat::rmNearestTiesToEven,
                &lossy);
  return value.convertToDouble();
}

uint16_t doubleToHalf(double real) {
  llvm::APFloat value(real);
  bool lossy;
  value.convert(llvm::APFloat::IEEEhalf(), llvm::APFloat::rmNearestTiesToEven,
                &lossy);
  return static_cast<uint16_t>(value.bitcastToAPInt().getZExtValue());
}

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

Result<Pair> broadcastPair(const Tensor &lhs, const Tensor &rhs) {
  std::optional<Shape> shape = broadcast(lhs.shape(), rhs.shape());
  if (!shape)
    return error("shapes ", shapeString(lhs.shape()), " and ",
                 shapeString(rhs.shape()), " do not broadcast");
  if (lhs.dtype() != rhs.dtype())
    return error("element types ", dtypeName(lhs.dtype()), " and ",
                 dtypeName(rhs.dtype()), " differ");
  Result<Tensor> left = expand(lhs, *shape);
  if (!left)
    return left.takeError();
  Result<Tensor> right = expand(rhs, *shape);
  if (!right)
    return right.takeError();
  return Pair{*left, *right};
}

/// f16 is computed in f32.
Result<Tensor> widen(const Tensor &tensor) {
  return tensor.dtype() == DType::F16 ? cast(tensor, DType::F32)
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

Result<Tensor> binary(Binary op, const Tensor &lhs, const Tensor &rhs) {
  if (lhs.dtype() == DType::F16 && rhs.dtype() == DType::F16) {
    Result<Tensor> wide = binary(op, *widen(lhs), *widen(rhs));
    return wide ? cast(*wide, DType::F16) : wide;
  }
  Tensor right = rhs;
  if (op == Binary::Pow && lhs.dtype() != rhs.dtype()) {
    Result<Tensor> exponent = cast(rhs, lhs.dtype());
    if (!exponent)
      return exponent;
    right = *exponent;
  }
  Result<Pair> pair = broadcastPair(lhs, right);
  if (!pair)
    return pair.takeError();
  if (lhs.dtype() == DType::Bool)
    return error("arithmetic on booleans");
  Result<Tensor> result = allocate(lhs.dtype(), pair->lhs.shape());
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

Result<Tensor> compare(Comparison op, const Tensor &lhs, const Tensor &rhs) {
  Result<Tensor> left = widen(lhs), right = widen(rhs);
  if (!left || !right)
    return left ? right : left;
  Result<Pair> pair = broadcastPair(*left, *right);
  if (!pair)
    return pair.takeError();
  Result<Tensor> result = allocate(DType::Bool, pair->lhs.shape());
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

Result<Tensor> logic(Logic op, const Tensor &lhs, const Tensor &rhs) {
  Result<Pair> pair = broadcastPair(lhs, rhs);
  if (!pair)
    return pair.takeError();
  if (lhs.dtype() != DType::Bool)
    return error("expected booleans, found ", dtypeName(lhs.dtype()));
  Result<Tensor> result = allocate(DType::Bool, pair->lhs.shape());
  if (!result)
    return result;
  for (int64_t i = 0; i < result->numElements(); ++i) {
    uint8_t a = pair->lhs.data<uint8_t>()[i], b = pair->rhs.data<uint8_t>()[i];
    result->data<uint8_t>()[i] = op == Logic::And ? a & b : a | b;
  }
  return result;
}

Result<Tensor> logicalNot(const Tensor &source) {
  if (source.dtype() != DType::Bool)
    return error("expected booleans, found ", dtypeName(source.dtype()));
  Tensor result = source.clone();
  for (int64_t i = 0; i < result.numElements(); ++i)
    result.data<uint8_t>()[i] ^= 1;
  return result;
}

Result<Tensor> where(const Tensor &condition, const Tensor &yes,
                     const Tensor &no) {
  if (condition.dtype() != DType::Bool)
    return error("the condition is not boolean");
  Result<Pair> pair = broadcastPair(yes, no);
  if (!pair)
    return pair.takeError();
  std::optional<Shape> shape = broadcast(condition.shape(), pair->lhs.shape());
  if (!shape)
    return error("the condition does not broadcast to the values");
  Result<Tensor> picks = expand(condition, *shape), a = expand(yes, *shape),
                 b = expand(no, *shape);
  if (!picks || !a || !b)
    return error("a constant of shape ", shapeString(*shape), " is too large");
  Result<Tensor> result = allocate(yes.dtype(), *shape);
  if (!result)
    return result;
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
    case Unary::Sqrt:
      return std::sqrt(x);
    case Unary::Reciprocal:
      return 1 / x;
    case Unary::Exp:
      return std::exp(x);
    case Unary::Log:
      return std::log(x);
    case Unary::Sign:
      return static_cast<T>((x > 0) - (x < 0));
    }
    return x;
  }
}

Result<Tensor> unary(Unary op, const Tensor &source) {
  if (source.dtype() == DType::F16) {
    Result<Tensor> wide = unary(op, *widen(source));
    return wide ? cast(*wide, DType::F16) : wide;
  }
  bool keepsIntegers =
      op == Unary::Neg || op == Unary::Abs || op == Unary::Sign;
  if (source.dtype() == DType::Bool ||
      (!isFloatDType(source.dtype()) && !keepsIntegers))
    return error("elements of ", dtypeName(source.dtype()),
                 " have no such operation");
  Tensor result = source.clone();
  dispatch(source.dtype(), [&](auto zero) {
    using T = decltype(zero);
    T *data = result.data<T>();
    for (int64_t i = 0; i < result.numElements(); ++i)
      data[i] = applyUnary(op, data[i]);
  });
  return result;
}

static Result<Tensor> initialValue(Reduction op, const Tensor &first) {
  if (op == Reduction::Max || op == Reduction::Min)
    return first;
  return fromReals(
      first.dtype(), first.shape(),
      std::vector<double>(first.numElements(), op == Reduction::Prod ? 1 : 0));
}

Result<Tensor> reduce(Reduction op, const Tensor &source,
                      const std::vector<int64_t> &axes, bool keepDims) {
  static constexpr Binary steps[] = {Binary::Add, Binary::Add, Binary::Max,
                                     Binary::Min, Binary::Mul};
  Tensor current = source;
  for (int64_t axis : axes) {
    std::vector<int64_t> offsets(source.rank(), 0), strides(source.rank(), 1);
    Shape sizes = current.shape();
    int64_t count = sizes[axis];
    if (count == 0)
      return error("a reduction over no elements");
    sizes[axis] = 1;
    Result<Tensor> sum = slice(current, offsets, sizes, strides);
    bool startsEmpty = op != Reduction::Max && op != Reduction::Min;
    if (sum)
      sum = initialValue(op, *sum);
    for (int64_t i = startsEmpty ? 0 : 1; sum && i < count; ++i) {
      offsets[axis] = i;
      Result<Tensor> next = slice(current, offsets, sizes, strides);
      sum = next ? binary(steps[static_cast<int>(op)], *sum, *next) : next;
    }
    if (sum && op == Reduction::Mean) {
      Result<Tensor> divisor =
          fromReals(source.dtype(), {}, {static_cast<double>(count)});
      sum = divisor ? binary(Binary::Div, *sum, *divisor) : divisor;
    }
    if (!sum)
      return sum;
    current = *sum;
  }
  if (keepDims)
    return current;
  Shape shape;
  for (int64_t d = 0; d < current.rank(); ++d)
    if (std::find(axes.begin(), axes.end(), d) == axes.end())
      shape.push_back(current.dim(d));
  return current.reshaped(shape);
}

} // namespace qc::onnximport::host
