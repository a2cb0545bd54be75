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

MatMul::MatMul(MatMulProblem given, const Requant &requant,
               const Microkernels &kernels)
    : problem(std::move(given)), kernels(kernels) {
  const ActivationRange &left = problem.left.range;
  const ActivationRange &right = problem.right.range;
  const bool bytes =
      kernels.byteDot && left.type != QCRT_I16 && right.type != QCRT_I16;
  const uint64_t perProduct = left.maxCentered() * right.maxCentered();
  const uint64_t limit = (uint64_t(1) << 31) - 1;
  const bool wide =
      static_cast<uint64_t>(problem.reduction) > limit / perProduct;
  format = chooseFormat(bytes, wide, bytes ? 128 : right.maxStored(),
                        bytes ? 255 : left.maxStored());
  const uint64_t bound =
      wide ? ~uint64_t(0)
           : static_cast<uint64_t>(problem.reduction) * perProduct;
  std::vector<uint64_t> bounds(static_cast<size_t>(problem.columns), bound);
  this->requant = makeRequantPlan(requant, problem.outputType, bounds.size(),
                                  bounds.data(), /*interleaved=*/false);
  columns = ColumnBlocks::of(problem.columns, kernels);
  groups = format.groupsOf(problem.reduction);
  vectorStride = groups * kernels.lanes * groupBytes;
  planeStride = columns.vectors * vectorStride;
  matrixStride = planeStride * format.planes;
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
/// Where a column of a packed matrix goes.
struct ColumnPlace {
  uint8_t *first;
  ptrdiff_t groupStride, elementStride, planeStride;
};

/// Writes one column and returns the sum of what is in the panel.
template <typename T>
int64_t packColumn(const T *from, int64_t step, int64_t count, int32_t offset,
                   const GemmFormat &format, ColumnPlace place) {
  int64_t sum = 0;
  const int perGroup = elementsPerGroup(format.kind);
  for (int64_t k = 0; k < count;
       k += perGroup, place.first += place.groupStride)
    for (int i = 0; i < perGroup; ++i) {
      // The end of the last group counts as zero.
      const int32_t value = k + i < count ? from[(k + i) * step] + offset : 0;
      uint8_t *to = place.first + i * place.elementStride;
      sum += value;
      if (format.kind == PanelKind::BytesU8S8) {
        *to = static_cast<uint8_t>(value);
        continue;
      }
      const int32_t low = static_cast<int8_t>(value & 0xff);
      const int16_t first = static_cast<int16_t>(
          format.planes == 1 ? value : (value - low) / 256);
      std::memcpy(to, &first, sizeof(first));
      const int16_t second = static_cast<int16_t>(low);
      if (format.planes == 2)
        std::memcpy(to + place.planeStride, &second, sizeof(second));
    }
  return sum;
}

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
  const int64_t size = problem.columns * problem.reduction;
  const int64_t zeroLeft = problem.left.range.zeroPoint + leftOffset();
  const int64_t zeroRight = problem.right.range.zeroPoint + rightOffset();
  uint8_t *to = packed.matrices + matrix * matrixStride + vector * vectorStride;
  int64_t *terms =
      packed.columns + (matrix * columns.vectors + vector) * kernels.lanes;
  const bool transposed = problem.right.transposed;
  const GroupLayout layout = GroupLayout::of(format.kind, kernels);
  for (int lane = 0; lane < kernels.lanes; ++lane) {
    const int64_t column = vector * kernels.lanes + lane;
    // Columns beyond the last repeat it; their results are not stored.
    const int64_t source = std::min(column, problem.columns - 1);
    const int64_t start =
        matrix * size + (transposed ? source * problem.reduction : source);
    const int64_t step = transposed ? 1 : problem.columns;
    int64_t sum = 0;
    dispatchStorage(problem.right.range.type, [&](auto zero) {
      using T = decltype(zero);
      sum =
          packColumn(reinterpret_cast<const T *>(right) + start, step,
                     problem.reduction, rightOffset(), format,
                     {to + lane * layout.laneStride, kernels.lanes * groupBytes,
                      layout.elementStride, planeStride});
    });
    terms[lane] = problem.reduction * zeroLeft * zeroRight - zeroLeft * sum;
  }
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
  for (int64_t row = 0; row < count; ++row, rows += stride) {
    int64_t sum = 0;
    if (zeroRight == 0) {
    } else if (format.kind == PanelKind::BytesU8S8) {
      for (int64_t k = 0; k < problem.reduction; ++k)
        sum += rows[k];
    } else {
      for (int64_t k = 0; k < problem.reduction; ++k) {
        int16_t value;
        std::memcpy(&value, rows + 2 * k, sizeof(value));
        sum += value;
      }
    }
    terms[row] = -zeroRight * sum;
  }
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
    const int64_t weight = format.planes == 2 && plane == 0 ? 256 : 1;
    for (int64_t group = 0; group < groups; group += format.chunkGroups) {
      tile.a = a + group * groupBytes;
      tile.b = b + plane * planeStride + group * kernels.lanes * groupBytes;
      tile.groups = std::min(format.chunkGroups, groups - group);
      (format.kind == PanelKind::BytesU8S8 ? kernels.gemmBytes
                                           : kernels.gemmPairs)(tile);
      for (int i = 0; i < tile.rows * width; ++i)
        scratch.wideAcc[i] += tile.acc[i] * weight;
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
    return requantizeWideTile(requant, scratch.wideAcc, width, tile.rows, count,
                              firstColumn, out, outStride);
  }
  for (int c = 0; c < width; ++c)
    scratch.init[c] = low32(columnTerms[c]);
  (format.kind == PanelKind::BytesU8S8 ? kernels.gemmBytes
                                       : kernels.gemmPairs)(tile);
  for (int row = 0; row < tile.rows; ++row) {
    const uint32_t term = static_cast<uint32_t>(low32(rowTerms[row]));
    int32_t *acc = tile.acc + row * width;
    for (int c = 0; c < width; ++c)
      acc[c] = static_cast<int32_t>(static_cast<uint32_t>(acc[c]) + term);
  }
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
