// Scales whose requantisation never lands between two integers.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Quantization/TieFree.h"
#include "qc/Quantization/Activations.h"

#include "llvm/ADT/EquivalenceClasses.h"
#include "llvm/ADT/SetVector.h"

#include <cmath>

namespace qc {

/// The first fraction p / q with q odd that `accepts` takes; `ratio` where
/// there is none below 2^16.
template <typename Accepts>
static double findOddFraction(double ratio, Accepts accepts) {
  constexpr int64_t kLargest = int64_t(1) << 16;
  if (!(ratio > 0) || !std::isfinite(ratio))
    return ratio;
  auto first = static_cast<int64_t>(std::min<double>(1 / ratio, kLargest));
  for (int64_t q = std::max<int64_t>(first - 1, 1) | 1; q < kLargest; q += 2)
    if (std::optional<double> p = accepts(q); p && *p >= 1)
      return *p / q;
  return ratio;
}

double getTieFreeRatio(double ratio) {
  double tolerance = std::ldexp(ratio, -12);
  return findOddFraction(ratio, [&](int64_t q) -> std::optional<double> {
    double p = std::nearbyint(ratio * q);
    return std::abs(p / q - ratio) <= tolerance ? std::optional(p)
                                                : std::nullopt;
  });
}

/// The same for a result of 16 bits: floats tell its halves apart only where q
/// is small, and a scale that grows by a thirty-second costs nothing.
static double getWideTieFreeRatio(double ratio) {
  return findOddFraction(ratio, [&](int64_t q) -> std::optional<double> {
    // Nothing is cut where the scale does not shrink.
    double p = std::floor(ratio * q * (1 + 1e-7));
    return ratio - p / q <= std::ldexp(ratio, -5) ? std::optional(p)
                                                  : std::nullopt;
  });
}

namespace {

using Classes = llvm::EquivalenceClasses<Value>;

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

/// The factors of two in `divisor`, a product of counts.
int countFactorsOfTwo(double divisor) {
  int count = 0;
  for (; divisor >= 2 && std::fmod(divisor, 2) == 0; divisor /= 2)
    ++count;
  return count;
}

/// An op whose result's scale follows from those of its operands.
struct Link {
  /// Those that are read as they are.
  SmallVector<Value, 2> operands;
  Value result;
  ScaleRelation relation;
  /// The scales of the others, which are read as copies in the other width.
  double copiedScale = 1;

  bool isProduct() const { return relation.kind == ScaleRelation::Product; }
  /// A mean or a clamp of what has a scale that may move.
  bool isMean() const { return !isProduct() && operands.size() == 1; }
};

/// Values fall into classes of one type (`moved`), classes into sets that are
/// summed or joined (`sums`), sets into bodies whose scales change by one
/// factor, because links between them hold.
class TieFree {
public:
  TieFree(func::FuncOp function, const ActivationWidths &widths,
          ActivationTypes &types)
      : function(function), widths(widths), types(types.types),
        copies(types.copies) {}

  void run();
  void limitMeans();

private:
  SmallVector<Value> getActivations(Operation *op) const;
  double getCopiedScale(Value value) const {
    return copies.lookup(value).getScale();
  }
  std::optional<Link> getLink(Operation *op) const;
  double getScale(Value value) const { return types.lookup(value).getScale(); }
  bool isWide(Value value) const {
    return types.lookup(value).getStorageTypeIntegralWidth() > 8;
  }
  /// Whether the scale of `value` is not to be moved.
  bool isGiven(Value value) {
    return llvm::any_of(moved.members(getClass(value)),
                        [](Value member) { return getStorageType(member); });
  }
  Value getClass(Value value) { return moved.getOrInsertLeaderValue(value); }
  Value getSet(Value value) {
    return sums.getOrInsertLeaderValue(getClass(value));
  }
  Value getBody(Value value) {
    return bodies.getOrInsertLeaderValue(getSet(value));
  }
  void group(Operation *op);
  void absorbCycles();
  void orderSets();
  void alignSums();
  void align(ArrayRef<Value> members);
  void follow(const Link &link);
  void setScale(Value value, double scale);
  void scaleBody(Value body, double factor);
  void takeType(Value value, quant::UniformQuantizedType type);
  void tie(const Link &link, bool rigid);

  func::FuncOp function;
  const ActivationWidths &widths;
  llvm::DenseMap<Value, quant::UniformQuantizedType> &types;
  const llvm::DenseMap<Value, quant::UniformQuantizedType> &copies;
  SmallVector<Link> links;
  /// Operand and result, by classes, of every sum and join.
  SmallVector<std::pair<Value, Value>> terms;
  Classes moved, sums, bodies;
  /// Bodies that hold a product, which one factor for all would change.
  llvm::DenseSet<Value> fixed;
  /// Of classes in sets that links lead through: the power of two in the units
  /// that their scales are odd multiples of.
  llvm::DenseMap<Value, int> exponents;
  /// Sets with such links.
  llvm::DenseSet<Value> linkedSets;
};

} // namespace

SmallVector<Value> TieFree::getActivations(Operation *op) const {
  SmallVector<Value> values;
  for (Value operand : op->getOperands())
    if (types.contains(operand))
      values.push_back(operand);
  return values;
}

/// A mean, a clamp, a product of activations. Constants have scales that are
/// not known here.
std::optional<Link> TieFree::getLink(Operation *op) const {
  auto quantizable = dyn_cast<QuantizableOpInterface>(op);
  if (!quantizable || op->getNumResults() != 1 ||
      !types.contains(op->getResult(0)))
    return std::nullopt;
  Link link{{}, op->getResult(0), quantizable.getScaleRelation()};
  bool isSum = link.relation.kind == ScaleRelation::Sum;
  if (op->getNumOperands() == 0 || (isSum && op->getNumOperands() > 1) ||
      (!isSum && !link.isProduct()))
    return std::nullopt;
  for (OpOperand &use : op->getOpOperands()) {
    Value operand = use.get();
    if (!types.contains(operand))
      return std::nullopt;
    if (!widths.readsCopy(use))
      link.operands.push_back(operand);
    else if (copies.contains(operand))
      link.copiedScale *= getCopiedScale(operand);
    else
      return std::nullopt;
  }
  return link;
}

/// Notes which values `op` makes depend on each other.
void TieFree::group(Operation *op) {
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
  for (OpOperand &use : op->getOpOperands())
    if (llvm::is_contained(operands, use.get()) && !widths.readsCopy(use))
      terms.push_back({use.get(), op->getResult(0)});
}

//===----------------------------------------------------------------------===//
// Sets
//===----------------------------------------------------------------------===//

/// A link between two bodies can be made to hold by a factor on one of them.
/// Within one body it cannot: then all of it becomes one set, in which powers
/// of two make room for the link.
void TieFree::absorbCycles() {
  Classes tied;
  auto getTied = [&](Value value) {
    return tied.getOrInsertLeaderValue(getSet(value));
  };
  for (const Link &link : links) {
    if (!link.isMean())
      continue;
    Value from = getSet(link.operands[0]), to = getSet(link.result);
    if (from == to)
      continue;
    if (getTied(from) != getTied(to)) {
      tied.unionSets(from, to);
      continue;
    }
    SmallVector<Value> members(tied.members(getTied(from)));
    for (Value member : members)
      sums.unionSets(members.front(), member);
  }
}

/// How many factors of two the scale of each class has less than those that it
/// is made of: a mean of four takes two of them.
void TieFree::orderSets() {
  constexpr int kLowest = -12;
  for (const Link &link : links)
    if (link.isMean() && getSet(link.operands[0]) == getSet(link.result))
      linkedSets.insert(getSet(link.result));
  if (linkedSets.empty())
    return;
  llvm::DenseMap<Value, SmallVector<std::pair<Value, int>, 2>> sources;
  for (auto [from, to] : terms)
    sources[to].push_back({getClass(from), 0});
  for (const Link &link : links)
    if (link.isMean() && getSet(link.operands[0]) == getSet(link.result))
      sources[link.result].push_back(
          {getClass(link.operands[0]),
           countFactorsOfTwo(link.relation.divisor)});
  // Results come behind their operands, so that one walk is enough.
  for (Operation &op : function.getBody().front())
    for (Value result : op.getResults())
      for (auto [from, factors] : sources.lookup(result)) {
        int &exponent = exponents[getClass(result)];
        int bound = exponents.lookup(from) - factors;
        exponent = std::max(std::min(exponent, bound), kLowest);
      }
}

/// The scales of `members` become odd multiples of a step of their own, times
/// their power of two.
void TieFree::align(ArrayRef<Value> members) {
  // The smallest scale is this many steps: the others grow by a step or two.
  constexpr int64_t kSteps = 255;
  auto getUnit = [&](Value member) {
    return std::ldexp(1.0, exponents.lookup(member));
  };
  double smallest = std::numeric_limits<double>::infinity();
  for (Value member : members)
    smallest = std::min(smallest, getScale(member) / getUnit(member));
  for (Value member : members) {
    double scale = getScale(member);
    double step = smallest / kSteps * getUnit(member);
    // Not more than what a scale of float32 may be off.
    double multiple = std::ceil(scale / step * (1 - 1e-6));
    if (std::fmod(multiple, 2) == 0)
      ++multiple;
    setScale(member, multiple * step);
  }
}

void TieFree::alignSums() {
  for (const auto *set : sums) {
    if (!set->isLeader())
      continue;
    SmallVector<Value> members[2];
    for (Value member : sums.members(*set))
      if (!isGiven(member))
        members[isWide(member)].push_back(member);
    align(members[false]);
    // Without links through them, sums of 16 bits have nothing to gain.
    if (linkedSets.contains(set->getData()))
      align(members[true]);
  }
}

//===----------------------------------------------------------------------===//
// Links
//===----------------------------------------------------------------------===//

void TieFree::setScale(Value value, double scale) {
  if (isGiven(value))
    return;
  auto type = withScale(types.lookup(value), scale);
  for (Value member : moved.members(getClass(value)))
    types[member] = type;
}

/// `type` for `value` too, where they differ by roundings of zero points only.
void TieFree::takeType(Value value, quant::UniformQuantizedType type) {
  auto own = types.lookup(value);
  if (own.getStorageType() != type.getStorageType() ||
      own.isSigned() != type.isSigned() ||
      std::abs(own.getZeroPoint() - type.getZeroPoint()) > 1 ||
      std::abs(own.getScale() / type.getScale() - 1) > 1e-6 || isGiven(value))
    return;
  for (Value member : moved.members(getClass(value)))
    types[member] = type;
}

void TieFree::scaleBody(Value body, double factor) {
  for (Value set : bodies.members(body))
    for (Value member : sums.members(set))
      setScale(member, getScale(member) * factor);
}

/// The bodies of `link` are one from here on. They are not to be scaled any
/// more where one factor for all would change its ratio.
void TieFree::tie(const Link &link, bool rigid) {
  bool isFixed = !rigid || fixed.contains(getBody(link.result));
  for (Value operand : link.operands)
    isFixed |= fixed.contains(getBody(operand));
  for (Value operand : link.operands)
    bodies.unionSets(getBody(operand), getBody(link.result));
  if (isFixed)
    fixed.insert(getBody(link.result));
}

/// Makes the ratio of `link` tie-free by a factor on the body of its result, or
/// on that of an operand where the result's is fixed.
void TieFree::follow(const Link &link) {
  bool wide = isWide(link.result);
  // A product's ratio is too small for 16 bits to gain from a fraction.
  if (link.isProduct() && wide)
    return;
  double ratio =
      link.copiedScale / link.relation.divisor / getScale(link.result);
  for (Value operand : link.operands)
    ratio *= getScale(operand);

  // Bodies by how often the link has them as operand, less as result.
  SmallVector<std::pair<Value, int>, 3> powers;
  auto count = [&](Value value, int power) {
    Value body = getBody(value);
    for (auto &[known, sum] : powers)
      if (known == body) {
        sum += power;
        return;
      }
    powers.push_back({body, power});
  };
  count(link.result, -1);
  for (Value operand : link.operands)
    count(operand, 1);
  const auto *free = llvm::find_if(powers, [&](const auto &entry) {
    return std::abs(entry.second) == 1 && !fixed.contains(entry.first);
  });
  if (free == powers.end())
    return;
  bool allWide = llvm::all_of(bodies.members(free->first), [&](Value set) {
    return llvm::all_of(sums.members(set),
                        [&](Value member) { return isWide(member); });
  });
  // A clamp has the range of its operand, whose scale a sum may have grown.
  bool isClamp = link.isMean() && link.relation.divisor == 1 &&
                 free->second < 0 && ratio >= 1 - std::ldexp(1.0, -12) &&
                 ratio <= 1 + 1.0 / 64;
  double wanted = isClamp ? 1
                  : wide && allWide && free->second < 0
                      ? getWideTieFreeRatio(ratio)
                      : getTieFreeRatio(ratio);
  if (wanted != ratio)
    scaleBody(free->first, free->second < 0 ? ratio / wanted : wanted / ratio);
  if (isClamp)
    takeType(link.result, types.lookup(link.operands[0]));
  tie(link, /*rigid=*/link.isMean());
}

void TieFree::run() {
  Block &block = function.getBody().front();
  for (Operation &op : block) {
    group(&op);
    if (auto link = getLink(&op))
      links.push_back(*link);
  }
  for (auto [from, to] : terms)
    sums.unionSets(getClass(to), getClass(from));
  absorbCycles();
  orderSets();
  alignSums();
  for (const auto &[value, type] : types)
    if (getStorageType(value))
      fixed.insert(getBody(value));
  for (const Link &link : links)
    follow(link);
}

/// Scales that are powers of two cannot follow by small steps. But a mean lies
/// within the range of what it is made of: with a scale that is not larger it
/// loses nothing, and an odd divisor leaves no halves.
void TieFree::limitMeans() {
  Block &block = function.getBody().front();
  for (Operation &op : block)
    group(&op);
  // What is joined has the type of the join already.
  auto isJoined = [&](Value value) {
    return llvm::any_of(value.getUsers(), [](Operation *user) {
      return sharesParameters(user) && getActivationOperands(user).size() > 1;
    });
  };
  for (Operation &op : block) {
    auto link = getLink(&op);
    if (!link || !link->isMean() || link->relation.divisor == 1 ||
        isWide(link->operands[0]) != isWide(link->result) ||
        getScale(link->operands[0]) >= getScale(link->result) ||
        llvm::any_of(moved.members(getClass(link->result)), isJoined))
      continue;
    setScale(link->result, getScale(link->operands[0]));
  }
}

void makeTieFree(func::FuncOp function, const ActivationWidths &widths,
                 ActivationTypes &types) {
  TieFree scales(function, widths, types);
  if (widths.narrowScheme.powerOfTwo)
    scales.limitMeans();
  else
    scales.run();
}

} // namespace qc
