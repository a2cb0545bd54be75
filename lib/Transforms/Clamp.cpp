// Ops that bound every element, whatever they are called.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Clamp.h"
#include "qc/Dialect/Top/IR/Top.h"
#include "qc/Transforms/ConstantValues.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace qc {

static constexpr float kInfinity = std::numeric_limits<float>::infinity();

Clamp Clamp::then(const Clamp &outer) const {
  auto apply = [&](float bound) {
    return std::min(std::max(bound, outer.lower), outer.upper);
  };
  return {apply(lower), apply(upper)};
}

bool Clamp::isRelu() const { return lower == 0.0f && upper == kInfinity; }

Clamp getClamp(Operation *op, StringRef min, StringRef max) {
  auto read = [&](StringRef name, float absent) {
    auto attr = op->getAttrOfType<FloatAttr>(name);
    return attr ? attr.getValue().convertToFloat() : absent;
  };
  return {read(min, -kInfinity), read(max, kInfinity)};
}

/// min or max of a tensor and one number.
static std::optional<std::pair<Value, Clamp>> getLimit(Operation *op,
                                                       bool isMax) {
  for (unsigned i : {0u, 1u}) {
    std::optional<double> bound = getSplat(op->getOperand(1 - i));
    Value input = op->getOperand(i);
    if (!bound || std::isnan(*bound) ||
        top::getShape(input) != top::getShape(op->getResult(0)))
      continue;
    return std::make_pair(input, isMax ? Clamp{float(*bound), kInfinity}
                                       : Clamp{-kInfinity, float(*bound)});
  }
  return std::nullopt;
}

std::optional<std::pair<Value, Clamp>> getClamp(Operation *op) {
  if (auto relu = dyn_cast_or_null<top::ReluOp>(op))
    return std::make_pair(relu.getInput(), Clamp{0.0f, kInfinity});
  if (auto clip = dyn_cast_or_null<top::ClipOp>(op))
    return std::make_pair(clip.getInput(), getClamp(clip, "min", "max"));
  if (isa_and_present<top::MinOp, top::MaxOp>(op))
    return getLimit(op, isa<top::MaxOp>(op));
  return std::nullopt;
}

static FloatAttr getF32Attr(MLIRContext *context, float value) {
  return FloatAttr::get(Float32Type::get(context), value);
}

FloatAttr getLowerAttr(MLIRContext *context, const Clamp &clamp) {
  return clamp.lower == -kInfinity ? FloatAttr()
                                   : getF32Attr(context, clamp.lower);
}

FloatAttr getUpperAttr(MLIRContext *context, const Clamp &clamp) {
  return clamp.upper == kInfinity ? FloatAttr()
                                  : getF32Attr(context, clamp.upper);
}

} // namespace qc
