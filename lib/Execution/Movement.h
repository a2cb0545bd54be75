// Kernels that only move elements: each result element is one input element,
// found by adding one offset a dimension.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_LIB_EXECUTION_MOVEMENT_H
#define QC_LIB_EXECUTION_MOVEMENT_H

#include "Kernels.h"

#include <limits>

namespace qc {

/// For each dimension of the result, where its index reads: an offset in
/// elements of the input, or kFill for an element that the input does not
/// have. The element at (i, j, ...) is input[table[0][i] + table[1][j] + ...].
struct OffsetTables {
  static constexpr int64_t kFill = std::numeric_limits<int64_t>::min();
  SmallVector<SmallVector<int64_t>> tables;
};

/// Row-major strides of `shape`.
SmallVector<int64_t> getStrides(ArrayRef<int64_t> shape);

/// A prepared move: inner dimensions that are read as a whole form a block;
/// the dimension around them is cut into pieces that are copied or filled at
/// once.
class Movement {
public:
  /// Elements have `elementBytes` (1, 2, 4 or 8); filled ones are `fill`.
  Movement(OffsetTables tables, size_t elementBytes, uint64_t fill = 0);

  void run(const void *input, void *output) const;

private:
  /// Blocks [begin, end) of a row.
  struct Piece {
    enum Kind { Copy, Fill, Scattered } kind;
    int64_t begin, end;
  };

  void formBlock();
  void findPieces();
  void runRows(const char *input, char *output, int64_t begin,
               int64_t end) const;
  void copyRow(const char *input, char *output, int64_t base) const;
  void fillRow(char *output, int64_t begin, int64_t end) const;

  SmallVector<SmallVector<int64_t>> tables;
  size_t elementBytes;
  uint64_t fill;
  /// Elements of a block, and the offset that all of them share.
  int64_t block = 1, start = 0;
  /// Blocks of a row.
  int64_t rows = 1, rowLength = 1;
  SmallVector<Piece> pieces;
};

/// A kernel of one Movement from operand 0 to result 0, both in `layout`.
std::unique_ptr<OpKernel>
makeMovementKernel(const KernelRequest &request, OffsetTables tables,
                   uint64_t fill = 0,
                   TensorLayout layout = TensorLayout::rowMajor());

/// For each dimension of a result, which index of operand 0's it reads, or
/// kFill. Moved in the order in which the operand arrives as long as only
/// positions of images move (an identity on batch and channels).
std::unique_ptr<OpKernel>
makeIndexKernel(const KernelRequest &request,
                ArrayRef<SmallVector<int64_t>> indices, uint64_t fill = 0);

} // namespace qc

#endif // QC_LIB_EXECUTION_MOVEMENT_H
