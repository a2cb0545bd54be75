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
enum NearestMode { Floor, Ceil, RoundPreferFloor, RoundPreferCeil };
const char *const nearestNames[] = {"floor", "ceil", "round_prefer_floor",
                                    "round_prefer_ceil", nullptr};

int64_t inside(double value, int64_t size) {
  return static_cast<int64_t>(
      clampTo(value, 0.0, static_cast<double>(size - 1)));
}

int64_t nearest(NearestMode mode, double x) {
  switch (mode) {
  case Floor:
    return static_cast<int64_t>(std::floor(x));
  case Ceil:
    return static_cast<int64_t>(std::ceil(x));
  case RoundPreferFloor:
    return static_cast<int64_t>(std::ceil(x - 0.5));
  case RoundPreferCeil:
    return static_cast<int64_t>(std::floor(x + 0.5));
  }
  return 0;
}

/// Rows of pixels; the two kernels differ in how they make one.
class Resize : public Kernel {
public:
  const char *run(const RunContext &context) const override {
    const TensorView &in = context.inputs[0], &out = context.outputs[0];
    const size_t pixel =
        static_cast<size_t>(in.shape[3]) * qcrt_dtype_size(in.dtype);
    const size_t inRow = pixel * static_cast<size_t>(in.shape[2]);
    const size_t outRow = pixel * static_cast<size_t>(out.shape[2]);
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
  /// own holds workerBytes.
  virtual void makeRow(const char *image, size_t rowBytes, size_t pixelBytes,
                       size_t row, char *own, char *out) const = 0;

  int64_t workerBytes = 0; ///< scratch of one thread
};

class ResizeNearest : public Resize {
public:
  bool read(PrepareContext &context) {
    std::vector<double> positions[2];
    if (!readCoordinates(context, positions[0], positions[1]))
      return false;
    auto mode = static_cast<NearestMode>(
        context.attributes.choice("nearest_mode", nearestNames));
    for (int d = 0; d < 2; ++d)
      for (double x : positions[d])
        sources[d].push_back(
            static_cast<size_t>(inside(static_cast<double>(nearest(mode, x)),
                                       context.inputs[0].shape[1 + d])));
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

class ResizeLinear : public Resize {
public:
  bool read(PrepareContext &context) {
    std::vector<double> positions[2];
    context.attributes.ignore("nearest_mode");
    if (!readCoordinates(context, positions[0], positions[1]) ||
        !context.expectQuantized(context.inputs[0], false))
      return false;
    type = context.inputs[0].dtype;
    channels = context.inputs[0].shape[3];
    inWidth = context.inputs[0].shape[2];
    if (type != QCRT_I16)
      workerBytes = (inWidth * channels * 4 + QCRT_ALIGNMENT - 1) /
                    QCRT_ALIGNMENT * QCRT_ALIGNMENT;
    for (int d = 0; d < 2; ++d)
      for (double x : positions[d])
        blends[d].push_back(blendAt(x, context.inputs[0].shape[1 + d]));
    return true;
  }

private:
  static Blend blendAt(double x, int64_t size) {
    x = clampTo(x, 0.0, static_cast<double>(size - 1));
    int64_t first = inside(std::floor(x), size);
    int64_t second = std::min(first + 1, size - 1);
    double part = x - static_cast<double>(first);
    return {first, second, static_cast<int32_t>(roundHalfEven(part * 2048))};
  }

  void makeRow(const char *image, size_t rowBytes, size_t, size_t row,
               char *own, char *out) const override {
    const Blend &down = blends[0][row];
    const char *top = image + down.first * static_cast<int64_t>(rowBytes);
    const char *bottom = image + down.second * static_cast<int64_t>(rowBytes);
    if (type == QCRT_I16)
      return makeWideRow(reinterpret_cast<const int16_t *>(top),
                         reinterpret_cast<const int16_t *>(bottom),
                         down.secondWeight, reinterpret_cast<int16_t *>(out));
    // Down first, without rounding: the products of both weights are exact.
    int32_t *blended = reinterpret_cast<int32_t *>(own);
    kernels.blendRows(type, top, bottom, down.secondWeight, inWidth * channels,
                      blended);
    kernels.blendColumns(type, blended, blends[1].data(),
                         static_cast<int64_t>(blends[1].size()), channels, out);
  }

  void makeWideRow(const int16_t *top, const int16_t *bottom, int64_t y,
                   int16_t *out) const {
    for (const Blend &right : blends[1]) {
      const int64_t a = right.first * channels, b = right.second * channels;
      const int64_t x = right.secondWeight;
      for (int64_t c = 0; c < channels; ++c) {
        int64_t left = top[a + c] * (2048 - y) + bottom[a + c] * y;
        int64_t other = top[b + c] * (2048 - y) + bottom[b + c] * y;
        int64_t sum = left * (2048 - x) + other * x;
        *out++ = static_cast<int16_t>((sum + (int64_t(1) << 21)) >> 22);
      }
    }
  }

  const Loops &kernels = loops();
  std::vector<Blend> blends[2];
  qcrt_dtype type = QCRT_I8;
  int64_t channels = 1, inWidth = 1;
};
} // namespace

void qcrt::registerResize(KernelRegistry &registry) {
  registry.add("resize_linear", makeKernel<ResizeLinear>);
  registry.add("resize_nearest", makeKernel<ResizeNearest>);
}
