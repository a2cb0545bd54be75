// From an element type to a C++ type, for kernels that take numbers as they
// are.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QCRT_SRC_FLOATS_ANYTYPE_H
#define QCRT_SRC_FLOATS_ANYTYPE_H

#include "Kernel.h"

namespace qcrt {

/// Calls body with a zero of the type. f16 is f32: withHalves converts it.
template <typename Body> void withType(qcrt_dtype dtype, Body body) {
  switch (dtype) {
  case QCRT_F32:
  case QCRT_F16:
    return body(float());
  case QCRT_I4: // never: of weights alone
  case QCRT_I8:
    return body(int8_t());
  case QCRT_U8:
    return body(uint8_t());
  case QCRT_I16:
    return body(int16_t());
  case QCRT_I32:
    return body(int32_t());
  case QCRT_I64:
    return body(int64_t());
  }
}

/// Checks that no tensor has a scale: what it stores is what it means.
inline bool expectNumbers(PrepareContext &context) {
  auto check = [&](const TensorView &tensor) {
    return tensor.numScales == 0 ||
           context.refuse("tensor '" + std::string(tensor.name) +
                          "' has a scale: dequantize it instead");
  };
  for (int i = 0; i < context.numInputs; ++i)
    if (!check(context.inputs[i]))
      return false;
  for (int i = 0; i < context.numOutputs; ++i)
    if (!check(context.outputs[i]))
      return false;
  return true;
}

/// Checks that both have the same element type.
inline bool expectSameType(PrepareContext &context, const TensorView &a,
                           const TensorView &b) {
  return a.dtype == b.dtype ||
         context.refuse("tensor '" + std::string(b.name) + "' has type " +
                        qcrt_dtype_name(b.dtype) + ", expected " +
                        qcrt_dtype_name(a.dtype));
}

} // namespace qcrt
#endif // QCRT_SRC_FLOATS_ANYTYPE_H
