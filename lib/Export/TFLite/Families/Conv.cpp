// Convolutions and matrix products.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "../Windows.h"
#include "qc/Dialect/QC/IR/Names.h"

namespace qc::tfliteexport {

//===----------------------------------------------------------------------===//
// Weights and biases
//===----------------------------------------------------------------------===//

namespace {
/// Weights as [O, KH, KW, C / group], and what they stand for.
struct Weights {
  Tensor tensor;
  /// One or O; none for floats.
  std::vector<float> scales;

  int64_t outputs() const { return tensor.dim(0); }
};
} // namespace

static Type getElement(Value value) {
  return cast<RankedTensorType>(value.getType()).getElementType();
}

/// One scale, or one a channel; none for floats.
static std::vector<float> getScales(Value weight) {
  Type element = getElement(weight);
  if (!isa<quant::QuantizedType>(element))
    return {};
  bool perChannel = isa<quant::UniformQuantizedPerAxisType>(element);
  SmallVector<double> scales = tpu::getChannelScales(
      weight.getType(), perChannel ? getShape(weight)[0] : 1);
  return {scales.begin(), scales.end()};
}

/// Constant `value`, times `factors` of groups along its last dimension where
/// there are any, with its dimensions in `order`; those with one dimension
/// get a row behind the first.
static FailureOr<Weights> getWeights(Value value, ArrayRef<int64_t> order,
                                     Exporter &exporter, Value factors = {}) {
  FailureOr<Tensor> tensor = exporter.getConstant(value);
  if (failed(tensor))
    return failure();
  if (factors) {
    FailureOr<Tensor> multiplied = exporter.getConstant(factors);
    if (failed(multiplied))
      return failure();
    tensor = multiplyGroups(*tensor, *multiplied);
  }
  Tensor permuted = withSignOf(permute(*tensor, order), getElement(value));
  Shape shape = permuted.shape();
  if (shape.size() == 3)
    shape.insert(shape.begin() + 1, 1);
  return Weights{permuted.reshaped(shape), getScales(value)};
}

/// `tensor` in the parameters of `weights`, whose channels are its dimension
/// `axis`.
static TensorId addWeights(const Weights &weights, const Tensor &tensor,
                           int32_t axis, Exporter &exporter) {
  if (weights.scales.empty())
    return exporter.weights("weights", tensor);
  return exporter.constant(
      "weights", tensor,
      {weights.scales, std::vector<int64_t>(weights.scales.size(), 0), axis});
}

/// Bias `value` of a layer on tensor `input`, which holds `source`, in units of
/// s_x * s_w: 32 bits behind 8, 64 bits behind 16. Zeros where `value` is null.
static FailureOr<TensorId> addBias(Value value, Value source, TensorId input,
                                   const Weights &weights, Exporter &exporter) {
  int64_t outputs = weights.outputs();
  if (weights.scales.empty()) {
    if (!value)
      return exporter.constant("bias", Tensor::zeros(DType::F32, {outputs}));
    FailureOr<Tensor> tensor = exporter.getConstant(value);
    if (failed(tensor))
      return failure();
    return exporter.constant("bias", tensor->reshaped({outputs}));
  }
  FailureOr<Tensor> tensor = exporter.getConstant(value);
  if (failed(tensor))
    return failure();
  Parameters parameters;
  for (float scale : weights.scales) {
    parameters.scales.push_back(static_cast<float>(
        double(scale) * double(exporter.getForm(input).getScale())));
    parameters.zeroPoints.push_back(0);
  }
  bool isWide = exporter.getForm(input).isWide();
  bool isWidened = isWide && cast<quant::QuantizedType>(getElement(source))
                                     .getStorageTypeIntegralWidth() == 8;
  std::vector<int64_t> wide(outputs);
  std::vector<int32_t> narrow(outputs);
  for (int64_t i = 0; i < outputs; ++i) {
    wide[i] = tensor->dtype() == DType::I64 ? tensor->data<int64_t>()[i]
                                            : tensor->data<int32_t>()[i];
    if (isWidened)
      wide[i] *= kWidening;
    narrow[i] = static_cast<int32_t>(wide[i]);
    if (!isWide && narrow[i] != wide[i])
      return exporter.fail()
             << "has a bias of " << wide[i] << " units at channel " << i
             << ", but behind 8-bit activations LiteRT has 32 bits for it; use "
                "16-bit activations at this layer (--int16-tensors)";
  }
  return exporter.constant("bias",
                           isWide ? Tensor::fromVector(wide, {outputs})
                                  : Tensor::fromVector(narrow, {outputs}),
                           std::move(parameters));
}

//===----------------------------------------------------------------------===//
// Convolution
//===----------------------------------------------------------------------===//

/// Writes `op`, a convolution with `weights`, on an image.
template <typename OpTy>
static LogicalResult emitConv(OpTy op, const Weights &weights, Value biasValue,
                              Exporter &exporter) {
  TensorId image = getImage(op, op.getInput(), exporter);
  Form form = getImageForm(op, op.getOutput(), exporter);
  const Shape &filter = weights.tensor.shape();
  Window window = makeWindow(
      op,
      ArrayRef<int64_t>(filter).slice(1, 2).take_back(op.getStrides().size()));
  Activation activation = exporter.unifyWidths(image, form, getBounds(op));
  auto bias = addBias(biasValue, op.getInput(), image, weights, exporter);
  if (failed(bias))
    return failure();
  Placement placed =
      *place(exporter, image, window, form.shape[1], form.shape[2]);
  int64_t channels = exporter.getForm(image).shape[3];
  bool isDepthwise = filter[3] == 1 && op.getGroup() > 1 &&
                     static_cast<int64_t>(op.getGroup()) == channels;
  auto fill = [&](auto &table) {
    table.padding = placed.padding;
    table.stride_h = window.strides[0];
    table.stride_w = window.strides[1];
    table.dilation_h_factor = window.dilations[0];
    table.dilation_w_factor = window.dilations[1];
    table.fused_activation_function = activation.fused;
  };
  TensorId made;
  if (isDepthwise) {
    tflite::DepthwiseConv2DOptionsT table;
    fill(table);
    table.depth_multiplier = weights.outputs() / channels;
    TensorId constant = addWeights(
        weights, permute(weights.tensor, {3, 1, 2, 0}), /*axis=*/3, exporter);
    made = exporter.emit(BuiltinOperator::DEPTHWISE_CONV_2D,
                         {placed.input, constant, *bias}, std::move(form),
                         makeOptions(std::move(table)));
  } else {
    tflite::Conv2DOptionsT table;
    fill(table);
    TensorId constant =
        addWeights(weights, weights.tensor, /*axis=*/0, exporter);
    made =
        exporter.emit(BuiltinOperator::CONV_2D, {placed.input, constant, *bias},
                      std::move(form), makeOptions(std::move(table)));
  }
  finishImage(op, op.getOutput(), made, activation.rest, exporter);
  return success();
}

static LogicalResult writeConv(tpu::Conv2dOp op, Exporter &exporter) {
  auto weights =
      getWeights(op.getWeight(), getPlainOrder(4), exporter, op.getFactors());
  if (failed(weights))
    return failure();
  return emitConv(op, *weights, op.getBias(), exporter);
}

static LogicalResult writeConv(top::ConvOp op, Exporter &exporter) {
  auto weights = getWeights(op.getWeight(), getImageOrder(op), exporter);
  if (failed(weights))
    return failure();
  return emitConv(op, *weights, op.getBias(), exporter);
}

//===----------------------------------------------------------------------===//
// Transposed convolution
//===----------------------------------------------------------------------===//

/// Dense weights without dilation, [O, KH, KW, C]: zeros stand for what groups
/// do not connect and for what lies between dilated elements.
static Tensor spread(const Tensor &weights, int64_t group, int64_t channels,
                     const Window &window) {
  int64_t rows = window.getExtent(0), columns = window.getExtent(1);
  if (group == 1 && rows == window.kernel[0] && columns == window.kernel[1])
    return weights;
  int64_t outputs = weights.dim(0), inputs = weights.dim(3);
  Tensor dense =
      Tensor::zeros(weights.dtype(), {outputs, rows, columns, channels});
  size_t size = dtypeSize(weights.dtype());
  const auto *from = static_cast<const char *>(weights.raw());
  auto *to = static_cast<char *>(dense.raw());
  for (int64_t o = 0; o < outputs; ++o)
    for (int64_t y = 0; y < window.kernel[0]; ++y)
      for (int64_t x = 0; x < window.kernel[1]; ++x) {
        int64_t first = o / (outputs / group) * inputs;
        int64_t row = (o * rows + y * window.dilations[0]) * columns +
                      x * window.dilations[1];
        std::memcpy(to + (row * channels + first) * size,
                    from + ((o * window.kernel[0] + y) * window.kernel[1] + x) *
                               inputs * size,
                    inputs * size);
      }
  return dense;
}

/// Elements that TRANSPOSE_CONV cuts in front of a result of `size`, if its
/// padding is SAME.
static int64_t getSamePad(int64_t size, int64_t stride, int64_t extent) {
  int64_t windows = (size + stride - 1) / stride;
  return std::max<int64_t>((windows - 1) * stride + extent - size, 0) / 2;
}

template <typename OpTy>
static LogicalResult emitDeconv(OpTy op, Weights weights, Value biasValue,
                                Exporter &exporter) {
  TensorId image = getImage(op, op.getInput(), exporter);
  Form form = getImageForm(op, op.getOutput(), exporter);
  ArrayRef<int64_t> kernel(weights.tensor.shape());
  Window window =
      makeWindow(op, kernel.slice(1, 2).take_back(op.getStrides().size()));
  Shape from = exporter.getForm(image).shape, to = form.shape;
  weights.tensor = spread(weights.tensor, op.getGroup(), from[3], window);
  Activation activation = exporter.unifyWidths(image, form, getBounds(op));
  auto bias = addBias(biasValue, op.getInput(), image, weights, exporter);
  if (failed(bias))
    return failure();

  bool isValid = true, isSame = true;
  SmallVector<int64_t> offsets(4, 0), sizes(to.begin(), to.end());
  Shape whole = to;
  for (size_t i = 0; i < 2; ++i) {
    int64_t size = to[i + 1], stride = window.strides[i];
    int64_t extent = window.getExtent(i), begin = window.pads[i];
    isValid &= begin == 0;
    isSame &= begin == getSamePad(size, stride, extent) &&
              (size + stride - 1) / stride == from[i + 1];
    offsets[i + 1] = begin;
    whole[i + 1] = std::max(begin + size, (from[i + 1] - 1) * stride + extent);
  }
  // VALID wants as many windows as the image has elements.
  isValid &= whole == to;
  tflite::TransposeConvOptionsT table;
  table.padding =
      isSame && !isValid ? tflite::Padding::SAME : tflite::Padding::VALID;
  table.stride_h = window.strides[0];
  table.stride_w = window.strides[1];
  table.fused_activation_function = activation.fused;
  bool isCut = !isValid && !isSame;
  TensorId shape = exporter.ints("output_shape", isCut ? whole : to);
  TensorId constant = addWeights(weights, weights.tensor, 0, exporter);
  TensorId made = exporter.emit(
      BuiltinOperator::TRANSPOSE_CONV, {shape, constant, image, *bias},
      form.withShape(isCut ? whole : to), makeOptions(std::move(table)));
  if (isCut)
    made = exporter.slice(made, offsets, sizes, {1, 1, 1, 1});
  finishImage(op, op.getOutput(), made, activation.rest, exporter);
  return success();
}

static LogicalResult writeDeconv(tpu::Deconv2dOp op, Exporter &exporter) {
  auto weights =
      getWeights(op.getWeight(), getPlainOrder(4), exporter, op.getFactors());
  if (failed(weights))
    return failure();
  return emitDeconv(op, std::move(*weights), op.getBias(), exporter);
}

/// Weights [C, O / group, k...] as [O, k..., C / group].
static LogicalResult writeDeconv(top::DeconvOp op, Exporter &exporter) {
  int64_t rank = getRank(op.getWeight()), group = op.getGroup();
  Order order = getPlainOrder(rank);
  std::rotate(order.begin(), order.begin() + 1, order.end());
  auto weights = getWeights(op.getWeight(), order, exporter);
  if (failed(weights))
    return failure();
  // [O / g, KH, KW, g, C / g] so far.
  const Shape &shape = weights->tensor.shape();
  Tensor grouped =
      permute(weights->tensor.reshaped(
                  {shape[0], shape[1], shape[2], group, shape[3] / group}),
              {3, 0, 1, 2, 4});
  weights->tensor = grouped.reshaped(
      {group * shape[0], shape[1], shape[2], shape[3] / group});
  return emitDeconv(op, std::move(*weights), op.getBias(), exporter);
}

//===----------------------------------------------------------------------===//
// Matrix products
//===----------------------------------------------------------------------===//

/// FULLY_CONNECTED of `input` with weights [N, K].
static LogicalResult emitDense(Operation *op, Value inputValue,
                               const Weights &weights, Value biasValue,
                               const Bounds &bounds, Exporter &exporter) {
  Value result = op->getResult(0);
  Order order = getPlainOrder(getRank(result));
  TensorId input = exporter.getPlain(inputValue);
  Form form = exporter.form(result, order);
  Activation activation = exporter.unifyWidths(input, form, bounds);
  auto bias = addBias(biasValue, inputValue, input, weights, exporter);
  if (failed(bias))
    return failure();
  tflite::FullyConnectedOptionsT table;
  table.fused_activation_function = activation.fused;
  table.keep_num_dims = getRank(inputValue) != 2;
  TensorId constant = addWeights(weights, weights.tensor, 0, exporter);
  TensorId made =
      exporter.emit(BuiltinOperator::FULLY_CONNECTED, {input, constant, *bias},
                    std::move(form), makeOptions(std::move(table)));
  exporter.finish(result, made, order, activation.rest);
  return success();
}

static LogicalResult writeFullyConnected(tpu::FullyConnectedOp op,
                                         Exporter &exporter) {
  auto weights = getWeights(op.getWeight(), {0, 1}, exporter, op.getFactors());
  if (failed(weights))
    return failure();
  return emitDense(op, op.getInput(), *weights, op.getBias(), getBounds(op),
                   exporter);
}

/// A matrix operand, whether it is to be read with its last two dimensions
/// exchanged.
static std::pair<TensorId, bool> getMatrix(Value value, bool transposed,
                                           Exporter &exporter) {
  int64_t rank = getRank(value);
  Order plain = getPlainOrder(rank), swapped = plain;
  std::swap(swapped[rank - 1], swapped[rank - 2]);
  if (exporter.getOrder(value) == swapped)
    return {exporter.get(value, swapped), !transposed};
  return {exporter.get(value, plain), transposed};
}

static TensorId emitProduct(Value lhs, bool transposeLhs, Value rhs,
                            bool transposeRhs, Form form, Exporter &exporter) {
  auto [left, adjX] = getMatrix(lhs, transposeLhs, exporter);
  auto [right, adjY] = getMatrix(rhs, transposeRhs, exporter);
  TensorId operands[] = {left, right};
  (void)exporter.unifyWidths(operands, form, {});
  tflite::BatchMatMulOptionsT table;
  table.adj_x = adjX;
  table.adj_y = adjY;
  return exporter.emit(BuiltinOperator::BATCH_MATMUL, operands, std::move(form),
                       makeOptions(std::move(table)));
}

static LogicalResult writeMatmul(tpu::MatmulOp op, Exporter &exporter) {
  Order order = getPlainOrder(getRank(op.getOutput()));
  TensorId made = emitProduct(op.getLhs(), op.getTransposeLhs(), op.getRhs(),
                              op.getTransposeRhs(),
                              exporter.form(op.getOutput(), order), exporter);
  exporter.finish(op.getOutput(), made, order, getBounds(op));
  return success();
}

static LogicalResult writeMatmul(top::MatMulOp op, Exporter &exporter) {
  int64_t rank = getRank(op.getOutput());
  Order order = getPlainOrder(rank);
  // A bias of FULLY_CONNECTED is one a column.
  bool isDense =
      getElements(op.getRhs()) && getRank(op.getRhs()) == 2 &&
      getRank(op.getLhs()) >= 2 && !op.getTransposeLhs() &&
      (!op.getBias() ||
       (getElements(op.getBias()) &&
        cast<RankedTensorType>(op.getBias().getType()).getNumElements() ==
            getShape(op.getOutput()).back()));
  if (isDense) {
    auto weights =
        getWeights(op.getRhs(),
                   op.getTransposeRhs() ? Order{0, 1} : Order{1, 0}, exporter);
    if (failed(weights))
      return failure();
    return emitDense(op, op.getLhs(), *weights, op.getBias(), getBounds(op),
                     exporter);
  }
  Form form = exporter.form(op.getOutput(), order);
  TensorId made = emitProduct(op.getLhs(), op.getTransposeLhs(), op.getRhs(),
                              op.getTransposeRhs(), form, exporter);
  Activation activation = {ActivationFunctionType::NONE, getBounds(op)};
  if (op.getBias()) {
    activation = exporter.fuse(getBounds(op), form);
    tflite::AddOptionsT table;
    table.fused_activation_function = activation.fused;
    made = exporter.emit(BuiltinOperator::ADD,
                         {made, exporter.getPlain(op.getBias())},
                         std::move(form), makeOptions(std::move(table)));
  }
  exporter.finish(op.getOutput(), made, order, activation.rest);
  return success();
}

/// BATCH_MATMUL takes matrices.
static std::string refuseVectors(top::MatMulOp op) {
  return getRank(op.getLhs()) < 2 || getRank(op.getRhs()) < 2
             ? "BATCH_MATMUL takes no vectors"
             : "";
}

void populateConvExporters(ExporterRegistry &registry) {
  registry.add<tpu::Conv2dOp>(writeConv);
  registry.add<tpu::Deconv2dOp>(writeDeconv);
  registry.add<tpu::FullyConnectedOp>(writeFullyConnected);
  registry.add<tpu::MatmulOp>(writeMatmul);
  registry.add<top::ConvOp>(writeConv);
  registry.add<top::DeconvOp>(writeDeconv);
  registry.add<top::MatMulOp>(writeMatmul, refuseVectors);
}

} // namespace qc::tfliteexport
