// Resize and Upsample.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "../Handlers.h"

#include "qc/Dialect/Top/IR/Top.h"

#include <cmath>
#include <numeric>

namespace qc::onnximport {

namespace {

struct Sampling {
  std::string mode, coordinates, nearest;
  /// Of all dimensions.
  std::vector<double> scales;
  std::vector<int64_t> sizes;
};

LogicalResult finish(NodeContext &node, const Sampling &sampling) {
  for (int64_t size : sampling.sizes)
    if (size < 1)
      return node.fail("a dimension of the result would have size " +
                       Twine(size));
  if (node.failed())
    return failure();
  if (node.shape(0) == ArrayRef<int64_t>(sampling.sizes) &&
      llvm::all_of(sampling.scales, [](double s) { return s == 1; }))
    return node.forward(0);
  return node.setResult(node.create<top::ResizeOp>(
      node.input(0),
      OpAttributes()
          .string("mode", sampling.mode)
          .string("coordinate_transformation", sampling.coordinates)
          .string("nearest_mode", sampling.nearest)
          .reals("scales", sampling.scales),
      RankedTensorType::get(sampling.sizes, node.elementType(0))));
}

/// The words of all operator sets for the modes that are supported.
void readMode(NodeContext &node, Sampling &sampling) {
  std::string mode = node.stringAttr("mode", "nearest");
  sampling.mode = mode == "bilinear" ? "linear" : mode;
  if (sampling.mode != "nearest" && sampling.mode != "linear")
    (void)node.fail("mode = '" + mode + "' is not supported");
}

/// Sizes that follow from scales, rounded down.
void applyScales(NodeContext &node, Sampling &sampling) {
  if (sampling.scales.size() != node.shape(0).size()) {
    (void)node.fail("scales has " + Twine(sampling.scales.size()) +
                    " values for an input of rank " + Twine(node.rank(0)));
    return;
  }
  for (auto [scale, size] : llvm::zip(sampling.scales, node.shape(0))) {
    double scaled = std::floor(static_cast<double>(size) * scale);
    if (!(scale > 0) || !(scaled < 1e9)) {
      (void)node.fail("scales holds " + Twine(std::to_string(scale)));
      return;
    }
    sampling.sizes.push_back(static_cast<int64_t>(scaled));
    // Scales are kept in single precision: one that is a quotient of sizes is
    // that quotient.
    double quotient = std::floor(scaled) / static_cast<double>(size);
    if (static_cast<float>(quotient) == static_cast<float>(scale))
      scale = quotient;
  }
}

/// Before operator set 11 positions are x / scale, rounded towards the side
/// that never leaves the input: down when enlarging, up when shrinking.
LogicalResult importOldResize(NodeContext &node) {
  Sampling sampling;
  readMode(node, sampling);
  if (node.since() < 9)
    sampling.scales = node.realsAttr("scales").value_or(std::vector<double>());
  else
    sampling.scales = node.reals(1, "scales");
  applyScales(node, sampling);
  bool shrinks = llvm::any_of(sampling.scales, [](double s) { return s < 1; });
  bool grows = llvm::any_of(sampling.scales, [](double s) { return s > 1; });
  if (sampling.mode == "nearest" && shrinks && grows)
    return node.fail("enlarging one dimension and shrinking another in mode "
                     "nearest is not supported in this operator set");
  sampling.coordinates = "asymmetric";
  sampling.nearest = shrinks ? "ceil" : "floor";
  return finish(node, sampling);
}

std::vector<int64_t> readAxes(NodeContext &node) {
  std::vector<int64_t> all(node.rank(0));
  std::iota(all.begin(), all.end(), 0);
  auto given = node.integersAttr("axes");
  return given ? node.normalizeAxes(*given, node.rank(0)) : all;
}

/// Sizes and scales as keep_aspect_ratio_policy makes them of the sizes that
/// are asked for along `axes`.
void applySizes(NodeContext &node, ArrayRef<int64_t> wanted,
                ArrayRef<int64_t> axes, Sampling &sampling) {
  std::string policy = node.stringAttr("keep_aspect_ratio_policy", "stretch");
  if (policy != "stretch" && policy != "not_larger" && policy != "not_smaller")
    (void)node.fail("keep_aspect_ratio_policy = '" + policy + "' is not known");
  sampling.sizes = node.shape(0).vec();
  sampling.scales.assign(sampling.sizes.size(), 1);
  std::vector<double> ratios;
  for (size_t i = 0; i < axes.size(); ++i) {
    if (wanted[i] < 1 || wanted[i] > 1000000000) {
      (void)node.fail("sizes holds " + Twine(wanted[i]));
      return;
    }
    ratios.push_back(static_cast<double>(wanted[i]) /
                     static_cast<double>(sampling.sizes[axes[i]]));
  }
  if (ratios.empty())
    return;
  double common = policy == "not_larger"
                      ? *std::min_element(ratios.begin(), ratios.end())
                      : *std::max_element(ratios.begin(), ratios.end());
  for (size_t i = 0; i < axes.size(); ++i) {
    int64_t &size = sampling.sizes[axes[i]];
    double &scale = sampling.scales[axes[i]];
    scale = policy == "stretch" ? ratios[i] : common;
    size = policy == "stretch" ? wanted[i]
                               : static_cast<int64_t>(std::floor(
                                     common * static_cast<double>(size) + 0.5));
  }
}

void readExtent(NodeContext &node, Sampling &sampling) {
  std::vector<int64_t> axes = readAxes(node);
  auto fits = [&](size_t count, StringRef what) {
    if (count != axes.size())
      (void)node.fail(what + " has " + Twine(count) + " values, expected " +
                      Twine(axes.size()));
    return !node.failed();
  };
  const Tensor *scales =
      node.hasInput(2) ? node.requireConstant(2, "scales") : nullptr;
  if (scales && !scales->empty()) {
    if (node.hasInput(3))
      (void)node.fail("scales and sizes are both given");
    // Only has a meaning for sizes.
    node.ignoreAttr("keep_aspect_ratio_policy");
    std::vector<double> values = node.reals(2, "scales");
    if (!fits(values.size(), "scales"))
      return;
    sampling.scales.assign(node.shape(0).size(), 1);
    for (size_t i = 0; i < axes.size(); ++i)
      sampling.scales[axes[i]] = values[i];
    applyScales(node, sampling);
    return;
  }
  if (!node.hasInput(3)) {
    (void)node.fail("neither scales nor sizes are given");
    return;
  }
  std::vector<int64_t> sizes = node.integers(3, "sizes");
  if (fits(sizes.size(), "sizes"))
    applySizes(node, sizes, axes, sampling);
}

/// ONNX takes the size before it is rounded down, onnxruntime and PyTorch the
/// one behind.
void warnOfOpenCorners(NodeContext &node, const Sampling &sampling) {
  if (node.failed() || sampling.coordinates != "align_corners")
    return;
  for (auto [dim, size] : llvm::enumerate(sampling.sizes)) {
    double length =
        sampling.scales[dim] * static_cast<double>(node.shape(0)[dim]);
    if (size == 1 || std::abs(length - static_cast<double>(size)) < 1e-3)
      continue;
    node.warn(
        "scale " + Twine(std::to_string(sampling.scales[dim])) + " makes " +
        Twine(std::to_string(length)) + " elements of " +
        Twine(node.shape(0)[dim]) + " along dimension " + Twine(dim) +
        ": with align_corners the last of the " + Twine(size) +
        " is not the input's last by ONNX's definition, which is followed, but "
        "is in onnxruntime and PyTorch; give sizes for the latter");
    return;
  }
}

LogicalResult importResize(NodeContext &node) {
  Sampling sampling;
  readMode(node, sampling);
  sampling.coordinates =
      node.stringAttr("coordinate_transformation_mode", "half_pixel");
  if (!is_contained(
          {"asymmetric", "half_pixel", "align_corners", "pytorch_half_pixel"},
          StringRef(sampling.coordinates)))
    return node.fail("coordinate_transformation_mode = '" +
                     sampling.coordinates + "' is not supported");
  sampling.nearest = node.stringAttr("nearest_mode", "round_prefer_floor");
  if (!is_contained(
          {"floor", "ceil", "round_prefer_floor", "round_prefer_ceil"},
          StringRef(sampling.nearest)))
    return node.fail("nearest_mode = '" + sampling.nearest +
                     "' is not supported");
  node.expectAttr("antialias", 0);
  node.expectAttr("exclude_outside", 0);
  // Of cubic interpolation and of tf_crop_and_resize, which are refused above;
  // so is what input 1, the region of interest, is for.
  node.ignoreAttr("cubic_coeff_a");
  node.ignoreAttr("extrapolation_value");
  readExtent(node, sampling);
  warnOfOpenCorners(node, sampling);
  return finish(node, sampling);
}

} // namespace

void registerResizeFamily(HandlerRegistry &registry) {
  registry.add("Resize", {10},
               {importOldResize, nullptr, StoredIntegers::Moved});
  registry.add("Resize", {11, 13, 18, 19},
               {importResize, nullptr, StoredIntegers::Moved});
  registry.add("Upsample", {7, 9},
               {importOldResize, nullptr, StoredIntegers::Moved});
}

} // namespace qc::onnximport
