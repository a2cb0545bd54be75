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

template <typename TopOp>
static FailureOr<Operands> getOperands(TopOp op, Lowering &lowering) {
  auto lhs = lowering.getActivation(op.getLhs());
  auto rhs = lowering.getActivation(op.getRhs());
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
  auto requant =
      makeSumRequant(op.getLoc(), operands->lhsScale / element.getScale(),
                     operands->rhsScale / element.getScale(),
                     lowering.spec.kind, lowering.spec.rounding);
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
  auto requant =
      lowering.requant(op.getLoc(), {operands->lhsScale * operands->rhsScale /
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
  lowering.map(
      op.getOutput(),
      TpuOp::create(
          lowering.builder, op.getLoc(), type, operands->lhs, operands->rhs,
          lowering.getClamp(min, max, tpu::getActivationElement(type))));
  return success();
}

/// `TpuOp`, or a table when one operand is a scalar.
template <typename TpuOp, typename TopOp>
static void addBinary(LoweringRegistry &registry,
                      LogicalResult (*lower)(TopOp, Lowering &)) {
  registry.add<TopOp>(
      lower,
      +[](TopOp op) -> StringRef {
        return findScalarOperand(op) ? tpu::LutOp::getOperationName()
                                     : TpuOp::getOperationName();
      },
      // A table has the number within.
      +[](TopOp op, unsigned index) {
        auto scalar = findScalarOperand(op);
        return scalar && scalar->left == (index == 0)
                   ? ConstantForm::Number
                   : ConstantForm::Activation;
      });
}

void populateElementwiseLowerings(LoweringRegistry &registry) {
  addBinary<tpu::AddOp>(registry, lowerSum<tpu::AddOp, top::AddOp>);
  addBinary<tpu::SubOp>(registry, lowerSum<tpu::SubOp, top::SubOp>);
  addBinary<tpu::MulOp>(registry, lowerMul);
  addBinary<tpu::DivOp>(
      registry, +[](top::DivOp op, Lowering &lowering) {
        return lowerReal<tpu::DivOp>(op, lowering, op.getActMin(),
                                     op.getActMax());
      });
  addBinary<tpu::MinOp>(
      registry, +[](top::MinOp op, Lowering &lowering) {
        return lowerReal<tpu::MinOp>(op, lowering, std::nullopt, std::nullopt);
      });
  addBinary<tpu::MaxOp>(
      registry, +[](top::MaxOp op, Lowering &lowering) {
        return lowerReal<tpu::MaxOp>(op, lowering, std::nullopt, std::nullopt);
      });
  addBinary<tpu::PowOp>(
      registry, +[](top::PowOp op, Lowering &lowering) {
        return lowerReal<tpu::PowOp>(op, lowering, std::nullopt, std::nullopt);
      });
}

} // namespace qc
