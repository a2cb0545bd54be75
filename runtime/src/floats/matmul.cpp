// float.matmul: products of (stacks of) matrices, with a bias for each column.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "FloatKernel.h"
#include "Halves.h"
#include "kernels/Broadcast.h"
#include "kernels/Families.h"

#include <algorithm>

using namespace qcrt;

namespace {
/// Rows and columns of the result that are computed at a time.
constexpr int64_t tileRows = 64, tileColumns = 128;

class FloatMatMul : public Kernel {
public:
  bool read(PrepareContext &context);
  const char *run(const RunContext &context) const override;
  size_t scratchBytes(int threads) const override;

private:
  bool readShapes(PrepareContext &context);

  const FloatLoops &floats = floatLoops();
  Broadcast stacks; ///< of matrices: the dimensions before the last two
  FloatClamp clamp = {};
  int64_t rows = 1, columns = 1, depth = 1;
  bool transposeLeft = false, transposeRight = false, hasBias = false;
  /// The right operand [depth, columns], if it is a constant that is not.
  std::vector<float> turned;
};
} // namespace

/// The stack of matrices of a tensor, as elements.
static TensorView stackOf(const TensorView &tensor) {
  TensorView stack = tensor;
  stack.rank = tensor.rank - 2;
  return stack;
}

bool FloatMatMul::readShapes(PrepareContext &context) {
  const TensorView &a = context.inputs[0], &b = context.inputs[1];
  const TensorView &out = context.outputs[0];
  for (const TensorView *tensor : {&a, &b, &out})
    if (tensor->rank < 2)
      return context.refuse("tensor '" + std::string(tensor->name) +
                            "' is no matrix");
  rows = out.shape[out.rank - 2];
  columns = out.shape[out.rank - 1];
  depth = a.shape[a.rank - (transposeLeft ? 2 : 1)];
  if (a.shape[a.rank - (transposeLeft ? 1 : 2)] != rows ||
      b.shape[b.rank - (transposeRight ? 1 : 2)] != depth ||
      b.shape[b.rank - (transposeRight ? 2 : 1)] != columns)
    return context.refuse("the operands' matrices do not give one of " +
                          std::to_string(rows) + "x" + std::to_string(columns));
  if (hasBias && (!context.expectRank(context.inputs[2], 1) ||
                  context.inputs[2].shape[0] != columns))
    return context.refuse("tensor '" + std::string(context.inputs[2].name) +
                          "' does not have one value a column");
  return stacks.prepare(context, stackOf(a), stackOf(b), stackOf(out));
}

bool FloatMatMul::read(PrepareContext &context) {
  hasBias = context.numInputs == 3;
  if (!context.expectOperands(hasBias ? 3 : 2, 1) || !expectFloats(context))
    return false;
  transposeLeft = context.attributes.booleanOr("transpose_lhs", false);
  transposeRight = context.attributes.booleanOr("transpose_rhs", false);
  clamp = readActivation(context.attributes);
  if (context.failed() || !readShapes(context))
    return false;
  const TensorView &b = context.inputs[1];
  if (!transposeRight || !b.constant)
    return true;
  turned.resize(static_cast<size_t>(b.numElements()));
  const float *from = b.as<float>();
  for (size_t first = 0; first < turned.size();
       first += static_cast<size_t>(depth * columns))
    for (int64_t j = 0; j < columns; ++j)
      for (int64_t k = 0; k < depth; ++k)
        turned[first + static_cast<size_t>(k * columns + j)] =
            from[static_cast<int64_t>(first) + j * depth + k];
  return true;
}

size_t FloatMatMul::scratchBytes(int threads) const {
  if (!transposeRight || !turned.empty())
    return 0;
  return static_cast<size_t>(threads) *
         static_cast<size_t>(productRun * tileColumns) * sizeof(float);
}

const char *FloatMatMul::run(const RunContext &context) const {
  const float *left = context.inputs[0].as<float>();
  const float *right =
      turned.empty() ? context.inputs[1].as<float>() : turned.data();
  const float *bias = hasBias ? context.inputs[2].as<float>() : nullptr;
  float *out = context.outputs[0].as<float>();
  const bool pack = transposeRight && turned.empty();
  const int64_t down = (rows + tileRows - 1) / tileRows;
  const int64_t across = (columns + tileColumns - 1) / tileColumns;

  /// One tile of one matrix; a and b are where its operands start.
  auto tile = [&](const float *a, const float *b, float *c, int64_t row,
                  int64_t column, float *panel) {
    FloatProduct product;
    product.rows = std::min(tileRows, rows - row);
    product.columns = std::min(tileColumns, columns - column);
    product.aRow = transposeLeft ? 1 : depth;
    product.aDepth = transposeLeft ? rows : 1;
    product.c = c + row * columns + column;
    product.cRow = columns;
    for (int64_t k = 0; k < depth; k += productRun) {
      product.depth = std::min(productRun, depth - k);
      product.a = a + row * product.aRow + k * product.aDepth;
      product.b = b + k * columns + column;
      product.bDepth = columns;
      if (pack) {
        for (int64_t j = 0; j < product.columns; ++j)
          for (int64_t i = 0; i < product.depth; ++i)
            panel[i * tileColumns + j] = b[(column + j) * depth + k + i];
        product.b = panel;
        product.bDepth = tileColumns;
      }
      product.accumulate = k > 0;
      floats.multiply(product);
    }
    for (int64_t i = 0; i < product.rows; ++i) {
      float *line = product.c + i * columns;
      if (bias)
        floats.finishRow(line, bias + column, product.columns, clamp);
      else
        floats.finish(line, product.columns, 0, clamp);
    }
  };
  auto piece = [&](int64_t begin, int64_t end, int worker) {
    float *panel = static_cast<float *>(context.scratch) +
                   worker * (pack ? productRun * tileColumns : 0);
    for (int64_t item = begin; item < end; ++item) {
      const int64_t column = item % across * tileColumns;
      const int64_t row = item / across % down * tileRows;
      const int64_t matrix = item / across / down;
      stacks.visit(matrix, matrix + 1,
                   [&](int64_t to, int64_t fromA, int64_t fromB, int64_t) {
                     tile(left + fromA * rows * depth,
                          right + fromB * depth * columns,
                          out + to * rows * columns, row, column, panel);
                   });
    }
  };
  const int64_t cost =
      std::min(rows, tileRows) * std::min(columns, tileColumns) * depth / 8;
  context.pool.parallelFor(stacks.count() * down * across, grainOf(cost),
                           piece);
  return nullptr;
}

void qcrt::registerFloatMatMul(KernelRegistry &registry) {
  registry.add("float.matmul", withHalves<makeKernel<FloatMatMul>>);
}
