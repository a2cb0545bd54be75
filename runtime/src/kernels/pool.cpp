// max_pool, avg_pool: windows over NHWC images, all channels at once.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Families.h"
#include "Requant.h"
#include "Window.h"
#include "loops/Loops.h"

#include <algorithm>
#include <cstring>

using namespace qcrt;

namespace {
/// Visits result positions; the two kernels differ in what they do with one.
class Pool : public Kernel {
public:
  const char *run(const RunContext &context) const override {
    const TensorView &in = context.inputs[0], &out = context.outputs[0];
    const int64_t height = out.shape[1], width = out.shape[2];
    const int64_t channels = out.shape[3];
    const int64_t inWidth = static_cast<int64_t>(qcrt_dtype_size(in.dtype));
    const int64_t outWidth = static_cast<int64_t>(qcrt_dtype_size(out.dtype));
    const int64_t image = in.shape[1] * in.shape[2] * channels * inWidth;
    auto piece = [&](int64_t begin, int64_t end, int) {
      for (int64_t row = begin; row < end; ++row) {
        const char *source = in.as<char>() + row / height * image;
        char *target = out.as<char>() + row * width * channels * outWidth;
        const WindowSpan &rows =
            window.spans[0][static_cast<size_t>(row % height)];
        for (int64_t x = 0; x < width; ++x)
          compute(source, in.shape[2], channels, rows,
                  window.spans[1][static_cast<size_t>(x)],
                  target + x * channels * outWidth);
      }
    };
    int64_t perRow = width * channels;
    context.pool.parallelFor(out.shape[0] * height,
                             std::max<int64_t>(1, 16384 / perRow), piece);
    return nullptr;
  }

protected:
  virtual void compute(const char *image, int64_t width, int64_t channels,
                       const WindowSpan &rows, const WindowSpan &columns,
                       char *out) const = 0;

  /// Calls tap(pointer to `channels` elements) for each tap in the image.
  template <typename Tap>
  void forTaps(const char *image, int64_t rowBytes, int64_t pixelBytes,
               const WindowSpan &rows, const WindowSpan &columns,
               Tap tap) const {
    for (int64_t r = 0; r < rows.taps; ++r) {
      const char *line =
          image + (rows.first + r * window.dilation[0]) * rowBytes;
      for (int64_t c = 0; c < columns.taps; ++c)
        tap(line + (columns.first + c * window.dilation[1]) * pixelBytes);
    }
  }

  const Loops &kernels = loops();
  Window window;
  qcrt_dtype inType = QCRT_I8, outType = QCRT_I8;
};

class MaxPool : public Pool {
public:
  bool read(PrepareContext &context) {
    if (!window.read(context) ||
        !context.expectQuantized(context.inputs[0], false) ||
        !context.expectSameParameters(context.inputs[0], context.outputs[0]))
      return false;
    inType = outType = context.inputs[0].dtype;
    return true;
  }

private:
  void compute(const char *image, int64_t width, int64_t channels,
               const WindowSpan &rows, const WindowSpan &columns,
               char *out) const override {
    const int64_t pixel =
        channels * static_cast<int64_t>(qcrt_dtype_size(inType));
    bool first = true;
    forTaps(image, width * pixel, pixel, rows, columns, [&](const char *in) {
      if (first)
        std::memcpy(out, in, static_cast<size_t>(pixel));
      else
        kernels.maximum(inType, out, in, channels);
      first = false;
    });
  }
};

class AvgPool : public Pool {
public:
  bool read(PrepareContext &context) {
    const TensorView &in = context.inputs[0], &out = context.outputs[0];
    if (!window.read(context) || !context.expectQuantized(in))
      return false;
    inType = in.dtype;
    outType = out.dtype;
    zeroPoint = in.zeroPoint;
    includePad = context.attributes.boolean("count_include_pad");
    divisors = context.attributes.integers("divisors");
    if (context.failed())
      return false;
    if (divisors.empty())
      return context.refuse("attribute 'divisors' is empty");
    RequantRules rules;
    rules.channels = static_cast<int64_t>(divisors.size());
    return readRequant(context, out, rules, requant) && checkWindows(context);
  }

private:
  int64_t divisorOf(const WindowSpan &rows, const WindowSpan &columns) const {
    return includePad ? rows.inPadded * columns.inPadded
                      : rows.taps * columns.taps;
  }

  /// The spans of a dimension that differ in more than their place.
  static std::vector<WindowSpan> kinds(std::vector<WindowSpan> spans) {
    auto key = [](const WindowSpan &span) {
      return std::make_pair(span.taps, span.inPadded);
    };
    auto less = [&](const WindowSpan &a, const WindowSpan &b) {
      return key(a) < key(b);
    };
    auto same = [&](const WindowSpan &a, const WindowSpan &b) {
      return key(a) == key(b);
    };
    std::sort(spans.begin(), spans.end(), less);
    spans.erase(std::unique(spans.begin(), spans.end(), same), spans.end());
    return spans;
  }

  /// Every divisor that occurs has an entry, and no sum exceeds 32 bits.
  bool checkWindows(PrepareContext &context) {
    if (!std::is_sorted(divisors.begin(), divisors.end()))
      return context.refuse("attribute 'divisors' is not sorted");
    const int64_t span = inType == QCRT_I16 ? 65536 : 256;
    std::vector<WindowSpan> columnKinds = kinds(window.spans[1]);
    for (const WindowSpan &rows : kinds(window.spans[0]))
      for (const WindowSpan &columns : columnKinds) {
        int64_t divisor = divisorOf(rows, columns);
        if (!std::binary_search(divisors.begin(), divisors.end(), divisor))
          return context.refuse("attribute 'divisors' lacks " +
                                std::to_string(divisor) +
                                ", which a window needs");
        if (rows.taps * columns.taps > INT32_MAX / span)
          return context.refuse("a window is too large to be summed in 32 "
                                "bits; split it");
      }
    return true;
  }

  void compute(const char *image, int64_t width, int64_t channels,
               const WindowSpan &rows, const WindowSpan &columns,
               char *out) const override {
    const int64_t element = static_cast<int64_t>(qcrt_dtype_size(inType));
    const int64_t outElement = static_cast<int64_t>(qcrt_dtype_size(outType));
    const int64_t pixel = channels * element;
    const int32_t correction =
        static_cast<int32_t>(-zeroPoint * rows.taps * columns.taps);
    auto place = std::lower_bound(divisors.begin(), divisors.end(),
                                  divisorOf(rows, columns));
    const RequantLane lane =
        requant.lane(static_cast<size_t>(place - divisors.begin()));
    const ResultRange range = {requant.zeroPoint, requant.low, requant.high};
    int32_t block[blockSize];
    for (int64_t c = 0; c < channels; c += blockSize) {
      const int64_t count = std::min(blockSize, channels - c);
      std::fill(block, block + count, correction);
      forTaps(image + c * element, width * pixel, pixel, rows, columns,
              [&](const char *in) {
                kernels.accumulate(inType, block, in, count);
              });
      kernels.rescale(requant.mode, block, count, lane, range, block);
      kernels.store(outType, block, count, out + c * outElement);
    }
  }

  Requant requant;
  std::vector<int64_t> divisors;
  int64_t zeroPoint = 0;
  bool includePad = false;
};
} // namespace

void qcrt::registerPool(KernelRegistry &registry) {
  registry.add("avg_pool", makeKernel<AvgPool>);
  registry.add("max_pool", makeKernel<MaxPool>);
}
