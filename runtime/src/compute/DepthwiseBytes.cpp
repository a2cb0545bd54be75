// Packs depthwise weights by kernel column and runs lines of 64 channels.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "DepthwiseBytes.h"

#include <algorithm>

using namespace qcrt;
using namespace qcrt::compute;

/// Pixels whose accumulators and results are buffered.
static constexpr int pixelsAtOnce = 16;
static constexpr int64_t groupOfColumn = interleavedBlock * groupBytes;

static size_t elementBytes(qcrt_dtype type) { return type == QCRT_I16 ? 2 : 1; }

bool DepthwiseBytes::fits(const SlidingProblem &problem, const Weights &weights,
                          const Microkernels &kernels) {
  return kernels.interleaveColumns && problem.input.type != QCRT_I16 &&
         weights.fitInt8() && weights.partialSumsFit32(problem.input);
}

DepthwiseBytes::DepthwiseBytes(const SlidingProblem &problem,
                               const Weights &weights, const Requant &requant,
                               const Microkernels &kernels)
    : problem(problem), kernels(kernels) {
  const std::vector<SlidingTap> &taps = problem.phases[0].taps;
  firstDy = taps[0].dy;
  firstDx = taps[0].dx;
  while (kernelWidth < static_cast<int64_t>(taps.size()) &&
         taps[static_cast<size_t>(kernelWidth)].dy == firstDy)
    ++kernelWidth;
  kernelHeight = static_cast<int64_t>(taps.size()) / kernelWidth;
  if (kernelWidth > 1)
    dilationX = taps[1].dx - firstDx;
  if (kernelHeight > 1)
    dilationY = taps[static_cast<size_t>(kernelWidth)].dy - firstDy;
  rowGroups = (kernelHeight + 3) / 4;
  if (rowGroups == 1 && dilationY == 1)
    linesAtOnce = (4 - kernelHeight) / problem.phases[0].stepY + 1;

  const std::vector<uint64_t> bounds = weights.accumulatorBounds(problem.input);
  for (int64_t c = 0; c < problem.shape.outChannels; c += interleavedBlock)
    blocks.push_back(makeBlock(c, weights, requant, bounds));
  outside = Buffer<uint8_t>(interleavedBlock);
  std::fill_n(outside.data(), outside.size(),
              static_cast<uint8_t>(problem.input.zeroPoint));
}

DepthwiseBytes::Block
DepthwiseBytes::makeBlock(int64_t firstChannel, const Weights &weights,
                          const Requant &requant,
                          const std::vector<uint64_t> &bounds) const {
  Block block;
  block.firstChannel = firstChannel;
  block.channels = static_cast<int>(std::min<int64_t>(
      interleavedBlock, problem.shape.outChannels - firstChannel));
  block.pieces = block.channels > 32 ? 1 : block.channels > 16 ? 2 : 4;
  block.pieceWidth = (problem.shape.outWidth + block.pieces - 1) / block.pieces;
  block.weights = Buffer<uint8_t>(static_cast<size_t>(
      linesAtOnce * kernelWidth * rowGroups * groupOfColumn));
  block.init = Buffer<int32_t>(interleavedBlock);

  const int pieceChannels = interleavedBlock / block.pieces;
  const int64_t zeroPoint =
      problem.input.zeroPoint + (problem.input.type == QCRT_I8 ? 128 : 0);
  Requant own = requant;
  own.multipliers.clear();
  own.shifts.clear();
  own.scales.clear();
  std::vector<uint64_t> ownBounds;
  for (int c = 0; c < interleavedBlock; ++c) {
    // Positions beyond the channels compute what nobody stores.
    const int64_t channel =
        firstChannel + std::min(c % pieceChannels, block.channels - 1);
    const RequantLane lane = requant.lane(static_cast<size_t>(channel));
    own.multipliers.push_back(lane.multiplier);
    own.shifts.push_back(lane.shift);
    own.scales.push_back(lane.scale);
    ownBounds.push_back(bounds[static_cast<size_t>(channel)]);
  }
  block.requant = makeRequantPlan(own, problem.outputType, interleavedBlock,
                                  ownBounds.data(), /*interleaved=*/true);

  for (int position = 0; position < interleavedBlock; ++position) {
    const int c = interleavedChannel(position) % pieceChannels;
    const int64_t channel = firstChannel + std::min(c, block.channels - 1);
    setWeights(block, weights, position, channel);
    int64_t sum = 0;
    for (int64_t k = 0; k < weights.reduction; ++k)
      sum += weights.at(channel, k);
    block.init[static_cast<size_t>(position)] = static_cast<int32_t>(
        weights.bias[static_cast<size_t>(channel)] - zeroPoint * sum);
  }
  return block;
}

void DepthwiseBytes::setWeights(Block &block, const Weights &weights,
                                int position, int64_t channel) const {
  for (int64_t line = 0; line < linesAtOnce; ++line)
    for (int64_t kw = 0; kw < kernelWidth; ++kw)
      for (int64_t kh = 0; kh < kernelHeight; ++kh) {
        // A later line reads the same rows from further down.
        const int64_t row = kh + line * problem.phases[0].stepY;
        const int64_t group = (line * kernelWidth + kw) * rowGroups + row / 4;
        block.weights[static_cast<size_t>(group * groupOfColumn +
                                          position * groupBytes + row % 4)] =
            static_cast<uint8_t>(weights.at(channel, kh * kernelWidth + kw));
      }
}

int64_t DepthwiseBytes::columnsOf(const Block &block) const {
  return (block.pieceWidth - 1) * problem.phases[0].stepX +
         (kernelWidth - 1) * dilationX + 1;
}

static constexpr size_t accElements = pixelsAtOnce * interleavedBlock;

size_t DepthwiseBytes::workerBytes() const {
  int64_t columns = 0;
  for (const Block &block : blocks)
    columns = std::max(columns, columnsOf(block));
  return static_cast<size_t>(columns * rowGroups * groupOfColumn) +
         accElements * (sizeof(int32_t) + sizeof(int16_t));
}

size_t DepthwiseBytes::scratchBytes(int threads) const {
  return workerBytes() * static_cast<size_t>(threads);
}

void DepthwiseBytes::interleave(const Block &block, int64_t line,
                                const uint8_t *image, uint8_t *columns) const {
  const SlidingShape &shape = problem.shape;
  const SlidingPhase &phase = problem.phases[0];
  InterleaveColumns job;
  job.outside = outside.data();
  job.pixelBytes = shape.inChannels;
  job.width = shape.inWidth;
  job.firstColumn = firstDx;
  job.pieceColumns = block.pieceWidth * phase.stepX;
  job.columns = columnsOf(block);
  job.pieces = block.pieces;
  job.channels = block.channels;
  job.flip = problem.input.type == QCRT_I8 ? 0x80 : 0;
  job.outStride = rowGroups * groupOfColumn;
  const int64_t rows = kernelHeight + (linesAtOnce - 1) * phase.stepY;
  for (int64_t group = 0; group < rowGroups; ++group) {
    job.numRows = static_cast<int>(std::min<int64_t>(4, rows - 4 * group));
    for (int r = 0; r < job.numRows; ++r) {
      const int64_t y =
          line * phase.stepY + firstDy + (4 * group + r) * dilationY;
      job.rows[r] = y >= 0 && y < shape.inHeight
                        ? image + y * shape.inWidth * shape.inChannels +
                              block.firstChannel
                        : nullptr;
    }
    job.out = columns + group * groupOfColumn;
    kernels.interleaveColumns(job);
  }
}

/// Requantises pixels of all pieces and puts them in their places.
void DepthwiseBytes::store(const Block &block, int64_t firstPixel, int pixels,
                           const int32_t *acc, uint8_t *line,
                           uint8_t *bytes) const {
  const int64_t element =
      static_cast<int64_t>(elementBytes(problem.outputType));
  const int64_t pixelBytes = problem.shape.outChannels * element;
  line += block.firstChannel * element;
  if (block.pieces == 1)
    return kernels.requantize(block.requant,
                              {acc, interleavedBlock, pixels, block.channels, 0,
                               line + firstPixel * pixelBytes, pixelBytes});
  const int64_t blockBytes = interleavedBlock * element;
  kernels.requantize(block.requant, {acc, interleavedBlock, pixels,
                                     interleavedBlock, 0, bytes, blockBytes});
  for (int piece = 0; piece < block.pieces; ++piece) {
    const int64_t start = piece * block.pieceWidth + firstPixel;
    const int64_t end =
        std::min<int64_t>({start + pixels, (piece + 1) * block.pieceWidth,
                           problem.shape.outWidth});
    const uint8_t *from = bytes + piece * (blockBytes / block.pieces);
    for (int64_t x = start; x < end; ++x, from += blockBytes)
      std::memcpy(line + x * pixelBytes, from,
                  static_cast<size_t>(block.channels * element));
  }
}

void DepthwiseBytes::runLines(const Block &block, int64_t image,
                              int64_t firstLine, const uint8_t *input,
                              uint8_t *output, uint8_t *scratch) const {
  const SlidingShape &shape = problem.shape;
  const SlidingPhase &phase = problem.phases[0];
  auto *acc = reinterpret_cast<int32_t *>(scratch);
  uint8_t *bytes = scratch + accElements * sizeof(int32_t);
  uint8_t *columns = bytes + accElements * sizeof(int16_t);
  interleave(block, firstLine,
             input + image * shape.inHeight * shape.inWidth * shape.inChannels,
             columns);

  DepthwiseDots job;
  job.columnStride = rowGroups * groupOfColumn;
  job.stepColumns = phase.stepX;
  job.tapColumns = dilationX;
  job.kernelWidth = static_cast<int>(kernelWidth);
  job.rowGroups = static_cast<int>(rowGroups);
  job.init = block.init.data();
  job.acc = acc;
  const int64_t lineBytes =
      shape.outWidth * shape.outChannels *
      static_cast<int64_t>(elementBytes(problem.outputType));
  const int64_t lines = std::min(linesAtOnce, shape.outHeight - firstLine);
  for (int64_t line = 0; line < lines; ++line) {
    uint8_t *out =
        output + (image * shape.outHeight + firstLine + line) * lineBytes;
    job.weights =
        block.weights.data() + line * kernelWidth * rowGroups * groupOfColumn;
    for (int64_t x = 0; x < block.pieceWidth; x += pixelsAtOnce) {
      job.pixels = static_cast<int>(
          std::min<int64_t>(pixelsAtOnce, block.pieceWidth - x));
      job.columns = columns + x * phase.stepX * job.columnStride;
      kernels.depthwiseDots(job);
      store(block, x, job.pixels, acc, out, bytes);
    }
  }
}

void DepthwiseBytes::run(const void *input, void *output, void *scratch,
                         ThreadPool &pool) const {
  const SlidingShape &shape = problem.shape;
  const int64_t numBlocks = static_cast<int64_t>(blocks.size());
  const int64_t lineGroups = (shape.outHeight + linesAtOnce - 1) / linesAtOnce;
  pool.parallelFor(shape.batch * lineGroups * numBlocks, 1,
                   [&](int64_t begin, int64_t end, int worker) {
                     uint8_t *own = static_cast<uint8_t *>(scratch) +
                                    static_cast<size_t>(worker) * workerBytes();
                     for (int64_t i = begin; i < end; ++i) {
                       const int64_t group = i / numBlocks;
                       runLines(blocks[static_cast<size_t>(i % numBlocks)],
                                group / lineGroups,
                                group % lineGroups * linesAtOnce,
                                static_cast<const uint8_t *>(input),
                                static_cast<uint8_t *>(output), own);
                     }
                   });
}
