// Chooses whether an activation of a float function will have 8 or 16 bits.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Quantization/AssignWidths.h"
#include "qc/Dialect/QC/IR/Names.h"
#include "qc/Dialect/QC/IR/QC.h"
#include "qc/Interfaces/IntegerFormOpInterface.h"
#include "qc/Quantization/Activations.h"
#include "qc/Support/EditDistance.h"

#include "llvm/ADT/IntEqClasses.h"
#include "llvm/ADT/SetVector.h"
#include "llvm/ADT/StringExtras.h"

namespace qc {

FailureOr<SmallVector<Value>> findActivations(func::FuncOp function,
                                              ArrayRef<std::string> names) {
  llvm::StringMap<Value> values;
  std::vector<std::string> known;
  SmallVector<Value> activations = collectActivations(function);
  for (Value value : activations)
    if (std::string name = getTensorName(value); !name.empty()) {
      known.push_back(name);
      values[name] = value;
    }
  // A tensor's own name goes before one that was swallowed.
  for (Value value : activations)
    if (Operation *op = value.getDefiningOp(); op && op->getNumResults() == 1)
      for (StringAttr swallowed : getNames(op->getLoc()))
        values.try_emplace(swallowed.getValue(), value);

  llvm::SetVector<Value> found;
  bool complete = true;
  for (const std::string &name : names) {
    if (Value value = values.lookup(name)) {
      found.insert(value);
      continue;
    }
    function.emitError() << "unknown tensor '" << name
                         << "' among those that shall have 16 bits"
                         << suggestName(name, known);
    complete = false;
  }
  if (!complete)
    return failure();
  return SmallVector<Value>(found.begin(), found.end());
}

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
  void collect();
  void joinGroups();
  OpWidths getWidths(Operation *op) const;
  bool takesEight(Operation *op) const;
  bool readsWide(Operation *op) const;
  bool wantsWideInputs(Operation *op) const;
  Operation *findNarrowProducer(Value value) const;
  void findProducible();
  void widen();
  void widenOps();
  void keepGiven();
  std::string findObstacle(Value value);
  LogicalResult checkNamed();
  void explain();
  std::string getName(Operation *op) const;
  std::string describe(Operation *op) const;

  func::FuncOp function;
  const QuantSpec &spec;
  const Precision &precision;
  const WidthRequest &request;
  bool mostlyWide = false;
  ActivationWidths result;
  SmallVector<Value> activations, named;
  llvm::DenseMap<Value, unsigned> indices;
  /// What the target says about ops of the function, where it says something.
  llvm::DenseMap<Operation *, const OpWidthRule *> rules;
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

void WidthAssigner::collect() {
  for (auto [i, value] : llvm::enumerate(activations))
    indices[value] = i;
  for (Operation &op : function.getBody().front()) {
    auto rule = request.rules.find(getIntegerName(&op).str());
    if (rule != request.rules.end())
      rules[&op] = &rule->second;
  }
}

OpWidths WidthAssigner::getWidths(Operation *op) const {
  const OpWidthRule *rule = rules.lookup(op);
  return rule ? rule->widths : OpWidths::Any;
}

bool WidthAssigner::takesEight(Operation *op) const {
  return getWidths(op) == OpWidths::Eight;
}

/// All that an op moves has one width.
void WidthAssigner::joinGroups() {
  groups.grow(activations.size());
  for (Operation &op : function.getBody().front()) {
    if (!sharesParameters(&op) || takesEight(&op))
      continue;
    SmallVector<Value> members = getActivationOperands(&op);
    llvm::copy_if(op.getResults(), std::back_inserter(members), isActivation);
    for (Value member : members)
      groups.join(indices.at(members.front()), indices.at(member));
  }
  groups.compress();
}

/// Whether `op` makes use of an operand of 16 bits; what only moves it is for
/// the readers of its results to say.
bool WidthAssigner::readsWide(Operation *op) const {
  return !takesEight(op) && !sharesParameters(op);
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
  while (op && !takesEight(op)) {
    SmallVector<Value> operands = getActivationOperands(op);
    op = operands.empty() ? nullptr : operands.front().getDefiningOp();
  }
  return op;
}

void WidthAssigner::findProducible() {
  for (Value value : activations) {
    Operation *op = value.getDefiningOp();
    if (takesEight(op))
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
  for (Value value : activations)
    if (auto given = getStorageType(value))
      wanted[groups[indices.at(value)]] =
          given.getStorageTypeIntegralWidth() == 16;
  for (auto [i, value] : llvm::enumerate(activations))
    for (Operation *user : value.getUsers()) {
      bool wants = wantsWideInputs(user);
      wanted[groups[i]] |= wants;
      read[groups[i]] |= wants || readsWide(user);
    }
  for (auto [i, value] : llvm::enumerate(activations))
    if (wanted[groups[i]] && read[groups[i]] && producible.contains(value))
      result.wide.insert(value);
}

/// Ops of one width work on 16 bits when they read or make a tensor that has
/// them so far; then their results have 16 bits, and only for that reason.
void WidthAssigner::widenOps() {
  SmallVector<bool> made(groups.getNumClasses(), false);
  auto isWide = [&](Value value) { return result.isWide(value); };
  for (Operation &op : function.getBody().front()) {
    if (takesEight(&op))
      result.readers[&op] = false;
    if (getWidths(&op) != OpWidths::Same || sharesParameters(&op))
      continue;
    bool wide = llvm::any_of(op.getOperands(), isWide) ||
                llvm::any_of(op.getResults(), isWide);
    result.readers[&op] = wide;
    for (Value value : op.getResults())
      if (wide && isActivation(value))
        made[groups[indices.at(value)]] = true;
  }
  for (auto [i, value] : llvm::enumerate(activations))
    if (made[groups[i]] && producible.contains(value))
      result.wide.insert(value);
}

/// Storage types that are there already have the last word.
void WidthAssigner::keepGiven() {
  for (Value value : activations)
    if (auto given = getStorageType(value)) {
      if (given.getStorageTypeIntegralWidth() == 16)
        result.wide.insert(value);
      else
        result.wide.erase(value);
    }
}

std::string WidthAssigner::getName(Operation *op) const {
  return "'" + getDisplayName(op) + "' (" + getIntegerName(op).str() + ")";
}

/// An op and what the target says about its widths.
std::string WidthAssigner::describe(Operation *op) const {
  return getName(op) + ": " + rules.at(op)->reason;
}

/// Why `value` cannot have 16 bits; empty when it has.
std::string WidthAssigner::findObstacle(Value value) {
  if (Operation *producer = findNarrowProducer(value))
    return "made by " + describe(producer);
  SmallVector<std::string> narrow;
  bool read = false, fits = spec.namedReaders.empty();
  for (Operation &op : function.getBody().front()) {
    auto moved = llvm::any_of(getActivationOperands(&op), [&](Value operand) {
      return groups[indices.at(operand)] == groups[indices.at(value)];
    });
    if (!moved)
      continue;
    if (takesEight(&op))
      narrow.push_back(describe(&op));
    read |= readsWide(&op);
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
    for (Value operand : getActivationOperands(&op)) {
      if (result.readsCopy(&op, operand))
        copied.push_back("'" + getTensorName(operand) + "'");
      if (!result.isWide(operand) && !narrow)
        narrow = operand;
    }
    if (!copied.empty() || (takesEight(&op) && mostlyWide)) {
      std::string text = getName(&op) + " works on " +
                         (result.readers.at(&op) ? "16" : "8") +
                         " bits: " + rules.at(&op)->reason;
      if (!copied.empty())
        text += "; for it " + llvm::join(copied, ", ") +
                (copied.size() == 1 ? " is" : " are") + " requantized";
      result.remarks.push_back({&op, text});
    } else if (wantsWideInputs(&op) && narrow) {
      result.remarks.push_back({&op, getName(&op) + " reads '" +
                                         getTensorName(narrow) +
                                         "' in 8 bits, made by " +
                                         describe(findNarrowProducer(narrow))});
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
  if (mostlyWide && !precision.narrow) {
    // Ops that do not take 16 bits are for legalization to refuse.
    result.wide.insert(activations.begin(), activations.end());
    keepGiven();
    return std::move(result);
  }
  collect();
  joinGroups();
  findProducible();
  widen();
  if (failed(checkNamed()))
    return failure();
  widenOps();
  keepGiven();
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
