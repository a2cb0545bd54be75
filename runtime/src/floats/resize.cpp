// float.resize: any dimensions of a tensor, by the coordinates of ONNX.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "FloatKernel.h"
#include "Halves.h"
#include "Rounding.h"
#include "kernels/Coordinates.h"
#include "kernels/Families.h"

#include <algorithm>

using namespace qcrt;

namespace {
/// The two neighbours of a result along a dimension, and the second's weight.
struct Neighbours {
  int64_t first, second;
  float weight;
};

class FloatResize : public Kernel {
public:
  bool read(PrepareContext &context);
  const char *run(const RunContext &context) const override;
  size_t scratchBytes(int threads) const override {
    return static_cast<size_t>(threads) * static_cast<size_t>(rowLength()) *
           sizeof(float);
  }

private:
  /// Elements of a row of the input, rounded up to a line of the cache.
  int64_t rowLength() const { return (inShape[last] + 15) / 16 * 16; }
  /// Adds the part of input rows that a row of the result is made of, over the
  /// dimensions from d on; offset and weight are those of the ones before.
  void addRows(const float *in, int d, int64_t offset, float weight,
               const int64_t *index, bool &isFirst, float *row) const;

  const FloatLoops &floats = floatLoops();
  bool isNearest = false;
  int last = 0; ///< the dimension of rows
  int64_t inShape[QCRT_MAX_RANK] = {1}, outShape[QCRT_MAX_RANK] = {1};
  int64_t rows = 1;
  std::vector<Neighbours> neighbours[QCRT_MAX_RANK];
};
} // namespace

bool FloatResize::read(PrepareContext &context) {
  const char *const modes[] = {"nearest", "linear", nullptr};
  if (!context.expectOperands(1, 1) || !expectFloats(context))
    return false;
  const TensorView &in = context.inputs[0], &out = context.outputs[0];
  isNearest = context.attributes.choice("mode", modes) == 0;
  NearestMode mode = readNearestMode(context.attributes);
  std::vector<double> coordinates[QCRT_MAX_RANK];
  if (in.rank == 0)
    return context.refuse("a scalar cannot be resized");
  if (!readCoordinates(context, 0, in.rank, coordinates) || context.failed())
    return false;
  last = in.rank - 1;
  rows = out.product(0, last);
  for (int d = 0; d < in.rank; ++d) {
    inShape[d] = in.shape[d];
    outShape[d] = out.shape[d];
    for (double x : coordinates[d]) {
      const double most = static_cast<double>(in.shape[d] - 1);
      const double inside = clampTo(x, 0.0, most);
      const int64_t first = isNearest ? nearestElement(mode, x, in.shape[d])
                                      : static_cast<int64_t>(inside);
      const double part = isNearest ? 0 : inside - static_cast<double>(first);
      neighbours[d].push_back({first, std::min(first + 1, in.shape[d] - 1),
                               static_cast<float>(part)});
    }
  }
  return true;
}

void FloatResize::addRows(const float *in, int d, int64_t offset, float weight,
                          const int64_t *index, bool &isFirst,
                          float *row) const {
  offset *= inShape[d];
  if (d == last) {
    floats.weigh(in + offset, inShape[d], weight, !isFirst, row);
    isFirst = false;
    return;
  }
  const Neighbours &at = neighbours[d][static_cast<size_t>(index[d])];
  addRows(in, d + 1, offset + at.first, weight * (1 - at.weight), index,
          isFirst, row);
  if (at.weight != 0)
    addRows(in, d + 1, offset + at.second, weight * at.weight, index, isFirst,
            row);
}

const char *FloatResize::run(const RunContext &context) const {
  const float *in = context.inputs[0].as<float>();
  float *out = context.outputs[0].as<float>();
  const int64_t width = outShape[last];
  const Neighbours *across = neighbours[last].data();
  auto piece = [&](int64_t begin, int64_t end, int worker) {
    float *own = static_cast<float *>(context.scratch) + worker * rowLength();
    for (int64_t r = begin; r < end; ++r) {
      int64_t index[QCRT_MAX_RANK] = {}, rest = r, offset = 0;
      for (int d = last - 1; d >= 0; --d) {
        index[d] = rest % outShape[d];
        rest /= outShape[d];
      }
      float *to = out + r * width;
      if (isNearest) {
        for (int d = 0; d < last; ++d)
          offset = offset * inShape[d] +
                   neighbours[d][static_cast<size_t>(index[d])].first;
        const float *line = in + offset * inShape[last];
        for (int64_t i = 0; i < width; ++i)
          to[i] = line[across[i].first];
        continue;
      }
      bool isFirst = true;
      addRows(in, 0, 0, 1, index, isFirst, own);
      for (int64_t i = 0; i < width; ++i)
        to[i] = own[across[i].first] * (1 - across[i].weight) +
                own[across[i].second] * across[i].weight;
    }
  };
  context.pool.parallelFor(rows, grainOf(width + inShape[last], 16384), piece);
  return nullptr;
}

void qcrt::registerFloatResize(KernelRegistry &registry) {
  registry.add("float.resize", withHalves<makeKernel<FloatResize>>);
}
