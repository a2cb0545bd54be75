// float.arg_max, float.top_k: where the largest elements of rows are.
// float.nms: which boxes stand out.
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

/// Boxes in the order of their scores, without those that overlap a better one
/// of their class too much; rows of -1 behind the last.
class Nms : public Kernel {
public:
  bool read(PrepareContext &context) {
    if (!context.expectOperands(2, 1))
      return false;
    const TensorView &boxes = context.inputs[0], &scores = context.inputs[1];
    const TensorView &out = context.outputs[0];
    if (!context.expectType(boxes, QCRT_F32) ||
        !context.expectType(scores, QCRT_F32) ||
        !context.expectType(out, QCRT_I64) || !context.expectRank(boxes, 3) ||
        !context.expectRank(scores, 3) || !context.expectRank(out, 2))
      return false;
    batches = scores.shape[0];
    classes = scores.shape[1];
    count = scores.shape[2];
    most = context.attributes.integer("max_output", 1, count);
    overlap = static_cast<float>(context.attributes.number("iou_threshold"));
    least = static_cast<float>(context.attributes.number("score_threshold"));
    isCentered = context.attributes.boolean("center_point_box");
    if (context.failed())
      return false;
    if (boxes.shape[0] != batches || boxes.shape[1] != count ||
        boxes.shape[2] != 4 || out.shape[0] != batches * classes * most ||
        out.shape[1] != 3)
      return context.refuse("boxes, scores and result do not fit");
    return true;
  }

  size_t scratchBytes(int threads) const override {
    return static_cast<size_t>(threads) * orderBytes();
  }

  const char *run(const RunContext &context) const override {
    int64_t *out = context.outputs[0].as<int64_t>();
    std::fill(out, out + context.outputs[0].numElements(), int64_t(-1));
    auto piece = [&](int64_t begin, int64_t end, int thread) {
      auto *order = reinterpret_cast<int64_t *>(
          static_cast<char *>(context.scratch) +
          static_cast<size_t>(thread) * orderBytes());
      for (int64_t row = begin; row < end; ++row)
        select(context.inputs[0].as<float>() + row / classes * count * 4,
               context.inputs[1].as<float>() + row * count, row, order,
               out + row * most * 3);
    };
    context.pool.parallelFor(batches * classes, 1, piece);
    // Each class has written at a place of its own; they move together.
    int64_t *to = out;
    for (int64_t i = 0; i < context.outputs[0].shape[0]; ++i) {
      int64_t *from = out + 3 * i;
      if (from[0] < 0)
        continue;
      if (from != to) {
        std::copy(from, from + 3, to);
        std::fill(from, from + 3, int64_t(-1));
      }
      to += 3;
    }
    return nullptr;
  }

private:
  struct Box {
    float low[2], high[2];
    float area() const { return (high[0] - low[0]) * (high[1] - low[1]); }
  };

  size_t orderBytes() const {
    const auto bytes = static_cast<size_t>(count) * sizeof(int64_t);
    return (bytes + QCRT_ALIGNMENT - 1) / QCRT_ALIGNMENT * QCRT_ALIGNMENT;
  }

  Box readBox(const float *at) const {
    Box box;
    for (int i = 0; i < 2; ++i) {
      const float half = at[2 + i] / 2;
      box.low[i] = isCentered ? at[i] - half : std::min(at[i], at[2 + i]);
      box.high[i] = isCentered ? at[i] + half : std::max(at[i], at[2 + i]);
    }
    return box;
  }

  bool overlaps(const Box &a, const Box &b) const {
    float common = 1;
    for (int i = 0; i < 2; ++i) {
      const float side =
          std::min(a.high[i], b.high[i]) - std::max(a.low[i], b.low[i]);
      if (!(side > 0))
        return false;
      common *= side;
    }
    const float first = a.area(), second = b.area();
    const float both = first + second - common;
    return first > 0 && second > 0 && both > 0 && common / both > overlap;
  }

  void select(const float *boxes, const float *scores, int64_t row,
              int64_t *order, int64_t *out) const {
    int64_t candidates = 0;
    for (int64_t i = 0; i < count; ++i)
      if (scores[i] > least)
        order[candidates++] = i;
    std::sort(order, order + candidates, [&](int64_t i, int64_t j) {
      return scores[i] > scores[j] || (scores[i] == scores[j] && i < j);
    });
    int64_t kept = 0;
    for (int64_t i = 0; i < candidates && kept < most; ++i) {
      const Box box = readBox(boxes + 4 * order[i]);
      bool stands = true;
      for (int64_t k = 0; k < kept && stands; ++k)
        stands = !overlaps(box, readBox(boxes + 4 * out[3 * k + 2]));
      if (!stands)
        continue;
      out[3 * kept] = row / classes;
      out[3 * kept + 1] = row % classes;
      out[3 * kept + 2] = order[i];
      ++kept;
    }
  }

  int64_t batches = 1, classes = 1, count = 1, most = 1;
  float overlap = 0, least = 0;
  bool isCentered = false;
};
} // namespace

void qcrt::registerFloatSearch(KernelRegistry &registry) {
  registry.add("float.arg_max", withHalves<makeKernel<ArgMax>>);
  registry.add("float.nms", withHalves<makeKernel<Nms>>);
  registry.add("float.top_k", withHalves<makeKernel<TopK>>);
}
