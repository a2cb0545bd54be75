// Elementwise ops of two activations.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "../Exporter.h"
#include "../NotANumber.h"

namespace qc::onnxexport {

namespace {
/// Both operands in the order of the result.
struct Operands {
  Order order;
  std::string lhs, rhs;
};
} // namespace

template <typename OpTy>
static Operands getOperands(OpTy op, Exporter &exporter) {
  Order order =
      exporter.chooseOrder(op->getOperands(), getRank(op.getOutput()));
  auto get = [&](Value value) {
    return getRank(value) == int64_t(order.size()) ? exporter.get(value, order)
                                                   : exporter.getPlain(value);
  };
  return {order, get(op.getLhs()), get(op.getRhs())};
}

/// Writes `OpTy` as node `opType`, a literal.
template <typename OpTy, const char *opType>
static LogicalResult writeBinary(OpTy op, Exporter &exporter) {
  Operands operands = getOperands(op, exporter);
  finish(op, exporter, exporter.emit(opType, {operands.lhs, operands.rhs}),
         operands.order);
  return success();
}

static LogicalResult writePow(tpu::PowOp op, Exporter &exporter) {
  Operands operands = getOperands(op, exporter);
  std::string power = exporter.emit("Pow", {operands.lhs, operands.rhs});
  if (canBeNegative(op.getLhs()))
    power = replaceNotANumber(exporter, power);
  finish(op, exporter, power, operands.order);
  return success();
}

static constexpr char kAdd[] = "Add", kSub[] = "Sub", kMul[] = "Mul",
                      kDiv[] = "Div", kMin[] = "Min", kMax[] = "Max",
                      kPow[] = "Pow";

template <const char *opType, typename... Ops>
static void add(ExporterRegistry &registry) {
  (registry.add<Ops>(writeBinary<Ops, opType>), ...);
}

void populateElementwiseExporters(ExporterRegistry &registry) {
  add<kAdd, tpu::AddOp, top::AddOp>(registry);
  add<kSub, tpu::SubOp, top::SubOp>(registry);
  add<kMul, tpu::MulOp, top::MulOp>(registry);
  add<kDiv, tpu::DivOp, top::DivOp>(registry);
  add<kMin, tpu::MinOp, top::MinOp>(registry);
  add<kMax, tpu::MaxOp, top::MaxOp>(registry);
  add<kPow, top::PowOp>(registry);
  registry.add<tpu::PowOp>(writePow);
}

} // namespace qc::onnxexport
