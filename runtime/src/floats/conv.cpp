// float.conv, float.deconv: sums over channels and taps, in this order.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "FloatKernel.h"
#include "Halves.h"
#include "Taps.h"
#include "kernels/Families.h"

#include <algorithm>
#include <cstring>

using namespace qcrt;

namespace {
/// Pixels whose inputs are gathered at a time.
constexpr int64_t stripWidth = 128;

/// The input of some rows of the result, with its padding, taken apart so that
/// what one tap reads lies side by side: a plane for each pair of phases holds
/// every strides[0]-th row from row phases[0] on, and of these every
/// strides[1]-th element from element phases[1] on. A tap is then a place in
/// one of the planes, for all results at once.
struct SlidingPlanes {
  std::vector<int64_t> phases[2];
  int64_t rows = 1;            ///< of the result, at a time
  int64_t height = 1;          ///< rows of a plane
  int64_t width = 1;           ///< elements of a row of a plane
  std::vector<int64_t> places; ///< of the taps

  int64_t plane() const { return height * width; }
  int64_t count() const {
    return static_cast<int64_t>(phases[0].size() * phases[1].size());
  }
  /// Elements of planes and sums of one thread, whole lines of the cache.
  int64_t scratch() const {
    const int64_t all = count() * plane() + rows * width + 2 * slideSlack;
    return (all + 15) / 16 * 16;
  }
};

/// Ways, chosen by the shapes alone: as products of matrices, whose columns are
/// pixels; over planes for groups of few outputs (depthwise), where gathering
/// would cost more than computing; tap by tap where that is not possible; and
/// with outputs as columns where there is one pixel.
class FloatConv : public Kernel {
public:
  bool read(PrepareContext &context, bool transposed);
  const char *run(const RunContext &context) const override;
  size_t scratchBytes(int threads) const override;

private:
  bool checkShapes(PrepareContext &context, bool transposed);
  bool checkSizes(PrepareContext &context);
  void gather(const float *image, int64_t firstRow, int64_t rows,
              int64_t firstPixel, int64_t pixels, float *panel) const;
  void runProducts(const RunContext &context) const;
  bool planPlanes();
  void fillPlanes(const float *image, int64_t firstRow, float *planes) const;
  void runPlanes(const RunContext &context) const;
  void runTaps(const RunContext &context) const;
  void runPixel(const RunContext &context) const;
  void arrangeWeights(const float *weights, float *rows) const;

  const FloatLoops &floats = floatLoops();
  SlidingShape shape;
  std::vector<TapRange> taps[2];
  FloatClamp clamp = {};
  int64_t batch = 1, channels = 1, outputs = 1, group = 1;
  int64_t groupIn = 1, groupOut = 1;
  int64_t depth = 1; ///< products of a result
  bool isTransposed = false, hasBias = false;
  bool isDirect = false; ///< the input is the panel
  bool byGroups = false, byPlanes = false, byOutputs = false;
  SlidingPlanes planes;
  std::vector<float> columns; ///< weights [depth, outputs], if byOutputs
};
} // namespace

bool FloatConv::checkShapes(PrepareContext &context, bool transposed) {
  const TensorView &x = context.inputs[0], &w = context.inputs[1];
  const TensorView &y = context.outputs[0];
  batch = x.shape[0];
  channels = x.shape[1];
  outputs = y.shape[1];
  group = context.attributes.integerOr("group", 1, 1, channels);
  if (context.failed())
    return false;
  const int64_t first = transposed ? channels : outputs;
  const int64_t second = transposed ? outputs : channels;
  if (channels % group || outputs % group || w.shape[0] != first ||
      w.shape[1] != second / group)
    return context.refuse("weights of " + std::to_string(w.shape[0]) + "x" +
                          std::to_string(w.shape[1]) + " do not fit " +
                          std::to_string(channels) + " channels and " +
                          std::to_string(outputs) + " outputs in " +
                          std::to_string(group) + " groups");
  groupIn = channels / group;
  groupOut = outputs / group;
  if (hasBias && (!context.expectRank(context.inputs[2], 1) ||
                  context.inputs[2].shape[0] != outputs))
    return context.refuse("tensor '" + std::string(context.inputs[2].name) +
                          "' does not have one value an output");
  return true;
}

/// Heights and widths follow from the attributes.
bool FloatConv::checkSizes(PrepareContext &context) {
  const size_t rank = static_cast<size_t>(context.inputs[0].rank - 2);
  std::vector<int64_t> added(rank, 0);
  if (isTransposed)
    added = context.attributes.integers("output_padding", rank, 0,
                                        SlidingShape::maxExtent);
  if (context.failed())
    return false;
  for (size_t i = 0; i < rank; ++i) {
    const size_t d = i + 2 - rank;
    const int64_t span = (shape.kernel[d] - 1) * shape.dilations[d] + 1;
    const int64_t pads = shape.begins[d] + shape.ends[d];
    const int64_t large = isTransposed ? shape.out[d] : shape.in[d];
    const int64_t small = isTransposed ? shape.in[d] : shape.out[d];
    // What a convolution of `large` that gives `small` leaves over.
    const int64_t rest = large + pads - span - (small - 1) * shape.strides[d];
    if (isTransposed ? rest != added[i] : rest < 0 || rest >= shape.strides[d])
      return context.refuse(
          "spatial dimension " + std::to_string(i) + " of " +
          std::to_string(shape.in[d]) + " elements does not become " +
          std::to_string(shape.out[d]) + " with this kernel and padding");
  }
  return true;
}

bool FloatConv::read(PrepareContext &context, bool transposed) {
  hasBias = context.numInputs == 3;
  if (!context.expectOperands(hasBias ? 3 : 2, 1) || !expectFloats(context))
    return false;
  const TensorView &x = context.inputs[0], &w = context.inputs[1];
  if (!context.expectRank(w, x.rank) || !shape.read(context, w.shape + 2) ||
      !checkShapes(context, transposed))
    return false;
  clamp = readActivation(context.attributes);
  isTransposed = transposed;
  if (!checkSizes(context))
    return false;
  depth = groupIn * shape.taps();
  for (int d = 0; d < 2; ++d)
    taps[d] = transposed ? shape.laying(d) : shape.reading(d);
  auto covers = [](const TapRange &range, int64_t size) {
    return range.firstOut == 0 && range.firstIn == 0 && range.count == size &&
           range.outStep == 1 && range.inStep == 1;
  };
  isDirect = shape.taps() == 1 && shape.in[1] == shape.out[1] &&
             shape.in[0] == shape.out[0] && covers(taps[0][0], shape.out[0]) &&
             covers(taps[1][0], shape.out[1]);
  bool isWhole = shape.outPixels() == 1 && shape.taps() == shape.inPixels();
  for (int d = 0; isWhole && d < 2; ++d)
    isWhole = shape.kernel[d] == shape.in[d] && shape.begins[d] == 0 &&
              shape.dilations[d] == 1;
  byOutputs = isWhole && group == 1 && !transposed && w.constant;
  byGroups = !byOutputs && groupOut < 4;
  byPlanes = byGroups && !transposed && planPlanes();
  if (byOutputs) {
    columns.resize(static_cast<size_t>(depth * outputs));
    for (int64_t o = 0; o < outputs; ++o)
      for (int64_t k = 0; k < depth; ++k)
        columns[static_cast<size_t>(k * outputs + o)] =
            w.as<float>()[o * depth + k];
  }
  return true;
}

size_t FloatConv::scratchBytes(int threads) const {
  const size_t workers = static_cast<size_t>(threads) * sizeof(float);
  if (byOutputs)
    return 0;
  size_t bytes = 0;
  if (isTransposed)
    bytes = static_cast<size_t>(depth * outputs) * sizeof(float);
  if (byPlanes)
    bytes = workers * static_cast<size_t>(planes.scratch());
  if (!byGroups)
    bytes += workers * static_cast<size_t>(productRun * stripWidth);
  return bytes;
}

/// The inputs that rows [firstRow, firstRow + rows) of the products' depth meet
/// at some pixels of the result; zero where there are none.
void FloatConv::gather(const float *image, int64_t firstRow, int64_t rows,
                       int64_t firstPixel, int64_t pixels, float *panel) const {
  const int64_t width = shape.out[1], lastPixel = firstPixel + pixels;
  for (int64_t k = firstRow; k < firstRow + rows; ++k, panel += stripWidth) {
    const int64_t tap = k % shape.taps();
    const TapRange &down = taps[0][static_cast<size_t>(tap / shape.kernel[1])];
    const TapRange &across =
        taps[1][static_cast<size_t>(tap % shape.kernel[1])];
    const float *plane = image + k / shape.taps() * shape.inPixels();
    for (int64_t pixel = firstPixel; pixel < lastPixel;) {
      const int64_t row = pixel / width, first = pixel % width;
      const int64_t count = std::min(width - first, lastPixel - pixel);
      float *to = panel + (pixel - firstPixel);
      pixel += count;
      const int64_t from = down.inputOf(row);
      std::fill_n(to, count, 0.0f);
      if (from < 0)
        continue;
      const float *line = plane + from * shape.in[1];
      int64_t i =
          first <= across.firstOut
              ? 0
              : (first - across.firstOut + across.outStep - 1) / across.outStep;
      const int64_t last = first + count;
      for (; i < across.count; ++i) {
        const int64_t at = across.firstOut + i * across.outStep;
        if (at >= last)
          break;
        if (across.outStep == 1 && across.inStep == 1) {
          const int64_t run = std::min(across.count - i, last - at);
          std::memcpy(to + (at - first), line + across.firstIn + i,
                      static_cast<size_t>(run) * sizeof(float));
          break;
        }
        to[at - first] = line[across.firstIn + i * across.inStep];
      }
    }
  }
}

/// Weights [channel, output, tap] of a deconvolution as [output, channel, tap].
void FloatConv::arrangeWeights(const float *weights, float *rows) const {
  const int64_t count = shape.taps();
  for (int64_t g = 0; g < group; ++g)
    for (int64_t o = 0; o < groupOut; ++o)
      for (int64_t c = 0; c < groupIn; ++c)
        std::copy_n(weights + ((g * groupIn + c) * groupOut + o) * count, count,
                    rows + (g * groupOut + o) * depth + c * count);
}

void FloatConv::runProducts(const RunContext &context) const {
  const float *x = context.inputs[0].as<float>();
  const float *w = context.inputs[1].as<float>();
  const float *bias = hasBias ? context.inputs[2].as<float>() : nullptr;
  float *y = context.outputs[0].as<float>();
  float *scratch = static_cast<float *>(context.scratch);
  if (isTransposed) {
    arrangeWeights(w, scratch);
    w = scratch;
    scratch += depth * outputs;
  }
  const int64_t pixels = shape.outPixels();
  const int64_t strips = (pixels + stripWidth - 1) / stripWidth;
  // Few strips are shared among the threads by their outputs.
  const int64_t images = batch * group, wanted = 2 * context.pool.threads();
  const int64_t parts = std::max<int64_t>(
      1, std::min((wanted + images * strips - 1) / (images * strips),
                  groupOut / 32));
  const int64_t partRows = (groupOut + parts - 1) / parts;
  auto piece = [&](int64_t begin, int64_t end, int worker) {
    float *panel = scratch + worker * (productRun * stripWidth);
    for (int64_t item = begin; item < end; ++item) {
      const int64_t firstOutput = item % parts * partRows;
      const int64_t strip = item / parts % strips;
      const int64_t image = item / parts / strips;
      FloatProduct product;
      product.rows = std::min(partRows, groupOut - firstOutput);
      if (product.rows <= 0)
        continue;
      const int64_t firstPixel = strip * stripWidth;
      product.columns = std::min(stripWidth, pixels - firstPixel);
      const int64_t output = image % group * groupOut + firstOutput;
      const float *planes = x + image * groupIn * shape.inPixels();
      float *result =
          y + (image / group * outputs + output) * pixels + firstPixel;
      product.aRow = depth;
      product.aDepth = 1;
      product.c = result;
      product.cRow = pixels;
      for (int64_t k = 0; k < depth; k += productRun) {
        product.depth = std::min(productRun, depth - k);
        product.a = w + output * depth + k;
        product.accumulate = k > 0;
        if (isDirect) {
          product.b = planes + k * pixels + firstPixel;
          product.bDepth = pixels;
        } else {
          gather(planes, k, product.depth, firstPixel, product.columns, panel);
          product.b = panel;
          product.bDepth = stripWidth;
        }
        floats.multiply(product);
      }
      for (int64_t row = 0; row < product.rows; ++row)
        floats.finish(result + row * pixels, product.columns,
                      bias ? bias[output + row] : 0, clamp);
    }
  };
  const int64_t cost = partRows * depth * std::min(pixels, stripWidth) / 8;
  context.pool.parallelFor(images * strips * parts, grainOf(cost), piece);
}

/// So many rows at a time that planes and sums stay in a near cache. False if
/// planes would be mostly padding (wild dilations).
bool FloatConv::planPlanes() {
  constexpr int64_t wanted = 16384, most = int64_t(1) << 20; // elements
  int64_t reach[2];
  for (int d = 0; d < 2; ++d) {
    for (int64_t k = 0; k < shape.kernel[d]; ++k)
      planes.phases[d].push_back(k * shape.dilations[d] % shape.strides[d]);
    std::sort(planes.phases[d].begin(), planes.phases[d].end());
    planes.phases[d].erase(
        std::unique(planes.phases[d].begin(), planes.phases[d].end()),
        planes.phases[d].end());
    reach[d] = (shape.kernel[d] - 1) * shape.dilations[d] / shape.strides[d];
  }
  planes.width = shape.out[1] + reach[1];
  if (planes.count() > most / planes.width)
    return false;
  const int64_t rows = wanted / (planes.width * (planes.count() + 1));
  planes.rows = std::min(shape.out[0], std::max<int64_t>(1, rows));
  planes.height = planes.rows + reach[0];
  if (planes.height > most / (planes.count() * planes.width))
    return false;
  for (int64_t ky = 0; ky < shape.kernel[0]; ++ky)
    for (int64_t kx = 0; kx < shape.kernel[1]; ++kx) {
      int64_t number = 0, inside = 0;
      for (int d = 0; d < 2; ++d) {
        const int64_t at = (d ? kx : ky) * shape.dilations[d];
        const std::vector<int64_t> &phases = planes.phases[d];
        const auto phase = std::lower_bound(phases.begin(), phases.end(),
                                            at % shape.strides[d]);
        number = number * static_cast<int64_t>(phases.size()) +
                 (phase - phases.begin());
        inside = inside * planes.width + at / shape.strides[d];
      }
      planes.places.push_back(number * planes.plane() + inside);
    }
  return true;
}

/// The planes for the rows of the result from firstRow on.
void FloatConv::fillPlanes(const float *image, int64_t firstRow,
                           float *out) const {
  const int64_t *strides = shape.strides;
  for (int64_t p : planes.phases[0])
    for (int64_t q : planes.phases[1])
      for (int64_t row = 0; row < planes.height; ++row, out += planes.width) {
        const int64_t y = (firstRow + row) * strides[0] + p - shape.begins[0];
        const int64_t x = q - shape.begins[1];
        if (y < 0 || y >= shape.in[0]) {
          std::fill_n(out, planes.width, 0.0f);
          continue;
        }
        // Elements [first, last) of the row lie in the image.
        auto stepsTo = [&](int64_t bound) {
          const int64_t room = bound - x;
          return std::min(planes.width,
                          room <= 0 ? 0 : (room + strides[1] - 1) / strides[1]);
        };
        const int64_t first = stepsTo(0), last = stepsTo(shape.in[1]);
        const float *line = image + y * shape.in[1] + x;
        std::fill_n(out, first, 0.0f);
        if (strides[1] == 1)
          std::copy(line + first, line + last, out + first);
        else
          for (int64_t i = first; i < last; ++i)
            out[i] = line[i * strides[1]];
        std::fill(out + last, out + planes.width, 0.0f);
      }
}

void FloatConv::runPlanes(const RunContext &context) const {
  const float *x = context.inputs[0].as<float>();
  const float *w = context.inputs[1].as<float>();
  const float *bias = hasBias ? context.inputs[2].as<float>() : nullptr;
  float *y = context.outputs[0].as<float>();
  const int64_t height = shape.out[0], width = shape.out[1];
  const int64_t bands = (height + planes.rows - 1) / planes.rows;
  auto piece = [&](int64_t begin, int64_t end, int worker) {
    float *own =
        static_cast<float *>(context.scratch) + worker * planes.scratch();
    float *sums =
        own + planes.scratch() - planes.rows * planes.width - slideSlack;
    for (int64_t item = begin; item < end; ++item) {
      const int64_t firstRow = item % bands * planes.rows;
      const int64_t rows = std::min(planes.rows, height - firstRow);
      const int64_t image = item / bands; // and group
      const int64_t firstOutput = image % group * groupOut;
      for (int64_t o = 0; o < groupOut; ++o) {
        const int64_t output = firstOutput + o;
        for (int64_t c = 0; c < groupIn; ++c) {
          if (o == 0 || groupIn > 1)
            fillPlanes(x + (image * groupIn + c) * shape.inPixels(), firstRow,
                       own);
          floats.slide({own, planes.places.data(),
                        w + output * depth + c * shape.taps(), shape.taps(),
                        (rows - 1) * planes.width + width, sums, c > 0});
        }
        floats.finish(sums, (rows - 1) * planes.width + width,
                      bias ? bias[output] : 0, clamp);
        float *result =
            y +
            ((image / group * outputs + output) * height + firstRow) * width;
        for (int64_t row = 0; row < rows; ++row)
          std::copy_n(sums + row * planes.width, width, result + row * width);
      }
    }
  };
  const int64_t cost = planes.rows * planes.width * depth * groupOut / 8;
  context.pool.parallelFor(batch * group * bands, grainOf(cost, 16384), piece);
}

void FloatConv::runTaps(const RunContext &context) const {
  const float *x = context.inputs[0].as<float>();
  const float *w = context.inputs[1].as<float>();
  const float *bias = hasBias ? context.inputs[2].as<float>() : nullptr;
  float *y = context.outputs[0].as<float>();
  if (isTransposed) {
    float *scratch = static_cast<float *>(context.scratch);
    arrangeWeights(w, scratch);
    w = scratch;
  }
  const int64_t height = shape.out[0], width = shape.out[1];
  auto piece = [&](int64_t begin, int64_t end, int) {
    for (int64_t item = begin; item < end; ++item) {
      const int64_t row = item % height, output = item / height % outputs;
      const int64_t image = item / height / outputs;
      const int64_t first = output / groupOut * groupIn;
      const float *planes = x + (image * channels + first) * shape.inPixels();
      const float *factor = w + output * depth;
      float *result = y + item * width;
      std::fill_n(result, width, 0.0f);
      for (int64_t c = 0; c < groupIn; ++c, planes += shape.inPixels())
        for (const TapRange &down : taps[0]) {
          const int64_t from = down.inputOf(row);
          for (const TapRange &across : taps[1]) {
            if (from >= 0 && across.count > 0)
              floats.addProducts(planes + from * shape.in[1] + across.firstIn,
                                 across.inStep, *factor, across.count,
                                 result + across.firstOut, across.outStep);
            ++factor;
          }
        }
      floats.finish(result, width, bias ? bias[output] : 0, clamp);
    }
  };
  context.pool.parallelFor(batch * outputs * height,
                           grainOf(width * depth / 4, 16384), piece);
}

/// One pixel of the result, which has met all of the input.
void FloatConv::runPixel(const RunContext &context) const {
  const float *x = context.inputs[0].as<float>();
  const float *bias = hasBias ? context.inputs[2].as<float>() : nullptr;
  float *y = context.outputs[0].as<float>();
  const int64_t parts = (outputs + stripWidth - 1) / stripWidth;
  auto piece = [&](int64_t begin, int64_t end, int) {
    for (int64_t part = begin; part < end; ++part) {
      const int64_t first = part * stripWidth;
      FloatProduct product;
      product.rows = batch;
      product.columns = std::min(stripWidth, outputs - first);
      product.aRow = depth;
      product.aDepth = 1;
      product.bDepth = outputs;
      product.c = y + first;
      product.cRow = outputs;
      for (int64_t k = 0; k < depth; k += productRun) {
        product.depth = std::min(productRun, depth - k);
        product.a = x + k;
        product.b = columns.data() + k * outputs + first;
        product.accumulate = k > 0;
        floats.multiply(product);
      }
      for (int64_t row = 0; row < batch; ++row) {
        float *result = y + row * outputs + first;
        if (bias)
          floats.finishRow(result, bias + first, product.columns, clamp);
        else
          floats.finish(result, product.columns, 0, clamp);
      }
    }
  };
  context.pool.parallelFor(parts, grainOf(batch * depth * stripWidth / 8),
                           piece);
}

const char *FloatConv::run(const RunContext &context) const {
  if (byOutputs)
    runPixel(context);
  else if (byGroups)
    byPlanes ? runPlanes(context) : runTaps(context);
  else
    runProducts(context);
  return nullptr;
}

template <bool transposed>
static std::unique_ptr<Kernel> make(PrepareContext &context) {
  auto kernel = std::make_unique<FloatConv>();
  if (!kernel->read(context, transposed))
    return nullptr;
  return kernel;
}

void qcrt::registerFloatConv(KernelRegistry &registry) {
  registry.add("float.conv", withHalves<make<false>>);
  registry.add("float.deconv", withHalves<make<true>>);
}
