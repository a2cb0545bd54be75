// What a model says about storage types becomes the types of its values.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Assign/Assign.h"
#include "qc/Assign/Passes.h"
#include "qc/Dialect/QC/IR/EntryFunction.h"
#include "qc/Dialect/QC/IR/Names.h"
#include "qc/Dialect/QC/IR/Provenance.h"
#include "qc/Dialect/QC/IR/QC.h"
#include "qc/Dialect/Top/IR/BlockParameters.h"
#include "qc/Dialect/Top/IR/Top.h"
#include "qc/Interfaces/IntegerFormOpInterface.h"
#include "qc/Quantization/Activations.h"
#include "qc/Quantization/Parameters.h"
#include "qc/Quantization/WeightTypes.h"
#include "qc/Support/Permutation.h"
#include "qc/Transforms/ConstantValues.h"

namespace qc {
#define GEN_PASS_DEF_FOLDSTORAGETYPES
#define GEN_PASS_DEF_STRIPSTORAGETYPES
#define GEN_PASS_DEF_UNFOLDSTORAGETYPES
#include "qc/Assign/Passes.h.inc"

//===----------------------------------------------------------------------===//
// Constants that are moved
//===----------------------------------------------------------------------===//

/// Blocks of a tensor whose dimensions are regrouped to `shape`: where a cut
/// dimension keeps its size and its place. Nothing where a block would be torn.
static std::optional<top::Blocks> reshapeBlocks(const top::Blocks &blocks,
                                                ArrayRef<int64_t> shape) {
  top::Blocks result = top::Blocks::ofWhole(shape);
  int64_t before = 1;
  for (auto [size, part] : llvm::zip_equal(blocks.shape, blocks.block)) {
    if (part != size) {
      int64_t passed = 1;
      size_t axis = 0;
      while (axis < shape.size() && (passed < before || shape[axis] == 1))
        passed *= shape[axis++];
      if (axis == shape.size() || passed != before || shape[axis] != size)
        return std::nullopt;
      result.block[axis] = part;
    }
    before *= size;
  }
  return result;
}

/// Replaces the reshape or transpose `op` of a stored constant by a constant.
static void foldMoved(Operation *op) {
  auto stored =
      op->getNumOperands() == 1 && op->getNumResults() == 1
          ? op->getOperand(0).getDefiningOp<top::QuantizedConstantOp>()
          : top::QuantizedConstantOp();
  auto transpose = dyn_cast<top::TransposeOp>(op);
  if (!stored || (!transpose && !isa<top::ReshapeOp>(op)))
    return;
  auto type = cast<RankedTensorType>(stored.getOutput().getType());
  auto element = cast<quant::QuantizedType>(type.getElementType());
  auto parameters = top::BlockParameters::get(type);
  auto integers = top::getStoredIntegers(stored.getValue(), element.isSigned());
  if (!parameters || !integers)
    return;
  ArrayRef<int64_t> shape = top::getShape(op->getResult(0));
  std::optional<top::Blocks> blocks;
  if (transpose) {
    ArrayRef<int64_t> perm = transpose.getPerm(), from = type.getShape();
    SmallVector<int64_t> grid = parameters->blocks.getGrid();
    integers = permuteElements<int64_t>(*integers, from, perm);
    parameters->scales =
        permuteElements<double>(parameters->scales, grid, perm);
    parameters->zeroPoints =
        permuteElements<int64_t>(parameters->zeroPoints, grid, perm);
    blocks =
        top::Blocks{applyPermutation(from, perm),
                    applyPermutation<int64_t>(parameters->blocks.block, perm)};
  } else {
    blocks = reshapeBlocks(parameters->blocks, shape);
  }
  if (!blocks)
    return;
  parameters->blocks = std::move(*blocks);
  RankedTensorType moved = top::getBlockType(*parameters, element);
  OpBuilder builder(op);
  Value constant = top::QuantizedConstantOp::create(
      builder, fuseNames(op->getLoc(), stored.getLoc()), moved,
      storeIntegers(*integers, moved, getFirstName(op->getLoc())));
  op->getResult(0).replaceAllUsesWith(constant);
  op->erase();
  if (stored->use_empty())
    stored.erase();
}

/// The numbers that `op` stands for, as a constant; null after an error.
static Value dequantize(top::QuantizedConstantOp op) {
  auto type = cast<RankedTensorType>(op.getOutput().getType());
  auto values = top::dequantizeElements(op.getValue(), type);
  if (!values) {
    op.emitError() << "the integers of '" << getTensorName(op)
                   << "' are not in this file";
    return {};
  }
  Tensor real(DType::F32, type.getShape().vec());
  llvm::copy(*values, real.data<float>());
  OpBuilder builder(op);
  return createConstant(builder, op.getLoc(), real, type);
}

/// Only weights have more than one scale. Of other constants the numbers are
/// taken, which are stored as other tensors of the op are.
static LogicalResult settleConstants(func::FuncOp function) {
  for (auto stored : llvm::make_early_inc_range(
           function.getBody().front().getOps<top::QuantizedConstantOp>())) {
    if (getStorageType(stored.getOutput()))
      continue;
    Value numbers;
    for (OpOperand &use :
         llvm::make_early_inc_range(stored.getOutput().getUses())) {
      auto reader = dyn_cast<IntegerFormOpInterface>(use.getOwner());
      if (!reader || reader.getConstantForm(use.getOperandNumber()) !=
                         ConstantForm::Activation)
        continue;
      if (!numbers) {
        numbers = dequantize(stored);
        if (!numbers)
          return failure();
        stored.emitRemark()
            << "'" << getTensorName(stored)
            << "' has more than one scale in the model, which only weights of "
               "layers can have in integers: '"
            << getDisplayName(use.getOwner())
            << "' reads its numbers, stored anew";
      }
      use.set(numbers);
    }
    if (stored->use_empty())
      stored.erase();
  }
  return success();
}

//===----------------------------------------------------------------------===//
// Activations
//===----------------------------------------------------------------------===//

static ParametersAttr getImported(MLIRContext *context) {
  return ParametersAttr::get(context, ParameterSource::Imported, "in the model",
                             /*fixed=*/true);
}

/// Lets `value` be known by the names of `loc`, the last of which come first.
static void addNames(Value value, Location loc) {
  if (Operation *op = value.getDefiningOp(); op && op->getNumResults() == 1)
    op->setLoc(fuseNames(loc, op->getLoc()));
}

/// Whether all that `value` is read for is to be stored as `type`.
static bool isOnlyStoredAs(Value value, Type type) {
  return llvm::all_of(value.getUsers(), [&](Operation *user) {
    return isa<top::RequantizeOp>(user) &&
           getStorageType(user->getResult(0)) == type;
  });
}

/// Lets what is rounded to the type of `op` be made in that type.
static void foldRounding(top::RequantizeOp op) {
  Value from = op.getInput(), to = op.getOutput();
  auto type = getStorageType(to);
  if (!type)
    return;
  if (!getStorageType(from) && isOnlyStoredAs(from, type)) {
    from.setType(to.getType());
    setParameters(from, getImported(op.getContext()));
  }
  if (getStorageType(from) != type) {
    setParameters(to, getImported(op.getContext()));
    return;
  }
  addNames(from, op.getLoc());
  if (Operation *producer = from.getDefiningOp();
      producer && !getSourcePermutation(op).empty())
    setSourcePermutation(producer, getSourcePermutation(op));
  to.replaceAllUsesWith(from);
  op.erase();
}

/// Whether all that reads `op` joins it with others in the type of `op`.
static bool isOnlyJoined(top::RequantizeOp op) {
  auto type = getStorageType(op.getOutput());
  return type && llvm::all_of(op->getUsers(), [&](Operation *user) {
           return isa<top::ConcatOp>(user) &&
                  getStorageType(user->getResult(0)) == type;
         });
}

/// A concatenation rounds what it joins to its own type, so that the model
/// need not say it of the operands.
static void foldJoined(func::FuncOp function) {
  for (auto rounding : llvm::make_early_inc_range(
           function.getBody().front().getOps<top::RequantizeOp>()))
    if (getStorageType(rounding.getInput()) && isOnlyJoined(rounding)) {
      rounding.getOutput().replaceAllUsesWith(rounding.getInput());
      rounding.erase();
    }
}

namespace {

/// A weight whose integers are symmetric around zero and leave out the lowest
/// has a symmetric range, which files do not tell.
void narrow(Value weight) {
  auto stored = weight.getDefiningOp<top::QuantizedConstantOp>();
  auto type = dyn_cast<RankedTensorType>(weight.getType());
  auto parameters = stored ? top::BlockParameters::get(type) : std::nullopt;
  if (!parameters || llvm::any_of(parameters->zeroPoints,
                                  [](int64_t zero) { return zero != 0; }))
    return;
  auto element = cast<quant::QuantizedType>(type.getElementType());
  unsigned bits = element.getStorageTypeIntegralWidth();
  int64_t low = -(int64_t(1) << (bits - 1));
  if (!element.isSigned() || element.getStorageTypeMin() != low)
    return;
  auto integers = top::getStoredIntegers(stored.getValue(), true);
  if (!integers || llvm::is_contained(*integers, low))
    return;
  weight.setType(top::getBlockType(weight.getContext(), parameters->blocks,
                                   parameters->scales, parameters->zeroPoints,
                                   bits, /*isSigned=*/true, low + 1,
                                   element.getStorageTypeMax()));
}

struct FoldStorageTypesPass : impl::FoldStorageTypesBase<FoldStorageTypesPass> {
  void runOnOperation() override {
    for (auto function : getOperation().getOps<func::FuncOp>())
      if (!function.isDeclaration() && failed(fold(function)))
        return signalPassFailure();
  }

private:
  static LogicalResult fold(func::FuncOp function) {
    for (Operation &op :
         llvm::make_early_inc_range(function.getBody().front())) {
      if (auto rounding = dyn_cast<top::RequantizeOp>(op)) {
        foldRounding(rounding);
        continue;
      }
      for (Value result : op.getResults())
        if (Value moved = getMovedOperand(result))
          followStorageType(result, moved);
      foldMoved(&op);
    }
    foldJoined(function);
    updateFunctionType(function);
    for (OpOperand *weight : collectWeights(function))
      narrow(weight->get());
    return settleConstants(function);
  }
};

//===----------------------------------------------------------------------===//
// Back to ops that round
//===----------------------------------------------------------------------===//

struct UnfoldStorageTypesPass
    : impl::UnfoldStorageTypesBase<UnfoldStorageTypesPass> {
  void runOnOperation() override {
    for (auto function : getOperation().getOps<func::FuncOp>()) {
      if (function.isDeclaration())
        continue;
      for (Value value : collectActivations(function))
        if (Operation *op = value.getDefiningOp();
            !isa_and_nonnull<top::RequantizeOp>(op) && isOfModel(value))
          unfold(value);
      updateFunctionType(function);
    }
  }

private:
  /// Whether `value` has its type because what it is moved from has it.
  static bool followsMoved(Value value) {
    return getMovedOperand(value) &&
           getParameters(value).getSource() == ParameterSource::Rule;
  }

  /// Whether the model itself gives `value` its type, not an assignment.
  static bool isOfModel(Value value) {
    ParametersAttr parameters = getParameters(value);
    return getStorageType(value) && parameters && parameters.getFixed() &&
           (parameters.getSource() == ParameterSource::Imported ||
            followsMoved(value));
  }

  static void unfold(Value value) {
    Type rounded = value.getType();
    bool follows = followsMoved(value);
    value.setType(top::getResultTypeLike(rounded));
    setParameters(value, nullptr);
    // It will again.
    if (follows)
      return;
    OpBuilder builder(value.getContext());
    builder.setInsertionPointAfterValue(value);
    auto rounding =
        top::RequantizeOp::create(builder, value.getLoc(), rounded, value);
    value.replaceAllUsesExcept(rounding.getOutput(), rounding);
  }
};

//===----------------------------------------------------------------------===//
// Without them
//===----------------------------------------------------------------------===//

struct StripStorageTypesPass
    : impl::StripStorageTypesBase<StripStorageTypesPass> {
  void runOnOperation() override {
    auto function = getEntryFunction(getOperation());
    if (failed(function))
      return signalPassFailure();
    if (llvm::none_of(function->getBody().front(), [](Operation &op) {
          return isa<top::RequantizeOp, top::QuantizedConstantOp>(op);
        }))
      function->emitWarning() << "has no storage types that could be chosen "
                                 "again (--refit is for quantized models)";
    for (Operation &op :
         llvm::make_early_inc_range(function->getBody().front())) {
      if (auto rounding = dyn_cast<top::RequantizeOp>(op)) {
        clip(rounding);
      } else if (auto stored = dyn_cast<top::QuantizedConstantOp>(op)) {
        Value numbers = dequantize(stored);
        if (!numbers)
          return signalPassFailure();
        stored.getOutput().replaceAllUsesWith(numbers);
        stored.erase();
      }
    }
    for (Value value : collectActivations(*function)) {
      value.setType(top::getResultTypeLike(value.getType()));
      setParameters(value, nullptr);
    }
    updateFunctionType(*function);
    // They are about the types that are gone.
    for (StringRef fact : {"calibration", "corrections", "precision"})
      dropProvenance(getOperation(), fact);
  }

private:
  /// What a type cannot hold was cut when the network was trained.
  static void clip(top::RequantizeOp op) {
    auto type = getStorageType(op.getOutput());
    if (!type) {
      op.getOutput().replaceAllUsesWith(op.getInput());
      op.erase();
      return;
    }
    ValueRange1D range = getRepresentableRange(type);
    OpBuilder builder(op);
    // Where qc wrote the model, either of the two has no name of its own.
    Location loc = op.getLoc();
    if (getFirstName(loc).empty())
      loc = getTensorLoc(op.getContext(),
                         getTensorName(op.getInput()) + "_clipped");
    if (Operation *producer = op.getInput().getDefiningOp();
        producer && getFirstName(producer->getLoc()).empty())
      producer->setLoc(
          getTensorLoc(op.getContext(), getFirstName(loc) + "_unclipped"));
    Value clipped = top::ClipOp::create(
        builder, loc, top::getResultTypeLike(op.getOutput().getType()),
        op.getInput(), builder.getF32FloatAttr(static_cast<float>(range.min)),
        builder.getF32FloatAttr(static_cast<float>(range.max)));
    op.getOutput().replaceAllUsesWith(clipped);
    op.erase();
  }
};

} // namespace
} // namespace qc
