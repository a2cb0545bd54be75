// Conversions between element types.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Kernels.h"
#include "Parallel.h"

#include "qc/Dialect/Top/IR/Top.h"

#include "llvm/ADT/APFloat.h"

#include <cmath>
#include <limits>

namespace qc {

/// Towards zero; values beyond the range of To become its nearest end and NaN
/// becomes 0, which C++ leaves undefined.
template <typename To> static To toInteger(double value) {
  if (!(value == value))
    return 0;
  constexpr double low = double(std::numeric_limits<To>::min());
  constexpr double high = double(std::numeric_limits<To>::max());
  if (value <= low)
    return std::numeric_limits<To>::min();
  if (value >= high)
    return std::numeric_limits<To>::max();
  return To(value);
}

template <typename From, typename To> static To convert(From value) {
  if constexpr (std::is_floating_point_v<From> && std::is_integral_v<To>)
    return toInteger<To>(value);
  else
    return To(value);
}

/// Calls `body` with a zero of the C++ type of `dtype`; Bool is read as u8.
template <typename Body> static void withType(DType dtype, Body body) {
  switch (dtype) {
  case DType::F32:
    return body(float());
  case DType::F64:
    return body(double());
  case DType::I8:
    return body(int8_t());
  case DType::U8:
  case DType::Bool:
    return body(uint8_t());
  case DType::I16:
    return body(int16_t());
  case DType::U16:
  case DType::F16:
    return body(uint16_t());
  case DType::I32:
    return body(int32_t());
  case DType::U32:
    return body(uint32_t());
  case DType::I64:
    return body(int64_t());
  case DType::U64:
    return body(uint64_t());
  }
}

/// The f32 nearest to `value` that the 16-bit `semantics` can hold.
static float roundTo(float value, const llvm::fltSemantics &semantics) {
  llvm::APFloat number(value);
  bool losesInfo;
  number.convert(semantics, llvm::APFloat::rmNearestTiesToEven, &losesInfo);
  number.convert(llvm::APFloat::IEEEsingle(),
                 llvm::APFloat::rmNearestTiesToEven, &losesInfo);
  return number.convertToFloat();
}

static KernelResult makeCast(top::CastOp op, KernelRequest &request) {
  auto result = cast<RankedTensorType>(op.getOutput().getType());
  Type element = top::getExpressedElement(result.getElementType());
  const llvm::fltSemantics *narrow = nullptr;
  if (element.isF16() || element.isBF16())
    narrow = &cast<FloatType>(element).getFloatSemantics();
  DType from = request.inputDType(0), to = request.outputDType();
  int64_t count = result.getNumElements();
  return makeRowMajorKernel(
      [from, to, count, narrow](const KernelBuffers &buffers) {
        withType(from, [&](auto source) {
          withType(to, [&](auto target) {
            using From = decltype(source);
            using To = decltype(target);
            const From *in = buffers.in<From>(0);
            To *out = buffers.out<To>();
            for (int64_t i = 0; i < count; ++i)
              out[i] =
                  to == DType::Bool ? To(in[i] != 0) : convert<From, To>(in[i]);
          });
        });
        if (narrow)
          for (float &value : MutableArrayRef(buffers.out<float>(), count))
            value = roundTo(value, *narrow);
        return ok();
      });
}

void registerCastKernels(DialectRegistry &registry) {
  registry.addExtension(+[](MLIRContext *context, top::TopDialect *) {
    attachKernel<top::CastOp, makeCast>(context);
  });
}

} // namespace qc
