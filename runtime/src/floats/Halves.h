// Tensors of 16-bit floats: stored so, computed in f32.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QCRT_SRC_FLOATS_HALVES_H
#define QCRT_SRC_FLOATS_HALVES_H

#include "Kernel.h"

#include <cstdint>

namespace qcrt {

/// Exact.
void halvesToFloats(const uint16_t *in, int64_t count, float *out);
/// To the nearest, ties to even; beyond 65504 infinity. NaN stays NaN.
void floatsToHalves(const float *in, int64_t count, uint16_t *out);

/// The kernel of `factory`, which knows f32: operands of f16 are converted to
/// f32 before it runs, and results of f16 after.
std::unique_ptr<Kernel> makeWithHalves(PrepareContext &context,
                                       KernelFactory factory);

/// A factory that takes f16 wherever `factory` takes f32.
template <KernelFactory factory>
std::unique_ptr<Kernel> withHalves(PrepareContext &context) {
  return makeWithHalves(context, factory);
}

} // namespace qcrt
#endif // QCRT_SRC_FLOATS_HALVES_H
