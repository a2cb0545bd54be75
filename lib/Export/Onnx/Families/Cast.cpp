// Conversions between element types.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "../Exporter.h"

namespace qc::onnxexport {

/// Half precision is held as f32: the numbers are those that 16 bits can hold.
static LogicalResult writeCast(top::CastOp op, Exporter &exporter) {
  Order order = exporter.getOrder(op.getInput());
  std::string made = exporter.get(op.getInput(), order);
  if (op.getOutput().getType().getElementType().isF16())
    made = exporter.convert(made, DType::F16);
  finish(op, exporter, exporter.convert(made, getTensorDType(op.getOutput())),
         order);
  return success();
}

void populateCastExporters(ExporterRegistry &registry) {
  registry.add<top::CastOp>(writeCast);
}

} // namespace qc::onnxexport
