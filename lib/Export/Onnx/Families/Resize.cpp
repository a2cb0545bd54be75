// Resizing of images.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "../Exporter.h"

#include <cmath>

namespace qc::onnxexport {

/// The region of interest with which tf_crop_and_resize takes positions from
/// where align_corners does by ONNX's definition, whose size need not be whole;
/// nothing where all are whole. onnxruntime rounds the size.
static std::optional<std::vector<float>>
getRegionOfOpenCorners(ArrayRef<double> scales, ArrayRef<int64_t> from,
                       ArrayRef<int64_t> to) {
  std::vector<float> region{0, 0, 0, 0, 1, 1, 1, 1};
  bool isOpen = false;
  for (int i = 0; i < 2; ++i) {
    double length = scales[i] * double(from[i + 2]);
    auto size = double(to[i + 2]);
    if (to[i + 2] == 1 || std::abs(length - size) <= std::ldexp(size, -22))
      continue;
    region[6 + i] = static_cast<float>((size - 1) / (length - 1));
    isOpen = true;
  }
  return isOpen ? std::optional(region) : std::nullopt;
}

/// Emits Resize on NCHW. Coordinates depend on the scales; those are given
/// when the size follows from them, else the sizes are.
template <typename OpTy>
static void writeResize(OpTy op, SmallVector<NodeAttribute> attributes,
                        Exporter &exporter,
                        std::optional<ArrayRef<int64_t>> clamp = {}) {
  std::string input = exporter.get(op.getInput(), getImageOrder());
  SmallVector<int64_t> from = reorder(getShape(op.getInput()), getImageOrder());
  SmallVector<int64_t> to = reorder(getShape(op.getOutput()), getImageOrder());
  std::vector<float> scales{1, 1};
  bool follows = true;
  for (int i = 0; i < 2; ++i) {
    scales.push_back(static_cast<float>(op.getScales()[i]));
    // Readers compute it in either precision.
    follows &= std::floor(from[i + 2] * scales[i + 2]) == to[i + 2] &&
               std::floor(double(from[i + 2]) * scales[i + 2]) == to[i + 2];
  }
  StringRef transformation = op.getCoordinateTransformation();
  SmallVector<std::string> inputs{input};
  auto region = transformation == "align_corners"
                    ? getRegionOfOpenCorners(op.getScales(), from, to)
                    : std::nullopt;
  if (region)
    transformation = "tf_crop_and_resize";
  inputs.push_back(region ? exporter.constant(
                                "region", Tensor::fromVector(*region, {8}))
                          : "");
  if (follows && !region)
    inputs.push_back(
        exporter.constant("scales", Tensor::fromVector<float>(scales, {4})));
  else
    inputs.append({"", exporter.ints("sizes", to)});
  attributes.push_back(
      {"coordinate_transformation_mode", transformation});
  exporter.finish(op.getOutput(), exporter.emit("Resize", inputs, attributes),
                  getImageOrder(), clamp);
}

static LogicalResult writeNearest(tpu::ResizeNearestOp op, Exporter &exporter) {
  writeResize(
      op,
      {{"mode", StringRef("nearest")}, {"nearest_mode", op.getNearestMode()}},
      exporter);
  return success();
}
static LogicalResult writeLinear(tpu::ResizeLinearOp op, Exporter &exporter) {
  writeResize(op, {{"mode", StringRef("linear")}}, exporter, op.getClamp());
  return success();
}

void populateResizeExporters(ExporterRegistry &registry) {
  registry.add<tpu::ResizeNearestOp>(writeNearest);
  registry.add<tpu::ResizeLinearOp>(writeLinear);
}

} // namespace qc::onnxexport
