// Element types, traits and shape helpers that the ops of top share.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_DIALECT_TOP_IR_TOPTYPES_H
#define QC_DIALECT_TOP_IR_TOPTYPES_H

#include "qc/Support/MLIR.h"

namespace qc::top {

/// True for f32, f16 and calibrated floats.
bool isFloatElement(Type type);

/// True when shapes agree and element types are the same or both float.
bool areCompatibleTypes(TypeRange inferred, TypeRange actual);

/// The float type behind a possibly calibrated element type.
Type getExpressedElement(Type elementType);

/// `shape` with the uncalibrated element type of `like`.
RankedTensorType getResultType(ArrayRef<int64_t> shape, Type like);

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

/// Trait of ops with `act_min` and `act_max`; see TopBase.td.
template <typename ConcreteOp>
class FusableActivation
    : public OpTrait::TraitBase<ConcreteOp, FusableActivation> {
public:
  /// True when a clamp is already fused.
  bool hasActivation() {
    auto op = cast<ConcreteOp>(this->getOperation());
    return op.getActMin().has_value() || op.getActMax().has_value();
  }
};

} // namespace qc::top

#endif // QC_DIALECT_TOP_IR_TOPTYPES_H
