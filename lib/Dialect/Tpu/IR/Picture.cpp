// Pictures: verification.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Dialect/Tpu/IR/Picture.h"
#include "VerifyUtils.h"
#include "qc/Support/Picture.h"

namespace qc::tpu {

LogicalResult PictureOp::verify() {
  auto input = cast<RankedTensorType>(getInput().getType());
  auto output = cast<RankedTensorType>(getOutput().getType());
  auto table = cast<RankedTensorType>(getTable().getType());
  auto type = parsePictureType(getFormat().str());
  if (!type)
    return emitOpError() << type.message();
  if (auto layout = parsePictureLayout(getLayout().str()); !layout)
    return emitOpError() << layout.message();
  if (auto matrix = parseYuvMatrix(getMatrix().str()); !matrix)
    return emitOpError() << matrix.message();
  if (!llvm::is_contained({"same", "rgb", "bgr", "gray", "yuv444"},
                          getTrained()))
    return emitOpError("trained on '")
           << getTrained() << "', expected same, rgb, bgr, gray or yuv444";
  int64_t channels = output.getRank() == 4 ? output.getDimSize(3) : 1;
  if (table.getRank() != 2 || table.getDimSize(1) != 256 ||
      (table.getDimSize(0) != 1 && table.getDimSize(0) != channels))
    return emitOpError("expects 256 results, for all channels or for each of ")
           << channels << ", found " << table;
  auto element = getActivationElement(output);
  if (table.getElementType().getIntOrFloatBitWidth() !=
          element.getStorageTypeIntegralWidth() ||
      table.getElementType().isUnsignedInteger() == element.isSigned())
    return emitOpError("table of ")
           << table << " does not hold what " << output << " stores";
  if (std::string odd = findOddPicture(
          *type, getLayout() == "nhwc", input.getShape().vec(),
          output.getShape().vec(), /*resultHasChannelsLast=*/true);
      !odd.empty())
    return emitOpError("of '") << getFormat() << "' " << odd;
  return success();
}

} // namespace qc::tpu
