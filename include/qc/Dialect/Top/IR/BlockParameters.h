// Scales and zero points of quantized tensors, whatever they belong to.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_DIALECT_TOP_IR_BLOCKPARAMETERS_H
#define QC_DIALECT_TOP_IR_BLOCKPARAMETERS_H

#include "qc/Support/MLIR.h"

#include "mlir/Dialect/Quant/IR/QuantTypes.h"

namespace qc::top {

/// A tensor cut into blocks of one size: all of it, channels, groups of inputs.
struct Blocks {
  SmallVector<int64_t> shape;
  /// Elements of a block along each dimension; they divide those of the shape.
  SmallVector<int64_t> block;

  /// One block.
  static Blocks ofWhole(ArrayRef<int64_t> shape);

  /// Blocks along each dimension.
  SmallVector<int64_t> getGrid() const;
  /// Blocks in all.
  int64_t count() const;

  /// Calls `body` for runs of elements that follow each other in memory and
  /// belong to one block, in row-major order: the first element, how many they
  /// are, and the number of the block, counted in row-major order too.
  void forEachRun(function_ref<void(int64_t first, int64_t size, int64_t block)>
                      body) const;
};

/// The parameters of a quantized tensor type: a scale and a zero point a block.
struct BlockParameters {
  Blocks blocks;
  SmallVector<double> scales;
  SmallVector<int64_t> zeroPoints;

  /// Those of `type`, whose element type is uniform: per tensor, per axis or
  /// per block. Nothing where type and shape do not go together.
  static std::optional<BlockParameters> get(RankedTensorType type);
};

/// The quantized type of a tensor with a scale and zero point for each of
/// `blocks`, stored in `bits` from `low` to `high`.
RankedTensorType getBlockType(MLIRContext *context, const Blocks &blocks,
                              ArrayRef<double> scales,
                              ArrayRef<int64_t> zeroPoints, unsigned bits,
                              bool isSigned, int64_t low, int64_t high);

/// The quantized type of integers as `like` stores them, with `parameters`.
RankedTensorType getBlockType(const BlockParameters &parameters,
                              quant::QuantizedType like);

/// The stored integers of `elements`, or nothing when they are no integers or
/// their resource is missing. Signedness is that of `isSigned`.
std::optional<SmallVector<int64_t>> getStoredIntegers(ElementsAttr elements,
                                                      bool isSigned);

/// The real values that integers `stored` of `type` stand for: (stored - zero
/// point) * scale, in f32. Nothing when they are not in this file.
std::optional<SmallVector<float>> dequantizeElements(ElementsAttr stored,
                                                     RankedTensorType type);

} // namespace qc::top

#endif // QC_DIALECT_TOP_IR_BLOCKPARAMETERS_H
