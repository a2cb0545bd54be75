// Resizing of images.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Lowering.h"

#include <cmath>
#include <numeric>

namespace qc {

/// Weights of more than 11 bits an axis would leave 32-bit sums of bytes.
static constexpr int64_t kLargestDenominator = 2048;

namespace {
struct Fraction {
  int64_t numerator, denominator;
};
} // namespace

/// The simplest fraction that float32, in which models hold them, cannot tell
/// from `scale`; nothing when its terms are not small.
static std::optional<Fraction> findFraction(double scale) {
  for (int64_t denominator = 1; denominator <= kLargestDenominator;
       ++denominator) {
    double numerator = std::nearbyint(scale * denominator);
    if (numerator > kLargestDenominator)
      break;
    if (numerator >= 1 && std::abs(numerator / denominator - scale) <=
                              std::ldexp(scale, -23))
      return Fraction{static_cast<int64_t>(numerator), denominator};
  }
  return std::nullopt;
}

/// The smallest number of which all coordinates along an axis are multiples of
/// the reciprocal: then weights are exact. Else the largest that there is.
static int64_t getDenominator(StringRef transformation, double scale,
                              int64_t from, int64_t to) {
  int64_t denominator = 1;
  if (to == 1 && transformation != "half_pixel")
    return denominator;
  if (transformation == "align_corners") {
    denominator = (to - 1) / std::gcd(from - 1, to - 1);
  } else {
    auto fraction = findFraction(scale);
    if (!fraction)
      return kLargestDenominator;
    // x / scale is a multiple of 1 / p for scale p / q; with half pixels,
    // ((2x + 1) q - p) / 2p, whose dividend is even when p and q are odd.
    auto [p, q] = *fraction;
    bool halves = transformation != "asymmetric" && (p % 2 == 0 || q % 2 == 0);
    denominator = halves ? 2 * p : p;
  }
  return std::min(denominator, kLargestDenominator);
}

/// One rounding, to even: whole factors end on exact halves, and floats round
/// those so.
static FailureOr<Operation *> createLinear(top::ResizeOp op, Value data,
                                           ArrayRef<int64_t> shape,
                                           Lowering &lowering) {
  auto input = cast<RankedTensorType>(data.getType());
  auto element = lowering.getType(op.getOutput());
  auto scales = op.getScales().take_back(2);
  SmallVector<int64_t> denominators;
  for (int64_t i = 0; i < 2; ++i)
    denominators.push_back(
        getDenominator(op.getCoordinateTransformation(), scales[i],
                       input.getDimSize(i + 1), shape[i + 1]));
  double ratio = tpu::getActivationElement(input).getScale() /
                 element.getScale() / (denominators[0] * denominators[1]);
  auto requant = makeRequant(op.getLoc(), {ratio}, lowering.getDivisionKind(),
                             tpu::Rounding::HalfEven);
  if (failed(requant))
    return failure();
  return tpu::ResizeLinearOp::create(
             lowering.builder, op.getLoc(),
             RankedTensorType::get(shape, element), data,
             op.getCoordinateTransformation(), scales, denominators, *requant,
             DenseI64ArrayAttr())
      .getOperation();
}

/// Movement of pixels; parameters that differ are changed behind it.
static FailureOr<Operation *> createNearest(top::ResizeOp op, Value data,
                                            ArrayRef<int64_t> shape,
                                            Lowering &lowering) {
  auto type =
      RankedTensorType::get(shape, tpu::getActivationElement(data.getType()));
  return tpu::ResizeNearestOp::create(
             lowering.builder, op.getLoc(), type, data,
             op.getCoordinateTransformation(), op.getNearestMode(),
             op.getScales().take_back(2))
      .getOperation();
}

static LogicalResult lowerResize(top::ResizeOp op, Lowering &lowering) {
  auto sourceShape = cast<RankedTensorType>(op.getInput().getType()).getShape();
  auto resultShape =
      cast<RankedTensorType>(op.getOutput().getType()).getShape();
  if (sourceShape.size() != 4 || sourceShape[0] != resultShape[0] ||
      sourceShape[1] != resultShape[1])
    return op.emitOpError("at '")
           << getDisplayName(op)
           << "' has an integer form only for height and width of NCHW, found "
           << op.getInput().getType() << " to " << op.getOutput().getType();
  auto input = lowering.getActivation(op.getInput());
  if (failed(input))
    return failure();
  static constexpr int64_t channelsLast[] = {0, 2, 3, 1};
  Location loc = op.getLoc();
  Value data = lowering.toChannelsLast(deriveName(loc, "_in"), *input);
  auto create = op.getMode() == "nearest" ? createNearest : createLinear;
  auto resized =
      create(op, data, applyPermutation<int64_t>(resultShape, channelsLast),
             lowering);
  if (failed(resized))
    return failure();
  setSourcePermutation(*resized, channelsLast);
  auto rescaled = lowering.rescale(loc, (*resized)->getResult(0),
                                   lowering.getType(op.getOutput()));
  if (failed(rescaled))
    return failure();
  lowering.map(op.getOutput(), lowering.toChannelsFirst(loc, *rescaled));
  return success();
}

void populateResizeLowerings(LoweringRegistry &registry) {
  registry.add<top::ResizeOp>(lowerResize);
}

} // namespace qc
