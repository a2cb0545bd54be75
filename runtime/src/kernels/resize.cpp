// resize_nearest, resize_linear: over the two image dimensions of NHWC.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Coordinates.h"
#include "Families.h"
#include "Requant.h"
#include "loops/Loops.h"

#include <algorithm>
#include <cmath>
#include <cstring>

using namespace qcrt;

namespace {
int64_t inside(double value, int64_t size) {
  return static_cast<int64_t>(
      clampTo(value, 0.0, static_cast<double>(size - 1)));
}

/// Rows of pixels; the two kernels differ in how they make one.
class Resize : public Kernel {
public:
  const char *run(const RunContext &context) const override {
    const TensorView &in = context.inputs[0], &out = context.outputs[0];
    const size_t pixel =
        static_cast<size_t>(in.shape[3]) * qcrt_dtype_size(in.dtype);
    const size_t inRow = pixel * static_cast<size_t>(in.shape[2]);
    const size_t outRow = static_cast<size_t>(out.shape[2] * out.shape[3]) *
                          qcrt_dtype_size(out.dtype);
    const int64_t height = out.shape[1];
    auto piece = [&](int64_t begin, int64_t end, int worker) {
      for (int64_t row = begin; row < end; ++row) {
        size_t image = static_cast<size_t>(row / height * in.shape[1]);
        makeRow(in.as<char>() + image * inRow, inRow, pixel,
                static_cast<size_t>(row % height),
                static_cast<char *>(context.scratch) + worker * workerBytes,
                out.as<char>() + static_cast<size_t>(row) * outRow);
      }
    };
    int64_t grain = 32768 / static_cast<int64_t>(outRow);
    context.pool.parallelFor(out.shape[0] * height, std::max<int64_t>(1, grain),
                             piece);
    return nullptr;
  }

  size_t scratchBytes(int threads) const override {
    return static_cast<size_t>(workerBytes) * static_cast<size_t>(threads);
  }

protected:
  /// The coordinates of rows and columns.
  static bool readImage(PrepareContext &context,
                        std::vector<double> *positions) {
    return context.expectOperands(1, 1) &&
           context.expectRank(context.inputs[0], 4) &&
           readCoordinates(context, 1, 2, positions);
  }

  /// own holds workerBytes.
  virtual void makeRow(const char *image, size_t rowBytes, size_t pixelBytes,
                       size_t row, char *own, char *out) const = 0;

  int64_t workerBytes = 0; ///< scratch of one thread
};

class ResizeNearest : public Resize {
public:
  bool read(PrepareContext &context) {
    std::vector<double> positions[2];
    if (!readImage(context, positions) ||
        !context.expectSameParameters(context.inputs[0], context.outputs[0]))
      return false;
    NearestMode mode = readNearestMode(context.attributes);
    for (int d = 0; d < 2; ++d)
      for (double x : positions[d])
        sources[d].push_back(static_cast<size_t>(
            nearestElement(mode, x, context.inputs[0].shape[1 + d])));
    return !context.failed();
  }

private:
  void makeRow(const char *image, size_t rowBytes, size_t pixelBytes,
               size_t row, char *, char *out) const override {
    const char *line = image + sources[0][row] * rowBytes;
    for (size_t column : sources[1]) {
      std::memcpy(out, line + column * pixelBytes, pixelBytes);
      out += pixelBytes;
    }
  }

  std::vector<size_t> sources[2];
};

/// Weights are integers over a denominator of each axis; what both axes add up
/// to is requantised, whose ratio holds the denominators.
class ResizeLinear : public Resize {
public:
  bool read(PrepareContext &context) {
    const TensorView &in = context.inputs[0], &out = context.outputs[0];
    std::vector<double> positions[2];
    context.attributes.ignore("nearest_mode");
    if (!readImage(context, positions) || !context.expectQuantized(in) ||
        !readRequant(context, out, {}, requant))
      return false;
    std::vector<int64_t> denominators =
        context.attributes.integers("denominators", 2, 1, largestDenominator);
    if (context.failed())
      return false;
    inType = in.dtype;
    outType = out.dtype;
    channels = in.shape[3];
    inWidth = in.shape[2];
    offset = in.zeroPoint * denominators[0] * denominators[1];
    pixelsAtOnce = std::max<int64_t>(1, blockSize / channels);
    rowBytes = inType == QCRT_I16 ? 0 : alignedBytes(inWidth * channels);
    workerBytes = rowBytes + alignedBytes(pixelsAtOnce * channels);
    for (size_t d = 0; d < 2; ++d)
      for (double x : positions[d])
        blends[d].push_back(blendAt(x, in.shape[1 + d], denominators[d]));
    return true;
  }

private:
  /// Products of two weights and a difference of bytes fit 32 bits.
  static constexpr int64_t largestDenominator = 2048;

  static int64_t alignedBytes(int64_t count) {
    return (count * 4 + QCRT_ALIGNMENT - 1) / QCRT_ALIGNMENT * QCRT_ALIGNMENT;
  }

  static Blend blendAt(double x, int64_t size, int64_t denominator) {
    x = clampTo(x, 0.0, static_cast<double>(size - 1));
    int64_t first = inside(std::floor(x), size);
    int64_t second = std::min(first + 1, size - 1);
    double part = x - static_cast<double>(first);
    int64_t weight = roundHalfEven(part * static_cast<double>(denominator));
    return {first, second, static_cast<int32_t>(denominator - weight),
            static_cast<int32_t>(weight)};
  }

  void makeRow(const char *image, size_t inRow, size_t, size_t row, char *own,
               char *out) const override {
    const Blend &down = blends[0][row];
    const char *top = image + down.first * static_cast<int64_t>(inRow);
    const char *bottom = image + down.second * static_cast<int64_t>(inRow);
    int32_t *blended = reinterpret_cast<int32_t *>(own);
    int32_t *pixels = reinterpret_cast<int32_t *>(own + rowBytes);
    // Down first, without rounding: the products of both weights are exact.
    if (inType != QCRT_I16)
      kernels.blendRows(inType, top, bottom, down.firstWeight,
                        down.secondWeight, inWidth * channels, blended);
    const int64_t width = static_cast<int64_t>(blends[1].size());
    for (int64_t p = 0; p < width; p += pixelsAtOnce) {
      const int64_t count = std::min(pixelsAtOnce, width - p);
      const Blend *across = blends[1].data() + p;
      if (inType == QCRT_I16)
        makeWide(reinterpret_cast<const int16_t *>(top),
                 reinterpret_cast<const int16_t *>(bottom), down, across, count,
                 pixels);
      else
        makeNarrow(blended, across, count, pixels);
      kernels.store(outType, pixels, count * channels, out);
      out += static_cast<size_t>(count * channels) * qcrt_dtype_size(outType);
    }
  }

  void makeNarrow(const int32_t *blended, const Blend *across, int64_t count,
                  int32_t *out) const {
    kernels.blendColumns(blended, across, count, channels,
                         static_cast<int32_t>(offset), out);
    kernels.rescale(requant.mode, out, count * channels, requant.lane(0),
                    {requant.zeroPoint, requant.low, requant.high}, out);
  }

  /// 16 bits and two weights leave 32 bits.
  void makeWide(const int16_t *top, const int16_t *bottom, const Blend &down,
                const Blend *across, int64_t count, int32_t *out) const {
    for (int64_t p = 0; p < count; ++p) {
      const int64_t a = across[p].first * channels;
      const int64_t b = across[p].second * channels;
      for (int64_t c = 0; c < channels; ++c) {
        int64_t left = int64_t(top[a + c]) * down.firstWeight +
                       int64_t(bottom[a + c]) * down.secondWeight;
        int64_t right = int64_t(top[b + c]) * down.firstWeight +
                        int64_t(bottom[b + c]) * down.secondWeight;
        *out++ = requant.apply(left * across[p].firstWeight +
                               right * across[p].secondWeight - offset);
      }
    }
  }

  const Loops &kernels = loops();
  Requant requant;
  std::vector<Blend> blends[2];
  qcrt_dtype inType = QCRT_I8, outType = QCRT_I8;
  int64_t channels = 1, inWidth = 1;
  int64_t offset = 0; ///< what the zero point adds up to
  int64_t pixelsAtOnce = 1, rowBytes = 0;
};
} // namespace

void qcrt::registerResize(KernelRegistry &registry) {
  registry.add("resize_linear", makeKernel<ResizeLinear>);
  registry.add("resize_nearest", makeKernel<ResizeNearest>);
}
