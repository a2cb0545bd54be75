// What the elementwise kernels of two operands share: block by block, operands
// as integers minus zero point go in, stored values come out.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QCRT_SRC_KERNELS_BINARY_H
#define QCRT_SRC_KERNELS_BINARY_H

#include "Broadcast.h"
#include "Kernel.h"
#include "loops/Loops.h"

namespace qcrt {

/// A kernel with compute(a, b, count, out) for a block of at most blockSize
/// elements.
class BinaryKernel : public Kernel {
public:
  /// Checks two quantized inputs and one quantized output that broadcast.
  bool prepare(PrepareContext &context);

  const char *run(const RunContext &context) const override;
  Sharing sharing(int input, int output, int64_t distance) const override;

protected:
  virtual void compute(const int32_t *a, const int32_t *b, int64_t count,
                       int32_t *out) const = 0;

  const Loops &kernels = loops();

private:
  Broadcast broadcast;
  bool mayOverwrite[2] = {false, false};
};

} // namespace qcrt
#endif // QCRT_SRC_KERNELS_BINARY_H
