// matmul: products of activation matrices, batched and broadcast as numpy does.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "compute/MatMul.h"
#include "Families.h"
#include "Kernel.h"
#include "Requant.h"

using namespace qcrt;
using namespace qcrt::compute;

namespace {
class MatMulKernel : public Kernel {
public:
  MatMulKernel(MatMulProblem problem, const Requant &requant)
      : operation(std::move(problem), requant, microkernels(preferredIsa())) {}

  const char *run(const RunContext &context) const override {
    operation.run(context.inputs[0].data, context.inputs[1].data,
                  context.outputs[0].data, context.scratch, context.pool);
    return nullptr;
  }
  size_t scratchBytes(int threads) const override {
    return operation.scratchBytes(threads);
  }

private:
  MatMul operation;
};
} // namespace

/// Extent of batch dimension `d` counted in the result's rank; 1 if the
/// operand does not have it.
static int64_t batchExtent(const TensorView &operand, const TensorView &result,
                           int d) {
  int own = d - (result.rank - operand.rank);
  return own < 0 ? 1 : operand.shape[own];
}

static bool checkShapes(PrepareContext &context, MatMulProblem &problem) {
  const TensorView &a = context.inputs[0], &b = context.inputs[1];
  const TensorView &y = context.outputs[0];
  bool fits = a.rank >= 2 && b.rank >= 2 && y.rank >= a.rank &&
              y.rank >= b.rank && (y.rank == a.rank || y.rank == b.rank);
  if (fits) {
    auto extent = [](const TensorView &t, bool swapped, int which) {
      return t.shape[t.rank - 2 + (swapped ? 1 - which : which)];
    };
    problem.rows = extent(a, problem.left.transposed, 0);
    problem.reduction = extent(a, problem.left.transposed, 1);
    problem.columns = extent(b, problem.right.transposed, 1);
    fits = extent(b, problem.right.transposed, 0) == problem.reduction &&
           y.shape[y.rank - 2] == problem.rows &&
           y.shape[y.rank - 1] == problem.columns;
  }
  for (int d = 0; fits && d < y.rank - 2; ++d) {
    const int64_t left = batchExtent(a, y, d), right = batchExtent(b, y, d);
    fits = (left == 1 || left == y.shape[d]) &&
           (right == 1 || right == y.shape[d]) &&
           (left == y.shape[d] || right == y.shape[d]);
  }
  if (!fits)
    context.fail("operands '" + std::string(a.name) + "' and '" + b.name +
                 "' do not multiply to the shape of '" + y.name + "'");
  return fits;
}

/// Which matrices each result matrix is the product of.
static void pairMatrices(const PrepareContext &context,
                         MatMulProblem &problem) {
  const TensorView &a = context.inputs[0], &b = context.inputs[1];
  const TensorView &y = context.outputs[0];
  const int64_t count = y.product(0, y.rank - 2);
  problem.rightMatrices = b.product(0, b.rank - 2);
  for (int64_t index = 0; index < count; ++index) {
    MatMulProblem::Pair pair{0, 0};
    int64_t rest = index, left = 1, right = 1;
    for (int d = y.rank - 3; d >= 0; --d) {
      const int64_t place = rest % y.shape[d];
      rest /= y.shape[d];
      const int64_t leftExtent = batchExtent(a, y, d);
      const int64_t rightExtent = batchExtent(b, y, d);
      pair.left += (leftExtent == 1 ? 0 : place) * left;
      pair.right += (rightExtent == 1 ? 0 : place) * right;
      left *= leftExtent;
      right *= rightExtent;
    }
    problem.pairs.push_back(pair);
  }
}

static std::unique_ptr<Kernel> make(PrepareContext &context) {
  if (!context.expectOperands(2, 1))
    return nullptr;
  const TensorView &a = context.inputs[0], &b = context.inputs[1];
  const TensorView &y = context.outputs[0];
  if (!context.expectQuantized(a) || !context.expectQuantized(b) ||
      !context.expectQuantized(y))
    return nullptr;
  MatMulProblem problem;
  problem.left.transposed =
      context.attributes.booleanOr("transpose_lhs", false);
  problem.right.transposed =
      context.attributes.booleanOr("transpose_rhs", false);
  problem.left.range = {a.dtype, static_cast<int32_t>(a.zeroPoint)};
  problem.right.range = {b.dtype, static_cast<int32_t>(b.zeroPoint)};
  problem.outputType = y.dtype;
  Requant requant;
  if (!readRequant(context, y, {}, requant) || !checkShapes(context, problem))
    return nullptr;
  pairMatrices(context, problem);
  return std::make_unique<MatMulKernel>(std::move(problem), requant);
}

void qcrt::registerMatmul(KernelRegistry &registry) {
  registry.add("matmul", make);
}
