// Softmax and normalisations.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "../Operators.h"

namespace qc::onnxexport {

template <typename OpTy, const char *opType>
static LogicalResult writeSoftmax(OpTy op, Exporter &exporter) {
  Order order = exporter.getOrder(op.getInput());
  finish(op, exporter,
         emitSoftmax(exporter, opType, exporter.get(op.getInput(), order),
                     reorder(getShape(op.getInput()), order),
                     mapAxis(op.getAxis(), order)),
         order);
  return success();
}

template <typename OpTy>
static void writeLayerNorm(OpTy op, const std::string &scale,
                           const std::string &bias, Exporter &exporter) {
  std::string input = exporter.getPlain(op.getInput());
  finish(op, exporter,
         emitLayerNormalization(
             exporter, input, getShape(op.getInput()),
             {scale, bias, static_cast<int64_t>(op.getAxis()),
              static_cast<float>(op.getEpsilon().convertToDouble())}),
         getPlainOrder(getRank(op.getOutput())));
}

static LogicalResult writeLayerNorm(tpu::LayerNormOp op, Exporter &exporter) {
  FailureOr<Tensor> scale = exporter.getConstant(op.getScale());
  FailureOr<Tensor> bias = exporter.getConstant(op.getBias());
  if (failed(scale) || failed(bias))
    return failure();
  writeLayerNorm(op, exporter.constant("scale", *scale),
                 exporter.constant("bias", *bias), exporter);
  return success();
}

static LogicalResult writeLayerNorm(top::LayerNormOp op, Exporter &exporter) {
  auto get = [&](Value value) {
    return value ? exporter.getPlain(value) : std::string();
  };
  writeLayerNorm(op, get(op.getScale()), get(op.getBias()), exporter);
  return success();
}

template <typename OpTy> static int64_t getLayerNormOpset(OpTy) { return 17; }

/// Emits BatchNormalization of the operands of `op` and, behind them, `more`.
template <typename OpTy>
static void writeBatchNorm(OpTy op, ArrayRef<std::string> more, float epsilon,
                           Exporter &exporter) {
  SmallVector<std::string> inputs = exporter.getPlainOperands(op);
  llvm::append_range(inputs, more);
  finish(op, exporter,
         exporter.emit("BatchNormalization", inputs, {{"epsilon", epsilon}}),
         getPlainOrder(getRank(op.getOutput())));
}

static LogicalResult writeBatchNorm(top::BatchNormOp op, Exporter &exporter) {
  writeBatchNorm(op, {}, op.getEpsilon().convertToFloat(), exporter);
  return success();
}

/// A batch normalization by statistics that change nothing, which is what
/// readers take for a multiplication and an addition a channel.
static LogicalResult writeScale(top::ScaleOp op, Exporter &exporter) {
  int64_t channels = getShape(op.getScale())[0];
  Tensor mean = Tensor::zeros(DType::F32, {channels});
  Tensor variance = mean.clone();
  std::fill_n(variance.data<float>(), channels, 1.0f);
  writeBatchNorm(op,
                 {exporter.constant("mean", mean),
                  exporter.constant("variance", variance)},
                 /*epsilon=*/0, exporter);
  return success();
}

static constexpr char kSoftmax[] = "Softmax", kLogSoftmax[] = "LogSoftmax";

void populateNormExporters(ExporterRegistry &registry) {
  registry.add<tpu::SoftmaxOp>(writeSoftmax<tpu::SoftmaxOp, kSoftmax>);
  registry.add<top::SoftmaxOp>(writeSoftmax<top::SoftmaxOp, kSoftmax>);
  registry.add<tpu::LogSoftmaxOp>(writeSoftmax<tpu::LogSoftmaxOp, kLogSoftmax>);
  registry.add<top::LogSoftmaxOp>(writeSoftmax<top::LogSoftmaxOp, kLogSoftmax>);
  registry.add<tpu::LayerNormOp>(writeLayerNorm, getLayerNormOpset);
  registry.add<top::LayerNormOp>(writeLayerNorm, getLayerNormOpset);
  registry.add<top::BatchNormOp>(writeBatchNorm);
  registry.add<top::ScaleOp>(writeScale);
}

} // namespace qc::onnxexport
