// quantize: floats, or numbers held as integers, to stored integers.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Families.h"
#include "Unary.h"
#include "floats/Halves.h"

using namespace qcrt;

namespace {
class Quantize : public UnaryKernel {
public:
  bool read(PrepareContext &context) {
    if (!prepare(context))
      return false;
    if (context.inputs[0].numScales != 0)
      return context.refuse("tensor '" + std::string(context.inputs[0].name) +
                            "' is quantized already");
    if (!context.expectQuantized(context.outputs[0]))
      return false;
    const TensorView &out = context.outputs[0];
    scale = out.scales[0];
    range = {static_cast<int32_t>(out.zeroPoint),
             static_cast<int32_t>(out.qmin), static_cast<int32_t>(out.qmax)};
    return true;
  }

private:
  /// The numbers of `in` as floats, in `space` unless they are floats already.
  const float *asFloats(const void *in, int64_t count, float *space) const {
    switch (inType) {
    case QCRT_F32:
    case QCRT_F16: // never: withHalves
      return static_cast<const float *>(in);
    case QCRT_I4: // never: of weights alone
    case QCRT_I8:
      std::copy_n(static_cast<const int8_t *>(in), count, space);
      break;
    case QCRT_U8:
      std::copy_n(static_cast<const uint8_t *>(in), count, space);
      break;
    case QCRT_I16:
      std::copy_n(static_cast<const int16_t *>(in), count, space);
      break;
    case QCRT_I32:
      std::copy_n(static_cast<const int32_t *>(in), count, space);
      break;
    case QCRT_I64:
      std::copy_n(static_cast<const int64_t *>(in), count, space);
      break;
    }
    return space;
  }

  void compute(const void *in, void *out, int64_t count) const override {
    int32_t block[blockSize];
    float reals[blockSize];
    kernels.quantize(asFloats(in, count, reals), count, scale, range, block);
    kernels.store(outType, block, count, out);
  }

  float scale = 1;
  ResultRange range = {};
};
} // namespace

void qcrt::registerQuantize(KernelRegistry &registry) {
  registry.add("quantize", withHalves<makeKernel<Quantize>>);
}
