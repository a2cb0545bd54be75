// Elementwise ops of two tensors.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "FunctionTable.h"
#include "Lowering.h"
#include "qc/Quantization/UsefulRanges.h"

namespace qc {

namespace {
/// The two operands in integers, both of the result's rank, so that a
/// transpose can move through.
struct Operands {
  Value lhs, rhs;
  double lhsScale, rhsScale;
};
} // namespace

static Value alignRank(Lowering &lowering, Location loc, Value value,
                       int64_t rank) {
  auto type = cast<RankedTensorType>(value.getType());
  if (type.getRank() == rank)
    return value;
  SmallVector<int64_t> shape(rank - type.getRank(), 1);
  llvm::append_range(shape, type.getShape());
  return lowering.reshape(deriveName(loc, "_aligned"), value, shape);
}

static KnownValues know(Lowering &lowering, Value value) {
  if (auto constant = getConstantValues(value))
    return *constant;
  auto type = lowering.getType(value);
  return {getRepresentableRange(type), type.getScale()};
}

/// Operand `index` in integers. Elements of a constant that make no difference
/// leave the others a finer step.
static FailureOr<Value> getOperand(QuantizableOpInterface op, unsigned index,
                                   Lowering &lowering) {
  Value value = op->getOperand(index);
  auto constant = getConstantValues(value);
  if (!constant || getFloatElements(op->getOperand(1 - index)))
    return lowering.getActivation(value);
  ValueRange1D useful = getUsefulRange(
      op, index,
      {know(lowering, op->getOperand(0)), know(lowering, op->getOperand(1))},
      getRepresentableRange(lowering.getType(op->getResult(0))));
  if (constant->range.min >= useful.min && constant->range.max <= useful.max)
    return lowering.getActivation(value);
  return lowering.getActivationWithin(value, useful);
}

template <typename TopOp>
static FailureOr<Operands> getOperands(TopOp op, Lowering &lowering) {
  auto quantizable = cast<QuantizableOpInterface>(op.getOperation());
  auto lhs = getOperand(quantizable, 0, lowering);
  auto rhs = getOperand(quantizable, 1, lowering);
  if (failed(lhs) || failed(rhs))
    return failure();
  int64_t rank = cast<RankedTensorType>(op.getOutput().getType()).getRank();
  return Operands{alignRank(lowering, op.getLoc(), *lhs, rank),
                  alignRank(lowering, op.getLoc(), *rhs, rank),
                  tpu::getActivationElement((*lhs).getType()).getScale(),
                  tpu::getActivationElement((*rhs).getType()).getScale()};
}

template <typename TopOp>
static RankedTensorType getResultType(TopOp op, Lowering &lowering) {
  return lowering.getTensorType(
      cast<RankedTensorType>(op.getOutput().getType()).getShape(),
      op.getOutput());
}

/// add and sub: one rounding over both rescaled operands.
template <typename TpuOp, typename TopOp>
static LogicalResult lowerSum(TopOp op, Lowering &lowering) {
  if (auto lowered = lowerScalarOperand(op, lowering))
    return *lowered;
  auto operands = getOperands(op, lowering);
  if (failed(operands))
    return failure();
  auto type = getResultType(op, lowering);
  auto element = tpu::getActivationElement(type);
  auto requant = makeSumRequant(
      op.getLoc(), operands->lhsScale / element.getScale(),
      operands->rhsScale / element.getScale(), lowering.spec.kind,
      lowering.spec.rounding);
  if (failed(requant))
    return failure();
  lowering.map(op.getOutput(),
               TpuOp::create(
                   lowering.builder, op.getLoc(), type, operands->lhs,
                   operands->rhs, *requant,
                   lowering.getClamp(op.getActMin(), op.getActMax(), element)));
  return success();
}

static LogicalResult lowerMul(top::MulOp op, Lowering &lowering) {
  if (auto lowered = lowerScalarOperand(op, lowering))
    return *lowered;
  auto operands = getOperands(op, lowering);
  if (failed(operands))
    return failure();
  auto type = getResultType(op, lowering);
  auto element = tpu::getActivationElement(type);
  auto requant = lowering.requant(op.getLoc(), {operands->lhsScale *
                                                operands->rhsScale /
                                                element.getScale()});
  if (failed(requant))
    return failure();
  lowering.map(op.getOutput(),
               tpu::MulOp::create(
                   lowering.builder, op.getLoc(), type, operands->lhs,
                   operands->rhs, *requant,
                   lowering.getClamp(op.getActMin(), op.getActMax(), element)));
  return success();
}

/// Ops whose kernel works on real values.
template <typename TpuOp, typename TopOp>
static LogicalResult lowerReal(TopOp op, Lowering &lowering,
                               std::optional<APFloat> min,
                               std::optional<APFloat> max) {
  if (auto lowered = lowerScalarOperand(op, lowering))
    return *lowered;
  auto operands = getOperands(op, lowering);
  if (failed(operands))
    return failure();
  auto type = getResultType(op, lowering);
  lowering.map(op.getOutput(),
               TpuOp::create(lowering.builder, op.getLoc(), type, operands->lhs,
                             operands->rhs,
                             lowering.getClamp(
                                 min, max, tpu::getActivationElement(type))));
  return success();
}

/// `TpuOp`, or a table when one operand is a scalar.
template <typename TpuOp, typename TopOp>
static void addBinary(LoweringRegistry &registry,
                      LogicalResult (*lower)(TopOp, Lowering &)) {
  registry.add<TopOp>(lower, +[](TopOp op) -> StringRef {
    return findScalarOperand(op) ? tpu::LutOp::getOperationName()
                                 : TpuOp::getOperationName();
  });
}

void populateElementwiseLowerings(LoweringRegistry &registry) {
  addBinary<tpu::AddOp>(registry, lowerSum<tpu::AddOp, top::AddOp>);
  addBinary<tpu::SubOp>(registry, lowerSum<tpu::SubOp, top::SubOp>);
  addBinary<tpu::MulOp>(registry, lowerMul);
  addBinary<tpu::DivOp>(registry, +[](top::DivOp op, Lowering &lowering) {
    return lowerReal<tpu::DivOp>(op, lowering, op.getActMin(), op.getActMax());
  });
  addBinary<tpu::MinOp>(registry, +[](top::MinOp op, Lowering &lowering) {
    return lowerReal<tpu::MinOp>(op, lowering, std::nullopt, std::nullopt);
  });
  addBinary<tpu::MaxOp>(registry, +[](top::MaxOp op, Lowering &lowering) {
    return lowerReal<tpu::MaxOp>(op, lowering, std::nullopt, std::nullopt);
  });
  addBinary<tpu::PowOp>(registry, +[](top::PowOp op, Lowering &lowering) {
    return lowerReal<tpu::PowOp>(op, lowering, std::nullopt, std::nullopt);
  });
}

} // namespace qc
