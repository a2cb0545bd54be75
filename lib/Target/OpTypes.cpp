// The storage types of an op of tpu, against a rule.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "OpTypes.h"
#include "qc/Interfaces/WeightedOpInterface.h"

#include "mlir/Dialect/Quant/IR/QuantTypes.h"
#include "llvm/ADT/StringExtras.h"

#include <set>

namespace qc {

static quant::QuantizedType getElement(Value value) {
  auto type = dyn_cast<RankedTensorType>(value.getType());
  return type ? dyn_cast<quant::QuantizedType>(type.getElementType())
              : quant::QuantizedType();
}

/// Weights of a layer, or slopes: constants of no activation's kind.
static bool isWeight(Value value, Operation *op) {
  if (auto weighted = dyn_cast<WeightedOpInterface>(op))
    return weighted.getWeight() == value;
  Operation *source = value.getDefiningOp();
  return source && source->hasTrait<OpTrait::ConstantLike>() &&
         isa<quant::UniformQuantizedPerAxisType>(getElement(value));
}

std::string findOtherType(Operation *op, const TypeRule &rule) {
  std::set<unsigned> bits;
  SmallVector<std::string> found;
  auto visit = [&](quant::QuantizedType type, const TypeSet &set) {
    auto kind = getStorageKind(type);
    if (!kind || set.contains(*kind))
      return;
    unsigned width = type.getStorageTypeIntegralWidth();
    std::string words = set.meets(TypeSet::ofBits(width))
                            ? TypeSet({*kind}).getWords()
                            : std::to_string(width) + " bits";
    if (!llvm::is_contained(found, words))
      found.push_back(words);
  };
  for (OpOperand &use : op->getOpOperands())
    if (auto type = getElement(use.get())) {
      bool weighs = isWeight(use.get(), op);
      if (!weighs)
        bits.insert(type.getStorageTypeIntegralWidth());
      visit(type,
            weighs ? rule.weights : rule.getOperand(use.getOperandNumber()));
    }
  for (Value value : op->getResults())
    if (auto type = getElement(value)) {
      bits.insert(type.getStorageTypeIntegralWidth());
      visit(type, rule.results);
    }
  if (rule.sameBits && bits.size() > 1)
    for (unsigned width : bits)
      found.push_back(std::to_string(width) +
                      (width == *bits.rbegin() ? " bits" : ""));
  return llvm::join(found, " and ");
}

} // namespace qc
