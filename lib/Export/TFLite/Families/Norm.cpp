// Softmax and normalisations.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "../Floats.h"

#include <cmath>

namespace qc::tfliteexport {

//===----------------------------------------------------------------------===//
// Softmax
//===----------------------------------------------------------------------===//

/// `order` with dimension `axis` of the value last, where LiteRT has it.
static Order moveLast(Order order, int64_t axis) {
  llvm::erase(order, axis);
  order.push_back(axis);
  return order;
}

/// Results of SOFTMAX have the parameters that its definition fixes.
template <typename OpTy>
static LogicalResult writeSoftmax(OpTy op, Exporter &exporter) {
  Order order = moveLast(exporter.getOrder(op.getInput()), op.getAxis());
  TensorId input = exporter.get(op.getInput(), order);
  tflite::SoftmaxOptionsT table;
  table.beta = 1;
  TensorId made = exporter.emitFixed(
      BuiltinOperator::SOFTMAX, input, exporter.form(op.getOutput(), order),
      1.0f / 256, -128, makeOptions(std::move(table)));
  exporter.finish(op.getOutput(), made, order);
  return success();
}

/// Integers only have one scale for it, which is too coarse for most.
template <typename OpTy>
static LogicalResult writeLogSoftmax(OpTy op, Exporter &exporter) {
  Order order = moveLast(exporter.getOrder(op.getInput()), op.getAxis());
  FloatWriter f{exporter};
  TensorId made = f.unary(BuiltinOperator::LOG_SOFTMAX,
                          exporter.getFloat(op.getInput(), order),
                          makeOptions(tflite::LogSoftmaxOptionsT()));
  exporter.finish(op.getOutput(), made, order);
  return success();
}

//===----------------------------------------------------------------------===//
// Normalisations
//===----------------------------------------------------------------------===//

/// LiteRT has no layer normalization: its parts, in floats.
template <typename OpTy>
static LogicalResult writeLayerNorm(OpTy op, Exporter &exporter) {
  int64_t rank = getRank(op.getInput());
  Order order = getPlainOrder(rank);
  FloatWriter f{exporter};
  TensorId x = exporter.getFloat(op.getInput(), order);
  SmallVector<int64_t> axes =
      llvm::to_vector(llvm::seq<int64_t>(op.getAxis(), rank));
  TensorId mean = f.mean(x, axes);
  TensorId variance =
      f.mean(f.binary(BuiltinOperator::SQUARED_DIFFERENCE, x, mean), axes);
  double epsilon = llvm::APFloat(op.getEpsilon()).convertToDouble();
  TensorId deviation =
      f.unary(BuiltinOperator::RSQRT, f.binary(BuiltinOperator::ADD, variance,
                                               f.number("epsilon", epsilon)));
  TensorId made = f.binary(BuiltinOperator::MUL,
                           f.binary(BuiltinOperator::SUB, x, mean), deviation);
  if (Value scale = op.getScale())
    made = f.binary(BuiltinOperator::MUL, made, exporter.getPlain(scale));
  if (Value bias = op.getBias())
    made = f.binary(BuiltinOperator::ADD, made, exporter.getPlain(bias));
  exporter.finish(op.getOutput(), made, order);
  return success();
}

/// One multiplication and one addition a channel, which is dimension 1 of the
/// value and the last one of the tensor.
static LogicalResult emitScale(Operation *op, Value input,
                               ArrayRef<float> scale, ArrayRef<float> bias,
                               const Bounds &bounds, Exporter &exporter) {
  Order order = getImageOrder(op);
  auto channels = static_cast<int64_t>(scale.size());
  TensorId x = exporter.get(input, order);
  Form form = exporter.getForm(x);
  Activation activation = exporter.fuse(bounds, form);
  FloatWriter f{exporter};
  TensorId product = f.binary(BuiltinOperator::MUL, x,
                              exporter.floats("scale", scale, {channels}));
  tflite::AddOptionsT table;
  table.fused_activation_function = activation.fused;
  TensorId offset = exporter.floats("offset", bias, {channels});
  TensorId made = exporter.emit(BuiltinOperator::ADD, {product, offset},
                                std::move(form), makeOptions(std::move(table)));
  exporter.finish(op->getResult(0), made, order, activation.rest);
  return success();
}

static std::vector<float> getFloats(const Tensor &tensor) {
  return {tensor.data<float>(), tensor.data<float>() + tensor.numElements()};
}

static LogicalResult writeBatchNorm(top::BatchNormOp op, Exporter &exporter) {
  auto scale = exporter.getConstant(op.getScale());
  auto bias = exporter.getConstant(op.getBias());
  auto mean = exporter.getConstant(op.getMean());
  auto variance = exporter.getConstant(op.getVariance());
  if (failed(scale) || failed(bias) || failed(mean) || failed(variance))
    return failure();
  std::vector<float> factors, offsets;
  for (int64_t i = 0; i < scale->numElements(); ++i) {
    double factor =
        scale->data<float>()[i] / std::sqrt(double(variance->data<float>()[i]) +
                                            op.getEpsilon().convertToDouble());
    factors.push_back(static_cast<float>(factor));
    offsets.push_back(static_cast<float>(
        bias->data<float>()[i] - factor * double(mean->data<float>()[i])));
  }
  return emitScale(op, op.getInput(), factors, offsets, {}, exporter);
}

static LogicalResult writeScale(top::ScaleOp op, Exporter &exporter) {
  auto scale = exporter.getConstant(op.getScale());
  auto bias = exporter.getConstant(op.getBias());
  if (failed(scale) || failed(bias))
    return failure();
  return emitScale(op, op.getInput(), getFloats(*scale), getFloats(*bias),
                   getBounds(op), exporter);
}

void populateNormExporters(ExporterRegistry &registry) {
  registry.add<tpu::SoftmaxOp>(writeSoftmax);
  registry.add<top::SoftmaxOp>(writeSoftmax);
  registry.add<tpu::LogSoftmaxOp>(writeLogSoftmax);
  registry.add<top::LogSoftmaxOp>(writeLogSoftmax);
  registry.add<tpu::LayerNormOp>(writeLayerNorm);
  registry.add<top::LayerNormOp>(writeLayerNorm);
  registry.add<top::BatchNormOp>(writeBatchNorm);
  registry.add<top::ScaleOp>(writeScale);
}

} // namespace qc::tfliteexport
