// Resizing of images: LiteRT's positions where they are the source's.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "../Exporter.h"

#include <cmath>

namespace qc::tfliteexport {

namespace {
/// One dimension that is sampled.
struct Sampling {
  std::string transformation, rounding;
  int64_t from, to;
  double scale;
};
/// How LiteRT finds positions.
struct Corners {
  bool align, half;
};
} // namespace

static constexpr Corners kCorners[] = {
    {false, false}, {false, true}, {true, false}};

/// The size of a dimension before it was rounded down; whole where float32, in
/// which models hold scales, cannot tell.
static double getLength(const Sampling &s) {
  double length = s.scale * static_cast<double>(s.from);
  auto size = static_cast<double>(s.to);
  return std::abs(length - size) <= std::ldexp(size, -22) ? size : length;
}

/// Where element `i` of the result is taken from by the source's definition.
static std::optional<double> getPosition(const Sampling &s, int64_t i) {
  double x = static_cast<double>(i);
  if (s.transformation == "half_pixel")
    return (x + 0.5) / s.scale - 0.5;
  if (s.transformation == "pytorch_half_pixel")
    return s.to > 1 ? (x + 0.5) / s.scale - 0.5 : 0.0;
  if (s.transformation == "asymmetric")
    return x / s.scale;
  if (s.transformation == "align_corners")
    return s.to == 1 ? 0.0
                     : x * static_cast<double>(s.from - 1) / (getLength(s) - 1);
  return std::nullopt;
}

static float getStep(const Sampling &s, Corners corners) {
  return corners.align && s.to > 1
             ? static_cast<float>(s.from - 1) / static_cast<float>(s.to - 1)
             : static_cast<float>(s.from) / static_cast<float>(s.to);
}

//===----------------------------------------------------------------------===//
// Nearest
//===----------------------------------------------------------------------===//

static std::optional<SmallVector<int64_t>> getNearest(const Sampling &s) {
  SmallVector<int64_t> indices;
  for (int64_t i = 0; i < s.to; ++i) {
    auto x = getPosition(s, i);
    if (!x)
      return std::nullopt;
    double index = 0;
    if (s.rounding == "round_prefer_floor")
      index = std::ceil(*x - 0.5);
    else if (s.rounding == "round_prefer_ceil")
      index = std::floor(*x + 0.5);
    else if (s.rounding == "floor")
      index = std::floor(*x);
    else if (s.rounding == "ceil")
      index = std::ceil(*x);
    else
      return std::nullopt;
    indices.push_back(
        std::clamp<int64_t>(static_cast<int64_t>(index), 0, s.from - 1));
  }
  return indices;
}

static SmallVector<int64_t> getNearest(const Sampling &s, Corners corners) {
  float step = getStep(s, corners), offset = corners.half ? 0.5f : 0.0f;
  SmallVector<int64_t> indices;
  for (int64_t i = 0; i < s.to; ++i) {
    float x = (static_cast<float>(i) + offset) * step;
    indices.push_back(std::clamp<int64_t>(
        static_cast<int64_t>(corners.align ? std::round(x) : std::floor(x)), 0,
        s.from - 1));
  }
  return indices;
}

//===----------------------------------------------------------------------===//
// Linear
//===----------------------------------------------------------------------===//

/// True when LiteRT takes every element from where the source does, but for
/// what float32 rounds.
static bool isLinear(const Sampling &s, Corners corners) {
  float step = getStep(s, corners);
  auto last = static_cast<double>(s.from - 1);
  for (int64_t i = 0; i < s.to; ++i) {
    auto x = getPosition(s, i);
    double y = corners.half ? (double(i) + 0.5) * double(step) - 0.5
                            : double(i) * double(step);
    if (!x ||
        std::abs(std::clamp(*x, 0.0, last) - std::clamp(y, 0.0, last)) > 1e-4)
      return false;
  }
  return true;
}

//===----------------------------------------------------------------------===//
// Ops
//===----------------------------------------------------------------------===//

template <typename OpTy>
static std::array<Sampling, 2> getSamplings(OpTy op, StringRef rounding) {
  Order order = getImageOrder(op);
  SmallVector<int64_t> from = reorder(getShape(op.getInput()), order);
  SmallVector<int64_t> to = reorder(getShape(op.getOutput()), order);
  ArrayRef<double> scales = op.getScales().take_back(2);
  std::string transformation = op.getCoordinateTransformation().str();
  return {Sampling{transformation, rounding.str(), from[1], to[1], scales[0]},
          Sampling{transformation, rounding.str(), from[2], to[2], scales[1]}};
}

template <typename OpTy>
static LogicalResult emitNearest(OpTy op, StringRef rounding,
                                 Exporter &exporter) {
  Order order = getImageOrder(op);
  auto samplings = getSamplings(op, rounding);
  TensorId image = exporter.get(op.getInput(), order);
  Form form = exporter.form(op.getOutput(), order);
  TensorId made = kNone;
  for (Corners corners : kCorners) {
    if (made != kNone || !llvm::all_of(samplings, [&](const Sampling &s) {
          return *getNearest(s) == getNearest(s, corners);
        }))
      continue;
    tflite::ResizeNearestNeighborOptionsT table;
    table.align_corners = corners.align;
    table.half_pixel_centers = corners.half;
    TensorId size = exporter.ints("size", {samplings[0].to, samplings[1].to});
    made = exporter.emit(BuiltinOperator::RESIZE_NEAREST_NEIGHBOR,
                         {image, size}, form, makeOptions(std::move(table)));
  }
  // Rows and columns picked one by one.
  if (made == kNone)
    made = exporter.gather(exporter.gather(image, *getNearest(samplings[0]), 1),
                           *getNearest(samplings[1]), 2);
  exporter.finish(op.getOutput(), made, order);
  return success();
}

/// RESIZE_BILINEAR keeps parameters; what has others is rounded once more.
template <typename OpTy>
static LogicalResult emitLinear(OpTy op, Exporter &exporter) {
  Order order = getImageOrder(op);
  auto samplings = getSamplings(op, "");
  const auto *corners = llvm::find_if(kCorners, [&](Corners corners) {
    return llvm::all_of(
        samplings, [&](const Sampling &s) { return isLinear(s, corners); });
  });
  tflite::ResizeBilinearOptionsT table;
  table.align_corners = corners->align;
  table.half_pixel_centers = corners->half;
  TensorId image = exporter.get(op.getInput(), order);
  // Kernels on integers add up steps of ten fractional bits, which shows in 16
  // bits.
  bool isExact = llvm::all_of(samplings, [&](const Sampling &s) {
    float step = std::ldexp(getStep(s, *corners), 10);
    return step == std::floor(step);
  });
  if (exporter.getForm(image).isWide() && !isExact)
    image = exporter.dequantize(image);
  TensorId size = exporter.ints("size", {samplings[0].to, samplings[1].to});
  TensorId made = exporter.emit(BuiltinOperator::RESIZE_BILINEAR, {image, size},
                                exporter.form(op.getOutput(), order)
                                    .withNumbersOf(exporter.getForm(image)),
                                makeOptions(std::move(table)));
  exporter.finish(op.getOutput(), made, order, getBounds(op));
  return success();
}

/// Why LiteRT cannot sample so; empty where it can.
template <typename OpTy>
static std::string refuse(OpTy op, bool nearest, StringRef rounding) {
  if (getRank(op.getInput()) != 4)
    return "LiteRT resizes images only";
  Order order = getImageOrder(op);
  if (getShape(op.getInput())[order[0]] != getShape(op.getOutput())[order[0]] ||
      getShape(op.getInput())[order[3]] != getShape(op.getOutput())[order[3]])
    return "LiteRT resizes rows and columns only";
  auto samplings = getSamplings(op, rounding);
  bool can = nearest ? getNearest(samplings[0]) && getNearest(samplings[1])
                     : llvm::any_of(kCorners, [&](Corners corners) {
                         return isLinear(samplings[0], corners) &&
                                isLinear(samplings[1], corners);
                       });
  return can ? ""
             : "LiteRT takes no positions as " +
                   op.getCoordinateTransformation().str() + " does here";
}

static LogicalResult writeNearest(tpu::ResizeNearestOp op, Exporter &exporter) {
  return emitNearest(op, op.getNearestMode(), exporter);
}
static LogicalResult writeLinear(tpu::ResizeLinearOp op, Exporter &exporter) {
  return emitLinear(op, exporter);
}
static LogicalResult writeEither(top::ResizeOp op, Exporter &exporter) {
  return op.getMode() == "nearest"
             ? emitNearest(op, op.getNearestMode(), exporter)
             : emitLinear(op, exporter);
}
static std::string refuseNearest(tpu::ResizeNearestOp op) {
  return refuse(op, true, op.getNearestMode());
}
static std::string refuseLinear(tpu::ResizeLinearOp op) {
  return refuse(op, false, "");
}
static std::string refuseEither(top::ResizeOp op) {
  return refuse(op, op.getMode() == "nearest", op.getNearestMode());
}

void populateResizeExporters(ExporterRegistry &registry) {
  registry.add<tpu::ResizeNearestOp>(writeNearest, refuseNearest);
  registry.add<tpu::ResizeLinearOp>(writeLinear, refuseLinear);
  registry.add<top::ResizeOp>(writeEither, refuseEither);
}

} // namespace qc::tfliteexport
