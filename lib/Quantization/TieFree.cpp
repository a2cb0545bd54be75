// Scales whose requantisation never lands between two integers.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Quantization/TieFree.h"
#include "qc/Quantization/Activations.h"

#include "llvm/ADT/EquivalenceClasses.h"
#include "llvm/ADT/MapVector.h"

#include <cmath>

namespace qc {

double getTieFreeRatio(double ratio) {
  constexpr int64_t kLargest = int64_t(1) << 16;
  if (!(ratio > 0) || !std::isfinite(ratio))
    return ratio;
  double tolerance = std::ldexp(ratio, -12);
  auto first = static_cast<int64_t>(std::min<double>(1 / ratio, kLargest));
  for (int64_t q = std::max<int64_t>(first - 1, 1) | 1; q < kLargest; q += 2) {
    double p = std::nearbyint(ratio * q);
    if (p >= 1 && std::abs(p / q - ratio) <= tolerance)
      return p / q;
  }
  return ratio;
}

namespace {

using Types = llvm::DenseMap<Value, quant::UniformQuantizedType>;

/// `type` with another scale: the same values stay representable where the
/// scale grows.
quant::UniformQuantizedType withScale(quant::UniformQuantizedType type,
                                      double scale) {
  scale = static_cast<float>(scale);
  int64_t low = type.getStorageTypeMin(), high = type.getStorageTypeMax();
  int64_t zeroPoint = type.getZeroPoint();
  if (zeroPoint != 0 || low == 0)
    zeroPoint = std::clamp<int64_t>(
        std::llround(low + (zeroPoint - low) * (type.getScale() / scale)), low,
        high);
  return quant::UniformQuantizedType::get(
      type.getFlags(), type.getStorageType(), type.getExpressedType(), scale,
      zeroPoint, low, high);
}

class TieFree {
public:
  TieFree(func::FuncOp function, Types &types)
      : function(function), types(types) {}

  void run();

private:
  SmallVector<Value> getActivations(Operation *op) const;
  bool isNarrow(Value value) const {
    auto type = types.lookup(value);
    return type && type.getStorageTypeIntegralWidth() == 8;
  }
  void link(Operation *op);
  void alignSums();
  void followOperands(Operation *op);
  void setScale(Value value, double scale);

  func::FuncOp function;
  Types &types;
  /// Values of one type, because ops between them only move data.
  llvm::EquivalenceClasses<Value> moved;
  /// Leaders of `moved` whose integers are added to each other or joined.
  llvm::EquivalenceClasses<Value> sums;
};

} // namespace

SmallVector<Value> TieFree::getActivations(Operation *op) const {
  SmallVector<Value> values;
  for (Value operand : op->getOperands())
    if (types.contains(operand))
      values.push_back(operand);
  return values;
}

/// Notes which values `op` makes depend on each other.
void TieFree::link(Operation *op) {
  auto quantizable = dyn_cast<QuantizableOpInterface>(op);
  SmallVector<Value> operands = getActivations(op);
  if (!quantizable || operands.empty())
    return;
  bool joins = joinsValues(op);
  bool one = operands.size() == 1 && !joins;
  // What is moved from a copy in the other width has that copy's type.
  if (quantizable.sharesParameters() && one) {
    Value first = op->getResult(0);
    if (types.lookup(first) == types.lookup(operands.front()))
      moved.unionSets(operands.front(), first);
    for (Value result : op->getResults())
      if (types.contains(result))
        moved.unionSets(first, result);
  }
  bool adds = quantizable.getScaleRelation().kind == ScaleRelation::Sum;
  if (one || !(adds || quantizable.sharesParameters()))
    return;
  Value result = moved.getOrInsertLeaderValue(op->getResult(0));
  for (Value operand : operands)
    sums.unionSets(result, moved.getOrInsertLeaderValue(operand));
}

void TieFree::setScale(Value value, double scale) {
  auto type = withScale(types.lookup(value), scale);
  for (Value member : moved.members(moved.getOrInsertLeaderValue(value)))
    types[member] = type;
}

/// The scales of each set of sums become odd multiples of a step of its own.
void TieFree::alignSums() {
  // The smallest scale is this many steps: the others grow by a step or two.
  constexpr int64_t kSteps = 255;
  for (const auto *set : sums) {
    if (!set->isLeader())
      continue;
    SmallVector<Value> members;
    for (Value member : sums.members(*set))
      if (isNarrow(member))
        members.push_back(member);
    double smallest = std::numeric_limits<double>::infinity();
    for (Value member : members)
      smallest = std::min(smallest, types.lookup(member).getScale());
    double step = smallest / kSteps;
    for (Value member : members) {
      double scale = types.lookup(member).getScale();
      // Not more than what a scale of float32 may be off.
      double multiple = std::ceil(scale / step * (1 - 1e-6));
      if (std::fmod(multiple, 2) == 0)
        ++multiple;
      setScale(member, multiple * step);
    }
  }
}

/// The result of a mean, a clamp or a product of activations.
void TieFree::followOperands(Operation *op) {
  auto quantizable = dyn_cast<QuantizableOpInterface>(op);
  if (!quantizable || op->getNumResults() != 1 || !isNarrow(op->getResult(0)))
    return;
  ScaleRelation relation = quantizable.getScaleRelation();
  Value result = op->getResult(0);
  if (relation.kind == ScaleRelation::None ||
      sums.contains(moved.getOrInsertLeaderValue(result)))
    return;
  double scale = 1 / relation.divisor;
  for (Value operand : op->getOperands()) {
    if (!isNarrow(operand))
      return; // a constant, whose scale is not known here, or a wide value
    scale *= types.lookup(operand).getScale();
  }
  setScale(result,
           scale / getTieFreeRatio(scale / types.lookup(result).getScale()));
}

void TieFree::run() {
  Block &block = function.getBody().front();
  for (Operation &op : block)
    link(&op);
  alignSums();
  for (Operation &op : block)
    followOperands(&op);
}

void makeTieFree(func::FuncOp function, Types &types) {
  TieFree(function, types).run();
}

} // namespace qc
