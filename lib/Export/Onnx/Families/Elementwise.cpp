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

/// Registers `OpTy` as node `opType`, a literal.
template <typename OpTy, const char *opType>
static LogicalResult writeBinary(OpTy op, Exporter &exporter) {
  Operands operands = getOperands(op, exporter);
  exporter.finish(op.getOutput(),
                  exporter.emit(opType, {operands.lhs, operands.rhs}),
                  operands.order, op.getClamp());
  return success();
}

static LogicalResult writePow(tpu::PowOp op, Exporter &exporter) {
  Operands operands = getOperands(op, exporter);
  std::string power = exporter.emit("Pow", {operands.lhs, operands.rhs});
  if (canBeNegative(op.getLhs()))
    power = replaceNotANumber(exporter, power);
  exporter.finish(op.getOutput(), power, operands.order, op.getClamp());
  return success();
}

static constexpr char kAdd[] = "Add", kSub[] = "Sub", kMul[] = "Mul",
                      kDiv[] = "Div", kMin[] = "Min", kMax[] = "Max";

void populateElementwiseExporters(ExporterRegistry &registry) {
  registry.add<tpu::AddOp>(writeBinary<tpu::AddOp, kAdd>);
  registry.add<tpu::SubOp>(writeBinary<tpu::SubOp, kSub>);
  registry.add<tpu::MulOp>(writeBinary<tpu::MulOp, kMul>);
  registry.add<tpu::DivOp>(writeBinary<tpu::DivOp, kDiv>);
  registry.add<tpu::MinOp>(writeBinary<tpu::MinOp, kMin>);
  registry.add<tpu::MaxOp>(writeBinary<tpu::MaxOp, kMax>);
  registry.add<tpu::PowOp>(writePow);
}

} // namespace qc::onnxexport
