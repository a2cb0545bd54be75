// Resizing of images: verification.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "VerifyUtils.h"

#include "llvm/ADT/StringSet.h"

namespace qc::tpu {

template <typename ResizeOp> static LogicalResult verifyResize(ResizeOp op) {
  static const llvm::StringSet<> transformations = {
      "asymmetric", "half_pixel", "align_corners", "pytorch_half_pixel"};
  auto input = cast<RankedTensorType>(op.getInput().getType());
  auto output = cast<RankedTensorType>(op.getOutput().getType());
  if (input.getRank() != 4 || output.getRank() != 4 ||
      input.getDimSize(0) != output.getDimSize(0) ||
      input.getDimSize(3) != output.getDimSize(3))
    return op.emitOpError("resizes height and width of NHWC, found ")
           << input << " to " << output;
  if (!transformations.contains(op.getCoordinateTransformation()))
    return op.emitOpError("coordinate_transformation is '")
           << op.getCoordinateTransformation()
           << "', expected asymmetric, half_pixel, align_corners or "
              "pytorch_half_pixel";
  if (op.getScales().size() != 2 ||
      llvm::any_of(op.getScales(), [](double scale) { return !(scale > 0); }))
    return op.emitOpError("expects two positive scales, of height and width");
  return success();
}

LogicalResult ResizeNearestOp::verify() {
  StringRef mode = getNearestMode();
  if (mode != "floor" && mode != "ceil" && mode != "round_prefer_floor" &&
      mode != "round_prefer_ceil")
    return emitOpError("nearest_mode is '")
           << mode
           << "', expected floor, ceil, round_prefer_floor or "
              "round_prefer_ceil";
  return verifyResize(*this);
}

LogicalResult ResizeLinearOp::verify() {
  if (failed(verifyResize(*this)))
    return failure();
  if (getDenominators().size() != 2 ||
      llvm::any_of(getDenominators(),
                   [](int64_t value) { return value < 1 || value > 2048; }))
    return emitOpError("expects two denominators of weights, of height and "
                       "width, each in 1 to 2048");
  return verifyRequant(*this, getRequant(), 1, getClamp(), getOutput());
}

} // namespace qc::tpu
