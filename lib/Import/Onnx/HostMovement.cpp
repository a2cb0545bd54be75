// Moving, picking and converting elements of host tensors.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "HostDispatch.h"

#include "qc/Support/Convert.h"

#include "llvm/Support/MathExtras.h"

#include <algorithm>
#include <cmath>

namespace qc::onnximport::host {

Result<Tensor> allocate(Budget &budget, DType dtype, Shape shape) {
  constexpr int64_t limit = int64_t(1) << 30;
  if (shape.size() > kMostDimensions)
    return error("a constant of ", shape.size(), " dimensions; ",
                 kMostDimensions, " are supported");
  auto size = static_cast<int64_t>(dtypeSize(dtype));
  std::optional<int64_t> count = countElements(shape);
  if (!count || *count > limit / size)
    return error("a constant of shape ", shapeString(shape), " of ",
                 dtypeName(dtype), " would be larger than 1 GiB");
  if (Status paid = budget.spend(*count * std::max<int64_t>(size / 4, 1));
      !paid)
    return paid.withContext("a constant of shape " + shapeString(shape));
  return Tensor(dtype, std::move(shape));
}

Result<std::vector<int64_t>> toIntegers(const Tensor &tensor) {
  std::vector<int64_t> values;
  bool isInteger = dispatchIntegers(tensor.dtype(), [&](auto zero) {
    using T = decltype(zero);
    const T *data = tensor.data<T>();
    values.assign(data, data + tensor.numElements());
  });
  if (!isInteger)
    return error("expected integers, found elements of ",
                 dtypeName(tensor.dtype()));
  return values;
}

double halfToDouble(uint16_t bits) { return halfToFloat(bits); }

uint16_t doubleToHalf(double value) {
  uint16_t sign = std::signbit(value) ? 0x8000 : 0;
  double size = std::abs(value);
  if (std::isnan(size))
    return sign | 0x7e00;
  // Halfway between the largest half and the next power of two, and up.
  if (size >= 65520)
    return sign | 0x7c00;
  // Halves below 2^-14 are multiples of 2^-24; above, the step is 2^-10 of the
  // power of two below. A step too many carries into the exponent.
  int exponent = size < 0x1p-14 ? -14 : std::ilogb(size);
  auto steps =
      static_cast<uint16_t>(std::nearbyint(std::ldexp(size, 10 - exponent)));
  return sign | static_cast<uint16_t>(((exponent + 14) << 10) + steps);
}

/// Elements [begin, begin + count) as doubles.
static void readReals(const Tensor &tensor, int64_t begin, int64_t count,
                      double *to) {
  if (tensor.dtype() == DType::F16) {
    const uint16_t *from = tensor.data<uint16_t>() + begin;
    std::transform(from, from + count, to, halfToDouble);
    return;
  }
  dispatch(tensor.dtype(), [&](auto zero) {
    const auto *from = tensor.data<decltype(zero)>() + begin;
    std::copy(from, from + count, to);
  });
}

std::vector<double> toReals(const Tensor &tensor) {
  std::vector<double> values(tensor.numElements());
  readReals(tensor, 0, tensor.numElements(), values.data());
  return values;
}

/// ONNX leaves a float beyond the integer's range open; here it saturates.
template <typename T> static T convertReal(double value) {
  if constexpr (std::is_integral_v<T>) {
    if (std::isnan(value))
      return 0;
    if (value <= static_cast<double>(std::numeric_limits<T>::min()))
      return std::numeric_limits<T>::min();
    if (value >= static_cast<double>(std::numeric_limits<T>::max()))
      return std::numeric_limits<T>::max();
  }
  return static_cast<T>(value);
}

/// Sets elements [begin, begin + count) from doubles.
static void writeReals(Tensor &tensor, int64_t begin, int64_t count,
                       const double *from) {
  if (tensor.dtype() == DType::F16)
    std::transform(from, from + count, tensor.data<uint16_t>() + begin,
                   doubleToHalf);
  else if (tensor.dtype() == DType::Bool)
    std::transform(from, from + count, tensor.data<uint8_t>() + begin,
                   [](double value) { return value != 0; });
  else
    dispatch(tensor.dtype(), [&](auto zero) {
      using T = decltype(zero);
      std::transform(from, from + count, tensor.data<T>() + begin,
                     convertReal<T>);
    });
}

Result<Tensor> fromReals(Budget &budget, DType dtype, Shape shape,
                         const std::vector<double> &values) {
  Result<Tensor> result = allocate(budget, dtype, std::move(shape));
  if (result)
    writeReals(*result, 0, result->numElements(), values.data());
  return result;
}

Tensor scalar(DType dtype, double value) {
  Tensor result(dtype, {});
  writeReals(result, 0, 1, &value);
  return result;
}

/// Calls `visit(source element)` for each element of `shape` in order.
template <typename Visit>
static void walk(const Shape &shape, const std::vector<int64_t> &strides,
                 int64_t offset, int64_t count, Visit visit) {
  std::vector<int64_t> index(shape.size(), 0);
  int64_t row = shape.empty() ? 1 : shape.back();
  int64_t step = shape.empty() ? 0 : strides.back();
  for (int64_t i = 0; i < count; i += row) {
    for (int64_t j = 0; j < row; ++j)
      visit(i + j, offset + j * step);
    for (size_t d = shape.size(); d-- > 1;) {
      offset += strides[d - 1];
      if (++index[d - 1] < shape[d - 1])
        break;
      offset -= strides[d - 1] * shape[d - 1];
      index[d - 1] = 0;
    }
  }
}

Result<Tensor> view(Budget &budget, const Tensor &source, int64_t offset,
                    const std::vector<int64_t> &strides, Shape shape) {
  Result<Tensor> result = allocate(budget, source.dtype(), std::move(shape));
  if (!result || result->empty())
    return result;
  dispatchBySize(source.dtype(), [&](auto zero) {
    using T = decltype(zero);
    const T *from = source.data<T>();
    T *to = result->data<T>();
    walk(result->shape(), strides, offset, result->numElements(),
         [&](int64_t i, int64_t element) { to[i] = from[element]; });
  });
  return result;
}

/// Of a shape without elements all are 0: there is nothing to step over, and
/// its other dimensions may have any product.
std::vector<int64_t> rowMajorStrides(const Shape &shape) {
  std::vector<int64_t> strides(shape.size());
  if (std::find(shape.begin(), shape.end(), 0) != shape.end())
    return strides;
  int64_t stride = 1;
  for (size_t d = shape.size(); d-- > 0;) {
    strides[d] = stride;
    stride *= shape[d];
  }
  return strides;
}

Result<Tensor> transpose(Budget &budget, const Tensor &source,
                         const std::vector<int64_t> &perm) {
  std::vector<int64_t> strides = rowMajorStrides(source.shape()), permuted;
  Shape shape;
  for (int64_t axis : perm) {
    permuted.push_back(strides[axis]);
    shape.push_back(source.dim(axis));
  }
  return view(budget, source, 0, permuted, shape);
}

Result<Tensor> slice(Budget &budget, const Tensor &source,
                     const std::vector<int64_t> &offsets,
                     const std::vector<int64_t> &sizes,
                     const std::vector<int64_t> &strides) {
  std::vector<int64_t> elementStrides = rowMajorStrides(source.shape());
  int64_t offset = 0;
  for (size_t d = 0; d < sizes.size(); ++d) {
    offset += offsets[d] * elementStrides[d];
    elementStrides[d] *= sizes[d] > 1 ? strides[d] : 1;
  }
  return view(budget, source, offset, elementStrides, sizes);
}

std::optional<Shape> broadcast(const Shape &lhs, const Shape &rhs) {
  Shape result(std::max(lhs.size(), rhs.size()));
  for (size_t i = 0; i < result.size(); ++i) {
    int64_t l = i < lhs.size() ? lhs[lhs.size() - 1 - i] : 1;
    int64_t r = i < rhs.size() ? rhs[rhs.size() - 1 - i] : 1;
    if (l != r && l != 1 && r != 1)
      return std::nullopt;
    result[result.size() - 1 - i] = l == 1 ? r : l;
  }
  return result;
}

Result<Tensor> expand(Budget &budget, const Tensor &source,
                      const Shape &shape) {
  if (source.shape() == shape)
    return source;
  if (broadcast(source.shape(), shape) != shape)
    return error("shape ", shapeString(source.shape()),
                 " does not broadcast to ", shapeString(shape));
  std::vector<int64_t> own = rowMajorStrides(source.shape());
  std::vector<int64_t> strides(shape.size(), 0);
  size_t lead = shape.size() - own.size();
  for (size_t d = 0; d < own.size(); ++d)
    if (source.dim(d) != 1)
      strides[lead + d] = own[d];
  return view(budget, source, 0, strides, shape);
}

Result<Tensor> concat(Budget &budget,
                      const std::vector<const Tensor *> &sources,
                      int64_t axis) {
  const Tensor &first = *sources.front();
  Shape shape = first.shape();
  shape[axis] = 0;
  for (const Tensor *source : sources) {
    Shape rest = source->shape();
    if (source->dtype() != first.dtype() || rest.size() != shape.size())
      return error("the inputs differ in rank or element type");
    if (llvm::AddOverflow(shape[axis], rest[axis], shape[axis]))
      return error("axis ", axis, " of the result would overflow");
    rest[axis] = first.dim(axis);
    if (rest != first.shape())
      return error("shapes ", shapeString(first.shape()), " and ",
                   shapeString(source->shape()), " differ not only in axis ",
                   axis);
  }
  Result<Tensor> result = allocate(budget, first.dtype(), shape);
  if (!result || result->empty())
    return result;
  int64_t outer = 1, inner = static_cast<int64_t>(dtypeSize(first.dtype()));
  for (int64_t d = 0; d < axis; ++d)
    outer *= shape[d];
  for (size_t d = axis + 1; d < shape.size(); ++d)
    inner *= shape[d];
  char *to = static_cast<char *>(result->raw());
  for (int64_t o = 0; o < outer; ++o)
    for (const Tensor *source : sources) {
      int64_t bytes = source->dim(axis) * inner;
      if (bytes > 0)
        std::memcpy(to, static_cast<const char *>(source->raw()) + o * bytes,
                    bytes);
      to += bytes;
    }
  return result;
}

Result<Tensor> gather(Budget &budget, const Tensor &source,
                      const Tensor &indices, int64_t axis) {
  if (Status paid = budget.spend(indices.numElements()); !paid)
    return paid;
  Result<std::vector<int64_t>> picks = toIntegers(indices);
  if (!picks)
    return picks.takeError();
  int64_t size = source.dim(axis);
  Shape shape(source.shape().begin(), source.shape().begin() + axis);
  shape.insert(shape.end(), indices.shape().begin(), indices.shape().end());
  shape.insert(shape.end(), source.shape().begin() + axis + 1,
               source.shape().end());
  Result<Tensor> result = allocate(budget, source.dtype(), shape);
  if (!result)
    return result;
  for (int64_t pick : *picks)
    if (pick < -size || pick >= size)
      return error("index ", pick, " is out of range for a dimension of size ",
                   size);
  if (result->empty())
    return result;
  int64_t outer = 1, inner = static_cast<int64_t>(dtypeSize(source.dtype()));
  for (int64_t d = 0; d < axis; ++d)
    outer *= source.dim(d);
  for (int64_t d = axis + 1; d < source.rank(); ++d)
    inner *= source.dim(d);
  const char *from = static_cast<const char *>(source.raw());
  char *to = static_cast<char *>(result->raw());
  for (int64_t o = 0; o < outer; ++o)
    for (int64_t pick : *picks) {
      int64_t row = pick < 0 ? pick + size : pick;
      std::memcpy(to, from + (o * size + row) * inner, inner);
      to += inner;
    }
  return result;
}

Result<Tensor> cast(Budget &budget, const Tensor &source, DType dtype) {
  if (source.dtype() == dtype)
    return source;
  Result<Tensor> result = allocate(budget, dtype, source.shape());
  if (!result)
    return result;
  // Doubles hold every type but the large 64-bit integers, which go directly.
  if (isFloatDType(source.dtype()) || dtype == DType::F16) {
    double part[1024];
    for (int64_t i = 0, e = source.numElements(); i < e; i += 1024) {
      int64_t count = std::min<int64_t>(e - i, 1024);
      readReals(source, i, count, part);
      writeReals(*result, i, count, part);
    }
    return result;
  }
  dispatch(source.dtype(), [&](auto fromZero) {
    using From = decltype(fromZero);
    const From *from = source.data<From>();
    dispatch(dtype, [&](auto toZero) {
      using To = decltype(toZero);
      To *to = result->data<To>();
      for (int64_t i = 0; i < source.numElements(); ++i)
        to[i] = dtype == DType::Bool ? static_cast<To>(from[i] != 0)
                                     : static_cast<To>(from[i]);
    });
  });
  return result;
}

} // namespace qc::onnximport::host
