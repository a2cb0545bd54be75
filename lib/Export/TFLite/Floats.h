// What is written in floats, of ops of either dialect; private to this library.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_LIB_EXPORT_TFLITE_FLOATS_H
#define QC_LIB_EXPORT_TFLITE_FLOATS_H

#include "Exporter.h"

namespace qc::tfliteexport {

/// Emits operators on floats, with numpy's rules of broadcasting: one side has
/// the shape of the result.
struct FloatWriter {
  Exporter &exporter;

  /// An operator on `x` that keeps its shape.
  TensorId unary(BuiltinOperator code, TensorId x, Options options = {});
  /// One of two operands; the result has the shape of the larger.
  TensorId binary(BuiltinOperator code, TensorId lhs, TensorId rhs);
  TensorId number(StringRef suffix, double value) {
    return exporter.scalar(suffix, static_cast<float>(value));
  }
  /// The mean along `axes`, which stay as dimensions of one.
  TensorId mean(TensorId x, ArrayRef<int64_t> axes);
};

} // namespace qc::tfliteexport

#endif // QC_LIB_EXPORT_TFLITE_FLOATS_H
