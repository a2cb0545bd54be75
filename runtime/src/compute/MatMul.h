// Products of two activation tensors with zero points on both sides.
//
// With a' and b' as stored in the panels and za', zb' their zero points there:
//
//   sum (a' - za')(b' - zb') = sum a'b' - zb' sum a' - za' sum b' + K za' zb'
//
// The right operand is packed at run time, then rows of the left one are
// multiplied with it tile by tile.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QCRT_COMPUTE_MATMUL_H
#define QCRT_COMPUTE_MATMUL_H

#include "Requant.h"
#include "Weights.h"

#include <cstdint>
#include <vector>

namespace qcrt::compute {

/// The matrices of one operand.
struct MatMulOperand {
  ActivationRange range;
  bool transposed = false;
};

struct MatMulProblem {
  int64_t rows = 1, columns = 1, reduction = 1; ///< M, N, K
  MatMulOperand left, right;
  qcrt_dtype outputType = QCRT_I8;
  int64_t rightMatrices = 1;
  /// For each result matrix, the left and the right one it is the product of.
  struct Pair {
    int64_t left, right;
  };
  std::vector<Pair> pairs;
};

class MatMul {
public:
  MatMul(MatMulProblem problem, const Requant &requant,
         const Microkernels &kernels);

  size_t scratchBytes(int threads) const;
  void run(const void *left, const void *right, void *output, void *scratch,
           ThreadPool &pool) const;

private:
  /// What is shared by all threads: packed right matrices and, per matrix and
  /// column, -za' sum b' + K za' zb'.
  struct Packed {
    uint8_t *matrices;
    int64_t *columns;
  };
  struct Scratch {
    uint8_t *panel;
    int64_t *rowTerms; ///< -zb' sum a' of each row of the panel
    int32_t *acc;
    int64_t *wideAcc;
    int32_t *init;
  };
  struct Block {
    int64_t pair, firstRow, rows;
  };

  void packVector(const uint8_t *right, int64_t matrix, int64_t vector,
                  const Packed &packed) const;
  void findColumnTerms(const uint8_t *vector, int64_t *terms) const;
  void multiply(const GemmTile &tile) const;
  bool copyRows(const uint8_t *left, const Block &block, uint8_t *panel) const;
  const uint8_t *packRows(const uint8_t *left, const Block &block,
                          const Scratch &scratch, ptrdiff_t &stride) const;
  void findRowTerms(const uint8_t *rows, ptrdiff_t stride, int64_t count,
                    int64_t *terms) const;
  void runBlock(const Block &block, const uint8_t *left, uint8_t *output,
                const Packed &packed, const Scratch &scratch) const;
  void runTile(GemmTile tile, const int64_t *columnTerms,
               const int64_t *rowTerms, int64_t firstColumn, uint8_t *out,
               const Scratch &scratch) const;
  void runWideTile(GemmTile tile, const int64_t *columnTerms,
                   const int64_t *rowTerms, const Scratch &scratch) const;
  int32_t leftOffset() const;
  int32_t rightOffset() const;
  size_t packedBytes() const;
  size_t workerBytes() const;

  MatMulProblem problem;
  const Microkernels &kernels;
  GemmFormat format;
  RequantPlan requant;
  ColumnBlocks columns;
  int64_t groups = 0;
  ptrdiff_t vectorStride = 0, planeStride = 0, matrixStride = 0;
  int64_t blockRows = 1;
  Buffer<uint8_t> ones; ///< one row of them, for onesGroups groups
  int64_t onesGroups = 1;
};

} // namespace qcrt::compute

#endif // QCRT_COMPUTE_MATMUL_H
