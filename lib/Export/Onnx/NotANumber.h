// Results that are no number quantize to the zero point; private to this
// library. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_LIB_EXPORT_ONNX_NOTANUMBER_H
#define QC_LIB_EXPORT_ONNX_NOTANUMBER_H

#include "Exporter.h"

namespace qc::onnxexport {

/// True if the quantized type of `value` represents numbers below zero.
inline bool canBeNegative(Value value) {
  auto type = tpu::getActivationElement(value.getType());
  return type.getStorageTypeMin() < type.getZeroPoint();
}

/// `tensor` with zero where it holds no number: QuantizeLinear does not say
/// what it makes of those, the arithmetic of tpu does.
inline std::string replaceNotANumber(Exporter &exporter,
                                     const std::string &tensor) {
  return exporter.emit("Where",
                       {exporter.emit("IsNaN", {tensor}),
                        exporter.scalar("not_a_number", 0.0f), tensor});
}

} // namespace qc::onnxexport

#endif // QC_LIB_EXPORT_ONNX_NOTANUMBER_H
