// Sliding windows: the attributes that convolutions and pools share.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_LIB_IMPORT_ONNX_WINDOW_H
#define QC_LIB_IMPORT_ONNX_WINDOW_H

#include "NodeContext.h"

namespace qc::onnximport {

/// One value a spatial dimension; `pads` has all begins, then all ends.
struct Window {
  std::vector<int64_t> kernel, strides, dilations, pads;
  /// ONNX's word: NOTSET, VALID, SAME_UPPER or SAME_LOWER.
  std::string autoPad;

  size_t rank() const { return kernel.size(); }
  /// Elements that the kernel spans in dimension `d`.
  int64_t extent(size_t d) const { return (kernel[d] - 1) * dilations[d] + 1; }
  /// Splits `total` elements of padding in dimension `d` into begin and end;
  /// the odd one goes to the end when `extraAtEnd`.
  void setTotalPad(size_t d, int64_t total, bool extraAtEnd);
};

/// Reads kernel_shape, strides, dilations, pads and auto_pad of a node whose
/// input has the spatial dimensions `spatial`. `kernel`, when not empty, is
/// what the weights say. Checked: one to `most` dimensions, sizes positive and
/// of sane magnitude, pads not negative. For VALID, pads are zero; SAME is left
/// to the caller.
Window readWindow(NodeContext &node, ArrayRef<int64_t> spatial,
                  ArrayRef<int64_t> kernel, size_t most = 2);

/// A convolution of `operands` (input 0, weights and maybe a bias as values) by
/// the attributes of a Conv whose weights are input `weight` of the node; named
/// as a helper with `suffix`, or, without one, as output 0.
Value createConv(NodeContext &node, ValueRange operands, size_t weight,
                 StringRef suffix = "");

/// For SAME: pads so that each output dimension is input / stride, rounded up.
void resolveSamePads(Window &window, ArrayRef<int64_t> spatial);

/// The dimensions of input `index` behind batch and channel; an error when
/// there are none.
std::vector<int64_t> spatialShape(NodeContext &node, size_t index);

} // namespace qc::onnximport

#endif // QC_LIB_IMPORT_ONNX_WINDOW_H
