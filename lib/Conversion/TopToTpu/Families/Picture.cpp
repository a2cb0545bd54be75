// Pictures: what each pixel becomes, as a table.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Dialect/Top/IR/Picture.h"
#include "Lowering.h"
#include "qc/Dialect/QC/IR/Pictures.h"
#include "qc/Dialect/Tpu/IR/Picture.h"

#include <algorithm>
#include <cmath>

namespace qc {

/// `value` as the float stages round it: in float32, half to even.
static int64_t store(double value, quant::UniformQuantizedType element) {
  float units =
      static_cast<float>(value) / static_cast<float>(element.getScale());
  int64_t zero = element.getZeroPoint();
  return static_cast<int64_t>(std::nearbyint(std::clamp<double>(
             units, double(element.getStorageTypeMin() - zero),
             double(element.getStorageTypeMax() - zero)))) +
         zero;
}

/// One row where all channels are alike.
static Value createTable(top::PictureOp op, quant::UniformQuantizedType element,
                         Lowering &lowering) {
  SmallVector<int64_t> entries;
  int64_t tables = op.getFactor().size();
  for (int64_t c = 0; c < tables; ++c)
    for (int pixel = 0; pixel < 256; ++pixel)
      entries.push_back(store(op.getValue(c, pixel), element));
  Type type = IntegerType::get(
      op.getContext(), element.getStorageTypeIntegralWidth(),
      element.isSigned() ? IntegerType::Signless : IntegerType::Unsigned);
  return lowering.constant(deriveName(op.getLoc(), "_table"),
                           RankedTensorType::get({tables, 256}, type), entries);
}

static LogicalResult lowerPicture(top::PictureOp op, Lowering &lowering) {
  auto bytes = lowering.getMovable(op.getInput());
  if (failed(bytes))
    return failure();
  Value table = createTable(op, lowering.getType(op.getOutput()), lowering);
  ArrayRef<int64_t> shape = top::getShape(op.getOutput());
  bool isImage = shape.size() == 4;
  SmallVector<int64_t> last(shape);
  if (isImage)
    last = {shape[0], shape[2], shape[3], shape[1]};
  auto picture = tpu::PictureOp::create(
      lowering.builder, op.getLoc(),
      lowering.getTensorType(last, op.getOutput()), *bytes, table,
      op.getFormat(), op.getLayout(), op.getTrained(), op.getMatrix());
  picture->setAttr(kPixelFactorAttr, op.getFactorAttr());
  picture->setAttr(kPixelOffsetAttr, op.getOffsetAttr());
  if (!isImage) {
    lowering.map(op.getOutput(), picture);
    return success();
  }
  setSourcePermutation(picture, {0, 2, 3, 1});
  lowering.map(op.getOutput(),
               lowering.toChannelsFirst(op.getLoc(), picture.getOutput()));
  return success();
}

void populatePictureLowerings(LoweringRegistry &registry) {
  registry.add<top::PictureOp, tpu::PictureOp>(lowerPicture);
}

} // namespace qc
