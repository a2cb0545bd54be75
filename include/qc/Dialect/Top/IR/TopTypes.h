// Element types, traits and shape helpers that the ops of top share.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_DIALECT_TOP_IR_TOPTYPES_H
#define QC_DIALECT_TOP_IR_TOPTYPES_H

#include "qc/Support/MLIR.h"

namespace qc::top {

/// No dimension and no attribute that counts elements along one may be larger,
/// so that sums and products of two of them stay inside 64 bits.
inline constexpr int64_t kMaxDimension = (int64_t(1) << 31) - 1;

/// No tensor may have more elements (a tebi).
inline constexpr int64_t kMaxElements = int64_t(1) << 40;

//===----------------------------------------------------------------------===//
// Types
//===----------------------------------------------------------------------===//

/// True for f32, f16, and what is expressed in them: calibrated or quantized.
bool isFloatElement(Type type);

/// True for shaped types of static shape without empty dimensions that stay
/// within `kMaxDimension` and `kMaxElements`.
bool hasUsableShape(Type type);

/// True when shapes agree and element types are the same or both float.
bool areCompatibleTypes(TypeRange inferred, TypeRange actual);

/// The float type behind a calibrated or quantized element type.
Type getExpressedElement(Type elementType);

/// `shape` with the expressed element type of `like`.
RankedTensorType getResultType(ArrayRef<int64_t> shape, Type like);

/// The shape of `like` with its expressed element type.
RankedTensorType getResultTypeLike(Type like);

/// The shape of a value or type that verification has shown to be shaped.
ArrayRef<int64_t> getShape(Value value);

/// True when `value` is computed by a constant.
bool isConstant(Value value);

/// True when `constant` (a folded operand, may be null) is `number` everywhere.
bool isSplatOf(Attribute constant, double number);

//===----------------------------------------------------------------------===//
// Shapes
//===----------------------------------------------------------------------===//

/// The numpy broadcast of two shapes, or nothing when they do not fit.
std::optional<SmallVector<int64_t>> broadcastShapes(ArrayRef<int64_t> lhs,
                                                    ArrayRef<int64_t> rhs);

/// Elements along one dimension that a sliding window yields, e.g. for conv
/// and pool: (size + padBegin + padEnd - dilation * (kernel - 1) - 1) / stride
/// + 1, rounded down, or up when `ceilMode` (a last window that would start in
/// the end padding is dropped). Nothing when no window fits.
std::optional<int64_t> getWindowCount(int64_t size, int64_t kernel,
                                      int64_t stride, int64_t dilation,
                                      int64_t padBegin, int64_t padEnd,
                                      bool ceilMode = false);

/// Where windows along one dimension would lie in padding alone: true when a
/// window of `getWindowCount` has no element in [0, size).
bool hasEmptyWindow(int64_t size, int64_t kernel, int64_t stride,
                    int64_t dilation, int64_t padBegin, int64_t count);

/// `lhs * rhs` for counts of work, kept at the largest 64-bit number.
int64_t multiplySaturating(int64_t lhs, int64_t rhs);

//===----------------------------------------------------------------------===//
// Checks
//===----------------------------------------------------------------------===//

/// Starts an error; used by checks that run before an op exists.
using ErrorEmitter = llvm::function_ref<InFlightDiagnostic()>;

/// What inference of op `OpTy` reports with, at `location` when it is known.
template <typename OpTy>
auto getInferenceErrors(MLIRContext *context,
                        std::optional<Location> location) {
  Location at = location ? *location : Location(UnknownLoc::get(context));
  return [at] {
    return mlir::emitError(at) << "'" << OpTy::getOperationName() << "' op ";
  };
}

/// Fails unless every value is in [`min`, `kMaxDimension`].
LogicalResult checkRange(ArrayRef<int64_t> values, int64_t min, StringRef what,
                         ErrorEmitter emit);

/// Fails unless `axis` is a dimension of a tensor of rank `rank`.
LogicalResult checkAxis(int64_t axis, int64_t rank, ErrorEmitter emit);

/// Fails unless there are `expected` values of attribute `what`.
LogicalResult checkCount(ArrayRef<int64_t> values, int64_t expected,
                         StringRef what, ErrorEmitter emit);

/// Adds the type of an element-wise op on `lhs` and `rhs`.
LogicalResult inferBroadcast(Value lhs, Value rhs, SmallVectorImpl<Type> &types,
                             ErrorEmitter emit);

/// Adds the type of a reduction of `input` along `axes`, which must ascend.
LogicalResult inferReduction(Value input, ArrayRef<int64_t> axes, bool keepdims,
                             SmallVectorImpl<Type> &types, ErrorEmitter emit);

/// Fails when the operands of `op` differ in their expressed element type.
LogicalResult verifySameOperandElements(Operation *op);

/// Fails when a clamp's bounds are NaN or the lower exceeds the upper.
LogicalResult verifyBounds(Operation *op, std::optional<APFloat> min,
                           std::optional<APFloat> max);

//===----------------------------------------------------------------------===//
// Traits
//===----------------------------------------------------------------------===//

/// Trait of ops with `act_min` and `act_max`; see TopBase.td.
template <typename ConcreteOp>
class FusableActivation
    : public OpTrait::TraitBase<ConcreteOp, FusableActivation> {
public:
  static LogicalResult verifyTrait(Operation *op) {
    auto concrete = cast<ConcreteOp>(op);
    return verifyBounds(op, concrete.getActMin(), concrete.getActMax());
  }

  /// True when a clamp is already fused.
  bool hasActivation() {
    auto op = cast<ConcreteOp>(this->getOperation());
    return op.getActMin().has_value() || op.getActMax().has_value();
  }
};

/// Trait of ops on single elements; see TopBase.td.
template <typename ConcreteOp>
class ElementwiseFunction
    : public OpTrait::TraitBase<ConcreteOp, ElementwiseFunction> {};

/// Trait of ops whose operands have one element type; see TopBase.td.
template <typename ConcreteOp>
class SameOperandElements
    : public OpTrait::TraitBase<ConcreteOp, SameOperandElements> {
public:
  static LogicalResult verifyTrait(Operation *op) {
    return verifySameOperandElements(op);
  }
};

/// Trait of ops that move elements and look at none; see TopBase.td.
template <typename ConcreteOp>
class MovesElements : public OpTrait::TraitBase<ConcreteOp, MovesElements> {};

/// What AliasOpInterface says of an op on elements at the same places: the
/// operands whose shape is the result's.
SmallVector<unsigned> getElementwiseInPlaceOperands(Operation *op);

} // namespace qc::top

#endif // QC_DIALECT_TOP_IR_TOPTYPES_H
