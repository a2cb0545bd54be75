// Channels of a network that have to be scaled by one factor.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "ChannelGroups.h"
#include "qc/Dialect/QC/IR/QC.h"
#include "qc/Dialect/Top/IR/Top.h"
#include "qc/Quantization/Activations.h"

#include <cmath>

namespace qc {

static ArrayRef<int64_t> getShape(Value value) {
  return cast<RankedTensorType>(value.getType()).getShape();
}

static int64_t getProduct(ArrayRef<int64_t> sizes) {
  int64_t product = 1;
  for (int64_t size : sizes)
    product *= size;
  return product;
}

//===----------------------------------------------------------------------===//
// Spans
//===----------------------------------------------------------------------===//

const ChannelGroups::Span *ChannelGroups::find(Value value) const {
  auto found = spans.find(value);
  return found == spans.end() ? nullptr : &found->second;
}

/// Numbers the channels of `value`; those that somebody has fixed stay.
const ChannelGroups::Span *ChannelGroups::addSpan(Value value, int64_t axis) {
  Span span{unsigned(pinnedChannels.size()), axis, getShape(value)[axis]};
  bool isFixed = getStorageType(value) || hasFixedParameters(value);
  pinnedChannels.resize(span.first + size_t(span.count), isFixed);
  groups.grow(unsigned(pinnedChannels.size()));
  return &spans.insert({value, span}).first->second;
}

void ChannelGroups::pin(Value value) {
  if (const Span *span = find(value))
    std::fill_n(pinnedChannels.begin() + span->first, span->count, true);
}

/// Lets `to` have channels along `toAxis` that are those of `from`.
bool ChannelGroups::join(Value from, Value to, int64_t toAxis) {
  const Span *source = find(from);
  if (!source || getShape(to)[toAxis] != source->count)
    return false;
  unsigned first = source->first;
  const Span *result = addSpan(to, toAxis);
  for (int64_t c = 0; c < result->count; ++c)
    groups.join(first + unsigned(c), result->first + unsigned(c));
  return true;
}

bool ChannelGroups::join(Value from, Value to) {
  const Span *source = find(from);
  return source && getShape(to).size() == getShape(from).size() &&
         join(from, to, source->axis);
}

//===----------------------------------------------------------------------===//
// Ops behind which channels are still the same
//===----------------------------------------------------------------------===//

/// A sum of two tensors with the same channels.
bool ChannelGroups::joinSum(Operation *op) {
  Value lhs = op->getOperand(0), rhs = op->getOperand(1);
  Value result = op->getResult(0);
  const Span *left = find(lhs), *right = find(rhs);
  if (!left || !right || left->axis != right->axis ||
      getShape(lhs) != getShape(rhs))
    return false;
  for (int64_t c = 0; c < left->count; ++c)
    groups.join(left->first + unsigned(c), right->first + unsigned(c));
  return join(lhs, result);
}

/// A product scales with one of its factors; the other stays as it is.
bool ChannelGroups::joinProduct(Operation *op) {
  Value result = op->getResult(0);
  for (int i : {0, 1}) {
    Value scaled = op->getOperand(i), other = op->getOperand(1 - i);
    if (scaled == other || !find(scaled) ||
        getShape(scaled) != getShape(result) ||
        (find(other) && getShape(other) == getShape(result)))
      continue;
    pin(other);
    return join(scaled, result);
  }
  return false;
}

bool ChannelGroups::joinReduced(Operation *op) {
  const Span *source = find(op->getOperand(0));
  auto axes = op->getAttrOfType<DenseI64ArrayAttr>("axes");
  auto keeps = op->getAttrOfType<BoolAttr>("keepdims");
  if (!source || !axes || llvm::is_contained(axes.asArrayRef(), source->axis))
    return false;
  int64_t axis = source->axis;
  if (keeps && !keeps.getValue())
    axis -= llvm::count_if(axes.asArrayRef(),
                           [&](int64_t a) { return a < source->axis; });
  return join(op->getOperand(0), op->getResult(0), axis);
}

/// The dimension of the channels stays one, or takes the ones behind it in.
bool ChannelGroups::joinReshaped(Operation *op) {
  Value from = op->getOperand(0), to = op->getResult(0);
  const Span *source = find(from);
  if (!source)
    return false;
  ArrayRef<int64_t> shape = getShape(from), result = getShape(to);
  int64_t outer = getProduct(shape.take_front(source->axis));
  int64_t inner = getProduct(shape.drop_front(source->axis + 1));
  for (auto [axis, size] : llvm::enumerate(result)) {
    if (getProduct(result.take_front(axis)) != outer ||
        size % source->count != 0 ||
        (size == 1 && source->count == 1 && axis + 1 < result.size()))
      continue;
    int64_t each = size / source->count;
    if (each * getProduct(result.drop_front(axis + 1)) != inner)
      continue;
    unsigned first = source->first;
    const Span *target = addSpan(to, int64_t(axis));
    for (int64_t i = 0; i < target->count; ++i)
      groups.join(first + unsigned(i / each), target->first + unsigned(i));
    return true;
  }
  return false;
}

bool ChannelGroups::joinSlice(Operation *op) {
  auto slice = cast<top::SliceOp>(op);
  const Span *source = find(slice.getInput());
  if (!source)
    return false;
  unsigned first = source->first;
  int64_t axis = source->axis;
  const Span *target = addSpan(slice.getOutput(), axis);
  for (int64_t i = 0; i < target->count; ++i)
    groups.join(first + unsigned(slice.getOffsets()[axis] +
                                 i * slice.getStrides()[axis]),
                target->first + unsigned(i));
  return true;
}

bool ChannelGroups::joinConcat(Operation *op) {
  auto concat = cast<top::ConcatOp>(op);
  std::optional<int64_t> axis;
  for (Value operand : concat.getInputs())
    if (const Span *span = find(operand); span && !axis)
      axis = span->axis;
  if (!axis)
    return false;
  const Span target = *addSpan(concat.getOutput(), *axis);
  bool appends = int64_t(concat.getAxis()) == *axis;
  int64_t offset = 0;
  for (Value operand : concat.getInputs()) {
    const Span *source = find(operand);
    int64_t count = getShape(operand)[*axis];
    bool follows = source && source->axis == *axis;
    if (!follows)
      pin(operand);
    for (int64_t c = 0; c < count; ++c) {
      unsigned channel = target.first + unsigned(offset + c);
      if (follows)
        groups.join(source->first + unsigned(c), channel);
      else
        pinnedChannels[channel] = true;
    }
    if (appends)
      offset += count;
  }
  return true;
}

/// Lets the result of `op` have the channels of its operands, if a factor on
/// these is a factor on those.
bool ChannelGroups::follow(Operation *op) {
  using Rule = bool (*)(ChannelGroups &, Operation *);
  constexpr Rule first = [](ChannelGroups &groups, Operation *op) {
    return groups.join(op->getOperand(0), op->getResult(0));
  };
  constexpr Rule sum = [](ChannelGroups &groups, Operation *op) {
    return groups.joinSum(op);
  };
  constexpr Rule reduced = [](ChannelGroups &groups, Operation *op) {
    return groups.joinReduced(op);
  };
  static const llvm::StringMap<Rule> rules = {
      {top::ReluOp::getOperationName(), first},
      {top::LeakyReluOp::getOperationName(), first},
      {top::PReluOp::getOperationName(), first},
      {top::ClipOp::getOperationName(), first},
      {top::MaxPoolOp::getOperationName(), first},
      {top::AvgPoolOp::getOperationName(), first},
      {top::ResizeOp::getOperationName(), first},
      {top::AddOp::getOperationName(), sum},
      {top::SubOp::getOperationName(), sum},
      {top::MulOp::getOperationName(),
       [](ChannelGroups &groups, Operation *op) {
         return groups.joinProduct(op);
       }},
      {top::ReduceMeanOp::getOperationName(), reduced},
      {top::ReduceSumOp::getOperationName(), reduced},
      {top::ReduceMaxOp::getOperationName(), reduced},
      {top::ReduceMinOp::getOperationName(), reduced},
      {top::ReshapeOp::getOperationName(),
       [](ChannelGroups &groups, Operation *op) {
         return groups.joinReshaped(op);
       }},
      {top::SliceOp::getOperationName(),
       [](ChannelGroups &groups, Operation *op) {
         return groups.joinSlice(op);
       }},
      {top::ConcatOp::getOperationName(),
       [](ChannelGroups &groups, Operation *op) {
         return groups.joinConcat(op);
       }},
      {top::PadOp::getOperationName(),
       [](ChannelGroups &groups, Operation *op) {
         auto pad = cast<top::PadOp>(op);
         return pad.getValue().isZero() &&
                groups.join(pad.getInput(), pad.getOutput());
       }},
      {top::TransposeOp::getOperationName(),
       [](ChannelGroups &groups, Operation *op) {
         auto transpose = cast<top::TransposeOp>(op);
         const Span *source = groups.find(transpose.getInput());
         if (!source)
           return false;
         const auto *axis = llvm::find(transpose.getPerm(), source->axis);
         return groups.join(transpose.getInput(), transpose.getOutput(),
                            axis - transpose.getPerm().begin());
       }},
  };
  auto rule = rules.find(op->getName().getStringRef());
  return rule != rules.end() && !isInFloat(op) && rule->second(*this, op);
}

//===----------------------------------------------------------------------===//
// All ops
//===----------------------------------------------------------------------===//

/// Where the op of a value with channels clamps it.
void ChannelGroups::addBound(Operation *op) {
  constexpr double kNone = std::numeric_limits<double>::infinity();
  Bound bound{op->getResult(0), -kNone, kNone};
  for (StringRef name : {"act_min", "min"})
    if (auto low = op->getAttrOfType<FloatAttr>(name))
      if (double end = low.getValueAsDouble(); end != 0)
        bound.min = end;
  for (StringRef name : {"act_max", "max"})
    if (auto high = op->getAttrOfType<FloatAttr>(name))
      if (double end = high.getValueAsDouble(); end != 0)
        bound.max = end;
  if (std::isfinite(bound.min) || std::isfinite(bound.max))
    bounds.push_back(bound);
}

void ChannelGroups::visit(Operation *op) {
  if (op->hasTrait<OpTrait::ConstantLike>())
    return;
  if (auto layer = getFloatLayer(op)) {
    Value input = op->getOperand(0);
    const Span *span = find(input);
    if (span &&
        (span->axis != layer->inputAxis ||
         span->count != layer->geometry.inputs * layer->geometry.groups))
      pin(input);
    addSpan(op->getResult(0), layer->outputAxis);
    layers.push_back(std::move(*layer));
  } else if (!follow(op)) {
    for (Value operand : op->getOperands())
      pin(operand);
    return;
  }
  addBound(op);
}

ChannelGroups::ChannelGroups(func::FuncOp function) {
  for (Operation &op : function.getBody().front())
    visit(&op);
  groups.compress();
  pinned.assign(groups.getNumClasses(), false);
  for (auto [channel, isPinned] : llvm::enumerate(pinnedChannels))
    if (isPinned)
      pinned[groups[unsigned(channel)]] = true;
}

} // namespace qc
