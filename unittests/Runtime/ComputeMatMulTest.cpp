// matmul against plain loops: zero points on both sides, transposes,
// broadcasting.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "ComputeTestSupport.h"

#include "gtest/gtest.h"

#include <cmath>

using namespace qcrt;
using namespace qcrt::test;

namespace {

struct MatMulShape {
  std::vector<int64_t> leftBatch, rightBatch, batch;
  int64_t rows, columns, reduction;
  bool transposeLeft, transposeRight;
};

std::vector<int64_t> withMatrix(std::vector<int64_t> batch, int64_t rows,
                                int64_t columns, bool transposed) {
  batch.push_back(transposed ? columns : rows);
  batch.push_back(transposed ? rows : columns);
  return batch;
}

/// Index of the matrix of `own` that belongs to matrix `index` of `batch`.
int64_t matrixOf(const std::vector<int64_t> &own,
                 const std::vector<int64_t> &batch, int64_t index) {
  int64_t result = 0, stride = 1;
  for (size_t back = 1; back <= batch.size(); ++back) {
    int64_t extent = batch[batch.size() - back];
    int64_t place = index % extent;
    index /= extent;
    if (back > own.size())
      continue;
    int64_t mine = own[own.size() - back];
    result += (mine == 1 ? 0 : place) * stride;
    stride *= mine;
  }
  return result;
}

std::vector<int64_t> plainMatMul(const Case &test, const MatMulShape &s) {
  const Operand &a = test.inputs[0], &b = test.inputs[1];
  const Requant requant = test.readRequant();
  int64_t matrices = 1;
  for (int64_t extent : s.batch)
    matrices *= extent;
  std::vector<int64_t> result;
  for (int64_t i = 0; i < matrices; ++i) {
    int64_t left = matrixOf(s.leftBatch, s.batch, i) * s.rows * s.reduction;
    int64_t right =
        matrixOf(s.rightBatch, s.batch, i) * s.columns * s.reduction;
    for (int64_t m = 0; m < s.rows; ++m)
      for (int64_t n = 0; n < s.columns; ++n) {
        int64_t sum = 0;
        for (int64_t k = 0; k < s.reduction; ++k) {
          int64_t ai = s.transposeLeft ? k * s.rows + m : m * s.reduction + k;
          int64_t bi =
              s.transposeRight ? n * s.reduction + k : k * s.columns + n;
          sum += (a.values[static_cast<size_t>(left + ai)] - a.zeroPoint) *
                 (b.values[static_cast<size_t>(right + bi)] - b.zeroPoint);
        }
        result.push_back(requant.apply(sum));
      }
  }
  return result;
}

void checkMatMul(std::mt19937 &random, const MatMulShape &s, qcrt_dtype left,
                 qcrt_dtype right, qcrt_dtype result) {
  Case test;
  test.kernel = "matmul";
  test.inputs.resize(2);
  const qcrt_dtype types[] = {left, right};
  for (size_t i = 0; i < 2; ++i) {
    Operand &operand = test.inputs[i];
    operand.dtype = types[i];
    operand.zeroPoint =
        random() % 4 ? pick(random, lowest(types[i]), highest(types[i])) : 0;
    operand.shape =
        i == 0 ? withMatrix(s.leftBatch, s.rows, s.reduction, s.transposeLeft)
               : withMatrix(s.rightBatch, s.reduction, s.columns,
                            s.transposeRight);
    operand.randomize(random, lowest(types[i]), highest(types[i]));
  }
  test.output.dtype = result;
  test.output.shape = withMatrix(s.batch, s.rows, s.columns, false);
  test.output.zeroPoint = pick(random, lowest(result), highest(result));
  test.keys = {{"transpose_lhs", {s.transposeLeft}},
               {"transpose_rhs", {s.transposeRight}}};
  double typical = std::sqrt(static_cast<double>(s.reduction)) *
                   static_cast<double>(highest(left)) *
                   static_cast<double>(highest(right)) / 2;
  test.requant = RequantText::random(random, 1, typical, result);
  EXPECT_EQ(compareAll(test, plainMatMul(test, s)), "");
}

const qcrt_dtype types[] = {QCRT_I8, QCRT_U8, QCRT_I16};

} // namespace

TEST(ComputeMatMul, RandomShapes) {
  std::mt19937 random(1);
  for (int i = 0; i < 400; ++i) {
    MatMulShape s;
    s.rows = pick(random, 1, random() % 4 ? 12 : 80);
    s.columns = pick(random, 1, random() % 4 ? 20 : 100);
    s.reduction = pick(random, 1, random() % 4 ? 20 : 300);
    s.transposeLeft = random() % 3 == 0;
    s.transposeRight = random() % 2 == 0;
    for (size_t d = random() % 3; d > 0; --d) {
      int64_t extent = pick(random, 1, 3);
      s.batch.push_back(extent);
      uint32_t shared = random() % 3;
      s.leftBatch.push_back(shared == 1 ? 1 : extent);
      s.rightBatch.push_back(shared == 2 ? 1 : extent);
    }
    if (!s.batch.empty() && random() % 4 == 0)
      (random() % 2 ? s.leftBatch : s.rightBatch).clear();
    // A dimension that one operand lost must come from the other.
    if (s.leftBatch.empty())
      s.rightBatch = s.batch;
    if (s.rightBatch.empty())
      s.leftBatch = s.batch;
    qcrt_dtype result = types[random() % 3];
    if (random() % 2)
      checkMatMul(random, s, QCRT_I8, QCRT_I8, result);
    else
      checkMatMul(random, s, types[random() % 3], types[random() % 3], result);
  }
}

// (255 * 255) * 33026 leaves 31 bits.
TEST(ComputeMatMul, WideAccumulators) {
  std::mt19937 random(2);
  MatMulShape s = {{}, {}, {}, 2, 3, 33030, false, true};
  for (qcrt_dtype left : types)
    for (qcrt_dtype right : types)
      checkMatMul(random, s, left, right, QCRT_I16);
}

TEST(ComputeMatMul, RefusesWhatDoesNotFit) {
  Case test;
  test.kernel = "matmul";
  test.inputs.resize(2);
  test.inputs[0].shape = {2, 3};
  test.inputs[1].shape = {4, 5};
  test.output.shape = {2, 5};
  test.requant.multipliers = {int64_t(1) << 30};
  test.requant.shifts = {40};
  for (Operand &operand : test.inputs)
    operand.values.assign(static_cast<size_t>(operand.count()), 0);
  EXPECT_EQ(test.run("portable", 1),
            "operands 'x' and 'w' do not multiply to the shape of 'y'");
}
