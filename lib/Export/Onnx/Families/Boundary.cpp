// Where values enter, leave or change parameters.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "../Exporter.h"

namespace qc::onnxexport {

/// A float value already is what QuantizeLinear takes, integers become one.
static LogicalResult writeQuantize(tpu::QuantizeOp op, Exporter &exporter) {
  Order order = exporter.getOrder(op.getInput());
  std::string input = exporter.get(op.getInput(), order);
  if (!isa<FloatType>(op.getInput().getType().getElementType()))
    input = exporter.convert(input, DType::F32);
  exporter.finish(op.getOutput(), input, order);
  return success();
}

/// The pair of every value ends in floats.
static LogicalResult writeDequantize(tpu::DequantizeOp op, Exporter &exporter) {
  Order order = exporter.getOrder(op.getInput());
  exporter.alias(op.getOutput(), exporter.get(op.getInput(), order), order);
  return success();
}

/// What is only joined needs no pair in the parameters of the join: its own
/// pair rounds to them, once. Readers merge two pairs in a row into one, with
/// steps that are neither's.
static bool isOnlyJoined(tpu::RequantizeOp op) {
  return !op.getClamp() && llvm::all_of(op->getUsers(), [&](Operation *user) {
    auto concat = dyn_cast<tpu::ConcatOp>(user);
    return concat && tpu::getActivationElement(concat.getOutput().getType()) ==
                         tpu::getActivationElement(op.getOutput().getType());
  });
}

static LogicalResult writeRequantize(tpu::RequantizeOp op, Exporter &exporter) {
  Order order = exporter.getOrder(op.getInput());
  if (isOnlyJoined(op)) {
    exporter.alias(op.getOutput(), exporter.get(op.getInput(), order), order);
    return success();
  }
  exporter.finish(op.getOutput(), exporter.get(op.getInput(), order), order,
                  op.getClamp());
  return success();
}

void populateBoundaryExporters(ExporterRegistry &registry) {
  registry.add<tpu::QuantizeOp>(writeQuantize);
  registry.add<tpu::DequantizeOp>(writeDequantize);
  registry.add<tpu::RequantizeOp>(writeRequantize);
}

} // namespace qc::onnxexport
