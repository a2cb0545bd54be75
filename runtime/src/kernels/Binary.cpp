// What the elementwise kernels of two operands share.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Binary.h"

#include <algorithm>

using namespace qcrt;

namespace {
/// One operand of a run: stored values at an offset become a block.
struct Source {
  const TensorView &tensor;
  size_t width;
  int32_t zeroPoint;
  int64_t step;

  Source(const TensorView &tensor, int64_t step)
      : tensor(tensor), width(qcrt_dtype_size(tensor.dtype)),
        zeroPoint(static_cast<int32_t>(tensor.zeroPoint)), step(step) {}

  void load(const Loops &loops, int64_t offset, int64_t count,
            int32_t *block) const {
    const char *from = tensor.as<char>() + offset * int64_t(width);
    loops.load(tensor.dtype, from, step ? count : 1, zeroPoint, block);
    if (!step)
      std::fill(block + 1, block + count, block[0]);
  }
};
} // namespace

bool BinaryKernel::prepare(PrepareContext &context) {
  if (!context.expectOperands(2, 1))
    return false;
  const TensorView &out = context.outputs[0];
  for (int i = 0; i < 2; ++i) {
    const TensorView &in = context.inputs[i];
    if (!context.expectQuantized(in))
      return false;
    mayOverwrite[i] = qcrt_dtype_size(in.dtype) == qcrt_dtype_size(out.dtype) &&
                      in.numElements() == out.numElements();
  }
  return context.expectQuantized(out) &&
         broadcast.prepare(context, context.inputs[0], context.inputs[1], out);
}

Sharing BinaryKernel::sharing(int input, int, int64_t distance) const {
  return distance == 0 && mayOverwrite[input] ? Sharing::Overwrites
                                              : Sharing::None;
}

const char *BinaryKernel::run(const RunContext &context) const {
  const Source first(context.inputs[0], broadcast.stepA());
  const Source second(context.inputs[1], broadcast.stepB());
  const TensorView &out = context.outputs[0];
  const int64_t width = static_cast<int64_t>(qcrt_dtype_size(out.dtype));
  auto piece = [&](int64_t begin, int64_t end, int) {
    int32_t a[blockSize], b[blockSize], result[blockSize];
    broadcast.visit(
        begin, end,
        [&](int64_t to, int64_t fromA, int64_t fromB, int64_t length) {
          for (int64_t i = 0; i < length; i += blockSize) {
            int64_t count = std::min(blockSize, length - i);
            first.load(kernels, fromA + i * first.step, count, a);
            second.load(kernels, fromB + i * second.step, count, b);
            compute(a, b, count, result);
            kernels.store(out.dtype, result, count,
                          out.as<char>() + (to + i) * width);
          }
        });
  };
  context.pool.parallelFor(broadcast.count(), 32768, piece);
  return nullptr;
}
