// Packs, multiplies and corrects for zero points.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "MatMul.h"

#include <algorithm>

using namespace qcrt;
using namespace qcrt::compute;

static constexpr int64_t panelBudget = 64 * 1024;
static constexpr int64_t maxPanelRows = 384;
static constexpr size_t tileElements = maxTileRows * maxTileVectors * 16;

static int64_t elementBytes(qcrt_dtype type) {
  return type == QCRT_I16 ? 2 : 1;
}

/// Whether the first byte of an int16 is its upper one.
static bool bigEndian() {
  const int16_t one = 1;
  uint8_t first;
  std::memcpy(&first, &one, 1);
  return first == 0;
}

MatMul::MatMul(MatMulProblem given, const Requant &requant,
               const Microkernels &kernels)
    : problem(std::move(given)), kernels(kernels) {
  const ActivationRange &left = problem.left.range;
  const ActivationRange &right = problem.right.range;
  const bool bytes =
      kernels.byteDot && left.type != QCRT_I16 && right.type != QCRT_I16;
  const uint64_t perProduct = left.maxCentered() * right.maxCentered();
  const uint64_t limit = (uint64_t(1) << 31) - 1;
  // At most 2^32 for one product.
  const uint64_t bound = static_cast<uint64_t>(problem.reduction) * perProduct;
  format = chooseFormat(bytes, bound > limit, bytes ? 128 : right.maxStored(),
                        bytes ? 255 : left.maxStored());
  std::vector<uint64_t> bounds(static_cast<size_t>(problem.columns), bound);
  this->requant = makeRequantPlan(requant, problem.outputType, bounds.size(),
                                  bounds.data(), /*interleaved=*/false);
  columns = ColumnBlocks::of(problem.columns, kernels);
  groups = format.groupsOf(problem.reduction);
  vectorStride = groups * kernels.lanes * groupBytes;
  planeStride = columns.vectors * vectorStride;
  matrixStride = planeStride * format.planes;
  // Sums of as many products with one fit 32 bits in any case.
  onesGroups = std::min<int64_t>(groups, 16384);
  ones = Buffer<uint8_t>(static_cast<size_t>(onesGroups * groupBytes));
  for (size_t i = 0; i < ones.size(); ++i)
    ones[i] = bytes || i % 2 == (bigEndian() ? 1 : 0);
  blockRows = std::clamp<int64_t>(panelBudget / (groups * groupBytes),
                                  maxTileRows, maxPanelRows);
}

/// What is added to a stored value on the way into a panel.
int32_t MatMul::leftOffset() const {
  return format.kind == PanelKind::BytesU8S8 &&
                 problem.left.range.type == QCRT_I8
             ? 128
             : 0;
}
int32_t MatMul::rightOffset() const {
  return format.kind == PanelKind::BytesU8S8 &&
                 problem.right.range.type == QCRT_U8
             ? -128
             : 0;
}

size_t MatMul::packedBytes() const {
  const size_t matrices = static_cast<size_t>(problem.rightMatrices);
  return roundUp(matrices * static_cast<size_t>(matrixStride), cacheLine) +
         roundUp(matrices * static_cast<size_t>(columns.vectors) *
                     static_cast<size_t>(kernels.lanes) * sizeof(int64_t),
                 cacheLine);
}

size_t MatMul::workerBytes() const {
  return roundUp(static_cast<size_t>(blockRows * groups * groupBytes),
                 cacheLine) +
         roundUp(static_cast<size_t>(blockRows) * sizeof(int64_t), cacheLine) +
         tileElements * (2 * sizeof(int32_t) + sizeof(int64_t));
}

size_t MatMul::scratchBytes(int threads) const {
  return packedBytes() + workerBytes() * static_cast<size_t>(threads);
}

namespace {
/// Element `i` of a row that is not contiguous, widened as the panel needs it.
template <typename T>
void packStridedRow(const T *from, int64_t step, int64_t count, int32_t offset,
                    PanelKind kind, uint8_t *to) {
  for (int64_t k = 0; k < count; ++k) {
    const int32_t value = from[k * step] + offset;
    if (kind == PanelKind::BytesU8S8) {
      to[k] = static_cast<uint8_t>(value);
    } else {
      const int16_t word = static_cast<int16_t>(value);
      std::memcpy(to + 2 * k, &word, sizeof(word));
    }
  }
}
} // namespace

void MatMul::packVector(const uint8_t *right, int64_t matrix, int64_t vector,
                        const Packed &packed) const {
  const bool transposed = problem.right.transposed;
  const int64_t column = vector * kernels.lanes;
  const int64_t start = matrix * problem.columns * problem.reduction +
                        column * (transposed ? problem.reduction : 1);
  PackVector job;
  job.type = problem.right.range.type;
  job.from = right + start * elementBytes(job.type);
  job.columnStep = transposed ? problem.reduction : 1;
  job.reductionStep = transposed ? 1 : problem.columns;
  job.columns = std::min<int64_t>(kernels.lanes, problem.columns - column);
  job.reduction = problem.reduction;
  job.offset = rightOffset();
  job.kind = format.kind;
  job.planes = format.planes;
  job.to = packed.matrices + matrix * matrixStride + vector * vectorStride;
  job.planeStride = planeStride;
  kernels.packVector(job);
  findColumnTerms(job.to, packed.columns + (matrix * columns.vectors + vector) *
                                               kernels.lanes);
}

/// The sums of columns are products with a row of ones.
void MatMul::findColumnTerms(const uint8_t *vector, int64_t *terms) const {
  const int64_t zeroLeft = problem.left.range.zeroPoint + leftOffset();
  const int64_t zeroRight = problem.right.range.zeroPoint + rightOffset();
  const int64_t constant = problem.reduction * zeroLeft * zeroRight;
  std::fill(terms, terms + kernels.lanes, constant);
  if (zeroLeft == 0)
    return;
  static constexpr int32_t zeros[16] = {};
  int32_t acc[16];
  GemmTile tile = {};
  tile.a = ones.data();
  tile.vectorStride = vectorStride;
  tile.init = zeros;
  tile.acc = acc;
  tile.rows = tile.vectors = 1;
  for (int plane = 0; plane < format.planes; ++plane) {
    const int64_t weight = format.planes == 2 && plane == 0 ? 256 : 1;
    for (int64_t group = 0; group < groups; group += onesGroups) {
      tile.b =
          vector + plane * planeStride + group * kernels.lanes * groupBytes;
      tile.groups = std::min(onesGroups, groups - group);
      multiply(tile);
      for (int lane = 0; lane < kernels.lanes; ++lane)
        terms[lane] -= zeroLeft * weight * acc[lane];
    }
  }
}

void MatMul::multiply(const GemmTile &tile) const {
  format.kind == PanelKind::BytesU8S8 ? kernels.gemmBytes(tile)
                                      : kernels.gemmPairs(tile);
}

/// Rows that lie as they are needed but for the width of their elements.
bool MatMul::copyRows(const uint8_t *left, const Block &block,
                      uint8_t *panel) const {
  const qcrt_dtype type = problem.left.range.type;
  const int64_t reduction = problem.reduction;
  const uint8_t *from =
      left +
      (problem.pairs[static_cast<size_t>(block.pair)].left * problem.rows +
       block.firstRow) *
          reduction * elementBytes(type);
  if (type == QCRT_I16)
    return false;
  const bool bytes = format.kind == PanelKind::BytesU8S8;
  const uint8_t flip = type == QCRT_I8 ? 0x80 : 0;
  const PanelCopy widen =
      type == QCRT_I8 ? PanelCopy::WidenI8 : PanelCopy::WidenU8;
  for (int64_t row = 0; row < block.rows;
       ++row, from += reduction, panel += groups * groupBytes) {
    const size_t count = static_cast<size_t>(reduction);
    bytes ? kernels.copyFlipped(panel, from, count, flip)
          : kernels.copyWidened(panel, from, count, widen);
  }
  return true;
}

const uint8_t *MatMul::packRows(const uint8_t *left, const Block &block,
                                const Scratch &scratch,
                                ptrdiff_t &stride) const {
  const qcrt_dtype type = problem.left.range.type;
  const bool transposed = problem.left.transposed;
  const int64_t reduction = problem.reduction;
  const int64_t matrix = problem.pairs[static_cast<size_t>(block.pair)].left *
                         problem.rows * reduction;
  const bool asStored =
      type == QCRT_I16 ||
      (type == QCRT_U8 && format.kind == PanelKind::BytesU8S8);
  if (!transposed && asStored &&
      reduction % elementsPerGroup(format.kind) == 0) {
    stride = reduction * elementBytes(type);
    return left + (matrix + block.firstRow * reduction) * elementBytes(type);
  }
  stride = groups * groupBytes;
  if (!transposed && copyRows(left, block, scratch.panel))
    return scratch.panel;
  for (int64_t row = 0; row < block.rows; ++row) {
    const int64_t line = block.firstRow + row;
    const int64_t start = matrix + (transposed ? line : line * reduction);
    dispatchStorage(type, [&](auto zero) {
      using T = decltype(zero);
      packStridedRow(reinterpret_cast<const T *>(left) + start,
                     transposed ? problem.rows : 1, reduction, leftOffset(),
                     format.kind, scratch.panel + row * stride);
    });
  }
  return scratch.panel;
}

void MatMul::findRowTerms(const uint8_t *rows, ptrdiff_t stride, int64_t count,
                          int64_t *terms) const {
  const int64_t zeroRight = problem.right.range.zeroPoint + rightOffset();
  if (zeroRight == 0)
    return std::fill(terms, terms + count, 0);
  kernels.rowSums(format.kind, {rows, stride, count, problem.reduction}, terms);
  for (int64_t row = 0; row < count; ++row)
    terms[row] *= -zeroRight;
}

void MatMul::runWideTile(GemmTile tile, const int64_t *columnTerms,
                         const int64_t *rowTerms,
                         const Scratch &scratch) const {
  const int width = tile.vectors * kernels.lanes;
  for (int row = 0; row < tile.rows; ++row)
    for (int c = 0; c < width; ++c)
      scratch.wideAcc[row * width + c] = columnTerms[c] + rowTerms[row];
  std::fill(scratch.init, scratch.init + width, 0);
  const uint8_t *a = tile.a, *b = tile.b;
  for (int plane = 0; plane < format.planes; ++plane) {
    const int shift = format.planes == 2 && plane == 0 ? 8 : 0;
    for (int64_t group = 0; group < groups; group += format.chunkGroups) {
      tile.a = a + group * groupBytes;
      tile.b = b + plane * planeStride + group * kernels.lanes * groupBytes;
      tile.groups = std::min(format.chunkGroups, groups - group);
      multiply(tile);
      kernels.accumulateWide(scratch.wideAcc, tile.acc, tile.rows * width,
                             shift);
    }
  }
}

/// The low 32 bits: accumulators that are proven to fit may pass through
/// values that do not.
static int32_t low32(int64_t value) {
  return static_cast<int32_t>(static_cast<uint32_t>(value));
}

void MatMul::runTile(GemmTile tile, const int64_t *columnTerms,
                     const int64_t *rowTerms, int64_t firstColumn, uint8_t *out,
                     const Scratch &scratch) const {
  const int width = tile.vectors * kernels.lanes;
  const int count =
      static_cast<int>(std::min<int64_t>(width, problem.columns - firstColumn));
  const ptrdiff_t outStride =
      problem.columns * elementBytes(problem.outputType);
  tile.init = scratch.init;
  tile.acc = scratch.acc;
  if (format.wide) {
    runWideTile(tile, columnTerms, rowTerms, scratch);
    return kernels.requantizeWide(requant,
                                  {scratch.wideAcc, width, tile.rows, count,
                                   firstColumn, out, outStride});
  }
  for (int c = 0; c < width; ++c)
    scratch.init[c] = low32(columnTerms[c]);
  multiply(tile);
  if (problem.right.range.zeroPoint + rightOffset() != 0)
    kernels.addRowTerms(tile.acc, width, tile.rows, rowTerms);
  kernels.requantize(requant, {tile.acc, width, tile.rows, count, firstColumn,
                               out, outStride});
}

void MatMul::runBlock(const Block &block, const uint8_t *left, uint8_t *output,
                      const Packed &packed, const Scratch &scratch) const {
  GemmTile tile = {};
  tile.vectorStride = vectorStride;
  tile.groups = groups;
  const uint8_t *rows = packRows(left, block, scratch, tile.rowStride);
  findRowTerms(rows, tile.rowStride, block.rows, scratch.rowTerms);
  const int64_t right = problem.pairs[static_cast<size_t>(block.pair)].right;
  const int64_t outRow = block.pair * problem.rows + block.firstRow;
  for (int64_t b = 0; b < columns.blocks; ++b) {
    const int64_t vector = columns.firstVector(b);
    tile.vectors = static_cast<int>(columns.firstVector(b + 1) - vector);
    tile.b = packed.matrices + right * matrixStride + vector * vectorStride;
    const int64_t *columnTerms =
        packed.columns + (right * columns.vectors + vector) * kernels.lanes;
    const int64_t firstColumn = vector * kernels.lanes;
    const int64_t most = kernels.tileRows[tile.vectors];
    const int64_t tiles = (block.rows + most - 1) / most;
    for (int64_t i = 0; i < tiles; ++i) {
      const int64_t row = block.rows * i / tiles;
      tile.rows = static_cast<int>(block.rows * (i + 1) / tiles - row);
      tile.a = rows + row * tile.rowStride;
      uint8_t *out = output + ((outRow + row) * problem.columns + firstColumn) *
                                  elementBytes(problem.outputType);
      runTile(tile, columnTerms, scratch.rowTerms + row, firstColumn, out,
              scratch);
    }
  }
}

void MatMul::run(const void *left, const void *right, void *output,
                 void *scratch, ThreadPool &pool) const {
  auto *bytes = static_cast<uint8_t *>(scratch);
  Packed packed;
  packed.matrices = bytes;
  packed.columns = reinterpret_cast<int64_t *>(
      bytes + roundUp(static_cast<size_t>(problem.rightMatrices) *
                          static_cast<size_t>(matrixStride),
                      cacheLine));
  bytes += packedBytes();
  pool.parallelFor(problem.rightMatrices * columns.vectors, 1,
                   [&](int64_t begin, int64_t end, int) {
                     for (int64_t i = begin; i < end; ++i)
                       packVector(static_cast<const uint8_t *>(right),
                                  i / columns.vectors, i % columns.vectors,
                                  packed);
                   });

  const int64_t threads = pool.threads();
  int64_t blocks = (problem.rows + blockRows - 1) / blockRows;
  const int64_t pairs = static_cast<int64_t>(problem.pairs.size());
  if (pairs < threads)
    blocks = std::max(blocks, std::min(threads, problem.rows));
  const int64_t size = (problem.rows + blocks - 1) / blocks;
  blocks = (problem.rows + size - 1) / size;
  pool.parallelFor(
      pairs * blocks, 1, [&](int64_t begin, int64_t end, int worker) {
        uint8_t *own = bytes + static_cast<size_t>(worker) * workerBytes();
        Scratch mine;
        mine.panel = own;
        own += roundUp(static_cast<size_t>(blockRows * groups * groupBytes),
                       cacheLine);
        mine.rowTerms = reinterpret_cast<int64_t *>(own);
        own += roundUp(static_cast<size_t>(blockRows) * sizeof(int64_t),
                       cacheLine);
        mine.wideAcc = reinterpret_cast<int64_t *>(own);
        mine.acc = reinterpret_cast<int32_t *>(mine.wideAcc + tileElements);
        mine.init = mine.acc + tileElements;
        for (int64_t i = begin; i < end; ++i) {
          const int64_t first = i % blocks * size;
          runBlock({i / blocks, first, std::min(size, problem.rows - first)},
                   static_cast<const uint8_t *>(left),
                   static_cast<uint8_t *>(output), packed, mine);
        }
      });
}
