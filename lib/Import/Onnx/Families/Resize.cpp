// Resize and Upsample.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "../Handlers.h"
#include "../HostOps.h"

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
  // What a resampling by products with matrices can do besides.
  double cubic = -0.75, extrapolation = 0;
  bool antialias = false, excludeOutside = false;
  /// Where the region of interest begins and ends in each dimension.
  std::vector<double> begins, ends;

  /// Whether top.resize does it.
  bool isPlain() const {
    return mode != "cubic" && !antialias && !excludeOutside &&
           coordinates != "tf_crop_and_resize" &&
           coordinates != "half_pixel_symmetric";
  }
};

//===----------------------------------------------------------------------===//
// Products with matrices
//===----------------------------------------------------------------------===//

/// How much an element at distance `x` counts.
double getWeight(const Sampling &sampling, double x) {
  x = std::abs(x);
  if (sampling.mode == "linear")
    return std::max(0.0, 1 - x);
  double a = sampling.cubic;
  if (x <= 1)
    return ((a + 2) * x - (a + 3)) * x * x + 1;
  return x < 2 ? ((a * x - 5 * a) * x + 8 * a) * x - 4 * a : 0;
}

/// Where element `i` of the result lies in the input.
double getPosition(const Sampling &sampling, size_t dim, int64_t i,
                   double length) {
  double scale = sampling.scales[dim];
  double size = scale * length, x = static_cast<double>(i);
  auto whole = static_cast<double>(sampling.sizes[dim]);
  if (sampling.coordinates == "asymmetric")
    return x / scale;
  if (sampling.coordinates == "align_corners")
    return size == 1 ? 0 : x * (length - 1) / (size - 1);
  if (sampling.coordinates == "pytorch_half_pixel" && whole == 1)
    return 0;
  if (sampling.coordinates == "tf_crop_and_resize") {
    double begin = sampling.begins[dim], end = sampling.ends[dim];
    return whole > 1 ? begin * (length - 1) +
                           x * (end - begin) * (length - 1) / (whole - 1)
                     : 0.5 * (begin + end) * (length - 1);
  }
  double position = (x + 0.5) / scale - 0.5;
  if (sampling.coordinates != "half_pixel_symmetric")
    return position;
  return length / 2 * (1 - whole / size) + position;
}

/// The nearest element, as nearest_mode rounds.
double roundNearest(const Sampling &sampling, double x) {
  if (sampling.nearest == "floor")
    return std::floor(x);
  if (sampling.nearest == "ceil")
    return std::ceil(x);
  return sampling.nearest == "round_prefer_ceil" ? std::floor(x + 0.5)
                                                 : std::ceil(x - 0.5);
}

/// [size of the input, size of the result]: what the elements of dimension
/// `dim` add to each of the result. `outside`: columns that lie outside.
Result<Tensor> makeMatrix(NodeContext &node, const Sampling &sampling,
                          size_t dim, std::vector<bool> &outside) {
  int64_t from = node.shape(0)[dim], to = sampling.sizes[dim];
  Result<Tensor> matrix = host::allocate(node.budget(), DType::F32, {from, to});
  if (!matrix)
    return matrix;
  auto length = static_cast<double>(from);
  bool crops = sampling.coordinates == "tf_crop_and_resize";
  // A filter that is as wide as what it leaves out.
  double stretch =
      sampling.antialias ? std::max(1.0, 1 / sampling.scales[dim]) : 1;
  double reach = (sampling.mode == "cubic" ? 2 : 1) * stretch;
  outside.assign(to, false);
  std::vector<double> column(from);
  for (int64_t i = 0; i < to; ++i) {
    std::fill(column.begin(), column.end(), 0.0);
    double position = getPosition(sampling, dim, i, length);
    auto add = [&](double place, double weight) {
      if (place >= 0 && place <= length - 1)
        column[static_cast<size_t>(place)] += weight;
      else if (!sampling.excludeOutside)
        column[place < 0 ? 0 : from - 1] += weight;
    };
    if (crops && (position < 0 || position > length - 1)) {
      outside[i] = true;
    } else if (sampling.mode == "nearest") {
      add(std::clamp(roundNearest(sampling, position), 0.0, length - 1), 1);
    } else {
      double sum = 0;
      for (double place = std::floor(position - reach) + 1;
           place <= position + reach; ++place) {
        double weight = getWeight(sampling, (place - position) / stretch);
        add(place, weight);
      }
      for (double weight : column)
        sum += weight;
      if ((sampling.excludeOutside || sampling.antialias) && sum != 0)
        for (double &weight : column)
          weight /= sum;
    }
    for (int64_t k = 0; k < from; ++k)
      matrix->data<float>()[k * to + i] = static_cast<float>(column[k]);
  }
  return matrix;
}

/// Dimension by dimension a product with a constant matrix.
LogicalResult resample(NodeContext &node, const Sampling &sampling) {
  SmallVector<size_t> dims;
  for (size_t d = 0; d < sampling.sizes.size(); ++d)
    if (sampling.sizes[d] != node.shape(0)[d] || sampling.scales[d] != 1 ||
        (sampling.coordinates == "tf_crop_and_resize" &&
         (sampling.begins[d] != 0 || sampling.ends[d] != 1)))
      dims.push_back(d);
  auto rank = static_cast<int64_t>(sampling.sizes.size());
  Value value = node.input(0);
  std::vector<std::vector<bool>> outside(sampling.sizes.size());
  bool anyOutside = false;
  auto last = static_cast<size_t>(rank - 1);
  for (size_t d : dims) {
    Result<Tensor> matrix = makeMatrix(node, sampling, d, outside[d]);
    if (!matrix)
      return node.fail(matrix.message());
    anyOutside |= llvm::is_contained(outside[d], true);
    std::string suffix = std::to_string(d);
    Value weights = node.helperConstant("matrix" + suffix, *matrix);
    std::vector<int64_t> perm(rank);
    std::iota(perm.begin(), perm.end(), 0);
    std::swap(perm[d], perm[last]);
    auto exchange = OpAttributes().integers("perm", perm);
    if (d != last)
      value = node.createHelper<top::TransposeOp>("moved" + suffix, value,
                                                  exchange);
    value =
        node.createHelper<top::MatMulOp>("along" + suffix, {value, weights},
                                         OpAttributes()
                                             .boolean("transpose_lhs", false)
                                             .boolean("transpose_rhs", false));
    if (d != dims.back())
      value = node.markInner(value);
    if (d != last)
      value =
          node.createHelper<top::TransposeOp>("back" + suffix, value, exchange);
  }
  if (!value)
    return failure();
  if (!anyOutside)
    return node.setResult(node.create<top::ReshapeOp>(
        value, {}, RankedTensorType::get(sampling.sizes, node.elementType(0))));
  // Outside of the image is the value that the node gives.
  Result<Tensor> filling =
      host::allocate(node.budget(), DType::F32,
                     Shape(sampling.sizes.begin(), sampling.sizes.end()));
  if (!filling)
    return node.fail(filling.message());
  for (int64_t i = 0; i < filling->numElements(); ++i) {
    int64_t rest = i;
    bool isOutside = false;
    for (size_t d = sampling.sizes.size(); d-- > 0; rest /= sampling.sizes[d])
      isOutside |= !outside[d].empty() && outside[d][rest % sampling.sizes[d]];
    filling->data<float>()[i] =
        isOutside ? static_cast<float>(sampling.extrapolation) : 0;
  }
  return node.setResult(node.create<top::AddOp>(
      {value, node.helperConstant("outside", *filling)}));
}

//===----------------------------------------------------------------------===//
// What the node says
//===----------------------------------------------------------------------===//

LogicalResult finish(NodeContext &node, const Sampling &sampling) {
  for (int64_t size : sampling.sizes)
    if (size < 1)
      return node.fail("a dimension of the result would have size " +
                       Twine(size));
  if (node.failed())
    return failure();
  if (node.shape(0) == ArrayRef<int64_t>(sampling.sizes) &&
      llvm::all_of(sampling.scales, [](double s) { return s == 1; }) &&
      sampling.coordinates != "tf_crop_and_resize")
    return node.forward(0);
  if (!sampling.isPlain())
    return resample(node, sampling);
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
  if (sampling.mode != "nearest" && sampling.mode != "linear" &&
      (sampling.mode != "cubic" || node.since() < 11))
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

/// Input 1: where the region of interest begins along each axis, then where it
/// ends.
void readRegion(NodeContext &node, Sampling &sampling) {
  std::vector<int64_t> axes = readAxes(node);
  std::vector<double> region = node.reals(1, "the region of interest");
  sampling.begins.assign(node.rank(0), 0);
  sampling.ends.assign(node.rank(0), 1);
  if (!node.failed() && region.size() != 2 * axes.size())
    (void)node.fail("the region of interest has " + Twine(region.size()) +
                    " values, expected " + Twine(2 * axes.size()));
  if (node.failed())
    return;
  for (size_t i = 0; i < axes.size(); ++i) {
    sampling.begins[axes[i]] = region[i];
    sampling.ends[axes[i]] = region[axes.size() + i];
  }
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
  if (!is_contained({"asymmetric", "half_pixel", "align_corners",
                     "pytorch_half_pixel", "half_pixel_symmetric",
                     "tf_crop_and_resize"},
                    StringRef(sampling.coordinates)))
    return node.fail("coordinate_transformation_mode = '" +
                     sampling.coordinates + "' is not supported");
  sampling.nearest = node.stringAttr("nearest_mode", "round_prefer_floor");
  if (!is_contained(
          {"floor", "ceil", "round_prefer_floor", "round_prefer_ceil"},
          StringRef(sampling.nearest)))
    return node.fail("nearest_mode = '" + sampling.nearest +
                     "' is not supported");
  // Neither means anything to the nearest element.
  bool isNearest = sampling.mode == "nearest";
  sampling.antialias = node.integerAttr("antialias", 0) != 0 && !isNearest;
  sampling.excludeOutside =
      node.integerAttr("exclude_outside", 0) != 0 && !isNearest;
  sampling.cubic = node.realAttr("cubic_coeff_a", -0.75);
  sampling.extrapolation = node.realAttr("extrapolation_value", 0);
  readExtent(node, sampling);
  if (sampling.coordinates == "tf_crop_and_resize")
    readRegion(node, sampling);
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
