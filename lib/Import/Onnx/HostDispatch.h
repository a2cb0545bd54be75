// From element types to C++ types, and what the host ops share.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_LIB_IMPORT_ONNX_HOSTDISPATCH_H
#define QC_LIB_IMPORT_ONNX_HOSTDISPATCH_H

#include "HostOps.h"

#include <optional>

namespace qc::onnximport::host {

/// Calls `run` with a zero of the C++ type of `dtype`; false (and no call)
/// unless it is an integer. Bool is not one.
template <typename Run> bool dispatchIntegers(DType dtype, Run run) {
  switch (dtype) {
  case DType::I8:
    return run(int8_t()), true;
  case DType::U8:
    return run(uint8_t()), true;
  case DType::I16:
    return run(int16_t()), true;
  case DType::U16:
    return run(uint16_t()), true;
  case DType::I32:
    return run(int32_t()), true;
  case DType::U32:
    return run(uint32_t()), true;
  case DType::I64:
    return run(int64_t()), true;
  case DType::U64:
    return run(uint64_t()), true;
  default:
    return false;
  }
}

/// The same for all types but f16, which C++17 does not have; bool is a byte.
template <typename Run> bool dispatch(DType dtype, Run run) {
  switch (dtype) {
  case DType::F32:
    return run(float()), true;
  case DType::F64:
    return run(double()), true;
  case DType::Bool:
    return run(uint8_t()), true;
  default:
    return dispatchIntegers(dtype, run);
  }
}

/// Any type of the same size: for moving elements.
template <typename Run> void dispatchBySize(DType dtype, Run run) {
  switch (dtypeSize(dtype)) {
  case 1:
    return run(uint8_t());
  case 2:
    return run(uint16_t());
  case 4:
    return run(uint32_t());
  default:
    return run(uint64_t());
  }
}

double halfToDouble(uint16_t bits);
uint16_t doubleToHalf(double value);

std::vector<int64_t> rowMajorStrides(const Shape &shape);
/// numpy's broadcast of two shapes, or nothing.
std::optional<Shape> broadcast(const Shape &lhs, const Shape &rhs);

} // namespace qc::onnximport::host

#endif // QC_LIB_IMPORT_ONNX_HOSTDISPATCH_H
