// Encodings between the table and the IR.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Assign/Assign.h"
#include "qc/Assign/Encodings.h"
#include "qc/Dialect/QC/IR/Names.h"
#include "qc/Dialect/QC/IR/QC.h"
#include "qc/Dialect/Top/IR/Top.h"
#include "qc/Quantization/Activations.h"
#include "qc/Quantization/WeightTypes.h"
#include "qc/Support/EditDistance.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSet.h"

namespace qc {

//===----------------------------------------------------------------------===//
// From the IR
//===----------------------------------------------------------------------===//

static StorageFormat getFormat(quant::QuantizedType type) {
  return {type.getStorageTypeIntegralWidth(), type.isSigned(),
          type.getStorageTypeMin(), type.getStorageTypeMax()};
}

static void collectActivation(Value value, Encodings &encodings) {
  Encoding entry;
  entry.name = getTensorName(value);
  if (auto type = getStorageType(value)) {
    entry.format = getFormat(type);
    entry.scales = {type.getScale()};
    entry.zeroPoints = {type.getZeroPoint()};
  } else if (auto type = dyn_cast<quant::CalibratedQuantizedType>(
                 cast<RankedTensorType>(value.getType()).getElementType())) {
    entry.range = ValueRange1D{type.getMin(), type.getMax()};
  } else {
    return;
  }
  entry.isFixed = hasFixedParameters(value);
  if (ParametersAttr parameters = getParameters(value))
    entry.why = parameters.getWords().str();
  encodings.entries.push_back(std::move(entry));
}

static void collectWeight(OpOperand &use, bool isShared, Encodings &encodings) {
  auto tensor = cast<RankedTensorType>(use.get().getType());
  auto type = dyn_cast<quant::QuantizedType>(tensor.getElementType());
  auto parameters = top::BlockParameters::get(tensor);
  if (!type || !parameters)
    return;
  Encoding entry;
  entry.name = getTensorName(use.get());
  entry.role = Encoding::Weight;
  if (isShared)
    entry.reader = getDisplayName(use.getOwner());
  entry.format = getFormat(type);
  entry.scales.assign(parameters->scales.begin(), parameters->scales.end());
  entry.zeroPoints.assign(parameters->zeroPoints.begin(),
                          parameters->zeroPoints.end());
  if (parameters->scales.size() > 1)
    entry.block.assign(parameters->blocks.block.begin(),
                       parameters->blocks.block.end());
  encodings.entries.push_back(std::move(entry));
}

Encodings collectEncodings(func::FuncOp function) {
  Encodings encodings;
  for (Value value : collectActivations(function))
    if (!isa_and_nonnull<top::RequantizeOp>(value.getDefiningOp()))
      collectActivation(value, encodings);
  llvm::StringMap<unsigned> readers;
  SmallVector<OpOperand *> weights = collectWeights(function);
  for (OpOperand *use : weights)
    ++readers[getTensorName(use->get())];
  for (OpOperand *use : weights)
    collectWeight(*use, readers[getTensorName(use->get())] > 1, encodings);
  return encodings;
}

//===----------------------------------------------------------------------===//
// Into the IR
//===----------------------------------------------------------------------===//

namespace {
class Applier {
public:
  Applier(func::FuncOp function, const Encodings &encodings)
      : function(function), encodings(encodings) {}

  LogicalResult run(bool allowMissing);

private:
  void index();
  void apply(const Encoding &entry);
  void applyActivation(const Encoding &entry, Value value);
  void applyWeight(const Encoding &entry, OpOperand &use);
  void reportMissing();
  void refuse(const Encoding &entry, const std::string &what) {
    problems.push_back("'" + entry.name + "' " + what);
  }

  func::FuncOp function;
  const Encodings &encodings;
  llvm::StringMap<Value> values;
  std::vector<std::string> known;
  SmallVector<OpOperand *> weights;
  llvm::StringSet<> done;
  std::vector<std::string> unknown, problems;
};
} // namespace

void Applier::index() {
  for (Value value : collectActivations(function))
    if (std::string name = getTensorName(value); !name.empty()) {
      values[name] = value;
      known.push_back(name);
    }
  weights = collectWeights(function);
  for (OpOperand *use : weights)
    known.push_back(getTensorName(use->get()));
}

void Applier::applyActivation(const Encoding &entry, Value value) {
  if (entry.scales.size() > 1)
    return refuse(entry, "is an activation and takes one scale, found " +
                             std::to_string(entry.scales.size()) +
                             ": per-channel activations have no integer form");
  MLIRContext *context = value.getContext();
  auto tensor = cast<RankedTensorType>(value.getType());
  if (entry.format) {
    const StorageFormat &format = *entry.format;
    value.setType(RankedTensorType::get(
        tensor.getShape(),
        quant::UniformQuantizedType::get(
            format.isSigned ? quant::QuantizationFlags::Signed : 0,
            IntegerType::get(context, format.bits), Float32Type::get(context),
            entry.scales.front(), entry.zeroPoints.front(), format.low,
            format.high)));
  } else {
    setRange(value, entry.range->min, entry.range->max);
  }
  setParameters(value, ParametersAttr::get(context, ParameterSource::File,
                                           entry.why.empty() ? encodings.origin
                                                             : entry.why,
                                           /*fixed=*/true));
}

void Applier::applyWeight(const Encoding &entry, OpOperand &use) {
  auto elements = getFloatElements(use.get());
  auto tensor = cast<RankedTensorType>(use.get().getType());
  top::Blocks blocks = top::Blocks::ofWhole(tensor.getShape());
  if (!entry.block.empty())
    blocks.block.assign(entry.block.begin(), entry.block.end());
  bool fits = blocks.block.size() == blocks.shape.size() && elements;
  for (size_t i = 0; fits && i < blocks.shape.size(); ++i)
    fits = blocks.block[i] > 0 && blocks.shape[i] % blocks.block[i] == 0;
  if (!fits || blocks.count() != int64_t(entry.scales.size())) {
    std::string text = "has the shape ";
    llvm::raw_string_ostream stream(text);
    llvm::interleave(tensor.getShape(), stream, "x");
    return refuse(entry,
                  text + ", which " + std::to_string(entry.scales.size()) +
                      " scales with 'block' [" +
                      llvm::join(llvm::map_range(entry.block,
                                                 [](int64_t size) {
                                                   return std::to_string(size);
                                                 }),
                                 ", ") +
                      "] do not fit");
  }
  Operation *constant = use.get().getDefiningOp();
  RankedTensorType type = top::getBlockType(
      use.get().getContext(), blocks, entry.scales, entry.zeroPoints,
      entry.format->bits, entry.format->isSigned, entry.format->low,
      entry.format->high);
  OpBuilder builder(constant);
  std::string name = getFirstName(constant->getLoc());
  use.set(top::QuantizedConstantOp::create(
      builder, constant->getLoc(), type, storeElements(*elements, type, name)));
}

void Applier::apply(const Encoding &entry) {
  if (!done.insert(entry.name + "\n" + entry.reader).second)
    return refuse(entry, "is there twice");
  bool isFound = false;
  if (entry.role == Encoding::Activation) {
    if (Value value = values.lookup(entry.name)) {
      applyActivation(entry, value);
      isFound = true;
    }
  } else {
    for (OpOperand *use : weights)
      if (getTensorName(use->get()) == entry.name &&
          (entry.reader.empty() ||
           entry.reader == getDisplayName(use->getOwner()))) {
        applyWeight(entry, *use);
        isFound = true;
      }
  }
  if (isFound)
    return;
  std::string near = nearestName(entry.name, known);
  unknown.push_back("'" + entry.name + "'" +
                    (near.empty() ? "" : " (did you mean '" + near + "'?)"));
}

/// The first of `names`, and how many more there are.
static std::string listNames(ArrayRef<std::string> names) {
  constexpr size_t kMost = 20;
  std::string text = llvm::join(names.take_front(kMost), ", ");
  if (names.size() > kMost)
    text += " and " + std::to_string(names.size() - kMost) + " more";
  return text;
}

/// Lists activations with neither a storage type nor a range.
void Applier::reportMissing() {
  std::vector<std::string> missing;
  for (Value value : collectActivations(function))
    if (!isa<quant::QuantizedType>(
            cast<RankedTensorType>(value.getType()).getElementType()) &&
        !(isa<BlockArgument>(value) && value.use_empty()))
      missing.push_back("'" + getTensorName(value) + "'");
  if (!missing.empty())
    problems.push_back(std::to_string(missing.size()) +
                       " activations have no encoding: " + listNames(missing) +
                       "; --allow-missing takes theirs from calibration");
}

LogicalResult Applier::run(bool allowMissing) {
  index();
  for (const Encoding &entry : encodings.entries)
    apply(entry);
  spreadStorageTypes(function);
  updateFunctionType(function);
  if (!unknown.empty())
    problems.push_back("the network has no " + listNames(unknown));
  if (!allowMissing)
    reportMissing();
  if (problems.empty())
    return success();
  return function.emitError()
         << encodings.origin << ": " << llvm::join(problems, "; ");
}

LogicalResult applyEncodings(func::FuncOp function, const Encodings &encodings,
                             bool allowMissing) {
  return Applier(function, encodings).run(allowMissing);
}

} // namespace qc
