// From calibrated top to integer tpu: one walk over the function.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Conversion/TopToTpu/TopToTpu.h"
#include "Lowering.h"
#include "qc/Dialect/QC/IR/QC.h"
#include "qc/Dialect/QC/IR/SourceNodes.h"
#include "qc/Target/Subgraphs.h"

#include "mlir/IR/IRMapping.h"
#include "mlir/IR/Matchers.h"

namespace qc {

#define QC_FAMILY(name) void populate##name##Lowerings(LoweringRegistry &);
#include "qc/Conversion/TopToTpu/Families.inc"
#undef QC_FAMILY

const LoweringRegistry &LoweringRegistry::get() {
  static const LoweringRegistry registry = [] {
    LoweringRegistry made;
#define QC_FAMILY(name) populate##name##Lowerings(made);
#include "qc/Conversion/TopToTpu/Families.inc"
#undef QC_FAMILY
    return made;
  }();
  return registry;
}

void registerIntegerForms(DialectRegistry &dialects) {
  dialects.addExtension(+[](MLIRContext *context, top::TopDialect *) {
    LoweringRegistry::get().attachForms(context);
  });
}

/// Quantizes the float arguments that are read.
static void lowerArguments(func::FuncOp function, Lowering &lowering) {
  for (BlockArgument argument : function.getArguments()) {
    auto type = dyn_cast<RankedTensorType>(argument.getType());
    if (type && isFloatOnly(argument))
      lowering.map(argument, argument);
    if (!type || !lowering.getType(argument))
      continue;
    Location loc = getTensorLoc(function.getContext(), getTensorName(argument));
    auto quantized =
        RankedTensorType::get(type.getShape(), lowering.getType(argument));
    lowering.map(argument, tpu::QuantizeOp::create(lowering.builder, loc,
                                                   quantized, argument));
  }
}

/// Returns the results as floats again.
static LogicalResult lowerReturn(func::ReturnOp op, Lowering &lowering) {
  SmallVector<Value> results;
  for (Value operand : op.getOperands()) {
    auto lowered = lowering.getMovable(operand);
    if (failed(lowered))
      return failure();
    if (Lowering::isIndex(operand)) {
      results.push_back(*lowered);
      continue;
    }
    auto shape = cast<RankedTensorType>(operand.getType()).getShape();
    if (isFloatOnly(operand)) {
      results.push_back(*lowered);
      continue;
    }
    Location loc = deriveName(
        getTensorLoc(op.getContext(), getTensorName(operand)), "_float");
    results.push_back(tpu::DequantizeOp::create(
        lowering.builder, loc,
        RankedTensorType::get(shape, lowering.builder.getF32Type()), *lowered));
  }
  func::ReturnOp::create(lowering.builder, op.getLoc(), results);
  return success();
}

/// Copies a layer that stays in float, between conversions where its operands
/// are integers and its results are to be.
static LogicalResult lowerInFloat(Operation *op, Lowering &lowering) {
  OpBuilder &builder = lowering.builder;
  IRMapping mapping;
  for (Value operand : op->getOperands()) {
    auto value = lowering.getFloat(operand);
    if (failed(value))
      return failure();
    mapping.map(operand, *value);
  }
  Operation *copy = builder.clone(*op, mapping);
  copy->removeAttr(kInFloatAttr);
  copy->removeAttr(kParametersAttr);
  placeOnCpu(copy);
  for (auto [result, made] :
       llvm::zip_equal(op->getResults(), copy->getResults())) {
    made.setType(top::getResultTypeLike(result.getType()));
    auto type = lowering.getType(result);
    Value lowered = made;
    if (type) {
      Location loc = deriveName(
          getTensorLoc(op->getContext(), getTensorName(result)), "_quantized");
      lowered = tpu::QuantizeOp::create(
          builder, loc, RankedTensorType::get(top::getShape(result), type),
          made);
    }
    lowering.map(result, lowered);
  }
  return success();
}

/// Integers and booleans that the network computes are numbers as they are, and
/// what makes or reads booleans works on numbers. (What only moves integers
/// that come from outside, without joining them, has a form of its own.)
static bool worksOnNumbers(Operation *op) {
  // A cast to a boolean has no kernel.
  if (auto cast = dyn_cast<top::CastOp>(op);
      cast && cast.getOutput().getType().getElementType().isInteger(1))
    return false;
  auto isBoolean = [](Value value) {
    return cast<RankedTensorType>(value.getType())
        .getElementType()
        .isInteger(1);
  };
  if (llvm::any_of(op->getOperands(), isBoolean))
    return true;
  return llvm::any_of(op->getResults(), Lowering::isIndex) &&
         !isa<top::ReshapeOp, top::ExpandOp, top::TransposeOp, top::SliceOp,
              top::SplitOp>(op);
}

/// Arguments and results are plain floats, whatever they are stored in.
static void setFloatSignature(func::FuncOp function) {
  auto toFloat = [](Type type) -> Type {
    auto tensor = dyn_cast<RankedTensorType>(type);
    if (!tensor)
      return type;
    return RankedTensorType::get(
        tensor.getShape(), top::getExpressedElement(tensor.getElementType()));
  };
  for (BlockArgument argument : function.getArguments())
    argument.setType(toFloat(argument.getType()));
  FunctionType type = function.getFunctionType();
  function.setFunctionType(FunctionType::get(
      function.getContext(), llvm::map_to_vector(type.getInputs(), toFloat),
      llvm::map_to_vector(type.getResults(), toFloat)));
}

/// Ranges alone, or a width that has no integer kernel, are errors that name
/// all values that have them.
static LogicalResult checkStorageTypes(func::FuncOp function) {
  bool complete = true;
  for (Value value : collectActivations(function)) {
    auto type = getStorageType(value);
    if ((value.use_empty() && isa<BlockArgument>(value)) || isFloatOnly(value))
      continue;
    if (!type) {
      emitError(value.getLoc())
          << "'" << getTensorName(value)
          << "' has no storage type; run --assign-quantization first";
      complete = false;
    } else if (unsigned bits = type.getStorageTypeIntegralWidth();
               bits != 8 && (bits != 16 || !type.isSigned())) {
      emitError(value.getLoc())
          << "'" << getTensorName(value) << "' is stored as "
          << (type.isSigned() ? "i" : "u") << bits
          << ", for which there is no integer kernel: these take i8, u8 and "
             "i16";
      complete = false;
    }
  }
  return success(complete);
}

/// What `op` computes with its dimensions in another order than the source's
/// still is.
static void keepOrder(Operation *op, Lowering &lowering) {
  ArrayRef<int64_t> perm = getSourcePermutation(op);
  if (perm.empty())
    return;
  auto lowered = lowering.getActivation(op->getResult(0));
  Operation *made = succeeded(lowered) ? lowered->getDefiningOp() : nullptr;
  if (!made)
    return;
  ArrayRef<int64_t> own = getSourcePermutation(made);
  setSourcePermutation(made, own.empty()
                                 ? SmallVector<int64_t>(perm)
                                 : applyPermutation<int64_t>(perm, own));
}

LogicalResult convertTopToTpu(func::FuncOp function, const QuantSpec &spec,
                              bool rehearses) {
  if (failed(checkStorageTypes(function)))
    return failure();

  Block &block = function.getBody().front();
  SmallVector<Operation *> ops =
      llvm::map_to_vector(block, [](Operation &op) { return &op; });
  OpBuilder builder = OpBuilder::atBlockEnd(&block);
  Lowering lowering(builder, spec);
  lowering.rehearses = rehearses;
  const LoweringRegistry &registry = LoweringRegistry::get();

  // The old ops stay until all are lowered, so that a failure can undo.
  lowerArguments(function, lowering);
  bool complete = true;
  for (Operation *op : ops) {
    if (matchPattern(op, m_Constant()))
      continue;
    lowering.enter(op);
    if (auto terminator = dyn_cast<func::ReturnOp>(op)) {
      complete = complete && succeeded(lowerReturn(terminator, lowering));
      continue;
    }
    if (isInFloat(op) || worksOnNumbers(op)) {
      complete = complete && succeeded(lowerInFloat(op, lowering));
      continue;
    }
    const auto *entry = registry.find(op->getName().getStringRef());
    if (!entry) {
      op->emitError() << "'" << op->getName() << "' at '" << getDisplayName(op)
                      << "' has no integer form" << describeWaysOut(op);
      complete = false;
      continue;
    }
    // After a first error only further unsupported ops are worth reporting.
    if (complete && failed(entry->lower(op, lowering)))
      complete = false;
    if (complete)
      keepOrder(op, lowering);
  }
  if (!complete) {
    while (&block.back() != ops.back())
      block.back().erase();
    return failure();
  }
  for (Operation *op : llvm::reverse(ops))
    op->erase();
  setFloatSignature(function);
  return success();
}

} // namespace qc
