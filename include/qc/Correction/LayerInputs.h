// What an integer layer multiplies with its weights, as columns.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_CORRECTION_LAYERINPUTS_H
#define QC_CORRECTION_LAYERINPUTS_H

#include "qc/Correction/Lockstep.h"
#include "qc/Correction/Rounding.h"
#include "qc/Support/MLIR.h"

#include <optional>

namespace qc {

/// How a layer of tpu reads its input [N, H, W, C]: for each element of its
/// result a window of each group of channels. A matrix product reads an image
/// of one row through a window of one element.
struct InputWindow {
  int64_t groups = 1, inputs = 0; ///< channels of one group
  int64_t height = 1, width = 1;  ///< of the kernel
  int64_t strideY = 1, strideX = 1, dilationY = 1, dilationX = 1;
  int64_t top = 0, left = 0;     ///< padding
  Shape input;                   ///< [N, H, W, C]
  int64_t rows = 0, columns = 0; ///< of the result
  int zeroPoint = 0;             ///< what padding holds
  /// Stored integers are divided by this, for moments of 8 bits.
  int unit = 1;

  int64_t getWindow() const { return height * width; }
  /// Numbers that one output sums up.
  int64_t getInputs() const { return inputs * getWindow(); }
  int64_t getPositions() const { return input[0] * rows * columns; }
};

/// The window of conv2d or fully_connected `op`, or nothing.
std::optional<InputWindow> getInputWindow(Operation *op);

/// Adds columns of group `group` of the inputs in `tensors` to `moments`, every
/// `stride`-th of all positions. Input k of the moments is channel
/// k % inputs at position k / inputs of the window, in units of the window's.
void addColumns(const InputWindow &window, ArrayRef<const Tensor *> tensors,
                int64_t group, int64_t stride, SecondMoments &moments,
                ThreadPool &pool);

} // namespace qc

#endif // QC_CORRECTION_LAYERINPUTS_H
