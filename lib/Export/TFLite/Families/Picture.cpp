// Pictures: LiteRT models take the tensor behind them.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Dialect/Top/IR/Picture.h"
#include "../Exporter.h"
#include "qc/Dialect/Tpu/IR/Picture.h"

namespace qc::tfliteexport {

template <typename OpTy>
static LogicalResult writePicture(OpTy op, Exporter &) {
  return op.emitOpError("has no form in LiteRT");
}

/// A model of another input than the program's would be fed with its bytes.
template <typename OpTy> static std::string refusePicture(OpTy op) {
  return "the network takes " + op.getFormat().str() +
         " as the camera gives it, and LiteRT has no operator for that; "
         "compile "
         "without --input-type: the model then takes the floats that "
         "--preprocess makes";
}

void populatePictureExporters(ExporterRegistry &registry) {
  registry.add<top::PictureOp>(writePicture, refusePicture);
  registry.add<tpu::PictureOp>(writePicture, refusePicture);
}

} // namespace qc::tfliteexport
