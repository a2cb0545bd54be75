// Elementwise ops of two tensors.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "FunctionTable.h"
#include "Lowering.h"

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

using Limits = std::optional<ValueRange1D>;

static FailureOr<Value> getOperand(Lowering &lowering, Value value,
                                   const Limits &limits) {
  return limits ? lowering.getActivationWithin(value, *limits)
                : lowering.getActivation(value);
}

template <typename TopOp>
static FailureOr<Operands> getOperands(TopOp op, Lowering &lowering,
                                       const Limits &lhsLimits = {},
                                       const Limits &rhsLimits = {}) {
  auto lhs = getOperand(lowering, op.getLhs(), lhsLimits);
  auto rhs = getOperand(lowering, op.getRhs(), rhsLimits);
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

/// Limits of a constant operand of a sum: beyond them the result saturates
/// whatever the other operand is. The signs say how both enter the sum.
static Limits getSumLimits(Lowering &lowering, Value result, Value operand,
                           double sign, Value other, double otherSign) {
  if (!getFloatElements(operand) || !lowering.getType(other))
    return std::nullopt;
  ValueRange1D ends = getRepresentableRange(lowering.getType(other));
  ValueRange1D wanted = getRepresentableRange(lowering.getType(result));
  auto [low, high] = std::minmax({otherSign * ends.min, otherSign * ends.max});
  ValueRange1D limits{wanted.min - high, wanted.max - low};
  return sign > 0 ? limits : ValueRange1D{-limits.max, -limits.min};
}

/// add and sub: one rounding over both rescaled operands.
template <typename TpuOp, typename TopOp>
static LogicalResult lowerSum(TopOp op, Lowering &lowering) {
  if (auto lowered = lowerScalarOperand(op, lowering))
    return *lowered;
  Value lhs = op.getLhs(), rhs = op.getRhs(), output = op.getOutput();
  constexpr double sign = std::is_same_v<TopOp, top::SubOp> ? -1 : 1;
  auto operands = getOperands(
      op, lowering, getSumLimits(lowering, output, lhs, 1, rhs, sign),
      getSumLimits(lowering, output, rhs, sign, lhs, 1));
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
