// What the elementwise kernels of one operand share.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QCRT_SRC_KERNELS_UNARY_H
#define QCRT_SRC_KERNELS_UNARY_H

#include "Kernel.h"
#include "loops/Loops.h"

#include <algorithm>

namespace qcrt {

/// A kernel with compute(in, out, count) on blocks of at most blockSize stored
/// elements.
class UnaryKernel : public Kernel {
public:
  /// Checks one input and one output (extra inputs are the kernel's own
  /// affair) of the same shape.
  bool prepare(PrepareContext &context, int inputs = 1) {
    if (!context.expectOperands(inputs, 1) ||
        !context.expectSameShape(context.inputs[0], context.outputs[0]))
      return false;
    count = context.inputs[0].numElements();
    inType = context.inputs[0].dtype;
    outType = context.outputs[0].dtype;
    return true;
  }

  const char *run(const RunContext &context) const override {
    const char *in = context.inputs[0].as<char>();
    char *out = context.outputs[0].as<char>();
    const int64_t inWidth = static_cast<int64_t>(qcrt_dtype_size(inType));
    const int64_t outWidth = static_cast<int64_t>(qcrt_dtype_size(outType));
    auto piece = [&](int64_t begin, int64_t end, int) {
      for (int64_t i = begin; i < end; i += blockSize)
        compute(in + i * inWidth, out + i * outWidth,
                std::min(blockSize, end - i));
    };
    context.pool.parallelFor(count, 32768, piece);
    return nullptr;
  }

  Sharing sharing(int input, int, int64_t distance) const override {
    bool sameWidth = qcrt_dtype_size(inType) == qcrt_dtype_size(outType);
    return input == 0 && distance == 0 && sameWidth ? Sharing::Overwrites
                                                    : Sharing::None;
  }

protected:
  virtual void compute(const void *in, void *out, int64_t count) const = 0;

  const Loops &kernels = loops();
  qcrt_dtype inType = QCRT_I8, outType = QCRT_I8;

private:
  int64_t count = 0;
};

} // namespace qcrt
#endif // QCRT_SRC_KERNELS_UNARY_H
