// Packs the phases of a sliding window and runs them tile by tile.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "SlidingGemm.h"

#include <algorithm>

using namespace qcrt;
using namespace qcrt::compute;

/// A panel stays in the second-level cache beside the weights of one block.
static constexpr int64_t panelBudget = 96 * 1024;
static constexpr int64_t maxPanelRows = 384;
/// Fewer rows per thread than this are better cut by columns.
static constexpr int64_t minRowsPerThread = 8;

static size_t elementBytes(qcrt_dtype type) { return type == QCRT_I16 ? 2 : 1; }

static PanelCopy copyOf(qcrt_dtype type, PanelKind kind) {
  if (type == QCRT_I16)
    return PanelCopy::Words;
  if (kind == PanelKind::BytesU8S8)
    return type == QCRT_U8 ? PanelCopy::Bytes : PanelCopy::Flipped;
  return type == QCRT_U8 ? PanelCopy::WidenU8 : PanelCopy::WidenI8;
}

static bool exceeds32(const std::vector<uint64_t> &bounds) {
  return std::any_of(bounds.begin(), bounds.end(), [](uint64_t bound) {
    return bound >= (uint64_t(1) << 31);
  });
}

SlidingGemm::SlidingGemm(const SlidingProblem &problem, const Weights &weights,
                         const Requant &requant, const Microkernels &kernels)
    : problem(problem), kernels(kernels) {
  const SlidingShape &shape = problem.shape;
  groupColumns = shape.outChannels / shape.groups;
  groupChannels = shape.inChannels / shape.groups;
  columns = ColumnBlocks::of(groupColumns, kernels);
  std::vector<uint64_t> bounds = weights.accumulatorBounds(problem.input);
  bool bytes =
      kernels.byteDot && problem.input.type != QCRT_I16 && weights.fitInt8();
  format = chooseFormat(bytes, exceeds32(bounds), weights.largest(),
                        bytes ? 255 : problem.input.maxStored());
  this->requant =
      makeRequantPlan(requant, problem.outputType,
                      static_cast<size_t>(shape.outChannels), bounds.data(),
                      /*interleaved=*/false);
  phases.resize(problem.phases.size());
  for (size_t i = 0; i < phases.size(); ++i)
    preparePhase(problem.phases[i], weights, phases[i]);
}

/// Joins taps that follow each other along a line of a tensor whose pixels are
/// taken whole.
static std::vector<TapRun> joinTaps(const std::vector<SlidingTap> &taps,
                                    bool wholePixels) {
  std::vector<TapRun> runs;
  for (const SlidingTap &tap : taps) {
    if (wholePixels && !runs.empty() && runs.back().dy == tap.dy &&
        runs.back().dx + runs.back().pixels == tap.dx)
      ++runs.back().pixels;
    else
      runs.push_back({tap.dy, tap.dx, 1});
  }
  return runs;
}

void SlidingGemm::preparePhase(const SlidingPhase &grid, const Weights &weights,
                               Phase &phase) {
  const SlidingShape &shape = problem.shape;
  phase.grid = grid;
  phase.reduction = static_cast<int64_t>(grid.taps.size()) * groupChannels;

  GatherPlan &gather = phase.gather;
  gather.copy = copyOf(problem.input.type, format.kind);
  gather.height = shape.inHeight;
  gather.width = shape.inWidth;
  gather.pixelElements = shape.inChannels;
  gather.channels = groupChannels;
  gather.gridHeight = grid.gridHeight;
  gather.gridWidth = grid.gridWidth;
  gather.stepY = grid.stepY;
  gather.stepX = grid.stepX;
  gather.runs = joinTaps(grid.taps, shape.groups == 1);
  gather.fill = problem.input.zeroPoint;

  phase.contiguous = grid.firstY == 0 && grid.firstX == 0 &&
                     grid.strideY == 1 && grid.strideX == 1 &&
                     grid.gridHeight == shape.outHeight &&
                     grid.gridWidth == shape.outWidth;
  const bool wholePixelWindow =
      grid.taps.size() == 1 && grid.taps[0].dy == 0 && grid.taps[0].dx == 0 &&
      grid.stepY == 1 && grid.stepX == 1 && grid.gridHeight == shape.inHeight &&
      grid.gridWidth == shape.inWidth &&
      groupChannels % elementsPerGroup(format.kind) == 0;
  phase.direct =
      phase.contiguous && wholePixelWindow &&
      (gather.copy == PanelCopy::Bytes || gather.copy == PanelCopy::Words);
  phase.panelStride = format.groupsOf(phase.reduction) * groupBytes;
  phase.blockRows =
      std::clamp<int64_t>(panelBudget / std::max<int64_t>(phase.panelStride, 1),
                          maxTileRows, maxPanelRows);
  // Windows that are whole pixels lie behind each other: one long copy.
  if (phase.contiguous && wholePixelWindow && shape.groups == 1) {
    gather.gridHeight = gather.gridWidth = 1;
    gather.height = gather.width = 1;
    gather.runs.clear();
  }
  packPhase(weights, phase);
}

void SlidingGemm::packPhase(const Weights &weights, Phase &phase) {
  const int64_t padded = columns.vectors * kernels.lanes;
  const size_t count = static_cast<size_t>(padded * problem.shape.groups);
  phase.init = Buffer<int32_t>(count);
  phase.wideInit = Buffer<int64_t>(count);
  const int32_t zeroPoint = problem.input.zeroPoint +
                            (phase.gather.copy == PanelCopy::Flipped ? 128 : 0);
  for (int64_t group = 0; group < problem.shape.groups; ++group) {
    PackedMatrix matrix(format, kernels, groupColumns, phase.reduction);
    for (int64_t column = 0; column < groupColumns; ++column) {
      const int64_t output = group * groupColumns + column;
      int64_t sum = 0, k = 0;
      for (const SlidingTap &tap : phase.grid.taps) {
        sum += matrix.set(
            column, k, weights.row(output) + tap.kernelPosition * groupChannels,
            groupChannels);
        k += groupChannels;
      }
      const size_t place = static_cast<size_t>(group * padded + column);
      phase.wideInit[place] =
          weights.bias[static_cast<size_t>(output)] - zeroPoint * sum;
      phase.init[place] = static_cast<int32_t>(
          static_cast<uint32_t>(static_cast<uint64_t>(phase.wideInit[place])));
    }
    phase.matrices.push_back(std::move(matrix));
  }
}

size_t SlidingGemm::panelBytes() const {
  int64_t most = 0;
  for (const Phase &phase : phases)
    if (!phase.direct)
      most = std::max(most, phase.blockRows * phase.panelStride);
  return roundUp(static_cast<size_t>(most), cacheLine);
}

static constexpr size_t tileElements = maxTileRows * maxTileVectors * 16;

size_t SlidingGemm::workerBytes() const {
  size_t bytes = panelBytes() + tileElements * sizeof(int32_t);
  return format.wide ? bytes + tileElements * sizeof(int64_t) : bytes;
}

size_t SlidingGemm::scratchBytes(int threads) const {
  return workerBytes() * static_cast<size_t>(threads);
}

SlidingGemm::Cut SlidingGemm::cutOf(const Phase &phase, int threads) const {
  const SlidingPhase &grid = phase.grid;
  const int64_t lines = problem.shape.batch * grid.gridHeight;
  auto cutRows = [&](int64_t rows, int64_t blocks) {
    int64_t size = (rows + blocks - 1) / blocks;
    return Cut{(rows + size - 1) / size, size, 1};
  };
  if (!phase.contiguous)
    return cutRows(grid.gridWidth,
                   (grid.gridWidth + phase.blockRows - 1) / phase.blockRows);
  const int64_t rows = lines * grid.gridWidth;
  int64_t blocks = (rows + phase.blockRows - 1) / phase.blockRows;
  if (problem.shape.groups >= threads)
    return cutRows(rows, blocks);
  if (rows >= threads * minRowsPerThread) {
    blocks = (blocks + threads - 1) / threads * threads;
    return cutRows(rows, blocks);
  }
  Cut cut = cutRows(rows, blocks);
  cut.columnShares = std::min<int64_t>(threads, columns.blocks);
  return cut;
}

int64_t SlidingGemm::sharesOf(const Phase &phase, const Cut &cut) const {
  int64_t blocks = cut.blocks;
  if (!phase.contiguous)
    blocks *= problem.shape.batch * phase.grid.gridHeight;
  return blocks * problem.shape.groups * cut.columnShares;
}

SlidingGemm::Share SlidingGemm::shareAt(const Phase &phase, const Cut &cut,
                                        int64_t index) const {
  Share share;
  share.phase = &phase;
  const int64_t columnShare = index % cut.columnShares;
  index /= cut.columnShares;
  share.firstBlock = columns.blocks * columnShare / cut.columnShares;
  share.lastBlock = columns.blocks * (columnShare + 1) / cut.columnShares;
  share.group = index % problem.shape.groups;
  index /= problem.shape.groups;
  const SlidingPhase &grid = phase.grid;
  const int64_t line = phase.contiguous ? 0 : index / cut.blocks;
  const int64_t rowsOfLine =
      phase.contiguous ? problem.shape.batch * grid.gridHeight * grid.gridWidth
                       : grid.gridWidth;
  const int64_t first = index % cut.blocks * cut.rowsPerBlock;
  share.firstRow = line * rowsOfLine + first;
  share.rows = std::min(cut.rowsPerBlock, rowsOfLine - first);
  return share;
}

void SlidingGemm::runWideTile(const Share &share, GemmTile tile,
                              int64_t firstVector,
                              const Scratch &scratch) const {
  static constexpr int32_t zeros[maxTileVectors * 16] = {};
  const PackedMatrix &matrix =
      share.phase->matrices[static_cast<size_t>(share.group)];
  const int width = tile.vectors * kernels.lanes;
  const int64_t *init =
      share.phase->wideInit.data() +
      (share.group * columns.vectors + firstVector) * kernels.lanes;
  for (int row = 0; row < tile.rows; ++row)
    std::copy(init, init + width, scratch.wideAcc + row * width);
  tile.init = zeros;
  const uint8_t *a = tile.a;
  for (int plane = 0; plane < format.planes; ++plane) {
    const int shift = format.planes == 2 && plane == 0 ? 8 : 0;
    for (int64_t group = 0; group < matrix.groups;
         group += format.chunkGroups) {
      tile.a = a + group * groupBytes;
      tile.b = matrix.vector(plane, firstVector) +
               group * kernels.lanes * groupBytes;
      tile.groups = std::min(format.chunkGroups, matrix.groups - group);
      (format.kind == PanelKind::BytesU8S8 ? kernels.gemmBytes
                                           : kernels.gemmPairs)(tile);
      kernels.accumulateWide(scratch.wideAcc, tile.acc, tile.rows * width,
                             shift);
    }
  }
}

void SlidingGemm::runTile(const Share &share, const GemmTile &tile,
                          int64_t firstVector, void *out, ptrdiff_t outStride,
                          const Scratch &scratch) const {
  const int64_t firstColumn = firstVector * kernels.lanes;
  const int width = tile.vectors * kernels.lanes;
  const int count =
      static_cast<int>(std::min<int64_t>(width, groupColumns - firstColumn));
  const int64_t channel = share.group * groupColumns + firstColumn;
  if (format.wide) {
    runWideTile(share, tile, firstVector, scratch);
    return kernels.requantizeWide(requant, {scratch.wideAcc, width, tile.rows,
                                            count, channel, out, outStride});
  }
  (format.kind == PanelKind::BytesU8S8 ? kernels.gemmBytes
                                       : kernels.gemmPairs)(tile);
  kernels.requantize(
      requant, {tile.acc, width, tile.rows, count, channel, out, outStride});
}

void SlidingGemm::runShare(const Share &share, const void *input, void *output,
                           const Scratch &scratch) const {
  const Phase &phase = *share.phase;
  const SlidingShape &shape = problem.shape;
  const SlidingPhase &grid = phase.grid;
  const ptrdiff_t inBytes =
      static_cast<ptrdiff_t>(elementBytes(problem.input.type));
  const ptrdiff_t outBytes =
      static_cast<ptrdiff_t>(elementBytes(problem.outputType));
  const uint8_t *in = static_cast<const uint8_t *>(input) +
                      share.group * groupChannels * inBytes;
  const uint8_t *rows = scratch.panel;
  ptrdiff_t rowStride = phase.panelStride;
  if (phase.direct) {
    rowStride = shape.inChannels * inBytes;
    rows = in + share.firstRow * rowStride;
  } else if (phase.gather.runs.empty() && !grid.taps.empty()) {
    phase.gather.copy == PanelCopy::Flipped
        ? kernels.copyFlipped(scratch.panel,
                              in + share.firstRow * shape.inChannels,
                              static_cast<size_t>(share.rows * rowStride), 0x80)
        : kernels.copyWidened(
              scratch.panel, in + share.firstRow * shape.inChannels,
              static_cast<size_t>(share.rows * shape.inChannels),
              phase.gather.copy);
  } else {
    kernels.gather(phase.gather,
                   {in, share.firstRow, share.rows, scratch.panel, rowStride});
  }

  // Place of the first output: rows of a share lie on one line, or follow each
  // other over the whole tensor.
  const int64_t line = share.firstRow / grid.gridWidth;
  const int64_t image = line / grid.gridHeight;
  const int64_t y = grid.firstY + line % grid.gridHeight * grid.strideY;
  const int64_t x =
      grid.firstX + share.firstRow % grid.gridWidth * grid.strideX;
  const int64_t pixel = (image * shape.outHeight + y) * shape.outWidth + x;
  const ptrdiff_t outStride = grid.strideX * shape.outChannels * outBytes;
  uint8_t *out =
      static_cast<uint8_t *>(output) +
      (pixel * shape.outChannels + share.group * groupColumns) * outBytes;

  const PackedMatrix &matrix = phase.matrices[static_cast<size_t>(share.group)];
  for (int64_t block = share.firstBlock; block < share.lastBlock; ++block) {
    const int64_t vector = columns.firstVector(block);
    GemmTile tile;
    tile.rowStride = rowStride;
    tile.vectors = static_cast<int>(columns.firstVector(block + 1) - vector);
    tile.b = matrix.vector(0, vector);
    tile.vectorStride = matrix.vectorStride;
    tile.groups = matrix.groups;
    tile.init = phase.init.data() +
                (share.group * columns.vectors + vector) * kernels.lanes;
    tile.acc = scratch.acc;
    const int64_t most = kernels.tileRows[tile.vectors];
    const int64_t tiles = (share.rows + most - 1) / most;
    for (int64_t i = 0; i < tiles; ++i) {
      const int64_t row = share.rows * i / tiles;
      tile.rows = static_cast<int>(share.rows * (i + 1) / tiles - row);
      tile.a = rows + row * rowStride;
      runTile(share, tile, vector,
              out + row * outStride + vector * kernels.lanes * outBytes,
              outStride, scratch);
    }
  }
}

void SlidingGemm::run(const void *input, void *output, void *scratch,
                      ThreadPool &pool) const {
  int64_t total = 0;
  for (const Phase &phase : phases)
    total += sharesOf(phase, cutOf(phase, pool.threads()));
  pool.parallelFor(total, 1, [&](int64_t begin, int64_t end, int worker) {
    auto *bytes = static_cast<uint8_t *>(scratch) +
                  static_cast<size_t>(worker) * workerBytes();
    Scratch own;
    own.panel = bytes;
    own.acc = reinterpret_cast<int32_t *>(bytes + panelBytes());
    own.wideAcc = reinterpret_cast<int64_t *>(own.acc + tileElements);
    int64_t first = 0;
    for (const Phase &phase : phases) {
      const Cut cut = cutOf(phase, pool.threads());
      const int64_t shares = sharesOf(phase, cut);
      for (int64_t i = std::max(begin, first);
           i < std::min(end, first + shares); ++i)
        runShare(shareAt(phase, cut, i - first), input, output, own);
      first += shares;
    }
  });
}
