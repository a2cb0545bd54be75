// Packs depthwise weights and walks the output line by line.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "DepthwiseConv.h"

#include <algorithm>

using namespace qcrt;
using namespace qcrt::compute;

/// Accumulators of one call stay in the first-level cache.
static constexpr int64_t accBudget = 8 * 1024;
static constexpr int64_t maxPixels = 32;

static size_t elementBytes(qcrt_dtype type) { return type == QCRT_I16 ? 2 : 1; }

bool DepthwiseConv::fits(const SlidingProblem &problem) {
  const SlidingShape &shape = problem.shape;
  return problem.phases.size() == 1 && !problem.phases[0].taps.empty() &&
         shape.groups == shape.inChannels &&
         shape.groups == shape.outChannels && shape.groups > 1;
}

DepthwiseConv::DepthwiseConv(const SlidingProblem &problem,
                             const Weights &weights, const Requant &requant,
                             const Microkernels &kernels)
    : problem(problem), kernels(kernels) {
  const int64_t channels = problem.shape.outChannels;
  numTaps = static_cast<int>(problem.phases[0].taps.size());
  accStride = static_cast<int64_t>(
      roundUp(static_cast<size_t>(channels), interleavedBlock));
  wide = !weights.partialSumsFit32(problem.input);
  std::vector<uint64_t> bounds = weights.accumulatorBounds(problem.input);
  this->requant = makeRequantPlan(requant, problem.outputType,
                                  static_cast<size_t>(channels), bounds.data(),
                                  /*interleaved=*/false);
  pixelsAtOnce = static_cast<int>(
      std::clamp<int64_t>(accBudget / (accStride * 4), 1, maxPixels));
  const size_t element = elementBytes(problem.input.type);
  outside = Buffer<uint8_t>(static_cast<size_t>(channels) * element);
  for (size_t c = 0; c < static_cast<size_t>(channels); ++c)
    std::memcpy(outside.data() + c * element, &this->problem.input.zeroPoint,
                element);
  packPlain(weights);
}

void DepthwiseConv::packPlain(const Weights &weights) {
  const size_t channels = static_cast<size_t>(weights.outputs);
  init = Buffer<int32_t>(channels);
  wideInit = Buffer<int64_t>(channels);
  weightBytes = Buffer<uint8_t>(channels * static_cast<size_t>(numTaps) *
                                sizeof(int16_t));
  auto *to = reinterpret_cast<int16_t *>(weightBytes.data());
  for (size_t c = 0; c < channels; ++c) {
    int64_t sum = 0;
    for (size_t t = 0; t < static_cast<size_t>(numTaps); ++t) {
      int32_t value = weights.at(static_cast<int64_t>(c),
                                 problem.phases[0].taps[t].kernelPosition);
      to[t * channels + c] = static_cast<int16_t>(value);
      sum += value;
    }
    wideInit[c] = weights.bias[c] - problem.input.zeroPoint * sum;
    if (!wide)
      init[c] = static_cast<int32_t>(wideInit[c]);
  }
}

size_t DepthwiseConv::tapBytes() const {
  return roundUp(static_cast<size_t>(pixelsAtOnce * numTaps) * sizeof(void *),
                 cacheLine);
}
size_t DepthwiseConv::accBytes() const {
  return roundUp(static_cast<size_t>(pixelsAtOnce * accStride) *
                     (wide ? sizeof(int64_t) : sizeof(int32_t)),
                 cacheLine);
}
size_t DepthwiseConv::scratchBytes(int threads) const {
  return (tapBytes() + accBytes()) * static_cast<size_t>(threads);
}

void DepthwiseConv::findTaps(const uint8_t *image, int64_t y, int64_t firstX,
                             int pixels, const void **taps) const {
  const SlidingShape &shape = problem.shape;
  const SlidingPhase &phase = problem.phases[0];
  const int64_t pixelBytes =
      shape.inChannels * static_cast<int64_t>(elementBytes(problem.input.type));
  const int64_t y0 = y * phase.stepY;
  for (int p = 0; p < pixels; ++p) {
    const int64_t x0 = (firstX + p) * phase.stepX;
    for (const SlidingTap &tap : phase.taps) {
      const int64_t inY = y0 + tap.dy, inX = x0 + tap.dx;
      const bool inside =
          inY >= 0 && inY < shape.inHeight && inX >= 0 && inX < shape.inWidth;
      *taps++ = inside ? image + (inY * shape.inWidth + inX) * pixelBytes
                       : outside.data();
    }
  }
}

void DepthwiseConv::runLine(int64_t line, const uint8_t *input, uint8_t *output,
                            uint8_t *scratch) const {
  const SlidingShape &shape = problem.shape;
  const int64_t channels = shape.outChannels;
  const int64_t image = line / shape.outHeight, y = line % shape.outHeight;
  const uint8_t *from =
      input + image * shape.inHeight * shape.inWidth * channels *
                  static_cast<int64_t>(elementBytes(problem.input.type));
  const ptrdiff_t outStride =
      channels * static_cast<ptrdiff_t>(elementBytes(problem.outputType));
  uint8_t *to = output + line * shape.outWidth * outStride;
  auto **taps = reinterpret_cast<const void **>(scratch);
  void *acc = scratch + tapBytes();
  for (int64_t x = 0; x < shape.outWidth; x += pixelsAtOnce) {
    const int pixels =
        static_cast<int>(std::min<int64_t>(pixelsAtOnce, shape.outWidth - x));
    findTaps(from, y, x, pixels, taps);
    DepthwiseRow row{taps,
                     numTaps,
                     pixels,
                     channels,
                     weightBytes.data(),
                     wide ? static_cast<const void *>(wideInit.data())
                          : init.data(),
                     acc,
                     accStride};
    uint8_t *out = to + x * outStride;
    if (wide) {
      depthwiseWide(row);
      kernels.requantizeWide(requant,
                             {static_cast<int64_t *>(acc), accStride, pixels,
                              static_cast<int>(channels), 0, out, outStride});
      continue;
    }
    kernels.depthwise(row, problem.input.type);
    kernels.requantize(requant,
                       {static_cast<int32_t *>(acc), accStride, pixels,
                        static_cast<int>(channels), 0, out, outStride});
  }
}

void DepthwiseConv::run(const void *input, void *output, void *scratch,
                        ThreadPool &pool) const {
  const SlidingShape &shape = problem.shape;
  pool.parallelFor(shape.batch * shape.outHeight, 1,
                   [&](int64_t begin, int64_t end, int worker) {
                     uint8_t *own = static_cast<uint8_t *>(scratch) +
                                    static_cast<size_t>(worker) *
                                        (tapBytes() + accBytes());
                     for (int64_t line = begin; line < end; ++line)
                       runLine(line, static_cast<const uint8_t *>(input),
                               static_cast<uint8_t *>(output), own);
                   });
}
