// Slice and pad.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Movement.h"

#include "qc/Dialect/Top/IR/Top.h"

#include "llvm/ADT/bit.h"

namespace qc {

static KernelResult makeSlice(top::SliceOp op, KernelRequest &request) {
  SmallVector<SmallVector<int64_t>> indices;
  for (auto [offset, size, stride] :
       llvm::zip(op.getOffsets(), op.getSizes(), op.getStrides())) {
    auto &picked = indices.emplace_back();
    for (int64_t j = 0; j < size; ++j)
      picked.push_back(offset + j * stride);
  }
  return makeIndexKernel(request, indices);
}

/// Which element of a dimension of `size` lies at `index`, which may be
/// outside.
static int64_t padIndex(int64_t index, int64_t size, StringRef mode) {
  if (index >= 0 && index < size)
    return index;
  if (mode == "constant")
    return OffsetTables::kFill;
  if (mode == "edge" || size == 1)
    return index < 0 ? 0 : size - 1;
  // Mirrored at both borders, which are not repeated.
  int64_t period = 2 * (size - 1);
  int64_t phase = ((index % period) + period) % period;
  return phase < size ? phase : period - phase;
}

/// The bits of `value` in `dtype`.
static uint64_t getFillBits(float value, DType dtype) {
  switch (dtype) {
  case DType::F32:
    return llvm::bit_cast<uint32_t>(value);
  case DType::F64:
    return llvm::bit_cast<uint64_t>(double(value));
  case DType::Bool:
    return value != 0;
  default:
    // Beyond 2^62 a float has no integer of its own.
    constexpr float limit = 4.6e18f;
    return value > -limit && value < limit ? uint64_t(int64_t(value)) : 0;
  }
}

static KernelResult makePad(top::PadOp op, KernelRequest &request) {
  ArrayRef<int64_t> in = request.inputShape(0), out = request.outputShape();
  SmallVector<SmallVector<int64_t>> indices;
  for (size_t i = 0; i < in.size(); ++i) {
    auto &picked = indices.emplace_back();
    for (int64_t j = 0; j < out[i]; ++j)
      picked.push_back(padIndex(j - op.getPads()[i], in[i], op.getMode()));
  }
  return makeIndexKernel(
      request, indices,
      getFillBits(op.getValue().convertToFloat(), request.outputDType()));
}

void registerSliceKernels(DialectRegistry &registry) {
  registry.addExtension(+[](MLIRContext *context, top::TopDialect *) {
    attachKernel<top::SliceOp, makeSlice>(context);
    attachKernel<top::PadOp, makePad>(context);
  });
}

} // namespace qc
