// Resizing of images.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "../Exporter.h"

#include <cmath>

namespace qc::onnxexport {

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
  SmallVector<std::string> inputs{input, ""};
  if (follows)
    inputs.push_back(
        exporter.constant("scales", Tensor::fromVector<float>(scales, {4})));
  else
    inputs.append({"", exporter.ints("sizes", to)});
  attributes.push_back(
      {"coordinate_transformation_mode", op.getCoordinateTransformation()});
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
