// reduce_mean, reduce_sum, reduce_max, reduce_min over any set of axes, of
// integers and (float.*) of floats.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Families.h"
#include "Requant.h"
#include "floats/FloatKernel.h"
#include "floats/Halves.h"
#include "loops/Loops.h"

#include <algorithm>
#include <cstring>
#include <vector>

using namespace qcrt;

namespace {
/// The input seen as alternating groups of kept and reduced dimensions.
struct Groups {
  std::vector<int64_t> keptShape, keptStride;       // all but the row
  std::vector<int64_t> reducedShape, reducedStride; // all but the run
  int64_t row = 1; ///< kept elements side by side in input and result
  int64_t run = 1; ///< reduced elements side by side, if row is 1
  int64_t outer = 1, inner = 1; ///< products of the two shapes
};

class Reduce : public Kernel {
public:
  const char *run(const RunContext &context) const override;

protected:
  bool readAxes(PrepareContext &context);
  /// Reduces result elements [first, first + count) of a row whose input
  /// starts at in; count is at most blockSize.
  virtual void reduce(const char *in, int64_t count, char *out) const = 0;

  /// Calls visit(offset) in elements for each reduced position.
  template <typename Visit> void forReduced(Visit visit) const;

  const Loops &kernels = loops();
  Groups groups;
  int64_t inWidth = 1, outWidth = 1;
  int64_t reducedCount = 1;
  qcrt_dtype inType = QCRT_I8, outType = QCRT_I8;

private:
  bool checkShape(PrepareContext &context, const bool *reduced, bool keep);
  void group(const TensorView &in, const bool *reduced);
};

class ReduceSum : public Reduce {
public:
  bool read(PrepareContext &context);

private:
  void reduce(const char *in, int64_t count, char *out) const override;
  void reduceWide(const char *in, int64_t count, char *out) const;

  Requant requant;
  int64_t zeroPoint = 0;
  bool wide = false;
};

class FloatReduce : public Reduce {
public:
  bool read(PrepareContext &context) {
    return context.expectOperands(1, 1) && expectFloats(context) &&
           readAxes(context);
  }

protected:
  const FloatLoops &floats = floatLoops();
};

/// Sums in double, from the first element to the last; rounded once.
template <bool mean> class FloatReduceSum : public FloatReduce {
  void reduce(const char *in, int64_t count, char *out) const override;
};

template <bool maximum> class FloatReduceExtreme : public FloatReduce {
  void reduce(const char *in, int64_t count, char *out) const override;
};

template <bool maximum> class ReduceExtreme : public Reduce {
public:
  bool read(PrepareContext &context) {
    return context.expectOperands(1, 1) &&
           context.expectQuantized(context.inputs[0], false) &&
           context.expectSameParameters(context.inputs[0],
                                        context.outputs[0]) &&
           readAxes(context);
  }

private:
  void pick(void *inOut, const void *in, int64_t count) const {
    (maximum ? kernels.maximum : kernels.minimum)(inType, inOut, in, count);
  }
  void reduce(const char *in, int64_t count, char *out) const override;
};
} // namespace

bool Reduce::checkShape(PrepareContext &context, const bool *reduced,
                        bool keep) {
  const TensorView &in = context.inputs[0], &out = context.outputs[0];
  std::vector<int64_t> expected;
  for (int i = 0; i < in.rank; ++i)
    if (!reduced[i])
      expected.push_back(in.shape[i]);
    else if (keep)
      expected.push_back(1);
  if (static_cast<int>(expected.size()) == out.rank &&
      std::equal(expected.begin(), expected.end(), out.shape))
    return true;
  return context.refuse("the shape of '" + std::string(out.name) +
                        "' is not that of the input without its axes");
}

void Reduce::group(const TensorView &in, const bool *reduced) {
  // Merge neighbours of one kind, from the innermost out.
  struct Dimension {
    bool reduced;
    int64_t size, stride;
  };
  std::vector<Dimension> merged;
  int64_t stride = 1;
  for (int i = in.rank - 1; i >= 0; --i) {
    if (in.shape[i] != 1) {
      if (!merged.empty() && merged.back().reduced == reduced[i])
        merged.back().size *= in.shape[i];
      else
        merged.push_back({reduced[i], in.shape[i], stride});
    }
    stride *= in.shape[i];
  }
  size_t first = 0;
  if (!merged.empty()) {
    (merged[0].reduced ? groups.run : groups.row) = merged[0].size;
    first = 1;
  }
  for (size_t i = merged.size(); i > first; --i) {
    const Dimension &d = merged[i - 1];
    (d.reduced ? groups.reducedShape : groups.keptShape).push_back(d.size);
    (d.reduced ? groups.reducedStride : groups.keptStride).push_back(d.stride);
    (d.reduced ? groups.inner : groups.outer) *= d.size;
  }
}

bool Reduce::readAxes(PrepareContext &context) {
  const TensorView &in = context.inputs[0], &out = context.outputs[0];
  std::vector<int64_t> axes = context.attributes.integers("axes");
  bool keep = context.attributes.booleanOr("keepdims", true);
  if (context.failed())
    return false;
  bool reduced[QCRT_MAX_RANK] = {};
  for (int64_t axis : axes) {
    if (axis < 0 || axis >= in.rank || reduced[axis])
      return context.refuse("attribute 'axes' holds " + std::to_string(axis) +
                            " twice, or it is no axis of a tensor of rank " +
                            std::to_string(in.rank));
    reduced[axis] = true;
    reducedCount *= in.shape[axis];
  }
  inType = in.dtype;
  outType = out.dtype;
  inWidth = static_cast<int64_t>(qcrt_dtype_size(inType));
  outWidth = static_cast<int64_t>(qcrt_dtype_size(outType));
  group(in, reduced);
  return checkShape(context, reduced, keep);
}

/// Steps an index through shape; keeps offset up to date.
static void advance(const std::vector<int64_t> &shape,
                    const std::vector<int64_t> &stride, int64_t *index,
                    int64_t &offset) {
  for (size_t i = shape.size(); i > 0; --i) {
    offset += stride[i - 1];
    if (++index[i - 1] < shape[i - 1])
      return;
    offset -= shape[i - 1] * stride[i - 1];
    index[i - 1] = 0;
  }
}

template <typename Visit> void Reduce::forReduced(Visit visit) const {
  int64_t index[QCRT_MAX_RANK] = {}, offset = 0;
  for (int64_t i = 0; i < groups.inner; ++i) {
    visit(offset);
    advance(groups.reducedShape, groups.reducedStride, index, offset);
  }
}

const char *Reduce::run(const RunContext &context) const {
  const char *in = context.inputs[0].as<char>();
  char *out = context.outputs[0].as<char>();
  const int64_t pieces = (groups.row + blockSize - 1) / blockSize;
  auto piece = [&](int64_t begin, int64_t end, int) {
    for (int64_t i = begin; i < end; ++i) {
      int64_t row = i / pieces, from = i % pieces * blockSize, offset = from;
      int64_t rest = row;
      for (size_t d = groups.keptShape.size(); d > 0; --d) {
        offset += rest % groups.keptShape[d - 1] * groups.keptStride[d - 1];
        rest /= groups.keptShape[d - 1];
      }
      reduce(in + offset * inWidth, std::min(blockSize, groups.row - from),
             out + (row * groups.row + from) * outWidth);
    }
  };
  int64_t work = groups.run * groups.inner * std::min(groups.row, blockSize);
  context.pool.parallelFor(groups.outer * pieces,
                           std::max<int64_t>(1, 262144 / work), piece);
  return nullptr;
}

bool ReduceSum::read(PrepareContext &context) {
  if (!context.expectOperands(1, 1) ||
      !context.expectQuantized(context.inputs[0]) || !readAxes(context) ||
      !readRequant(context, context.outputs[0], {}, requant))
    return false;
  zeroPoint = context.inputs[0].zeroPoint;
  wide = reducedCount > INT32_MAX / (inType == QCRT_I16 ? 65536 : 256);
  return true;
}

void ReduceSum::reduce(const char *in, int64_t count, char *out) const {
  if (wide)
    return reduceWide(in, count, out);
  int32_t block[blockSize];
  const int32_t start = static_cast<int32_t>(-zeroPoint * reducedCount);
  std::fill(block, block + count, start);
  forReduced([&](int64_t offset) {
    const char *source = in + offset * inWidth;
    if (groups.run == 1)
      kernels.accumulate(inType, block, source, count);
    else
      block[0] += kernels.total(inType, source, groups.run);
  });
  kernels.rescale(requant.mode, block, count, requant.lane(0),
                  {requant.zeroPoint, requant.low, requant.high}, block);
  kernels.store(outType, block, count, out);
}

/// Sums that may leave 32 bits; rare, hence plain.
void ReduceSum::reduceWide(const char *in, int64_t count, char *out) const {
  for (int64_t i = 0; i < count; ++i) {
    int64_t sum = -zeroPoint * reducedCount;
    forReduced([&](int64_t offset) {
      dispatchStorage(inType, [&](auto type) {
        const auto *values =
            reinterpret_cast<const decltype(type) *>(in) + offset + i;
        for (int64_t r = 0; r < groups.run; ++r)
          sum += values[r];
      });
    });
    int32_t value = requant.apply(sum);
    kernels.store(outType, &value, 1, out + i * outWidth);
  }
}

template <bool maximum>
void ReduceExtreme<maximum>::reduce(const char *in, int64_t count,
                                    char *out) const {
  const int64_t bytes = count * inWidth;
  bool first = true;
  forReduced([&](int64_t offset) {
    const char *source = in + offset * inWidth;
    if (first)
      std::memcpy(out, source, static_cast<size_t>(bytes));
    else
      pick(out, source, count);
    first = false;
    // Only with a row of one element.
    for (int64_t r = 1; r < groups.run; ++r)
      pick(out, source + r * inWidth, 1);
  });
}

template <bool mean>
void FloatReduceSum<mean>::reduce(const char *in, int64_t count,
                                  char *out) const {
  double sums[blockSize];
  std::fill(sums, sums + count, 0.0);
  forReduced([&](int64_t offset) {
    const float *source = reinterpret_cast<const float *>(in) + offset;
    if (groups.run == 1)
      floats.add(source, 1, count, sums);
    else
      for (int64_t r = 0; r < groups.run; ++r)
        sums[0] += source[r];
  });
  floats.divide(sums, count, mean ? static_cast<double>(reducedCount) : 1,
                reinterpret_cast<float *>(out));
}

template <bool maximum>
void FloatReduceExtreme<maximum>::reduce(const char *in, int64_t count,
                                         char *out) const {
  float *result = reinterpret_cast<float *>(out);
  bool first = true;
  forReduced([&](int64_t offset) {
    const float *source = reinterpret_cast<const float *>(in) + offset;
    if (first)
      std::copy_n(source, count, result);
    first = false;
    // A run is longer than one only with a row of one element.
    for (int64_t r = 0; r < groups.run; ++r)
      (maximum ? floats.maximum : floats.minimum)(source + r, 1, count, result);
  });
}

void qcrt::registerReduce(KernelRegistry &registry) {
  registry.add("float.reduce_max",
               withHalves<makeKernel<FloatReduceExtreme<true>>>);
  registry.add("float.reduce_mean",
               withHalves<makeKernel<FloatReduceSum<true>>>);
  registry.add("float.reduce_min",
               withHalves<makeKernel<FloatReduceExtreme<false>>>);
  registry.add("float.reduce_sum",
               withHalves<makeKernel<FloatReduceSum<false>>>);
  registry.add("reduce_max", makeKernel<ReduceExtreme<true>>);
  registry.add("reduce_mean", makeKernel<ReduceSum>);
  registry.add("reduce_min", makeKernel<ReduceExtreme<false>>);
  registry.add("reduce_sum", makeKernel<ReduceSum>);
}
