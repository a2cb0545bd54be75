// A prepared operation of this folder as a kernel with one input, one output
// and constants.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QCRT_COMPUTE_COMPUTEKERNEL_H
#define QCRT_COMPUTE_COMPUTEKERNEL_H

#include "Kernel.h"

#include <utility>

namespace qcrt::compute {

template <typename Operation> class ComputeKernel : public Kernel {
public:
  template <typename... Arguments>
  explicit ComputeKernel(Arguments &&...arguments)
      : operation(std::forward<Arguments>(arguments)...) {}

  const char *run(const RunContext &context) const override {
    operation.run(context.inputs[0].data, context.outputs[0].data,
                  context.scratch, context.pool);
    return nullptr;
  }
  size_t scratchBytes(int threads) const override {
    return operation.scratchBytes(threads);
  }

private:
  Operation operation;
};

} // namespace qcrt::compute

#endif // QCRT_COMPUTE_COMPUTEKERNEL_H
