// Which elements of two operands meet in their broadcast result.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Broadcast.h"
#include "Movement.h"

#include "llvm/Support/MathExtras.h"

namespace qc {

//===----------------------------------------------------------------------===//
// Planning
//===----------------------------------------------------------------------===//

/// `shape` with leading ones up to `rank`.
static SmallVector<int64_t> extendShape(ArrayRef<int64_t> shape, size_t rank) {
  SmallVector<int64_t> extended(rank - shape.size(), 1);
  extended.append(shape.begin(), shape.end());
  return extended;
}

/// Row-major strides, 0 for dimensions that the operand repeats along.
static SmallVector<int64_t> getRepeatedStrides(ArrayRef<int64_t> operand) {
  SmallVector<int64_t> strides = getStrides(operand);
  for (auto [stride, size] : llvm::zip(strides, operand))
    stride = size == 1 ? 0 : stride;
  return strides;
}

/// One value a channel: nothing behind the channel but dimensions of one.
static bool isChannelVector(ArrayRef<int64_t> operand) {
  return llvm::all_of(operand.drop_front(2),
                      [](int64_t size) { return size == 1; });
}

/// The order in which `operand` (of `rank` dimensions before it was extended)
/// is read beside a result in `layout`, or nothing where it cannot follow.
static std::optional<TensorLayout>
getOperandLayout(ArrayRef<int64_t> operand, size_t rank, TensorLayout layout) {
  // One channel, or nothing but channels: the order makes no difference.
  if (operand[1] == 1 || isChannelVector(operand))
    return TensorLayout::rowMajor();
  if (rank != operand.size())
    return std::nullopt;
  return layout;
}

/// The order of the result: that in which an operand of its shape arrives, if
/// the other one can be read beside it.
static TensorLayout chooseLayout(const KernelRequest &request) {
  ArrayRef<int64_t> shape = request.outputShape();
  for (unsigned i : {0u, 1u}) {
    TensorLayout layout = request.arrivingLayout(i);
    ArrayRef<int64_t> other = request.inputShape(1 - i);
    if (!layout.isRowMajor() && request.inputShape(i) == shape &&
        (other == shape || getOperandLayout(extendShape(other, shape.size()),
                                            other.size(), layout)))
      return layout;
  }
  return TensorLayout::rowMajor();
}

/// Strides of a row-major operand, extended to the result's rank, along the
/// dimensions of the result in memory.
static SmallVector<int64_t>
getStridesBeside(ArrayRef<int64_t> operand, TensorLayout layout,
                 const BroadcastPlan::ChannelRows &rows) {
  SmallVector<int64_t> strides = getRepeatedStrides(operand);
  if (rows.batches > 0 && strides[0] != 0)
    strides[0] = rows.paddedChannels;
  int64_t channel = strides[1];
  if (layout.kind == TensorLayout::ChannelsLast) {
    strides.erase(strides.begin() + 1);
    strides.push_back(channel);
  } else if (layout.kind == TensorLayout::ChannelBlocked) {
    strides[1] = channel * layout.block;
    strides.push_back(channel);
  }
  return strides;
}

/// Joins dimensions along which both operands step as along one.
static void mergeDims(BroadcastPlan &plan, ArrayRef<int64_t> dims,
                      ArrayRef<int64_t> lhs, ArrayRef<int64_t> rhs) {
  for (size_t i = 0; i < dims.size(); ++i) {
    if (dims[i] == 1)
      continue;
    if (!plan.dims.empty() && plan.strides[0].back() == lhs[i] * dims[i] &&
        plan.strides[1].back() == rhs[i] * dims[i]) {
      plan.dims.back() *= dims[i];
      plan.strides[0].back() = lhs[i];
      plan.strides[1].back() = rhs[i];
      continue;
    }
    plan.dims.push_back(dims[i]);
    plan.strides[0].push_back(lhs[i]);
    plan.strides[1].push_back(rhs[i]);
  }
  while (plan.dims.size() < 2) {
    plan.dims.insert(plan.dims.begin(), 1);
    for (auto &strides : plan.strides)
      strides.insert(strides.begin(), 0);
  }
}

BroadcastPlan planBroadcast(const KernelRequest &request) {
  ArrayRef<int64_t> shape = request.outputShape();
  BroadcastPlan plan;
  plan.layout = chooseLayout(request);
  SmallVector<int64_t> dims = getPhysicalShape(shape, plan.layout);
  std::array<SmallVector<int64_t>, 2> strides;
  for (unsigned i : {0u, 1u}) {
    SmallVector<int64_t> operand =
        extendShape(request.inputShape(i), shape.size());
    if (request.inputShape(i) == shape) {
      plan.operandLayouts[i] = plan.layout;
      strides[i] = getStrides(dims);
      plan.full.push_back(i);
      continue;
    }
    if (plan.layout.isRowMajor()) {
      strides[i] = getRepeatedStrides(operand);
      continue;
    }
    plan.operandLayouts[i] =
        *getOperandLayout(operand, request.inputShape(i).size(), plan.layout);
    if (plan.operandLayouts[i] == plan.layout) {
      strides[i] = getRepeatedStrides(getPhysicalShape(operand, plan.layout));
      continue;
    }
    if (plan.layout.isPadded(shape)) {
      // What is not zero meets the filling.
      plan.dirtiesFilling = true;
      if (operand[1] != 1)
        plan.channelRows[i] = {
            operand[0], operand[1],
            int64_t(llvm::alignTo(operand[1], plan.layout.block))};
    }
    strides[i] = getStridesBeside(operand, plan.layout, plan.channelRows[i]);
  }
  mergeDims(plan, dims, strides[0], strides[1]);
  return plan;
}

size_t BroadcastPlan::scratchElements() const {
  size_t elements = 0;
  for (const ChannelRows &rows : channelRows)
    elements += rows.batches * rows.paddedChannels;
  return elements;
}

//===----------------------------------------------------------------------===//
// Running
//===----------------------------------------------------------------------===//

std::array<const float *, 2>
getBroadcastOperands(const BroadcastPlan &plan, const KernelBuffers &buffers) {
  std::array<const float *, 2> operands;
  auto *scratch = static_cast<float *>(buffers.scratch);
  for (unsigned i : {0u, 1u}) {
    const float *from = operands[i] = buffers.in<float>(i);
    const BroadcastPlan::ChannelRows &rows = plan.channelRows[i];
    if (rows.batches == 0)
      continue;
    operands[i] = scratch;
    for (int64_t n = 0; n < rows.batches; ++n, from += rows.channels) {
      float *end = std::copy_n(from, rows.channels, scratch);
      scratch += rows.paddedChannels;
      std::fill(end, scratch, 0.0f);
    }
  }
  return operands;
}

void forEachBroadcastPiece(const BroadcastPlan &plan,
                           function_ref<void(const BroadcastPiece &)> piece) {
  size_t last = plan.dims.size() - 1;
  int64_t count = plan.dims[last], middle = plan.dims[last - 1], rows = 1;
  for (int64_t dim : ArrayRef(plan.dims).drop_back())
    rows *= dim;
  auto lhs = ArrayRef(plan.strides[0]), rhs = ArrayRef(plan.strides[1]);
  if (rows == 1) {
    parallelRanges(count, 1, [&](int64_t begin, int64_t end) {
      piece({begin * lhs[last], begin * rhs[last], begin, 1, end - begin});
    });
    return;
  }
  parallelRanges(rows, count, [&](int64_t begin, int64_t end) {
    for (int64_t row = begin; row < end;) {
      int64_t together = std::min(end - row, middle - row % middle);
      BroadcastPiece part{0, 0, row * count, together, count};
      for (int64_t i = int64_t(last) - 1, rest = row; i >= 0;
           rest /= plan.dims[i--]) {
        part.lhs += rest % plan.dims[i] * lhs[i];
        part.rhs += rest % plan.dims[i] * rhs[i];
      }
      piece(part);
      row += together;
    }
  });
}

} // namespace qc
