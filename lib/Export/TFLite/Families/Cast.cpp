// Conversions between element types.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "../Exporter.h"

namespace qc::tfliteexport {

static TensorId cast(Exporter &exporter, TensorId input, TensorType type) {
  tflite::CastOptionsT table;
  table.in_data_type = exporter.getForm(input).type;
  table.out_data_type = type;
  return exporter.emit(BuiltinOperator::CAST, {input},
                       {type, exporter.getForm(input).shape, {}},
                       makeOptions(std::move(table)));
}

/// Half precision is held as f32: the numbers are those that 16 bits can hold.
static LogicalResult writeCast(top::CastOp op, Exporter &exporter) {
  Order order = exporter.getOrder(op.getInput());
  TensorId made = exporter.get(op.getInput(), order);
  if (op.getOutput().getType().getElementType().isF16())
    made = cast(exporter, made, TensorType::FLOAT16);
  exporter.finish(
      op.getOutput(),
      cast(exporter, made, exporter.form(op.getOutput(), order).type), order);
  return success();
}

void populateCastExporters(ExporterRegistry &registry) {
  registry.add<top::CastOp>(writeCast);
}

} // namespace qc::tfliteexport
