// Kernels of two operands with numpy broadcasting, in any order of memory.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_LIB_EXECUTION_BROADCAST_H
#define QC_LIB_EXECUTION_BROADCAST_H

#include "Kernels.h"
#include "Parallel.h"

#include <array>

namespace qc {

/// How two operands are read in the memory of their broadcast result: at least
/// two dimensions, as few as possible, and the strides of the operands in
/// elements (0 where one repeats). The innermost strides are 0 or 1.
struct BroadcastPlan {
  /// The order of the result, and of operands that are not row-major.
  TensorLayout layout;
  std::array<TensorLayout, 2> operandLayouts;
  SmallVector<int64_t> dims;
  std::array<SmallVector<int64_t>, 2> strides;
  /// Operands with the result's shape in the result's order.
  SmallVector<unsigned> full;
  /// The result has filling that the loops over `dims` need not leave zero.
  bool dirtiesFilling = false;
  /// An operand with one value a channel, of which each of `batches` rows of
  /// `channels` elements is copied into a row of `paddedChannels`, so that a
  /// whole block can be read of it.
  struct ChannelRows {
    int64_t batches = 0, channels = 0, paddedChannels = 0;
  };
  std::array<ChannelRows, 2> channelRows;

  size_t scratchElements() const;
};
BroadcastPlan planBroadcast(const KernelRequest &request);

/// A piece of the loops over a plan's dimensions: `rows` steps along the last
/// dimension but one, each with `count` neighbours of the last.
struct BroadcastPiece {
  int64_t lhs, rhs, out, rows, count;
};

/// Calls `piece` for all of the plan, in parallel.
void forEachBroadcastPiece(const BroadcastPlan &plan,
                           function_ref<void(const BroadcastPiece &)> piece);

/// The operands as the plan reads them: themselves, or their padded copies in
/// the scratch memory.
std::array<const float *, 2> getBroadcastOperands(const BroadcastPlan &plan,
                                                  const KernelBuffers &buffers);

/// Each result may lie where an operand of the same index lay, never
/// elsewhere among the operands: the loop may be vectorised unchecked.
#if defined(__clang__)
#define QC_INDEPENDENT_LOOP _Pragma("clang loop vectorize(assume_safety)")
#else
#define QC_INDEPENDENT_LOOP _Pragma("GCC ivdep")
#endif

/// `piece` of `out = function(lhs, rhs)`. `Count` is the piece's count where
/// that is known to the compiler, else 0.
template <int64_t Count, typename Function>
void runBroadcastPiece(const BroadcastPlan &plan, const BroadcastPiece &piece,
                       const float *lhs, const float *rhs, float *out,
                       Function function) {
  size_t last = plan.dims.size() - 1;
  bool lhsMoves = plan.strides[0][last] != 0;
  bool rhsMoves = plan.strides[1][last] != 0;
  int64_t count = Count ? Count : piece.count;
  for (int64_t row = 0; row < piece.rows; ++row) {
    const float *a = lhs + piece.lhs + row * plan.strides[0][last - 1];
    const float *b = rhs + piece.rhs + row * plan.strides[1][last - 1];
    float *target = out + piece.out + row * plan.dims[last];
    // Three loops, so that each has steps that the compiler can vectorise.
    if (lhsMoves && rhsMoves) {
      QC_INDEPENDENT_LOOP
      for (int64_t i = 0; i < count; ++i)
        target[i] = function(a[i], b[i]);
    } else if (lhsMoves) {
      float value = *b;
      QC_INDEPENDENT_LOOP
      for (int64_t i = 0; i < count; ++i)
        target[i] = function(a[i], value);
    } else {
      float value = *a;
      int64_t step = rhsMoves ? 1 : 0;
      QC_INDEPENDENT_LOOP
      for (int64_t i = 0; i < count; ++i)
        target[i] = function(value, b[i * step]);
    }
  }
}

/// `function(float, float) -> float` of operands 0 and 1, in the order in which
/// an operand with the result's shape arrives.
template <typename Function>
std::unique_ptr<OpKernel> makeBroadcast(const KernelRequest &request,
                                        Function function) {
  BroadcastPlan plan = planBroadcast(request);
  // Filling is zero in both operands; it stays so under most functions.
  plan.dirtiesFilling |=
      plan.layout.isPadded(request.outputShape()) && function(0.0f, 0.0f) != 0;
  SmallVector<int64_t> shape(request.outputShape());
  auto kernel = std::make_unique<FunctionKernel>(
      [plan, shape, function](const KernelBuffers &buffers) {
        auto [lhs, rhs] = getBroadcastOperands(plan, buffers);
        float *out = buffers.out<float>();
        forEachBroadcastPiece(
            plan, [&, lhs = lhs, rhs = rhs](const BroadcastPiece &piece) {
              if (piece.count == 8)
                runBroadcastPiece<8>(plan, piece, lhs, rhs, out, function);
              else if (piece.count == 16)
                runBroadcastPiece<16>(plan, piece, lhs, rhs, out, function);
              else
                runBroadcastPiece<0>(plan, piece, lhs, rhs, out, function);
            });
        if (plan.dirtiesFilling)
          clearFilling(shape, plan.layout, out);
        return ok();
      });
  request.setDefaultLayouts(*kernel);
  kernel->inputLayouts[0] = plan.operandLayouts[0];
  kernel->inputLayouts[1] = plan.operandLayouts[1];
  kernel->outputLayouts[0] = plan.layout;
  kernel->inPlaceOperands = plan.full;
  kernel->scratchBytes = plan.scratchElements() * sizeof(float);
  return kernel;
}

} // namespace qc

#endif // QC_LIB_EXECUTION_BROADCAST_H
