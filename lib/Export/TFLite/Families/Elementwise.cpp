// Elementwise ops of two activations.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "../Exporter.h"

namespace qc::tfliteexport {

namespace {
/// Both operands in the order of the result.
struct Operands {
  Order order;
  TensorId lhs, rhs;
};
} // namespace

template <typename OpTy>
static Operands getOperands(OpTy op, Exporter &exporter, bool asFloats) {
  Order order =
      exporter.chooseOrder(op->getOperands(), getRank(op.getOutput()));
  auto get = [&](Value value) {
    Order own = getRank(value) == int64_t(order.size())
                    ? order
                    : getPlainOrder(getRank(value));
    return asFloats ? exporter.getFloat(value, own) : exporter.get(value, own);
  };
  return {order, get(op.getLhs()), get(op.getRhs())};
}

/// Options of an operator that has an activation.
static Options getOptions(BuiltinOperator code, ActivationFunctionType fused) {
  auto with = [&](auto table) {
    table.fused_activation_function = fused;
    return table;
  };
  switch (code) {
  case BuiltinOperator::ADD: {
    auto table = with(tflite::AddOptionsT());
    table.pot_scale_int16 = false;
    return makeOptions(std::move(table));
  }
  case BuiltinOperator::SUB: {
    auto table = with(tflite::SubOptionsT());
    table.pot_scale_int16 = false;
    return makeOptions(std::move(table));
  }
  case BuiltinOperator::MUL:
    return makeOptions(with(tflite::MulOptionsT()));
  default:
    return makeOptions(with(tflite::DivOptionsT()));
  }
}

/// Writes `OpTy` as an operator that has an activation.
template <typename OpTy, BuiltinOperator code>
static LogicalResult writeFusing(OpTy op, Exporter &exporter) {
  // LiteRT divides floats only.
  bool asFloats = code == BuiltinOperator::DIV;
  Operands operands = getOperands(op, exporter, asFloats);
  Form form = exporter.form(op.getOutput(), operands.order);
  Bounds bounds = getBounds(op);
  Activation activation = {ActivationFunctionType::NONE, bounds};
  TensorId sides[] = {operands.lhs, operands.rhs};
  if (asFloats)
    form = {TensorType::FLOAT32, form.shape, {}};
  if (!asFloats || !isa<tpu::TpuDialect>(op->getDialect()))
    activation = exporter.unifyWidths(sides, form, bounds);
  TensorId made = exporter.emit(code, sides, std::move(form),
                                getOptions(code, activation.fused));
  exporter.finish(op.getOutput(), made, operands.order, activation.rest);
  return success();
}

/// MINIMUM and MAXIMUM compare stored numbers: operands are first brought into
/// the parameters of the result, which keeps the order that they have.
template <typename OpTy, BuiltinOperator code>
static LogicalResult writeSelecting(OpTy op, Exporter &exporter) {
  Operands operands = getOperands(op, exporter, /*asFloats=*/false);
  Form form = exporter.form(op.getOutput(), operands.order);
  TensorId lhs = exporter.convert(operands.lhs, form);
  TensorId rhs = exporter.convert(operands.rhs, form);
  TensorId made = exporter.emit(code, {lhs, rhs}, std::move(form),
                                makeOptions(tflite::MaximumMinimumOptionsT()));
  exporter.finish(op.getOutput(), made, operands.order, getBounds(op));
  return success();
}

template <typename OpTy>
static LogicalResult writePow(OpTy op, Exporter &exporter) {
  Operands operands = getOperands(op, exporter, /*asFloats=*/true);
  Shape shape = exporter.form(op.getOutput(), operands.order).shape;
  TensorId made = exporter.emit(
      BuiltinOperator::POW, {operands.lhs, operands.rhs},
      {TensorType::FLOAT32, shape, {}}, makeOptions(tflite::PowOptionsT()));
  exporter.finish(op.getOutput(), made, operands.order, getBounds(op));
  return success();
}

template <BuiltinOperator code, typename... Ops>
static void addFusing(ExporterRegistry &registry) {
  (registry.add<Ops>(writeFusing<Ops, code>), ...);
}
template <BuiltinOperator code, typename... Ops>
static void addSelecting(ExporterRegistry &registry) {
  (registry.add<Ops>(writeSelecting<Ops, code>), ...);
}

void populateElementwiseExporters(ExporterRegistry &registry) {
  addFusing<BuiltinOperator::ADD, tpu::AddOp, top::AddOp>(registry);
  addFusing<BuiltinOperator::SUB, tpu::SubOp, top::SubOp>(registry);
  addFusing<BuiltinOperator::MUL, tpu::MulOp, top::MulOp>(registry);
  addFusing<BuiltinOperator::DIV, tpu::DivOp, top::DivOp>(registry);
  addSelecting<BuiltinOperator::MINIMUM, tpu::MinOp, top::MinOp>(registry);
  addSelecting<BuiltinOperator::MAXIMUM, tpu::MaxOp, top::MaxOp>(registry);
  registry.add<tpu::PowOp>(writePow);
  registry.add<top::PowOp>(writePow);
}

} // namespace qc::tfliteexport
