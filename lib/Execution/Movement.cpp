// Moving elements by tables of offsets.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Movement.h"
#include "Parallel.h"

#include <cstring>

namespace qc {

constexpr int64_t kFill = OffsetTables::kFill;

SmallVector<int64_t> getStrides(ArrayRef<int64_t> shape) {
  SmallVector<int64_t> strides(shape.size(), 1);
  for (size_t i = shape.size(); i-- > 1;)
    strides[i - 1] = strides[i] * shape[i];
  return strides;
}

Movement::Movement(OffsetTables offsets, size_t elementBytes, uint64_t fill)
    : tables(std::move(offsets.tables)), elementBytes(elementBytes),
      fill(fill) {
  formBlock();
  for (ArrayRef<int64_t> table : ArrayRef(tables).drop_back())
    rows *= table.size();
  rowLength = tables.back().size();
  findPieces();
}

/// True when each entry is `step` after the one before it.
static bool isConsecutive(ArrayRef<int64_t> table, int64_t step) {
  for (size_t i = 1; i < table.size(); ++i)
    if (table[i - 1] == kFill || table[i] != table[i - 1] + step)
      return false;
  return table.front() != kFill;
}

void Movement::formBlock() {
  while (!tables.empty() && isConsecutive(tables.back(), block)) {
    start += tables.back().front();
    block *= tables.back().size();
    tables.pop_back();
  }
  if (tables.empty())
    tables.push_back({0});
}

void Movement::findPieces() {
  ArrayRef<int64_t> table = tables.back();
  // Shorter runs of single elements are not worth a call of memcpy.
  constexpr int64_t shortest = 4;
  for (int64_t i = 0; i < rowLength;) {
    int64_t end = i + 1;
    Piece::Kind kind = Piece::Fill;
    if (table[i] != kFill) {
      while (end < rowLength && table[end] == table[end - 1] + block)
        ++end;
      kind = block == 1 && end - i < shortest ? Piece::Scattered : Piece::Copy;
    }
    if (!pieces.empty() && pieces.back().kind == kind && kind != Piece::Copy)
      pieces.back().end = end;
    else
      pieces.push_back({kind, i, end});
    i = end;
  }
}

template <typename T>
static void copyScattered(const T *input, T *output, const int64_t *table,
                          int64_t begin, int64_t end) {
  for (int64_t i = begin; i < end; ++i)
    output[i] = input[table[i]];
}

/// Calls `body` with a zero of an integer type of `bytes` bytes.
template <typename Body> static void withWidth(size_t bytes, Body body) {
  if (bytes == 1)
    body(uint8_t());
  else if (bytes == 2)
    body(uint16_t());
  else if (bytes == 4)
    body(uint32_t());
  else
    body(uint64_t());
}

void Movement::fillRow(char *output, int64_t begin, int64_t end) const {
  withWidth(elementBytes, [&](auto zero) {
    using T = decltype(zero);
    auto *row = reinterpret_cast<T *>(output);
    std::fill(row + begin * block, row + end * block, T(fill));
  });
}

void Movement::copyRow(const char *input, char *output, int64_t base) const {
  auto bytes = int64_t(elementBytes);
  const char *row = input + base * bytes;
  const int64_t *table = tables.back().data();
  for (const Piece &piece : pieces) {
    if (piece.kind == Piece::Copy)
      std::memcpy(output + piece.begin * block * bytes,
                  row + table[piece.begin] * bytes,
                  (piece.end - piece.begin) * block * bytes);
    else if (piece.kind == Piece::Fill)
      fillRow(output, piece.begin, piece.end);
    else
      withWidth(elementBytes, [&](auto zero) {
        using T = decltype(zero);
        copyScattered(reinterpret_cast<const T *>(row),
                      reinterpret_cast<T *>(output), table, piece.begin,
                      piece.end);
      });
  }
}

void Movement::runRows(const char *input, char *output, int64_t begin,
                       int64_t end) const {
  for (int64_t row = begin; row < end; ++row) {
    int64_t base = start, rest = row;
    bool isFill = false;
    for (size_t i = tables.size() - 1; i-- > 0; rest /= tables[i].size()) {
      int64_t offset = tables[i][rest % tables[i].size()];
      isFill |= offset == kFill;
      base += isFill ? 0 : offset;
    }
    char *target = output + row * rowLength * block * int64_t(elementBytes);
    if (isFill)
      fillRow(target, 0, rowLength);
    else
      copyRow(input, target, base);
  }
}

void Movement::run(const void *input, void *output) const {
  auto *source = static_cast<const char *>(input);
  auto *target = static_cast<char *>(output);
  parallelRanges(rows, rowLength * block, [&](int64_t begin, int64_t end) {
    runRows(source, target, begin, end);
  });
}

std::unique_ptr<OpKernel> makeMovementKernel(const KernelRequest &request,
                                             OffsetTables tables, uint64_t fill,
                                             TensorLayout layout) {
  return makeKernelInLayout(
      request, layout,
      [movement = Movement(std::move(tables), dtypeSize(request.outputDType()),
                           fill)](const KernelBuffers &buffers) {
        movement.run(buffers.inputs[0], buffers.outputs[0]);
        return ok();
      });
}

static bool isIdentity(ArrayRef<int64_t> indices, int64_t size) {
  return int64_t(indices.size()) == size && isConsecutive(indices, 1) &&
         indices.front() == 0;
}

std::unique_ptr<OpKernel>
makeIndexKernel(const KernelRequest &request,
                ArrayRef<SmallVector<int64_t>> indices, uint64_t fill) {
  ArrayRef<int64_t> shape = request.inputShape(0);
  TensorLayout layout = request.arrivingLayout(0);
  bool movesChannels = shape.size() < 3 || !isIdentity(indices[0], shape[0]) ||
                       !isIdentity(indices[1], shape[1]);
  if (movesChannels || (fill != 0 && layout.isPadded(shape)))
    layout = TensorLayout::rowMajor();

  SmallVector<int64_t> physical = getPhysicalShape(shape, layout);
  SmallVector<int64_t> strides = getStrides(physical);
  OffsetTables tables;
  for (auto [size, stride] : llvm::zip(physical, strides))
    for (auto &table = tables.tables.emplace_back();
         int64_t(table.size()) < size;)
      table.push_back(int64_t(table.size()) * stride);
  for (auto [dim, picked] : llvm::enumerate(indices)) {
    if (dim == 1 && !movesChannels)
      continue;
    size_t at = getPhysicalDim(dim, layout);
    tables.tables[at] = llvm::map_to_vector(picked, [&](int64_t index) {
      return index == kFill ? kFill : index * strides[at];
    });
  }
  return makeMovementKernel(request, std::move(tables), fill, layout);
}

} // namespace qc
