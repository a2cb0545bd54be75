// Real values rounded to what the type that stores them can represent.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "FakeQuantize.h"
#include "Parallel.h"

#include "qc/Dialect/Top/IR/BlockParameters.h"
#include "qc/Support/Convert.h"

#include <cmath>

namespace qc {

/// Rounds half to even by an addition that leaves no room for a fraction: for
/// magnitudes up to 2^22, in the default rounding mode.
static float roundHalfEven(float value) {
  constexpr float kNoFraction = 12582912.0f;
  return (value + kNoFraction) - kNoFraction;
}

/// A kernel that replaces every element in memory by `round` of it.
template <typename Round>
static std::unique_ptr<OpKernel>
makeRoundingKernel(ArrayRef<int64_t> shape, TensorLayout layout, Round round) {
  int64_t count = layout.physicalElements(shape);
  auto kernel = makeRowMajorKernel([=](const KernelBuffers &buffers) {
    const float *in = buffers.in<float>(0);
    float *out = buffers.out<float>();
    parallelRanges(count, 1, [&](int64_t begin, int64_t end) {
      for (int64_t i = begin; i < end; ++i)
        out[i] = round(in[i]);
    });
    return ok();
  });
  kernel->inputLayouts = {layout};
  kernel->outputLayouts = {layout};
  kernel->inPlaceOperands = {0};
  return kernel;
}

std::unique_ptr<OpKernel> makeHalfPrecisionKernel(ArrayRef<int64_t> shape,
                                                  TensorLayout layout) {
  return makeRoundingKernel(shape, layout, [](float value) {
    return halfToFloat(floatToHalf(value));
  });
}

std::unique_ptr<OpKernel>
makeFakeQuantizeKernel(ArrayRef<int64_t> shape, TensorLayout layout,
                       quant::UniformQuantizedType type) {
  auto scale = static_cast<float>(type.getScale());
  auto low = static_cast<float>(type.getStorageTypeMin() - type.getZeroPoint());
  auto high =
      static_cast<float>(type.getStorageTypeMax() - type.getZeroPoint());
  bool isNarrow = std::max(-low, high) <= std::ldexp(1.0f, 21);
  return makeRoundingKernel(shape, layout, [=](float value) {
    float units = value / scale;
    units = units == units ? units : 0.0f;
    units = std::min(std::max(units, low), high);
    return (isNarrow ? roundHalfEven(units) : std::nearbyint(units)) * scale;
  });
}

Result<Tensor> dequantizeConstant(top::QuantizedConstantOp op) {
  auto type = cast<RankedTensorType>(op.getOutput().getType());
  auto values = top::dequantizeElements(op.getValue(), type);
  if (!values)
    return error("a constant whose stored integers are not in this file");
  Tensor real(DType::F32, type.getShape().vec());
  llvm::copy(*values, real.data<float>());
  return real;
}

} // namespace qc
