// Rewrites a calibrated network into one whose values have storage types.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Assign/Assign.h"
#include "qc/Calibration/Ranges.h"
#include "qc/Dialect/QC/IR/Names.h"
#include "qc/Dialect/QC/IR/QC.h"
#include "qc/Dialect/Top/IR/Top.h"
#include "qc/Interfaces/IntegerFormOpInterface.h"
#include "qc/Quantization/Activations.h"
#include "qc/Quantization/AssignParameters.h"
#include "qc/Quantization/FiniteWeights.h"
#include "qc/Quantization/GroupScales.h"
#include "qc/Quantization/UsefulRanges.h"
#include "qc/Quantization/WeightTypes.h"

#include "mlir/IR/Matchers.h"

#include <cmath>

namespace qc {

namespace {
class Rewriter {
public:
  Rewriter(func::FuncOp function, const Precision &precision,
           const ActivationWidths &widths, const ActivationTypes &types,
           bool rehearses)
      : function(function), builder(function.getContext()),
        precision(precision), widths(widths), types(types),
        rehearses(rehearses) {}

  LogicalResult run();

private:
  quant::UniformQuantizedType getType(Value value) const {
    return types.types.lookup(value);
  }
  quant::UniformQuantizedType getReadType(OpOperand &use) const;
  void readCopy(OpOperand &use);
  LogicalResult readConstant(OpOperand &use);
  LogicalResult storeWeight(OpOperand &use);
  void coarsenWeight(OpOperand &use);
  void storeBias(Operation *op, ArrayRef<double> scales, double inputScale);
  void storeBiasBeside(OpOperand &weight);
  LogicalResult storeActivation(OpOperand &use);
  FailureOr<quant::UniformQuantizedType>
  chooseConstantType(OpOperand &use, MutableArrayRef<float> elements) const;
  void clampToUseful(OpOperand &use, MutableArrayRef<float> elements) const;
  unsigned getConstantBits(OpOperand &use) const;
  void store(OpOperand &use, ArrayRef<float> elements, RankedTensorType type,
             Location loc);
  void setTypes();
  void note(Value value) const;

  func::FuncOp function;
  OpBuilder builder;
  const Precision &precision;
  const ActivationWidths &widths;
  const ActivationTypes &types;
  bool rehearses;
  /// Copies and stored constants, by what they stand for and their types.
  llvm::DenseMap<std::pair<Value, Type>, Value> copies, constants;
};
} // namespace

//===----------------------------------------------------------------------===//
// Copies in the other width
//===----------------------------------------------------------------------===//

/// The type in which `use` reads an activation: that of the result where its op
/// only moves it.
quant::UniformQuantizedType Rewriter::getReadType(OpOperand &use) const {
  Operation *op = use.getOwner();
  // What was rewritten already says its type.
  if (!types.types.contains(use.get()))
    return getStorageType(use.get());
  if (!widths.readsCopy(use))
    return getType(use.get());
  if (sharesParameters(op) &&
      llvm::count_if(op->getOperands(), [&](Value operand) {
        return types.types.contains(operand);
      }) == 1)
    return getType(op->getResult(0));
  return types.copies.lookup(use.get());
}

void Rewriter::readCopy(OpOperand &use) {
  Value value = use.get();
  quant::UniformQuantizedType type = getReadType(use);
  Value &copy = copies[{value, type}];
  if (!copy) {
    StringRef suffix = widths.getBits(value) > 8 ? "_8bit" : "_16bit";
    builder.setInsertionPoint(use.getOwner());
    copy = top::RequantizeOp::create(
        builder,
        getTensorLoc(builder.getContext(), getTensorName(value) + suffix.str()),
        RankedTensorType::get(
            cast<RankedTensorType>(value.getType()).getShape(), type),
        value);
    setParameters(
        copy, ParametersAttr::get(builder.getContext(), ParameterSource::Rule,
                                  "read by an op of the other width", false));
  }
  use.set(copy);
}

//===----------------------------------------------------------------------===//
// Constants
//===----------------------------------------------------------------------===//

void Rewriter::store(OpOperand &use, ArrayRef<float> elements,
                     RankedTensorType type, Location loc) {
  Operation *constant = use.get().getDefiningOp();
  Value &stored = constants[{use.get(), type.getElementType()}];
  if (!stored) {
    builder.setInsertionPointAfter(constant);
    stored = top::QuantizedConstantOp::create(
        builder, loc, type, storeElements(elements, type, getFirstName(loc)));
  }
  use.set(stored);
}

LogicalResult Rewriter::storeWeight(OpOperand &use) {
  Operation *op = use.getOwner();
  auto elements = getFloatElements(use.get());
  auto quantizable = cast<QuantizableOpInterface>(op);
  ArrayRef<int64_t> shape =
      cast<RankedTensorType>(use.get().getType()).getShape();
  WeightRequest request{
      *elements, top::Blocks::ofWhole(shape),
      {},        {},
      {},        widths.getWeightScheme(op, precision.weight)};
  SmallVector<float> bias;
  if (SmallVector<int64_t> block =
          quantizable.getWeightBlock(use.getOperandNumber());
      !block.empty()) {
    top::Blocks channels{llvm::to_vector(shape), block};
    if (request.scheme.perChannel)
      request.blocks = channels;
    if (auto axis = getWeightInputAxis(op);
        axis && request.scheme.perChannel && request.scheme.group > 0)
      request.groups =
          getGroups(shape, block, *axis, int64_t(request.scheme.group));
    bias.assign(channels.count(), 0.0f);
    auto weighted = dyn_cast<WeightedOpInterface>(op);
    if (Value added = weighted ? weighted.getBias() : Value())
      if (auto values = getFloatElements(added))
        bias = std::move(*values);
    if (int64_t(bias.size()) != channels.count())
      return op->emitOpError("at '")
             << getDisplayName(op) << "' has a bias of " << bias.size()
             << " elements for " << channels.count() << " channels";
    request.bias = bias;
  }
  request.input = getReadType(op->getOpOperand(0));
  request.output = getType(op->getResult(0));
  if (!request.input || !request.output)
    return op->emitOpError("at '")
           << getDisplayName(op)
           << "' has no activation as first operand and "
              "result, which its weights depend on";
  MLIRContext *context = function.getContext();
  RankedTensorType type =
      rehearses ? getWeightType(context, request.blocks,
                                SmallVector<double>(request.blocks.count(), 1),
                                request.scheme)
                : chooseWeightType(context, request);
  store(use, *elements, type, use.get().getLoc());
  storeBiasBeside(use);
  return success();
}

/// Whether a correction has chosen the integers of `value`.
static bool isCorrected(Value value) {
  ParametersAttr parameters = getParameters(value);
  return parameters && parameters.getSource() == ParameterSource::Correction;
}

/// Weights that a model stores in units too fine for the bias of their channel
/// make no difference beside it, and are stored in a unit in which it fits.
void Rewriter::coarsenWeight(OpOperand &use) {
  Operation *op = use.getOwner();
  auto stored = use.get().getDefiningOp<top::QuantizedConstantOp>();
  auto weighted = dyn_cast<WeightedOpInterface>(op);
  Value added = weighted ? weighted.getBias() : Value();
  auto bias = added ? getFloatElements(added) : std::nullopt;
  quant::UniformQuantizedType input = getReadType(op->getOpOperand(0));
  quant::UniformQuantizedType output = getType(op->getResult(0));
  auto type = cast<RankedTensorType>(use.get().getType());
  auto parameters = top::BlockParameters::get(type);
  if (!bias || !input || !output || !parameters)
    return;
  SmallVector<double> &scales = parameters->scales;
  if (scales.size() != 1 && scales.size() != bias->size())
    return;
  SmallVector<double> factors(scales.size(), 1);
  for (auto [channel, number] : llvm::enumerate(*bias)) {
    size_t i = scales.size() == 1 ? 0 : channel;
    double needed = getLeastWeightScale(number, input, output) / scales[i];
    // One that was chosen so is rounded, and may fall short by that.
    if (std::isfinite(needed) && needed > factors[i] * (1 + 0x1p-10))
      factors[i] = std::exp2(std::ceil(std::log2(needed)));
  }
  size_t changed = llvm::count_if(factors, [](double f) { return f > 1; });
  if (changed == 0)
    return;
  auto element = cast<quant::QuantizedType>(type.getElementType());
  auto integers = top::getStoredIntegers(stored.getValue(), element.isSigned());
  if (!integers)
    return;
  parameters->blocks.forEachRun([&](int64_t first, int64_t size,
                                    int64_t block) {
    int64_t zeroPoint = parameters->zeroPoints[block];
    for (int64_t i = first; i < first + size; ++i)
      (*integers)[i] = zeroPoint + std::llrint(((*integers)[i] - zeroPoint) /
                                               factors[block]);
  });
  for (auto [scale, factor] : llvm::zip_equal(scales, factors))
    scale = static_cast<float>(scale * factor);
  RankedTensorType coarse = top::getBlockType(*parameters, element);
  if (!isCorrected(use.get()))
    emitRemark(op->getLoc())
        << "at '" << getDisplayName(op) << "' " << changed << " of "
        << scales.size() << " scales of the weights '"
        << getTensorName(use.get())
        << "' are so small that the bias does not fit its integers in their "
           "unit; these weights are stored with larger scales, beside which "
           "they "
           "make no difference";
  builder.setInsertionPoint(op);
  use.set(top::QuantizedConstantOp::create(
      builder, stored.getLoc(), coarse,
      storeIntegers(*integers, coarse, getFirstName(stored.getLoc()))));
}

/// A bias of 32 bits is stored in the unit of the accumulator. That of 16-bit
/// activations has 64 and stays what it is.
void Rewriter::storeBias(Operation *op, ArrayRef<double> scales,
                         double inputScale) {
  auto weighted = dyn_cast<WeightedOpInterface>(op);
  Value bias = weighted ? weighted.getBias() : Value();
  auto elements = bias ? getFloatElements(bias) : std::nullopt;
  if (!elements || bias.getDefiningOp<top::QuantizedConstantOp>())
    return;
  auto *use = llvm::find_if(op->getOpOperands(), [&](OpOperand &operand) {
    return operand.get() == bias;
  });
  store(*use, *elements,
        getBiasType(op->getContext(), int64_t(elements->size()), scales,
                    inputScale),
        bias.getLoc());
}

/// The same beside stored weights.
void Rewriter::storeBiasBeside(OpOperand &weight) {
  Operation *op = weight.getOwner();
  quant::UniformQuantizedType input = getReadType(op->getOpOperand(0));
  auto type = cast<RankedTensorType>(weight.get().getType());
  auto scales =
      getChannelScales(op, type,
                       cast<QuantizableOpInterface>(op).getWeightBlock(
                           weight.getOperandNumber()));
  if (scales && input && input.getStorageTypeIntegralWidth() == 8)
    storeBias(op, scales->scales, input.getScale());
}

/// Bits of a constant that `use` reads beside activations: those that a rule
/// settles, or as many as the widest of what the op reads and makes.
unsigned Rewriter::getConstantBits(OpOperand &use) const {
  if (auto read = widths.reads.find(&use); read != widths.reads.end())
    return read->second;
  Operation *op = use.getOwner();
  unsigned bits = 0;
  for (Value value : op->getOperands())
    bits = std::max(bits, widths.getBits(value));
  for (Value value : op->getResults())
    bits = std::max(bits, widths.getBits(value));
  return bits;
}

/// Elements that make no difference leave the others a finer step: a mask of
/// huge numbers.
void Rewriter::clampToUseful(OpOperand &use,
                             MutableArrayRef<float> elements) const {
  auto op = dyn_cast<QuantizableOpInterface>(use.getOwner());
  if (!op || op->getNumOperands() != 2 || op->getNumResults() != 1 ||
      !getType(op->getResult(0)))
    return;
  SmallVector<KnownValues> known;
  for (Value operand : op->getOperands()) {
    if (auto constant = getConstantValues(operand)) {
      known.push_back(*constant);
    } else if (auto type = getType(operand)) {
      known.push_back({getRepresentableRange(type), type.getScale()});
    } else {
      return;
    }
  }
  // Two constants have nothing to be compared with.
  if (getFloatElements(op->getOperand(1 - use.getOperandNumber())))
    return;
  ValueRange1D useful =
      getUsefulRange(op, use.getOperandNumber(), known,
                     getRepresentableRange(getType(op->getResult(0))));
  for (float &element : elements)
    if (!std::isnan(element))
      element = static_cast<float>(
          std::clamp<double>(element, useful.min, useful.max));
}

/// A constant that is moved has the type of the result, others one of their own
/// range.
FailureOr<quant::UniformQuantizedType>
Rewriter::chooseConstantType(OpOperand &use,
                             MutableArrayRef<float> elements) const {
  Operation *op = use.getOwner();
  if (sharesParameters(op) && op->getNumResults() > 0 &&
      getType(op->getResult(0)))
    return getType(op->getResult(0));
  clampToUseful(use, elements);
  ValueRange1D range{0, 0};
  for (float element : elements) {
    if (!std::isfinite(element))
      return emitError(use.get().getLoc())
             << "constant '" << getTensorName(use.get())
             << "' holds a value that is not finite";
    range.min = std::min<double>(range.min, element);
    range.max = std::max<double>(range.max, element);
  }
  return getActivationType(op->getContext(), range,
                           widths.getScheme(use.get(), getConstantBits(use)));
}

LogicalResult Rewriter::storeActivation(OpOperand &use) {
  auto elements = getFloatElements(use.get());
  auto type = chooseConstantType(use, *elements);
  if (failed(type))
    return failure();
  store(use, *elements,
        RankedTensorType::get(
            cast<RankedTensorType>(use.get().getType()).getShape(), *type),
        use.get().getLoc());
  return success();
}

/// Stores what `use` reads, where its op reads integers.
LogicalResult Rewriter::readConstant(OpOperand &use) {
  Operation *op = use.getOwner();
  bool isFloat = top::isFloatElement(
      cast<RankedTensorType>(use.get().getType()).getElementType());
  if (!isFloat)
    return success();
  bool isStored = bool(use.get().getDefiningOp<top::QuantizedConstantOp>());
  ConstantForm form = ConstantForm::Activation;
  if (auto known = dyn_cast<IntegerFormOpInterface>(op))
    form = known.getConstantForm(use.getOperandNumber());
  else if (!isa<func::ReturnOp>(op))
    return success(); // without an integer form nothing is stored
  if (isStored) {
    bool isRounded = isCorrected(use.get());
    if (form == ConstantForm::Weight && !rehearses)
      coarsenWeight(use);
    // Those that a model comes with keep a bias that the model does not round.
    if (form == ConstantForm::Weight && isRounded)
      storeBiasBeside(use);
    return success();
  }
  if (form == ConstantForm::Number)
    return success();
  if (!getFloatElements(use.get()))
    return emitError(use.get().getLoc())
           << "constant '" << getTensorName(use.get())
           << "' cannot be stored: its elements are not f32 or not in this "
              "file";
  return form == ConstantForm::Weight ? storeWeight(use) : storeActivation(use);
}

//===----------------------------------------------------------------------===//
// All
//===----------------------------------------------------------------------===//

/// Who chose the type of `value`, where nobody has said so.
void Rewriter::note(Value value) const {
  if (getParameters(value))
    return;
  auto set = [&](ParameterSource source, const std::string &words, bool fixed) {
    setParameters(
        value, ParametersAttr::get(value.getContext(), source, words, fixed));
  };
  if (getStorageType(value))
    set(ParameterSource::Given, "in the IR", /*fixed=*/true);
  else if (Value moved = getMovedOperand(value))
    set(ParameterSource::Rule, "as '" + getTensorName(moved) + "'", false);
  else
    set(ParameterSource::Method, "range in the IR", false);
}

void Rewriter::setTypes() {
  for (Value value : collectActivations(function)) {
    auto type = getType(value);
    if (!type)
      continue;
    if (isFloatOnly(value)) {
      value.setType(top::getResultTypeLike(value.getType()));
      setParameters(value, nullptr);
      continue;
    }
    note(value);
    value.setType(RankedTensorType::get(
        cast<RankedTensorType>(value.getType()).getShape(), type));
  }
  updateFunctionType(function);
}

LogicalResult Rewriter::run() {
  SmallVector<Operation *> ops = llvm::map_to_vector(
      function.getBody().front(), [](Operation &op) { return &op; });
  SmallVector<Operation *> floats;
  for (Operation *op : ops) {
    if (matchPattern(op, m_Constant())) {
      floats.push_back(op);
      continue;
    }
    if (isInFloat(op))
      continue;
    for (OpOperand &use : op->getOpOperands()) {
      if (matchPattern(use.get(), m_Constant())) {
        if (failed(readConstant(use)))
          return failure();
      } else if (types.types.contains(use.get()) && widths.readsCopy(use)) {
        readCopy(use);
      }
    }
  }
  for (Operation *op : floats)
    if (op->use_empty())
      op->erase();
  setTypes();
  return success();
}

LogicalResult assignQuantization(func::FuncOp function, const QuantSpec &spec,
                                 const Precision &precision,
                                 const ActivationWidths &widths,
                                 bool rehearses) {
  ActivationTypes types;
  if (failed(checkFiniteWeights(function)) ||
      failed(assignParameters(function, spec, widths, types)) ||
      failed(Rewriter(function, precision, widths, types, rehearses).run()))
    return failure();
  return verifyAssigned(function);
}

} // namespace qc
