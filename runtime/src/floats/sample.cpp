// float.grid_sample, float.roi_align: images read between their pixels.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "FloatKernel.h"
#include "Halves.h"
#include "kernels/Families.h"

#include <algorithm>
#include <cmath>

using namespace qcrt;

namespace {
enum Mode { Linear, Nearest, Cubic };
enum Padding { Zeros, Border, Reflection };

/// One dimension of an image: how coordinates become pixels.
struct Axis {
  int64_t size;
  Padding padding;
  bool alignCorners;

  float low() const { return alignCorners ? 0 : -0.5f; }
  float high() const {
    return static_cast<float>(size) - (alignCorners ? 1 : 0.5f);
  }

  /// From [-1, 1] to pixels.
  float toPixels(float x) const {
    const auto length = static_cast<float>(size);
    return alignCorners ? (x + 1) / 2 * (length - 1)
                        : ((x + 1) * length - 1) / 2;
  }

  /// Mirrored at both ends until it is inside.
  float reflect(float x) const {
    const float range = high() - low();
    if (!(range > 0))
      return 0;
    const bool below = x < low();
    if (!below && !(x > high()))
      return x;
    const float beyond = below ? low() - x : x - high();
    const float turns = std::floor(beyond / range);
    const float rest = beyond - turns * range;
    const bool even = std::fmod(turns, 2.0f) == 0;
    return below == even ? low() + rest : high() - rest;
  }

  /// A coordinate outside, brought inside as padding says.
  float place(float x) const {
    if (!(x < low() || x > high()))
      return x;
    if (padding == Border)
      return std::min(std::max(x, 0.0f), static_cast<float>(size - 1));
    return padding == Reflection ? reflect(x) : x;
  }

  /// The pixel at coordinate x, which has no fraction; -1 if there is none.
  int64_t pixel(float x) const {
    const auto last = static_cast<float>(size - 1);
    if (padding == Reflection)
      x = reflect(x);
    if (padding != Zeros)
      x = std::min(std::max(x, 0.0f), last);
    // False for NaN, too.
    return x >= 0 && x <= last ? static_cast<int64_t>(x) : -1;
  }
};

/// The pixels that a coordinate is computed from, and their weights.
struct Taps {
  int count = 0;
  int64_t pixels[4];
  float weights[4];

  void read(const Axis &axis, Mode mode, float coordinate) {
    float x = axis.toPixels(coordinate);
    if (mode == Nearest)
      x = std::nearbyint(x);
    // A cubic mixes what is outside with what is inside.
    if (mode != Cubic)
      x = axis.place(x);
    const float base = std::floor(x), rest = x - base;
    if (mode == Nearest) {
      count = 1;
      pixels[0] = axis.pixel(std::nearbyint(x));
      weights[0] = 1;
    } else if (mode == Linear) {
      count = 2;
      weights[0] = 1 - rest;
      weights[1] = rest;
      for (int i = 0; i < 2; ++i)
        pixels[i] = axis.pixel(base + static_cast<float>(i));
    } else {
      count = 4;
      const float a = -0.75f, t = rest, u = 1 - rest;
      weights[0] = ((a * (t + 1) - 5 * a) * (t + 1) + 8 * a) * (t + 1) - 4 * a;
      weights[1] = ((a + 2) * t - (a + 3)) * t * t + 1;
      weights[2] = ((a + 2) * u - (a + 3)) * u * u + 1;
      weights[3] = ((a * (u + 1) - 5 * a) * (u + 1) + 8 * a) * (u + 1) - 4 * a;
      for (int i = 0; i < 4; ++i)
        pixels[i] = axis.pixel(base + static_cast<float>(i - 1));
    }
  }
};

class GridSample : public Kernel {
public:
  bool read(PrepareContext &context) {
    static const char *const modes[] = {"linear", "nearest", "cubic", nullptr};
    static const char *const paddings[] = {"zeros", "border", "reflection",
                                           nullptr};
    if (!context.expectOperands(2, 1) || !expectFloats(context))
      return false;
    const TensorView &in = context.inputs[0], &grid = context.inputs[1];
    const TensorView &out = context.outputs[0];
    mode = static_cast<Mode>(context.attributes.choice("mode", modes));
    auto padding =
        static_cast<Padding>(context.attributes.choice("padding", paddings));
    const bool corners = context.attributes.boolean("align_corners");
    if (context.failed() || !context.expectRank(in, 4) ||
        !context.expectRank(grid, 4) || !context.expectRank(out, 4))
      return false;
    if (grid.shape[0] != in.shape[0] || grid.shape[3] != 2 ||
        out.shape[0] != in.shape[0] || out.shape[1] != in.shape[1] ||
        out.shape[2] != grid.shape[1] || out.shape[3] != grid.shape[2])
      return context.refuse("image, grid and result do not fit");
    channels = in.shape[1];
    images = in.shape[0];
    places = out.shape[2] * out.shape[3];
    height = {in.shape[2], padding, corners};
    width = {in.shape[3], padding, corners};
    return true;
  }

  const char *run(const RunContext &context) const override {
    const float *in = context.inputs[0].as<float>();
    const float *grid = context.inputs[1].as<float>();
    float *out = context.outputs[0].as<float>();
    const int64_t plane = height.size * width.size;
    auto piece = [&](int64_t begin, int64_t end, int) {
      for (int64_t at = begin; at < end; ++at) {
        Taps x, y;
        x.read(width, mode, grid[2 * at]);
        y.read(height, mode, grid[2 * at + 1]);
        const int64_t image = at / places;
        for (int64_t c = 0; c < channels; ++c) {
          const int64_t channel = image * channels + c;
          out[channel * places + at % places] = sum(in + channel * plane, x, y);
        }
      }
    };
    context.pool.parallelFor(images * places, grainOf(channels * 16), piece);
    return nullptr;
  }

private:
  float sum(const float *plane, const Taps &x, const Taps &y) const {
    float total = 0;
    for (int i = 0; i < y.count; ++i) {
      float row = 0;
      for (int j = 0; j < x.count; ++j)
        if (y.pixels[i] >= 0 && x.pixels[j] >= 0)
          row += x.weights[j] * plane[y.pixels[i] * width.size + x.pixels[j]];
      total += y.weights[i] * row;
    }
    return total;
  }

  Mode mode = Linear;
  Axis height = {}, width = {};
  int64_t images = 1, channels = 1, places = 1;
};

class RoiAlign : public Kernel {
public:
  bool read(PrepareContext &context) {
    static const char *const modes[] = {"avg", "max", nullptr};
    if (!context.expectOperands(3, 1))
      return false;
    const TensorView &in = context.inputs[0], &rois = context.inputs[1];
    const TensorView &batch = context.inputs[2], &out = context.outputs[0];
    if (!context.expectType(in, QCRT_F32) ||
        !context.expectType(rois, QCRT_F32) ||
        !context.expectType(batch, QCRT_I64) ||
        !context.expectType(out, QCRT_F32))
      return false;
    constexpr int64_t most = int64_t(1) << 24;
    outHeight = context.attributes.integer("height", 1, most);
    outWidth = context.attributes.integer("width", 1, most);
    ratio = context.attributes.integer("sampling_ratio", 0, 4096);
    scale = static_cast<float>(context.attributes.number("spatial_scale"));
    halfPixel = context.attributes.boolean("half_pixel");
    takesMax = context.attributes.choice("mode", modes) == 1;
    if (context.failed() || !context.expectRank(in, 4) ||
        !context.expectRank(rois, 2) || !context.expectRank(batch, 1) ||
        !context.expectRank(out, 4))
      return false;
    if (rois.shape[1] != 4 || batch.shape[0] != rois.shape[0] ||
        out.shape[0] != rois.shape[0] || out.shape[1] != in.shape[1] ||
        out.shape[2] != outHeight || out.shape[3] != outWidth)
      return context.refuse("image, boxes and result do not fit");
    images = in.shape[0];
    channels = in.shape[1];
    height = in.shape[2];
    width = in.shape[3];
    return true;
  }

  const char *run(const RunContext &context) const override {
    const TensorView &rois = context.inputs[1];
    const int64_t *batch = context.inputs[2].as<int64_t>();
    for (int64_t i = 0; i < rois.shape[0]; ++i)
      if (batch[i] < 0 || batch[i] >= images)
        return "roi_align: a box lies in an image that there is not";
    auto piece = [&](int64_t begin, int64_t end, int) {
      for (int64_t i = begin; i < end; ++i) {
        const int64_t box = i / channels, channel = i % channels;
        align(context.inputs[0].as<float>() +
                  (batch[box] * channels + channel) * height * width,
              rois.as<float>() + 4 * box,
              context.outputs[0].as<float>() + i * outHeight * outWidth);
      }
    };
    context.pool.parallelFor(rois.shape[0] * channels, 1, piece);
    return nullptr;
  }

private:
  /// What a bin of `size` pixels has samples along a dimension.
  int64_t samplesOf(float size) const {
    if (ratio > 0)
      return ratio;
    // Boxes larger than the image may be asked for, endless ones not.
    const float most = 4096;
    return static_cast<int64_t>(
        std::ceil(size > 0 ? std::min(size, most) : 0.0f));
  }

  void align(const float *plane, const float *roi, float *out) const {
    const float offset = halfPixel ? 0.5f : 0;
    const float left = roi[0] * scale - offset, top = roi[1] * scale - offset;
    float wide = roi[2] * scale - offset - left;
    float high = roi[3] * scale - offset - top;
    if (!halfPixel) {
      wide = std::max(wide, 1.0f);
      high = std::max(high, 1.0f);
    }
    const float binHeight = high / static_cast<float>(outHeight);
    const float binWidth = wide / static_cast<float>(outWidth);
    const int64_t rows = samplesOf(binHeight), columns = samplesOf(binWidth);
    const auto count = static_cast<float>(std::max<int64_t>(rows * columns, 1));
    for (int64_t y = 0; y < outHeight; ++y)
      for (int64_t x = 0; x < outWidth; ++x) {
        float sum = 0, largest = 0;
        bool first = true;
        for (int64_t i = 0; i < rows; ++i)
          for (int64_t j = 0; j < columns; ++j) {
            const float atY = top + static_cast<float>(y) * binHeight +
                              (static_cast<float>(i) + 0.5f) * binHeight /
                                  static_cast<float>(rows);
            const float atX = left + static_cast<float>(x) * binWidth +
                              (static_cast<float>(j) + 0.5f) * binWidth /
                                  static_cast<float>(columns);
            float most;
            sum += sample(plane, atY, atX, most);
            largest = first ? most : std::max(largest, most);
            first = false;
          }
        out[y * outWidth + x] = takesMax ? largest : sum / count;
      }
  }

  /// The weighted sum of the four pixels around a place, and the largest of
  /// their weighted values.
  float sample(const float *plane, float y, float x, float &largest) const {
    largest = 0;
    if (!(y >= -1 && y <= static_cast<float>(height) && x >= -1 &&
          x <= static_cast<float>(width)))
      return 0;
    int64_t y0, y1, x0, x1;
    const float downY = split(y, height, y0, y1);
    const float downX = split(x, width, x0, x1);
    const float values[4] = {(1 - downY) * (1 - downX) * plane[y0 * width + x0],
                             (1 - downY) * downX * plane[y0 * width + x1],
                             downY * (1 - downX) * plane[y1 * width + x0],
                             downY * downX * plane[y1 * width + x1]};
    largest = *std::max_element(values, values + 4);
    return values[0] + values[1] + values[2] + values[3];
  }

  /// The pixels on both sides of a coordinate and the weight of the second.
  static float split(float x, int64_t size, int64_t &low, int64_t &high) {
    x = std::max(x, 0.0f);
    low = static_cast<int64_t>(x);
    if (low >= size - 1) {
      low = high = size - 1;
      return 0;
    }
    high = low + 1;
    return x - static_cast<float>(low);
  }

  int64_t images = 1, channels = 1, height = 1, width = 1;
  int64_t outHeight = 1, outWidth = 1, ratio = 0;
  float scale = 1;
  bool halfPixel = false, takesMax = false;
};
} // namespace

void qcrt::registerFloatSample(KernelRegistry &registry) {
  registry.add("float.grid_sample", withHalves<makeKernel<GridSample>>);
  registry.add("float.roi_align", withHalves<makeKernel<RoiAlign>>);
}
