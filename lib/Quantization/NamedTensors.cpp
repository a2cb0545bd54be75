// Tensors and weights that a user names or selects for 16 bits.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Dialect/QC/IR/Names.h"
#include "qc/Interfaces/WeightedOpInterface.h"
#include "qc/Quantization/Activations.h"
#include "qc/Quantization/AssignWidths.h"
#include "qc/Quantization/LayerNames.h"
#include "qc/Support/EditDistance.h"

#include "llvm/ADT/SetVector.h"

namespace qc {

namespace {
class Finder {
public:
  explicit Finder(func::FuncOp function);

  bool find(const std::string &name, llvm::SetVector<Value> &found);

private:
  std::optional<bool> select(StringRef text, llvm::SetVector<Value> &found);
  bool selectInputs(StringRef layer, std::optional<unsigned> number,
                    llvm::SetVector<Value> &found);
  bool selectResults(StringRef layer, llvm::SetVector<Value> &found);
  SmallVector<Operation *> getLayers(StringRef layer);

  func::FuncOp function;
  LayerNames layers;
  llvm::StringMap<Value> values;
  std::vector<std::string> known;
};
} // namespace

Finder::Finder(func::FuncOp function) : function(function), layers(function) {
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
}

SmallVector<Operation *> Finder::getLayers(StringRef layer) {
  SmallVector<Operation *> found = layers.select(layer);
  if (found.empty())
    function.emitError() << "has no layer, and none of type, '" << layer
                         << "' whose tensors shall have 16 bits"
                         << suggestName(layer.str(), layers.getResultNames());
  return found;
}

/// What layers read: all activations, or operand `number` of each.
bool Finder::selectInputs(StringRef layer, std::optional<unsigned> number,
                          llvm::SetVector<Value> &found) {
  SmallVector<Operation *> readers = getLayers(layer);
  for (Operation *op : readers) {
    if (!number) {
      SmallVector<Value> operands = getActivationOperands(op);
      found.insert(operands.begin(), operands.end());
      continue;
    }
    if (*number >= op->getNumOperands() ||
        !isActivation(op->getOperand(*number))) {
      function.emitError() << "has no activation as input " << *number
                           << " of '" << getDisplayName(op)
                           << "' that could have 16 bits";
      return false;
    }
    found.insert(op->getOperand(*number));
  }
  return !readers.empty();
}

bool Finder::selectResults(StringRef layer, llvm::SetVector<Value> &found) {
  SmallVector<Operation *> makers = getLayers(layer);
  for (Operation *op : makers)
    for (Value value : op->getResults())
      if (isActivation(value))
        found.insert(value);
  return !makers.empty();
}

/// Nothing where `text` is no selection, else whether it selects something.
std::optional<bool> Finder::select(StringRef text,
                                   llvm::SetVector<Value> &found) {
  if (text == "network:outputs") {
    for (Value value :
         function.getBody().front().getTerminator()->getOperands())
      if (isActivation(value))
        found.insert(value);
    return true;
  }
  auto [what, layer] = text.split(':');
  if (layer.empty())
    return std::nullopt;
  if (what == "results")
    return selectResults(layer, found);
  if (what == "inputs")
    return selectInputs(layer, std::nullopt, found);
  unsigned number;
  if (what.consume_front("input") && !what.getAsInteger(10, number))
    return selectInputs(layer, number, found);
  return std::nullopt;
}

bool Finder::find(const std::string &name, llvm::SetVector<Value> &found) {
  if (Value value = values.lookup(name)) {
    found.insert(value);
    return true;
  }
  if (auto selected = select(name, found))
    return *selected;
  // A node of the model may be called otherwise than what it makes.
  if (Operation *op = layers.find(name);
      op && op->getNumResults() == 1 && isActivation(op->getResult(0))) {
    found.insert(op->getResult(0));
    return true;
  }
  function.emitError() << "unknown tensor '" << name
                       << "' among those that shall have 16 bits"
                       << suggestName(name, known);
  return false;
}

FailureOr<SmallVector<Value>> findActivations(func::FuncOp function,
                                              ArrayRef<std::string> names) {
  Finder finder(function);
  llvm::SetVector<Value> found;
  bool complete = true;
  for (const std::string &name : names)
    complete &= finder.find(name, found);
  if (!complete)
    return failure();
  return SmallVector<Value>(found.begin(), found.end());
}

FailureOr<SmallVector<Operation *>>
findWeightLayers(func::FuncOp function, ArrayRef<std::string> names) {
  if (names.empty())
    return SmallVector<Operation *>();
  LayerNames layers(function);
  llvm::SetVector<Operation *> found;
  for (const std::string &name : names) {
    SmallVector<Operation *> selected = layers.select(name);
    if (selected.empty())
      return function.emitError() << "has no layer, and none of type, '" << name
                                  << "' whose weights shall have 16 bits"
                                  << suggestName(name, layers.getResultNames());
    for (Operation *op : selected) {
      auto weighted = dyn_cast<WeightedOpInterface>(op);
      if (!weighted || !weighted.getWeight() ||
          isActivation(weighted.getWeight()))
        return function.emitError()
               << "asks for weights of 16 bits at '" << getDisplayName(op)
               << "' (" << op->getName().stripDialect() << "), which has none";
      found.insert(op);
    }
  }
  return SmallVector<Operation *>(found.begin(), found.end());
}

} // namespace qc
