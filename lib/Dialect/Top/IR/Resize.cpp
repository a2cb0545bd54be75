// Resampling: verification, folding and the weights of interpolation.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Dialect/Top/IR/Top.h"

#include <cmath>
#include <numeric>

namespace qc::top {

LogicalResult ResizeOp::verify() {
  auto input = cast<RankedTensorType>(getInput().getType());
  auto output = cast<RankedTensorType>(getOutput().getType());
  if (input.getRank() != output.getRank() ||
      int64_t(getScales().size()) != input.getRank())
    return emitOpError("expects ")
           << input.getRank() << " scales and result dimensions, found "
           << getScales().size() << " and " << output.getRank();
  for (auto [i, scale] : llvm::enumerate(getScales())) {
    if (!std::isfinite(scale) || scale <= 0)
      return emitOpError("expects scales that are positive numbers, found ")
             << scale;
    double size = scale * double(input.getDimSize(i));
    if (std::abs(size - double(output.getDimSize(i))) > 1.0)
      return emitOpError("scale ")
             << scale << " makes " << size << " elements of "
             << input.getDimSize(i) << " along dimension " << i
             << ", the result has " << output.getDimSize(i);
  }
  if (getExpressedElement(input.getElementType()) !=
      getExpressedElement(output.getElementType()))
    return emitOpError("cannot change the element type from ")
           << input.getElementType() << " to " << output.getElementType();
  return success();
}

bool ResizeOp::sharesParameters() { return getMode() == "nearest"; }

//===----------------------------------------------------------------------===//
// Weights
//===----------------------------------------------------------------------===//

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
    if (numerator >= 1 &&
        std::abs(numerator / denominator - scale) <= std::ldexp(scale, -23))
      return Fraction{static_cast<int64_t>(numerator), denominator};
  }
  return std::nullopt;
}

double ResizeOp::getResizedLength(size_t dim) {
  double length = getScales()[dim] * double(getShape(getInput())[dim]);
  auto size = double(getShape(getOutput())[dim]);
  // Scales come from float32.
  return std::abs(length - size) <= std::ldexp(size, -22) ? size : length;
}

/// Of x * (from - 1) / (length - 1) with length = from * p / q.
static int64_t getAlignedDenominator(int64_t from, double length,
                                     std::optional<Fraction> scale) {
  if (length == std::floor(length))
    return (int64_t(length) - 1) / std::gcd(from - 1, int64_t(length) - 1);
  if (!scale)
    return kLargestDenominator;
  auto [p, q] = *scale;
  int64_t whole = from * p - q;
  return whole / std::gcd((from - 1) * q, whole);
}

static int64_t getWeightDenominator(StringRef transformation, double scale,
                                    int64_t from, int64_t to, double length) {
  int64_t denominator = 1;
  if (to == 1 && transformation != "half_pixel")
    return denominator;
  auto fraction = findFraction(scale);
  if (transformation == "align_corners") {
    denominator = getAlignedDenominator(from, length, fraction);
  } else {
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

SmallVector<int64_t> ResizeOp::getWeightDenominators() {
  SmallVector<int64_t> denominators;
  ArrayRef<int64_t> from = getShape(getInput()), to = getShape(getOutput());
  for (auto [i, scale] : llvm::enumerate(getScales()))
    denominators.push_back(getWeightDenominator(getCoordinateTransformation(),
                                                scale, from[i], to[i],
                                                getResizedLength(i)));
  return denominators;
}

ScaleRelation ResizeOp::getScaleRelation() {
  if (getMode() == "nearest")
    return {};
  double divisor = 1;
  for (int64_t denominator : getWeightDenominators())
    divisor *= double(denominator);
  return {ScaleRelation::Sum, divisor};
}

//===----------------------------------------------------------------------===//
// Folding
//===----------------------------------------------------------------------===//

OpFoldResult ResizeOp::fold(FoldAdaptor) {
  auto one = [](double scale) { return scale == 1.0; };
  if (getInput().getType() == getOutput().getType() &&
      llvm::all_of(getScales(), one))
    return getInput();
  return {};
}

} // namespace qc::top
