// Cycles that a program is estimated to take on its target.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Target/CycleEstimate.h"
#include "qc/Interfaces/CostOpInterface.h"
#include "qc/Interfaces/LayoutOpInterface.h"

#include "mlir/IR/Matchers.h"

namespace qc {

namespace {
class Estimator {
public:
  Estimator(const ComputeRates &rates, function_ref<bool(Value)> isWide)
      : rates(rates), isWide(isWide) {}

  double estimate(Operation *op) const;

private:
  int64_t getBytes(Value value) const;
  bool readsWide(Operation *op) const;

  const ComputeRates &rates;
  function_ref<bool(Value)> isWide;
};
} // namespace

static unsigned getBits(Value value) {
  auto type = dyn_cast<RankedTensorType>(value.getType());
  return type ? getStorageBits(type.getElementType()) : 0;
}

/// Bytes of `value`, at 16 bits where it shall be counted so.
int64_t Estimator::getBytes(Value value) const {
  int64_t bytes = sumOfBytes(value.getType());
  return getBits(value) == 8 && isWide && isWide(value) ? 2 * bytes : bytes;
}

bool Estimator::readsWide(Operation *op) const {
  return llvm::any_of(op->getOperands(), [&](Value operand) {
    return !matchPattern(operand, m_Constant()) &&
           (getBits(operand) == 16 || (isWide && isWide(operand)));
  });
}

double Estimator::estimate(Operation *op) const {
  if (op->hasTrait<OpTrait::ConstantLike>() ||
      op->hasTrait<OpTrait::IsTerminator>())
    return 0;
  auto cost = dyn_cast<CostOpInterface>(op);
  double macs = cost ? static_cast<double>(cost.getMacs()) : 0;
  if (readsWide(op))
    macs *= rates.wideFactor;
  double bytes = 0;
  for (Value operand : op->getOperands())
    bytes += static_cast<double>(getBytes(operand));
  for (Value result : op->getResults())
    bytes += static_cast<double>(getBytes(result));
  return std::max(macs / rates.macs, bytes / rates.bytes);
}

double estimateCycles(func::FuncOp function, const ComputeRates &rates,
                      function_ref<bool(Value)> isWide) {
  if (rates.macs <= 0 || rates.bytes <= 0)
    return 0;
  Estimator estimator(rates, isWide);
  double cycles = 0;
  for (Operation &op : function.getBody().front())
    cycles += estimator.estimate(&op);
  return cycles;
}

double estimateOpCycles(Operation *op, const ComputeRates &rates) {
  if (rates.macs <= 0 || rates.bytes <= 0)
    return 0;
  return Estimator(rates, {}).estimate(op);
}

} // namespace qc
