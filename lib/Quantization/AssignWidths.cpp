// Chooses whether an activation of a float function will have 8 or 16 bits.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Quantization/AssignWidths.h"
#include "qc/Dialect/QC/IR/Names.h"
#include "qc/Dialect/QC/IR/QC.h"
#include "qc/Dialect/Top/IR/Top.h"
#include "qc/Interfaces/IntegerFormOpInterface.h"
#include "qc/Quantization/Activations.h"
#include "qc/Quantization/InnerTensors.h"
#include "qc/Quantization/WeightWidths.h"

#include "llvm/ADT/IntEqClasses.h"
#include "llvm/ADT/StringExtras.h"

namespace qc {

namespace {

class WidthAssigner {
public:
  WidthAssigner(func::FuncOp function, const QuantSpec &spec,
                const Precision &precision, const WidthRequest &request)
      : function(function), spec(spec), precision(precision), request(request) {
  }

  FailureOr<ActivationWidths> run();

private:
  LogicalResult chooseSchemes();
  void chooseSymmetric();
  void collect();
  void joinGroups();
  const TypeRule *
  findRule(Operation *op,
           llvm::function_ref<bool(const TypeRule &)> breaks) const;
  const TypeRule *findNarrow(Operation *op) const;
  const TypeRule *findNarrowRead(OpOperand &use) const;
  const TypeRule *findNarrowResult(Operation *op) const;
  bool hasSameBits(Operation *op) const;
  bool mustBeWide(Operation *op) const;
  bool readsWide(OpOperand &use) const;
  bool wantsWideInputs(Operation *op) const;
  Operation *findNarrowProducer(Value value) const;
  void findProducible();
  void widen();
  void widenOps();
  void settleReads(Operation *op);
  void settleWeights(Operation *op);
  void keepFineWeights();
  void keepGiven();
  std::string findObstacle(Value value);
  LogicalResult checkNamed();
  LogicalResult widenWeights();
  void explain();
  std::string getName(Operation *op) const;
  std::string describe(Operation *op, const TypeRule &rule) const;
  void setWide(Value value) { result.bits[value] = 16; }
  bool isWide(Value value) const { return result.getBits(value) > 8; }

  func::FuncOp function;
  const QuantSpec &spec;
  const Precision &precision;
  const WidthRequest &request;
  bool mostlyWide = false;
  ActivationWidths result;
  SmallVector<Value> activations, named;
  llvm::DenseMap<Value, unsigned> indices;
  /// What the target says about ops of the function, where it says something.
  llvm::DenseMap<Operation *, ArrayRef<TypeRule>> rules;
  /// Activations that have one width because an op only moves them.
  llvm::IntEqClasses groups;
  /// Activations that can be computed in 16 bits.
  llvm::DenseSet<Value> producible;
};

} // namespace

LogicalResult WidthAssigner::chooseSchemes() {
  mostlyWide = precision.activation.bits == 16;
  const ActivationScheme *wide =
      mostlyWide ? &precision.activation : spec.findWideScheme();
  result.narrowScheme = precision.narrow.value_or(precision.activation);
  if (wide)
    result.wideScheme = *wide;
  else if (!request.wideTensors.empty() || !precision.wideInputs.empty())
    return function.emitError()
           << "no tensor can have 16 bits: the target has no precision with "
              "activations of 16 bits";
  return success();
}

/// Whether `op` is one of these ops of top.
static bool isNamedIn(const std::vector<std::string> &names, Operation *op) {
  return isa<top::TopDialect>(op->getDialect()) &&
         llvm::is_contained(names, op->getName().stripDialect().str());
}

/// Whether the target wants what `op` reads and makes symmetric.
static bool isSymmetric(const QuantSpec &spec, Operation *op) {
  return isNamedIn(spec.symmetricOps, op) ||
         (spec.symmetricProducts && isa<top::MatMulOp>(op) &&
          getActivationOperands(op).size() > 1);
}

/// What moves a tensor has the parameters of that tensor: one symmetric value
/// makes all of them so.
void WidthAssigner::chooseSymmetric() {
  for (Operation &op : function.getBody().front())
    if (isNamedIn(spec.oneScaleOps, &op))
      result.oneScale.insert(&op);
  if (result.narrowScheme.symmetric ||
      (!spec.symmetricInputs && spec.symmetricOps.empty()))
    return;
  result.symmetricScheme = result.narrowScheme;
  result.symmetricScheme.symmetric = true;
  result.symmetricScheme.isSigned = true;
  auto findRoot = [](Value value) {
    while (Value moved = getMovedOperand(value))
      value = moved;
    return value;
  };
  llvm::DenseSet<Value> roots;
  for (Value value : activations) {
    Operation *maker = value.getDefiningOp();
    if ((!maker && spec.symmetricInputs) ||
        (maker && isSymmetric(spec, maker)) ||
        llvm::any_of(value.getUsers(),
                     [&](Operation *op) { return isSymmetric(spec, op); }))
      roots.insert(findRoot(value));
  }
  for (Value value : activations)
    if (roots.contains(findRoot(value)))
      result.symmetric.insert(value);
  // Constants that stand in for activations there.
  for (Operation &op : function.getBody().front())
    if (isSymmetric(spec, &op))
      result.symmetric.insert(op.operand_begin(), op.operand_end());
}

void WidthAssigner::collect() {
  for (auto [i, value] : llvm::enumerate(activations))
    indices[value] = i;
  for (Operation &op : function.getBody().front()) {
    auto rule = request.rules.find(getIntegerName(&op).str());
    if (rule != request.rules.end())
      rules[&op] = rule->second;
  }
}

//===----------------------------------------------------------------------===//
// What rules say of an op
//===----------------------------------------------------------------------===//

/// The first rule of `op` that breaks, or null.
const TypeRule *WidthAssigner::findRule(
    Operation *op, llvm::function_ref<bool(const TypeRule &)> breaks) const {
  ArrayRef<TypeRule> all = rules.lookup(op);
  const auto *found = llvm::find_if(all, breaks);
  return found == all.end() ? nullptr : found;
}

bool WidthAssigner::hasSameBits(Operation *op) const {
  return sharesParameters(op) ||
         findRule(op, [](const TypeRule &rule) { return rule.sameBits; });
}

/// Why an op of one width for all has 8 bits; null for others.
const TypeRule *WidthAssigner::findNarrow(Operation *op) const {
  if (!hasSameBits(op))
    return nullptr;
  return findRule(op, [&](const TypeRule &rule) {
    bool takes = rule.results.contains(result.wideScheme);
    for (OpOperand &use : op->getOpOperands())
      if (isActivation(use.get()))
        takes &=
            rule.getOperand(use.getOperandNumber()).contains(result.wideScheme);
    return !takes;
  });
}

/// Why `use` reads 8 bits whatever its value has; null when it may read 16.
const TypeRule *WidthAssigner::findNarrowRead(OpOperand &use) const {
  if (const TypeRule *rule = findNarrow(use.getOwner()))
    return rule;
  return findRule(use.getOwner(), [&](const TypeRule &rule) {
    return !rule.getOperand(use.getOperandNumber()).contains(result.wideScheme);
  });
}

/// Why the results of `op` have 8 bits; null when they may have 16.
const TypeRule *WidthAssigner::findNarrowResult(Operation *op) const {
  if (!op)
    return nullptr;
  if (const TypeRule *rule = findNarrow(op))
    return rule;
  return findRule(op, [&](const TypeRule &rule) {
    return !rule.results.contains(result.wideScheme);
  });
}

/// Whether `op` makes nothing of 8 bits.
bool WidthAssigner::mustBeWide(Operation *op) const {
  return op && !findNarrowResult(op) && findRule(op, [&](const TypeRule &rule) {
           return !rule.results.contains(result.narrowScheme);
         });
}

//===----------------------------------------------------------------------===//
// Widths of values
//===----------------------------------------------------------------------===//

/// All that an op moves has one width.
void WidthAssigner::joinGroups() {
  groups.grow(activations.size());
  for (Operation &op : function.getBody().front()) {
    if (!sharesParameters(&op) || findNarrow(&op))
      continue;
    SmallVector<Value> members = getActivationOperands(&op);
    llvm::copy_if(op.getResults(), std::back_inserter(members), isActivation);
    for (Value member : members)
      groups.join(indices.at(members.front()), indices.at(member));
  }
  groups.compress();
}

/// Whether `use` makes use of 16 bits; what only moves them is for the readers
/// of its results to say.
bool WidthAssigner::readsWide(OpOperand &use) const {
  return !sharesParameters(use.getOwner()) && !findNarrowRead(use);
}

bool WidthAssigner::wantsWideInputs(Operation *op) const {
  return llvm::is_contained(precision.wideInputs, getIntegerName(op).str());
}

/// The op that keeps `value` in 8 bits, seen through ops that move it; null
/// when it can have 16.
Operation *WidthAssigner::findNarrowProducer(Value value) const {
  if (producible.contains(value))
    return nullptr;
  Operation *op = value.getDefiningOp();
  while (op && !findNarrowResult(op)) {
    SmallVector<Value> operands = getActivationOperands(op);
    op = operands.empty() ? nullptr : operands.front().getDefiningOp();
  }
  return op;
}

void WidthAssigner::findProducible() {
  for (Value value : activations) {
    Operation *op = value.getDefiningOp();
    if (findNarrowResult(op))
      continue;
    if (!sharesParameters(op) ||
        llvm::any_of(getActivationOperands(op), [&](Value operand) {
          return producible.contains(operand);
        }))
      producible.insert(value);
  }
}

/// Whether `value` has a storage type from a quantized model.
static bool isImported(Value value) {
  ParametersAttr parameters = getParameters(value);
  return parameters && getStorageType(value) &&
         parameters.getSource() == ParameterSource::Imported;
}

/// Gives 16 bits to what is wanted so and can be made and read so.
void WidthAssigner::widen() {
  SmallVector<bool> wanted(groups.getNumClasses(), mostlyWide);
  SmallVector<bool> read(groups.getNumClasses(), false);
  for (Value value : named)
    wanted[groups[indices.at(value)]] = true;
  // What a quantized model computes between its roundings is nowhere rounded
  // there; 16 bits come near that.
  if (spec.findWideScheme() && llvm::any_of(activations, isImported))
    for (Value value : activations)
      wanted[groups[indices.at(value)]] = true;
  // A target that gives 16 bits to the inputs of some ops only is asked by
  // name.
  if (request.wideInside && spec.findWideScheme() && spec.namedReaders.empty())
    for (Value value : findInnerTensors(function))
      wanted[groups[indices.at(value)]] = true;
  for (Value value : activations)
    if (auto given = getStorageType(value))
      wanted[groups[indices.at(value)]] =
          given.getStorageTypeIntegralWidth() == 16;
  for (auto [i, value] : llvm::enumerate(activations)) {
    for (OpOperand &use : value.getUses()) {
      bool wants = wantsWideInputs(use.getOwner());
      wanted[groups[i]] |= wants;
      read[groups[i]] |= wants || readsWide(use);
    }
    if (spec.findWideScheme() && mustBeWide(value.getDefiningOp()))
      wanted[groups[i]] = read[groups[i]] = true;
  }
  for (auto [i, value] : llvm::enumerate(activations))
    if (wanted[groups[i]] && read[groups[i]] && producible.contains(value))
      setWide(value);
}

/// In which width operands of `op` are read that its rules do not leave free.
void WidthAssigner::settleReads(Operation *op) {
  bool isOne = hasSameBits(op) && !sharesParameters(op) && !findNarrow(op);
  bool wide = llvm::any_of(op->getOperands(),
                           [&](Value value) { return isWide(value); }) ||
              llvm::any_of(op->getResults(),
                           [&](Value value) { return isWide(value); });
  for (OpOperand &use : op->getOpOperands()) {
    if (findNarrowRead(use))
      result.reads[&use] = 8;
    else if (isOne)
      result.reads[&use] = wide ? 16 : 8;
    else if (spec.findWideScheme() && findRule(op, [&](const TypeRule &rule) {
               return !rule.getOperand(use.getOperandNumber())
                           .contains(result.narrowScheme);
             }))
      result.reads[&use] = 16;
  }
}

/// Weights have the bits of the precision where rules take them, else the least
/// above them, else the most below.
void WidthAssigner::settleWeights(Operation *op) {
  auto takes = [&](unsigned bits) {
    return !findRule(op, [&](const TypeRule &rule) {
      return !rule.weights.contains(IntegerType::get(op->getContext(), bits));
    });
  };
  unsigned usual = precision.weight.bits;
  if (takes(usual))
    return;
  SmallVector<unsigned> others{16, 8, 4};
  llvm::stable_sort(others, [&](unsigned a, unsigned b) {
    return a > usual && b > usual ? a < b : a > b;
  });
  const auto *found = llvm::find_if(others, takes);
  if (found != others.end())
    result.weights[op] = *found;
}

/// Weights that somebody wants in 16 bits.
LogicalResult WidthAssigner::widenWeights() {
  auto layers = findWeightLayers(function, request.wideWeights);
  if (failed(layers))
    return failure();
  for (Operation *op : *layers) {
    if (const TypeRule *rule = findRule(op, [&](const TypeRule &rule) {
          return !rule.weights.contains(IntegerType::get(op->getContext(), 16));
        }))
      return op->emitError() << describe(op, *rule)
                             << "; its weights cannot have 16 bits as asked "
                                "for";
    result.weights[op] = 16;
  }
  return success();
}

/// Beside weights of 4 bits some layers have 8.
void WidthAssigner::keepFineWeights() {
  if (precision.weight.bits >= 8)
    return;
  for (Operation *op : findFineLayers(function))
    result.weights.try_emplace(op, 8);
}

/// Ops of one width work on 16 bits when they read or make a tensor that has
/// them so far; then their results have 16 bits, and only for that reason.
void WidthAssigner::widenOps() {
  SmallVector<bool> made(groups.getNumClasses(), false);
  for (Operation &op : function.getBody().front()) {
    if (!rules.contains(&op))
      continue;
    settleReads(&op);
    settleWeights(&op);
    if (!hasSameBits(&op) || sharesParameters(&op))
      continue;
    bool reads = llvm::any_of(op.getOpOperands(), [&](OpOperand &use) {
      return result.reads.lookup(&use) > 8;
    });
    for (Value value : op.getResults())
      if (reads && isActivation(value))
        made[groups[indices.at(value)]] = true;
  }
  for (auto [i, value] : llvm::enumerate(activations))
    if (made[groups[i]] && producible.contains(value))
      setWide(value);
}

/// Storage types that are there already have the last word.
void WidthAssigner::keepGiven() {
  for (Value value : activations)
    if (auto given = getStorageType(value)) {
      if (given.getStorageTypeIntegralWidth() == 16)
        setWide(value);
      else
        result.bits.erase(value);
    }
}

std::string WidthAssigner::getName(Operation *op) const {
  return "'" + getDisplayName(op) + "' (" + getIntegerName(op).str() + ")";
}

/// An op and what the target says about its types.
std::string WidthAssigner::describe(Operation *op, const TypeRule &rule) const {
  return getName(op) + ": " + rule.reason;
}

/// Why `value` cannot have 16 bits; empty when it has.
std::string WidthAssigner::findObstacle(Value value) {
  if (Operation *producer = findNarrowProducer(value))
    return "made by " + describe(producer, *findNarrowResult(producer));
  SmallVector<std::string> narrow;
  bool read = false, fits = spec.namedReaders.empty();
  for (Operation &op : function.getBody().front())
    for (OpOperand &use : op.getOpOperands()) {
      if (!isActivation(use.get()) ||
          groups[indices.at(use.get())] != groups[indices.at(value)])
        continue;
      if (const TypeRule *rule = findNarrowRead(use))
        if (std::string text = describe(&op, *rule);
            !llvm::is_contained(narrow, text))
          narrow.push_back(text);
      read |= readsWide(use);
      fits |= llvm::is_contained(spec.namedReaders, getIntegerName(&op));
    }
  if (!read)
    return "read by " +
           (narrow.empty() ? "nothing" : "only " + llvm::join(narrow, ", "));
  if (!fits && !mostlyWide)
    return "not read by " + llvm::join(spec.namedReaders, ", ") +
           ", to which alone the target gives named tensors";
  return "";
}

/// One error for all named tensors that cannot have 16 bits.
LogicalResult WidthAssigner::checkNamed() {
  SmallVector<std::pair<Value, std::string>> refused;
  for (Value value : named)
    if (std::string obstacle = findObstacle(value); !obstacle.empty())
      refused.push_back({value, obstacle});
  if (refused.empty())
    return success();
  InFlightDiagnostic error = function.emitError()
                             << refused.size()
                             << (refused.size() == 1 ? " tensor" : " tensors")
                             << " cannot have 16 bits as asked for";
  for (const auto &[value, obstacle] : refused)
    error.attachNote(value.getLoc())
        << "'" << getTensorName(value) << "': " << obstacle;
  return failure();
}

/// Notes what stays in 8 bits although 16 are wanted there, and conversions.
void WidthAssigner::explain() {
  for (Operation &op : function.getBody().front()) {
    SmallVector<std::string> copied;
    Value narrow;
    const TypeRule *reason = findNarrowResult(&op);
    bool reads = false;
    for (OpOperand &use : op.getOpOperands()) {
      if (!isActivation(use.get()))
        continue;
      if (result.readsCopy(use)) {
        copied.push_back("'" + getTensorName(use.get()) + "'");
        reads |= result.reads.at(&use) > 8;
        if (const TypeRule *rule = findNarrowRead(use); rule && !reason)
          reason = rule;
      }
      if (!isWide(use.get()) && !narrow)
        narrow = use.get();
    }
    if (!copied.empty() || (reason && mostlyWide)) {
      if (!reason)
        reason = findRule(&op, [&](const TypeRule &rule) {
          return rule.sameBits || !rule.results.isAny() ||
                 !rule.operands.empty();
        });
      std::string text = getName(&op) + " works on " + (reads ? "16" : "8") +
                         " bits: " + reason->reason;
      if (!copied.empty())
        text += "; for it " + llvm::join(copied, ", ") +
                (copied.size() == 1 ? " is" : " are") + " requantized";
      result.remarks.push_back({&op, text});
    } else if (wantsWideInputs(&op) && narrow) {
      Operation *producer = findNarrowProducer(narrow);
      result.remarks.push_back(
          {&op, getName(&op) + " reads '" + getTensorName(narrow) +
                    "' in 8 bits, made by " +
                    describe(producer, *findNarrowResult(producer))});
    }
  }
}

FailureOr<ActivationWidths> WidthAssigner::run() {
  if (failed(chooseSchemes()))
    return failure();
  activations = collectActivations(function);
  auto found = findActivations(function, request.wideTensors);
  if (failed(found))
    return failure();
  named = std::move(*found);
  chooseSymmetric();
  collect();
  if (mostlyWide && !precision.narrow) {
    // Ops that do not take 16 bits are for legalization to refuse.
    llvm::for_each(activations, [&](Value value) { setWide(value); });
    if (failed(widenWeights()))
      return failure();
    keepGiven();
    keepFineWeights();
    return std::move(result);
  }
  joinGroups();
  findProducible();
  widen();
  if (failed(checkNamed()))
    return failure();
  widenOps();
  if (failed(widenWeights()))
    return failure();
  keepGiven();
  keepFineWeights();
  explain();
  return std::move(result);
}

bool haveSameSchemes(func::FuncOp function, const ActivationWidths &a,
                     const ActivationWidths &b) {
  return llvm::all_of(collectActivations(function), [&](Value value) {
    const ActivationScheme &first = a.getScheme(value);
    const ActivationScheme &second = b.getScheme(value);
    return first.bits == second.bits && first.symmetric == second.symmetric;
  });
}

FailureOr<ActivationWidths> assignWidths(func::FuncOp function,
                                         const QuantSpec &spec,
                                         const Precision &precision,
                                         const WidthRequest &request) {
  return WidthAssigner(function, spec, precision, request).run();
}

} // namespace qc
