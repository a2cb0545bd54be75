// Softmax and normalisations.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "../Exporter.h"

namespace qc::onnxexport {

template <typename OpTy>
static void writeAlongAxis(OpTy op, StringRef opType, Exporter &exporter) {
  Order order = exporter.getOrder(op.getInput());
  exporter.finish(op.getOutput(),
                  exporter.emit(opType, {exporter.get(op.getInput(), order)},
                                {{"axis", mapAxis(op.getAxis(), order)}}),
                  order);
}

static LogicalResult writeSoftmax(tpu::SoftmaxOp op, Exporter &exporter) {
  writeAlongAxis(op, "Softmax", exporter);
  return success();
}
static LogicalResult writeLogSoftmax(tpu::LogSoftmaxOp op, Exporter &exporter) {
  writeAlongAxis(op, "LogSoftmax", exporter);
  return success();
}

static LogicalResult writeLayerNorm(tpu::LayerNormOp op, Exporter &exporter) {
  FailureOr<Tensor> scale = exporter.getConstant(op.getScale());
  FailureOr<Tensor> bias = exporter.getConstant(op.getBias());
  if (failed(scale) || failed(bias))
    return failure();
  std::string input = exporter.getPlain(op.getInput());
  exporter.finish(
      op.getOutput(),
      exporter.emit(
          "LayerNormalization",
          {input, exporter.constant("scale", *scale),
           exporter.constant("bias", *bias)},
          {{"axis", static_cast<int64_t>(op.getAxis())},
           {"epsilon", static_cast<float>(op.getEpsilon().convertToDouble())}}),
      getPlainOrder(getRank(op.getOutput())));
  return success();
}

void populateNormExporters(ExporterRegistry &registry) {
  registry.add<tpu::SoftmaxOp>(writeSoftmax);
  registry.add<tpu::LogSoftmaxOp>(writeLogSoftmax);
  registry.add<tpu::LayerNormOp>(
      writeLayerNorm, +[](tpu::LayerNormOp) -> int64_t { return 17; });
}

} // namespace qc::onnxexport
