// Convolutions and matrix products.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "../Exporter.h"

namespace qc::onnxexport {

/// What Conv and ConvTranspose of `op` have in common.
template <typename OpTy>
static SmallVector<NodeAttribute> getWindow(OpTy op, ArrayRef<int64_t> kernel,
                                            ArrayRef<int64_t> pads) {
  return {{"kernel_shape", kernel},
          {"strides", op.getStrides()},
          {"pads", pads},
          {"dilations", op.getDilations()},
          {"group", static_cast<int64_t>(op.getGroup())}};
}

static LogicalResult writeConv(tpu::Conv2dOp op, Exporter &exporter) {
  std::string input = exporter.get(op.getInput(), getImageOrder());
  FailureOr<std::string> weight =
      exporter.weight(op.getWeight(), getImageOrder(), op.getFactors());
  FailureOr<std::string> bias =
      exporter.bias(op.getBias(), op.getInput(), op.getWeight());
  if (failed(weight) || failed(bias))
    return failure();
  finish(op, exporter,
         exporter.emit(
             "Conv", {input, *weight, *bias},
             getWindow(op, getShape(op.getWeight()).slice(1, 2), op.getPads())),
         getImageOrder());
  return success();
}

static LogicalResult writeConv(top::ConvOp op, Exporter &exporter) {
  finish(op, exporter,
         exporter.emit("Conv", exporter.getPlainOperands(op),
                       getWindow(op, getShape(op.getWeight()).drop_front(2),
                                 op.getPads())),
         getImageOrder(op));
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
    return exporter.weight(op.getWeight(), {3, 0, 1, 2}, op.getFactors());
  FailureOr<std::string> weight =
      exporter.weight(op.getWeight(), {0, 3, 1, 2}, op.getFactors());
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

/// Emits ConvTranspose, whose result is `added` larger than follows from its
/// window.
template <typename OpTy>
static void writeDeconv(OpTy op, ArrayRef<std::string> inputs,
                        ArrayRef<int64_t> kernel, ArrayRef<int64_t> pads,
                        ArrayRef<int64_t> added, Exporter &exporter) {
  SmallVector<NodeAttribute> attributes = getWindow(op, kernel, pads);
  attributes.push_back({"output_padding", added});
  finish(op, exporter, exporter.emit("ConvTranspose", inputs, attributes),
         getImageOrder(op));
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
  writeDeconv(op, {input, *weight, *bias}, getShape(op.getWeight()).slice(1, 2),
              pads, extra, exporter);
  return success();
}

static LogicalResult writeDeconv(top::DeconvOp op, Exporter &exporter) {
  writeDeconv(op, exporter.getPlainOperands(op),
              getShape(op.getWeight()).drop_front(2), op.getPads(),
              op.getOutputPadding(), exporter);
  return success();
}

//===----------------------------------------------------------------------===//
// Matrix products
//===----------------------------------------------------------------------===//

/// The product of two tensors, and a bias behind it unless that is empty.
static std::string emitProduct(const std::string &lhs, const std::string &rhs,
                               const std::string &bias, Exporter &exporter) {
  std::string product = exporter.emit("MatMul", {lhs, rhs});
  return bias.empty() ? product : exporter.emit("Add", {product, bias});
}

static LogicalResult writeFullyConnected(tpu::FullyConnectedOp op,
                                         Exporter &exporter) {
  std::string input = exporter.getPlain(op.getInput());
  int64_t rank = getRank(op.getInput());
  bool matrix = rank == 2;
  FailureOr<std::string> weight = exporter.weight(
      op.getWeight(), matrix ? Order{0, 1} : Order{1, 0}, op.getFactors());
  FailureOr<std::string> bias =
      exporter.bias(op.getBias(), op.getInput(), op.getWeight());
  if (failed(weight) || failed(bias))
    return failure();
  finish(op, exporter,
         matrix ? exporter.emit("Gemm", {input, *weight, *bias},
                                {{"transB", int64_t(1)}})
                : emitProduct(input, *weight, *bias, exporter),
         getPlainOrder(rank));
  return success();
}

/// A matrix operand as MatMul wants it.
static std::string getMatrix(Value value, bool transposed, Exporter &exporter) {
  int64_t rank = getRank(value);
  Order order = getPlainOrder(rank);
  if (transposed)
    std::swap(order[rank - 1], order[rank - 2]);
  return exporter.get(value, order);
}

/// Gemm is a product with a bias and transposes in one, but of matrices only.
static bool isGemm(top::MatMulOp op) {
  return op.getBias() && getRank(op.getLhs()) == 2 && getRank(op.getRhs()) == 2;
}

static LogicalResult writeMatmul(top::MatMulOp op, Exporter &exporter) {
  bool left = op.getTransposeLhs(), right = op.getTransposeRhs();
  Order order = getPlainOrder(getRank(op.getOutput()));
  if (isGemm(op)) {
    finish(
        op, exporter,
        exporter.emit("Gemm", exporter.getPlainOperands(op),
                      {{"transA", int64_t(left)}, {"transB", int64_t(right)}}),
        order);
    return success();
  }
  std::string lhs = getMatrix(op.getLhs(), left, exporter);
  std::string rhs = getMatrix(op.getRhs(), right, exporter);
  std::string bias = op.getBias() ? exporter.getPlain(op.getBias()) : "";
  finish(op, exporter, emitProduct(lhs, rhs, bias, exporter), order);
  return success();
}

static LogicalResult writeMatmul(tpu::MatmulOp op, Exporter &exporter) {
  std::string lhs = getMatrix(op.getLhs(), op.getTransposeLhs(), exporter);
  std::string rhs = getMatrix(op.getRhs(), op.getTransposeRhs(), exporter);
  finish(op, exporter, emitProduct(lhs, rhs, "", exporter),
         getPlainOrder(getRank(op.getOutput())));
  return success();
}

void populateConvExporters(ExporterRegistry &registry) {
  registry.add<tpu::Conv2dOp>(writeConv);
  registry.add<tpu::Deconv2dOp>(writeDeconv);
  registry.add<tpu::FullyConnectedOp>(writeFullyConnected);
  registry.add<tpu::MatmulOp>(writeMatmul);
  registry.add<top::ConvOp>(writeConv);
  registry.add<top::DeconvOp>(writeDeconv);
  registry.add<top::MatMulOp>(writeMatmul);
}

} // namespace qc::onnxexport
