// Resizing of images.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "../Exporter.h"

#include <cmath>

namespace qc::onnxexport {

namespace {
/// How a tensor is sampled; shapes and scales are those of the ONNX tensor.
struct Sampling {
  std::string mode, transformation;
  /// How positions are rounded; empty where they are not.
  std::string rounding;
  SmallVector<int64_t> from, to;
  SmallVector<double> scales;
};
} // namespace

/// The region of interest with which tf_crop_and_resize takes positions from
/// where align_corners does by ONNX's definition, whose size need not be whole;
/// nothing where all are whole. onnxruntime rounds the size.
static std::optional<Tensor> getRegionOfOpenCorners(const Sampling &sampling) {
  size_t rank = sampling.to.size();
  std::vector<float> region(2 * rank, 0);
  std::fill(region.begin() + rank, region.end(), 1.0f);
  bool isOpen = false;
  for (size_t i = 0; i < rank; ++i) {
    double length = sampling.scales[i] * double(sampling.from[i]);
    auto size = double(sampling.to[i]);
    if (sampling.to[i] == 1 || std::abs(length - size) <= std::ldexp(size, -22))
      continue;
    region[rank + i] = static_cast<float>((size - 1) / (length - 1));
    isOpen = true;
  }
  if (!isOpen)
    return std::nullopt;
  return Tensor::fromVector(region, {static_cast<int64_t>(region.size())});
}

/// The scales as nodes have them; nothing if the size does not follow from
/// them.
static std::optional<Tensor> getScales(const Sampling &sampling) {
  std::vector<float> scales(sampling.scales.begin(), sampling.scales.end());
  for (auto [scale, from, to] :
       llvm::zip_equal(scales, sampling.from, sampling.to))
    // Readers compute it in either precision.
    if (std::floor(from * scale) != to ||
        std::floor(double(from) * scale) != to)
      return std::nullopt;
  return Tensor::fromVector(scales, {static_cast<int64_t>(scales.size())});
}

/// Before operator set 11, Resize takes positions at x / scale, down when it
/// enlarges and up when it shrinks.
static bool isOfOldForm(const Sampling &sampling) {
  auto is = [&](StringRef rounding, auto excludes) {
    return sampling.rounding == rounding &&
           llvm::none_of(sampling.scales, excludes);
  };
  return sampling.transformation == "asymmetric" && getScales(sampling) &&
         (sampling.mode == "linear" ||
          is("floor", [](double scale) { return scale < 1; }) ||
          is("ceil", [](double scale) { return scale > 1; }));
}

/// Emits Resize. Coordinates depend on the scales; those are given when the
/// size follows from them, else the sizes are.
static FailureOr<std::string> emitResize(Exporter &exporter,
                                         const std::string &input,
                                         const Sampling &sampling) {
  std::optional<Tensor> scales = getScales(sampling);
  SmallVector<NodeAttribute> attributes{{"mode", StringRef(sampling.mode)}};
  if (exporter.opset < 11) {
    if (!isOfOldForm(sampling) &&
        failed(exporter.require(11, "Resize with coordinates '" +
                                        sampling.transformation + "'")))
      return failure();
    return exporter.emit(
        "Resize", {input, exporter.constant("scales", *scales)}, attributes);
  }
  // Operator set 13 lets go of operands that say nothing.
  auto nothing = [&](StringRef suffix) {
    return exporter.opset >= 13 ? std::string()
                                : exporter.constant(suffix, Tensor());
  };
  std::string transformation = sampling.transformation;
  auto region = transformation == "align_corners"
                    ? getRegionOfOpenCorners(sampling)
                    : std::nullopt;
  if (region)
    transformation = "tf_crop_and_resize";
  SmallVector<std::string> inputs{
      input, region ? exporter.constant("region", *region) : nothing("region")};
  if (scales && !region)
    inputs.push_back(exporter.constant("scales", *scales));
  else
    inputs.append({nothing("scales"), exporter.ints("sizes", sampling.to)});
  attributes.push_back(
      {"coordinate_transformation_mode", StringRef(transformation)});
  if (!sampling.rounding.empty())
    attributes.push_back({"nearest_mode", StringRef(sampling.rounding)});
  return exporter.emit("Resize", inputs, attributes);
}

/// Writes `op`, whose scales are those of the last dimensions of the ONNX
/// tensor.
template <typename OpTy>
static LogicalResult writeResize(OpTy op, StringRef mode, StringRef rounding,
                                 Exporter &exporter) {
  Order order = getImageOrder(op);
  Sampling sampling{mode.str(),
                    op.getCoordinateTransformation().str(),
                    rounding.str(),
                    reorder(getShape(op.getInput()), order),
                    reorder(getShape(op.getOutput()), order),
                    {}};
  sampling.scales.assign(order.size() - op.getScales().size(), 1);
  llvm::append_range(sampling.scales, op.getScales());
  auto resized =
      emitResize(exporter, exporter.get(op.getInput(), order), sampling);
  if (failed(resized))
    return failure();
  finish(op, exporter, *resized, order);
  return success();
}

static LogicalResult writeNearest(tpu::ResizeNearestOp op, Exporter &exporter) {
  return writeResize(op, "nearest", op.getNearestMode(), exporter);
}
static LogicalResult writeLinear(tpu::ResizeLinearOp op, Exporter &exporter) {
  return writeResize(op, "linear", "", exporter);
}
static LogicalResult writeEither(top::ResizeOp op, Exporter &exporter) {
  return writeResize(op, op.getMode(),
                     op.getMode() == "nearest" ? op.getNearestMode() : "",
                     exporter);
}

void populateResizeExporters(ExporterRegistry &registry) {
  registry.add<tpu::ResizeNearestOp>(writeNearest);
  registry.add<tpu::ResizeLinearOp>(writeLinear);
  registry.add<top::ResizeOp>(writeEither);
}

} // namespace qc::onnxexport
