// Half precision as the storage of layers in float.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Assign/Passes.h"
#include "qc/Dialect/QC/IR/Constants.h"
#include "qc/Dialect/QC/IR/EntryFunction.h"
#include "qc/Dialect/QC/IR/Names.h"
#include "qc/Dialect/QC/IR/QC.h"
#include "qc/Dialect/Top/IR/Top.h"
#include "qc/Quantization/Activations.h"
#include "qc/Quantization/QuantSpec.h"

#include "mlir/Dialect/Quant/IR/QuantTypes.h"
#include "llvm/ADT/SetVector.h"

#include <cmath>

namespace qc {
#define GEN_PASS_DEF_RELAXFLOAT
#include "qc/Assign/Passes.h.inc"

/// The largest finite number of half precision.
static constexpr double kLargestHalf = 65504;

namespace {

struct RelaxFloatPass : impl::RelaxFloatBase<RelaxFloatPass> {
  using RelaxFloatBase::RelaxFloatBase;

  void runOnOperation() override {
    auto function = getEntryFunction(getOperation());
    if (failed(function))
      return signalPassFailure();
    isFloat = isFloatNetwork(getOperation());
    halves.clear();
    Block &block = function->getBody().front();
    for (Operation &op : block.without_terminator())
      for (Value result : op.getResults())
        if (isRelaxable(result))
          halves.insert(result);
    keepWhatMovesAlike(block);
    for (Value value : halves)
      relax(value);
    relaxed += halves.size();
    if (!halves.empty())
      function->emitRemark()
          << "stores " << halves.size()
          << (halves.size() == 1 ? " tensor" : " tensors")
          << " of layers in float as f16; they are computed in f32";
    else
      function->emitWarning() << "has no layer in float whose values could be "
                                 "stored as f16";
  }

private:
  bool isComputedInFloat(Operation *op) const {
    return isa<top::TopDialect>(op->getDialect()) &&
           (isFloat || isInFloat(op)) && !op->hasTrait<OpTrait::ConstantLike>();
  }

  static bool isPlainFloat(Value value) {
    auto type = dyn_cast<RankedTensorType>(value.getType());
    return type && !getStorageType(value) &&
           top::getExpressedElement(type.getElementType()).isF32();
  }

  /// Whether half precision can hold `value` and nobody asks for more.
  bool isRelaxable(Value value) const {
    if (!isPlainFloat(value))
      return false;
    if (auto constant = value.getDefiningOp<top::ConstantOp>())
      return llvm::all_of(
                 value.getUsers(),
                 [&](Operation *user) { return isComputedInFloat(user); }) &&
             reachesAll(constant);
    bool isOutput = llvm::any_of(value.getUsers(), [](Operation *user) {
      return user->hasTrait<OpTrait::IsTerminator>();
    });
    if (isOutput || !isComputedInFloat(value.getDefiningOp()))
      return false;
    auto range = dyn_cast<quant::CalibratedQuantizedType>(
        cast<RankedTensorType>(value.getType()).getElementType());
    if (!range || std::max(-range.getMin(), range.getMax()) <= kLargestHalf)
      return true;
    keep(value);
    return false;
  }

  /// Whether half precision reaches all elements of `constant`.
  static bool reachesAll(top::ConstantOp constant) {
    Result<Tensor> tensor = getConstantTensor(constant.getValue());
    if (!tensor)
      return false;
    const float *elements = tensor->data<float>();
    bool reaches = std::none_of(
        elements, elements + tensor->numElements(), [](float element) {
          return std::isfinite(element) && std::fabs(element) > kLargestHalf;
        });
    if (!reaches)
      keep(constant);
    return reaches;
  }

  /// What only moves elements reads and makes one type.
  void keepWhatMovesAlike(Block &block) {
    for (bool changed = true; changed;) {
      changed = false;
      for (Operation &op : block.without_terminator()) {
        if (!op.hasTrait<top::MovesElements>() || !isComputedInFloat(&op))
          continue;
        SmallVector<Value> moved = llvm::filter_to_vector(
            op.getOperands(), [](Value value) { return isPlainFloat(value); });
        llvm::append_range(moved, op.getResults());
        if (llvm::all_of(moved, [&](Value v) { return halves.contains(v); }))
          continue;
        for (Value value : moved)
          changed |= halves.remove(value);
      }
    }
  }

  static void relax(Value value) {
    auto half = cast<RankedTensorType>(value.getType())
                    .clone(Float16Type::get(value.getContext()));
    if (auto constant = value.getDefiningOp<top::ConstantOp>())
      constant.setValueAttr(
          getElementsAttr(*getConstantTensor(constant.getValue()), half,
                          getTensorName(constant)));
    value.setType(half);
  }

  static void keep(Value value) {
    mlir::emitRemark(value.getLoc())
        << "'" << getTensorName(value)
        << "' stays in f32: half precision ends at 65504, which it exceeds";
  }

  bool isFloat = false;
  llvm::SetVector<Value> halves;
};

} // namespace
} // namespace qc
