// float.arg_max, float.top_k: where the largest elements of rows are.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "AnyType.h"
#include "FloatKernel.h"
#include "Halves.h"
#include "kernels/Families.h"

#include <algorithm>
#include <numeric>

using namespace qcrt;

namespace {
/// Rows along a dimension: `size` elements that are `inner` apart.
struct Rows {
  int64_t outer = 1, size = 1, inner = 1;

  void set(const TensorView &in, int axis) {
    outer = in.product(0, axis);
    size = in.rank ? in.shape[axis] : 1;
    inner = in.rank ? in.product(axis + 1, in.rank) : 1;
  }
  int64_t first(int64_t row) const {
    return row / inner * size * inner + row % inner;
  }
};

/// NaN counts as the largest, so that the order is one.
template <typename T> bool isAbove(T a, T b) {
  return a > b || (!(a == a) && b == b);
}

class ArgMax : public Kernel {
public:
  bool read(PrepareContext &context) {
    if (!context.expectOperands(1, 1) || !expectNumbers(context) ||
        !context.expectType(context.outputs[0], QCRT_I64))
      return false;
    const TensorView &in = context.inputs[0];
    int axis = context.attributes.axis(in.rank);
    context.attributes.ignore("keepdims");
    smallest = context.attributes.booleanOr("smallest", false);
    last = context.attributes.booleanOr("last", false);
    if (context.failed())
      return false;
    rows.set(in, axis);
    dtype = in.dtype;
    return context.outputs[0].numElements() == rows.outer * rows.inner ||
           context.refuse("the result does not have an element a row");
  }

  const char *run(const RunContext &context) const override {
    withType(dtype, [&](auto zero) {
      using T = decltype(zero);
      const T *in = context.inputs[0].as<T>();
      int64_t *out = context.outputs[0].as<int64_t>();
      auto piece = [&](int64_t begin, int64_t end, int) {
        for (int64_t row = begin; row < end; ++row)
          out[row] = find(in + rows.first(row));
      };
      context.pool.parallelFor(rows.outer * rows.inner, grainOf(rows.size),
                               piece);
    });
    return nullptr;
  }

private:
  template <typename T> int64_t find(const T *row) const {
    int64_t best = 0;
    for (int64_t i = 1; i < rows.size; ++i) {
      const T value = row[i * rows.inner], other = row[best * rows.inner];
      const bool above =
          smallest ? isAbove(other, value) : isAbove(value, other);
      if (above || (last && value == other))
        best = i;
    }
    return best;
  }

  Rows rows;
  qcrt_dtype dtype = QCRT_F32;
  bool smallest = false, last = false;
};

class TopK : public Kernel {
public:
  bool read(PrepareContext &context) {
    if (!context.expectOperands(1, 2) || !expectNumbers(context) ||
        !expectSameType(context, context.inputs[0], context.outputs[0]) ||
        !context.expectType(context.outputs[1], QCRT_I64))
      return false;
    const TensorView &in = context.inputs[0];
    int axis = context.attributes.axis(in.rank);
    largest = context.attributes.booleanOr("largest", true);
    rows.set(in, axis);
    count = context.attributes.integer("k", 1, rows.size);
    dtype = in.dtype;
    for (int i = 0; i < 2 && !context.failed(); ++i)
      if (context.outputs[i].numElements() != rows.outer * count * rows.inner)
        return context.refuse("a result does not have k elements a row");
    return !context.failed();
  }

  size_t scratchBytes(int threads) const override {
    return static_cast<size_t>(threads) * rowBytes();
  }

  const char *run(const RunContext &context) const override {
    withType(dtype, [&](auto zero) {
      using T = decltype(zero);
      auto piece = [&](int64_t begin, int64_t end, int thread) {
        auto *order = reinterpret_cast<int64_t *>(
            static_cast<char *>(context.scratch) +
            static_cast<size_t>(thread) * rowBytes());
        for (int64_t row = begin; row < end; ++row)
          take(context, context.inputs[0].as<T>(), context.outputs[0].as<T>(),
               row, order);
      };
      context.pool.parallelFor(rows.outer * rows.inner,
                               grainOf(rows.size, 4096), piece);
    });
    return nullptr;
  }

private:
  size_t rowBytes() const {
    const auto bytes = static_cast<size_t>(rows.size) * sizeof(int64_t);
    return (bytes + QCRT_ALIGNMENT - 1) / QCRT_ALIGNMENT * QCRT_ALIGNMENT;
  }

  template <typename T>
  void take(const RunContext &context, const T *in, T *values, int64_t row,
            int64_t *order) const {
    const T *from = in + rows.first(row);
    std::iota(order, order + rows.size, int64_t(0));
    std::partial_sort(
        order, order + count, order + rows.size, [&](int64_t i, int64_t j) {
          const T a = from[i * rows.inner], b = from[j * rows.inner];
          if (largest ? isAbove(a, b) : isAbove(b, a))
            return true;
          if (largest ? isAbove(b, a) : isAbove(a, b))
            return false;
          return i < j;
        });
    int64_t *indices = context.outputs[1].as<int64_t>();
    const int64_t first =
        row / rows.inner * count * rows.inner + row % rows.inner;
    for (int64_t i = 0; i < count; ++i) {
      values[first + i * rows.inner] = from[order[i] * rows.inner];
      indices[first + i * rows.inner] = order[i];
    }
  }

  Rows rows;
  int64_t count = 1;
  qcrt_dtype dtype = QCRT_F32;
  bool largest = true;
};
} // namespace

void qcrt::registerFloatSearch(KernelRegistry &registry) {
  registry.add("float.arg_max", withHalves<makeKernel<ArgMax>>);
  registry.add("float.top_k", withHalves<makeKernel<TopK>>);
}
