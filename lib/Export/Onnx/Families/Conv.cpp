// Convolutions and matrix products.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "../Exporter.h"

namespace qc::onnxexport {

static LogicalResult writeConv(tpu::Conv2dOp op, Exporter &exporter) {
  std::string input = exporter.get(op.getInput(), getImageOrder());
  FailureOr<std::string> weight =
      exporter.weight(op.getWeight(), getImageOrder());
  FailureOr<std::string> bias =
      exporter.bias(op.getBias(), op.getInput(), op.getWeight());
  if (failed(weight) || failed(bias))
    return failure();
  ArrayRef<int64_t> shape = getShape(op.getWeight());
  exporter.finish(
      op.getOutput(),
      exporter.emit("Conv", {input, *weight, *bias},
                    {{"kernel_shape", shape.slice(1, 2)},
                     {"strides", op.getStrides()},
                     {"pads", op.getPads()},
                     {"dilations", op.getDilations()},
                     {"group", static_cast<int64_t>(op.getGroup())}}),
      getImageOrder(), op.getClamp());
  return success();
}

//===----------------------------------------------------------------------===//
// Transposed convolution
//===----------------------------------------------------------------------===//

/// Weights [O, KH, KW, C / g] as ONNX wants them, [C, O / g, KH, KW]. With
/// groups and a scale an output channel no dimension of that has the scales:
/// then the integers are stored with O first and reordered behind
/// DequantizeLinear.
static FailureOr<std::string> writeDeconvWeight(tpu::Deconv2dOp op,
                                                Exporter &exporter) {
  ArrayRef<int64_t> shape = getShape(op.getWeight());
  int64_t group = op.getGroup();
  if (group == 1)
    return exporter.weight(op.getWeight(), {3, 0, 1, 2});
  FailureOr<std::string> weight = exporter.weight(op.getWeight(), {0, 3, 1, 2});
  if (failed(weight))
    return failure();
  int64_t outputs = shape[0] / group, inputs = shape[3];
  // [O, 1, KH, KW] with one output a group is [C, 1, KH, KW] as it stands.
  if (outputs == 1 && inputs == 1)
    return weight;
  std::string grouped = exporter.emit(
      "Reshape",
      {*weight, exporter.ints("weight_groups",
                              {group, outputs, inputs, shape[1], shape[2]})});
  std::string swapped = exporter.emit(
      "Transpose", {grouped},
      {{"perm", ArrayRef<int64_t>(SmallVector<int64_t>{0, 2, 1, 3, 4})}});
  return exporter.emit(
      "Reshape",
      {swapped, exporter.ints("weight_shape",
                              {group * inputs, outputs, shape[1], shape[2]})});
}

static LogicalResult writeDeconv(tpu::Deconv2dOp op, Exporter &exporter) {
  std::string input = exporter.get(op.getInput(), getImageOrder());
  FailureOr<std::string> weight = writeDeconvWeight(op, exporter);
  FailureOr<std::string> bias =
      exporter.bias(op.getBias(), op.getInput(), op.getWeight());
  if (failed(weight) || failed(bias))
    return failure();
  // The IR says the size of the result, ONNX what to add to or cut from the
  // size that follows from the window.
  SmallVector<int64_t> pads(op.getPads()), extra(2);
  for (int i = 0; i < 2; ++i) {
    int64_t kernel =
        (getShape(op.getWeight())[i + 1] - 1) * op.getDilations()[i] + 1;
    int64_t natural =
        (getShape(op.getInput())[i + 1] - 1) * op.getStrides()[i] + kernel -
        pads[i] - pads[i + 2];
    // What is cut from the end less what is added there: one of them is zero.
    int64_t cut = natural + pads[i + 2] - getShape(op.getOutput())[i + 1];
    pads[i + 2] = std::max<int64_t>(cut, 0);
    extra[i] = std::max<int64_t>(-cut, 0);
  }
  exporter.finish(
      op.getOutput(),
      exporter.emit("ConvTranspose", {input, *weight, *bias},
                    {{"kernel_shape", getShape(op.getWeight()).slice(1, 2)},
                     {"strides", op.getStrides()},
                     {"pads", ArrayRef<int64_t>(pads)},
                     {"dilations", op.getDilations()},
                     {"output_padding", ArrayRef<int64_t>(extra)},
                     {"group", static_cast<int64_t>(op.getGroup())}}),
      getImageOrder(), op.getClamp());
  return success();
}

//===----------------------------------------------------------------------===//
// Matrix products
//===----------------------------------------------------------------------===//

static LogicalResult writeFullyConnected(tpu::FullyConnectedOp op,
                                         Exporter &exporter) {
  std::string input = exporter.getPlain(op.getInput());
  int64_t rank = getRank(op.getInput());
  bool matrix = rank == 2;
  FailureOr<std::string> weight =
      exporter.weight(op.getWeight(), matrix ? Order{0, 1} : Order{1, 0});
  FailureOr<std::string> bias =
      exporter.bias(op.getBias(), op.getInput(), op.getWeight());
  if (failed(weight) || failed(bias))
    return failure();
  std::string raw;
  if (matrix)
    raw = exporter.emit("Gemm", {input, *weight, *bias},
                        {{"transB", int64_t(1)}});
  else
    raw = exporter.emit("Add",
                        {exporter.emit("MatMul", {input, *weight}), *bias});
  exporter.finish(op.getOutput(), raw, getPlainOrder(rank), op.getClamp());
  return success();
}

/// The order in which a matrix operand is what MatMul wants.
static Order getMatrixOrder(Value value, bool transposed) {
  int64_t rank = getRank(value);
  Order order = getPlainOrder(rank);
  if (transposed)
    std::swap(order[rank - 1], order[rank - 2]);
  return order;
}

static LogicalResult writeMatmul(tpu::MatmulOp op, Exporter &exporter) {
  std::string lhs = exporter.get(
      op.getLhs(), getMatrixOrder(op.getLhs(), op.getTransposeLhs()));
  std::string rhs = exporter.get(
      op.getRhs(), getMatrixOrder(op.getRhs(), op.getTransposeRhs()));
  exporter.finish(op.getOutput(), exporter.emit("MatMul", {lhs, rhs}),
                  getPlainOrder(getRank(op.getOutput())), op.getClamp());
  return success();
}

void populateConvExporters(ExporterRegistry &registry) {
  registry.add<tpu::Conv2dOp>(writeConv);
  registry.add<tpu::Deconv2dOp>(writeDeconv);
  registry.add<tpu::FullyConnectedOp>(writeFullyConnected);
  registry.add<tpu::MatmulOp>(writeMatmul);
}

} // namespace qc::onnxexport
