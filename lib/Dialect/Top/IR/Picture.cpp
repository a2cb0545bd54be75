// Pictures: verification and the range of their values.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Support/Picture.h"
#include "qc/Dialect/Top/IR/Picture.h"

#include <algorithm>
#include <cmath>

namespace qc::top {

LogicalResult PictureOp::verify() {
  auto input = cast<RankedTensorType>(getInput().getType());
  auto output = cast<RankedTensorType>(getOutput().getType());
  auto type = parsePictureType(getFormat().str());
  if (!type)
    return emitOpError() << type.message();
  if (std::string odd = findOddPicture(
          *type, getLayout() == "nhwc", input.getShape().vec(),
          output.getShape().vec(), /*resultHasChannelsLast=*/false);
      !odd.empty())
    return emitOpError("of '") << getFormat() << "' " << odd;
  if ((getFormat() == "s8") != input.getElementType().isSignlessInteger(8))
    return emitOpError("reads '") << getFormat() << "' from " << input
                                  << ", expected i8 for s8 and ui8 for others";
  size_t numbers = getFactor().size();
  if (getOffset().size() != numbers ||
      (numbers != 1 && int64_t(numbers) != getChannels()))
    return emitOpError(
               "expects one factor and offset, or one a channel, found ")
           << numbers << " and " << getOffset().size();
  for (ArrayRef<double> all : {getFactor(), getOffset()})
    for (double number : all)
      if (!std::isfinite(number))
        return emitOpError("expects finite factors and offsets, found ")
               << number;
  return success();
}

int64_t PictureOp::getChannels() {
  ArrayRef<int64_t> shape = getShape(getOutput());
  return shape.size() == 4 ? shape[1] : 1;
}

double PictureOp::getValue(int64_t channel, int pixel) {
  size_t at = getFactor().size() > 1 ? channel : 0;
  return pixel * getFactor()[at] + getOffset()[at];
}

ValueRange1D PictureOp::getValueRange() {
  ValueRange1D range{getValue(0, 0), getValue(0, 0)};
  for (size_t c = 0; c < getFactor().size(); ++c)
    for (int pixel : {0, 255}) {
      range.min = std::min(range.min, getValue(c, pixel));
      range.max = std::max(range.max, getValue(c, pixel));
    }
  return range;
}

} // namespace qc::top
