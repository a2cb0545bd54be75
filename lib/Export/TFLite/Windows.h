// Windows of convolutions and pools: LiteRT knows two ways to pad; private to
// this library. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_LIB_EXPORT_TFLITE_WINDOWS_H
#define QC_LIB_EXPORT_TFLITE_WINDOWS_H

#include "Exporter.h"

namespace qc::tfliteexport {

/// A window over NHWC: of rows and columns, or one row of a network with one
/// dimension.
struct Window {
  SmallVector<int64_t, 2> kernel, strides, dilations;
  /// Top, left, bottom, right.
  SmallVector<int64_t, 4> pads;

  int64_t getExtent(size_t i) const {
    return (kernel[i] - 1) * dilations[i] + 1;
  }
  bool isPadded() const {
    return llvm::any_of(pads, [](int64_t pad) { return pad != 0; });
  }
};

/// The attributes of an op as a window; `kernel` has its sizes.
template <typename OpTy> Window makeWindow(OpTy op, ArrayRef<int64_t> kernel) {
  Window window{llvm::to_vector<2>(kernel), llvm::to_vector<2>(op.getStrides()),
                llvm::to_vector<2>(op.getDilations()),
                llvm::to_vector<4>(op.getPads())};
  if (kernel.size() == 1) {
    window.kernel.insert(window.kernel.begin(), 1);
    window.strides.insert(window.strides.begin(), 1);
    window.dilations.insert(window.dilations.begin(), 1);
    window.pads = {0, window.pads[0], 0, window.pads[1]};
  }
  return window;
}

/// An image and how windows lie on it.
struct Placement {
  TensorId input;
  tflite::Padding padding;
};

/// How to pad `input` so that there are rows by columns windows: as VALID or
/// SAME say if that is what `window` says, else by an operator of its own that
/// puts in `fill` (by default zero). Nothing where `mayPad` is false and that
/// operator would be needed.
std::optional<Placement> place(Exporter &exporter, TensorId input,
                               const Window &window, int64_t rows,
                               int64_t columns,
                               std::optional<double> fill = std::nullopt,
                               bool mayPad = true);

/// Operand `value` of `op` as an image of rank 4: a network with one dimension
/// has one row.
TensorId getImage(Operation *op, Value value, Exporter &exporter);
/// What the tensor behind `result`, an image of `op`, is in rank 4.
Form getImageForm(Operation *op, Value result, Exporter &exporter);
/// Ends the op with such an image.
void finishImage(Operation *op, Value result, TensorId image,
                 const Bounds &bounds, Exporter &exporter);

} // namespace qc::tfliteexport

#endif // QC_LIB_EXPORT_TFLITE_WINDOWS_H
