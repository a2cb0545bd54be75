// Where values enter, leave or change parameters.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "../Exporter.h"

namespace qc::tfliteexport {

/// A float value already is what QUANTIZE takes, integers become one.
static LogicalResult writeQuantize(tpu::QuantizeOp op, Exporter &exporter) {
  Order order = exporter.getOrder(op.getInput());
  TensorId input = exporter.get(op.getInput(), order);
  const Form &form = exporter.getForm(input);
  if (!form.isQuantized() && form.type != TensorType::FLOAT32) {
    tflite::CastOptionsT table;
    table.in_data_type = form.type;
    table.out_data_type = TensorType::FLOAT32;
    input = exporter.emit(BuiltinOperator::CAST, {input},
                          {TensorType::FLOAT32, form.shape, {}},
                          makeOptions(std::move(table)));
  }
  exporter.finish(op.getOutput(), input, order);
  return success();
}

static LogicalResult writeDequantize(tpu::DequantizeOp op, Exporter &exporter) {
  Order order = exporter.getOrder(op.getInput());
  exporter.finish(op.getOutput(), exporter.getFloat(op.getInput(), order),
                  order);
  return success();
}

static LogicalResult writeRequantize(tpu::RequantizeOp op, Exporter &exporter) {
  Order order = exporter.getOrder(op.getInput());
  exporter.finish(op.getOutput(), exporter.get(op.getInput(), order), order,
                  getBounds(op));
  return success();
}

void populateBoundaryExporters(ExporterRegistry &registry) {
  registry.add<tpu::QuantizeOp>(writeQuantize);
  registry.add<tpu::DequantizeOp>(writeDequantize);
  registry.add<tpu::RequantizeOp>(writeRequantize);
}

} // namespace qc::tfliteexport
