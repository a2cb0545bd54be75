// Convolutions, pools, dense layers, products of matrices.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "../OperatorContext.h"

namespace qc::tfliteimport {

namespace {
/// A window that slides over height and width.
struct Window {
  std::array<int64_t, 2> kernel, strides, dilations{1, 1};
  tflite::Padding padding;

  int64_t extent(size_t d) const { return (kernel[d] - 1) * dilations[d] + 1; }
};
} // namespace

static bool check(OperatorContext &op, const Window &window) {
  // A FlatBuffer's numbers have 32 bits; what is larger than that is no window.
  constexpr int64_t kMost = 1 << 20;
  for (const auto *values :
       {&window.kernel, &window.strides, &window.dilations})
    for (int64_t value : *values)
      if (value < 1 || value > kMost)
        op.fail("has a window, stride or dilation of " + llvm::Twine(value));
  if (op.rank(0) != 4)
    op.fail("input '" + op.input(0).name + "' has shape " +
            shapeString(op.shape(0)) +
            ", but batch, height, width and channels are expected");
  return !op.failed();
}

/// Begins, then ends; SAME puts the odd one at the end.
static std::array<int64_t, 4> getPads(const Window &window,
                                      const Shape &image) {
  std::array<int64_t, 4> pads{};
  for (size_t d = 0; d < 2 && window.padding == tflite::Padding::SAME; ++d) {
    int64_t size = image[d + 1], stride = window.strides[d];
    int64_t count = (size + stride - 1) / stride;
    int64_t total =
        std::max<int64_t>((count - 1) * stride + window.extent(d) - size, 0);
    pads[d] = total / 2;
    pads[d + 2] = total - total / 2;
  }
  return pads;
}

static Attributes getAttributes(const Window &window, const Shape &image) {
  return Attributes()
      .integers("kernel_shape", window.kernel)
      .integers("strides", window.strides)
      .integers("dilations", window.dilations)
      .integers("pads", getPads(window, image));
}

//===----------------------------------------------------------------------===//
// Convolutions
//===----------------------------------------------------------------------===//

/// Weights are expected to be [a, height, width, b].
static bool checkWeights(OperatorContext &op, size_t index) {
  if (op.rank(index) == 4 && countElements(op.shape(index)) > 0)
    return !op.failed();
  op.fail("weights '" + op.input(index).name + "' have shape " +
          shapeString(op.shape(index)) + ", but four dimensions are expected");
  return false;
}

template <typename Options>
static Window readWindow(OperatorContext &op, const Options &options) {
  return {{op.shape(1)[1], op.shape(1)[2]},
          {options.stride_h(), options.stride_w()},
          {options.dilation_h_factor(), options.dilation_w_factor()},
          options.padding()};
}

static void finishConv(OperatorContext &op, const Window &window,
                       const std::string &weight, int64_t groups,
                       ActivationFunctionType activation) {
  std::vector<std::string> operands{op.channelsFirst(0), weight};
  if (op.hasInput(2))
    operands.push_back(op.bias(2, 0, 1));
  if (op.failed())
    return;
  op.setImage(
      op.emit("Conv", operands,
              getAttributes(window, op.shape(0)).integer("group", groups)),
      activation);
}

static void translateConv(OperatorContext &op) {
  const auto *options = op.options<tflite::Conv2DOptions>();
  if (!options || !checkWeights(op, 1))
    return;
  Window window = readWindow(op, *options);
  if (!check(op, window))
    return;
  Shape weights = op.shape(1);
  int64_t channels = op.shape(0)[3];
  if (channels % weights[3] != 0)
    return op.fail("has " + llvm::Twine(channels) + " channels, but weights '" +
                   op.input(1).name + "' of shape " + shapeString(weights));
  finishConv(op, window,
             op.constant(1, {{0, 3, 1, 2},
                             {weights[0], weights[3], weights[1], weights[2]},
                             0}),
             channels / weights[3], options->fused_activation_function());
}

static void translateDepthwise(OperatorContext &op) {
  const auto *options = op.options<tflite::DepthwiseConv2DOptions>();
  if (!options || !checkWeights(op, 1))
    return;
  Window window = readWindow(op, *options);
  if (!check(op, window))
    return;
  Shape weights = op.shape(1);
  if (weights[0] != 1)
    return op.fail("weights '" + op.input(1).name + "' have shape " +
                   shapeString(weights) + ", but 1 is expected first");
  finishConv(op, window,
             op.constant(
                 1, {{3, 0, 1, 2}, {weights[3], 1, weights[1], weights[2]}, 0}),
             op.shape(0)[3], options->fused_activation_function());
}

/// Operands: the shape of the result, weights, images, and maybe a bias.
static void translateTransposeConv(OperatorContext &op) {
  const auto *options = op.options<tflite::TransposeConvOptions>();
  if (!options || !checkWeights(op, 1))
    return;
  if (op.rank(2) != 4 || op.output().shape.size() != 4)
    return op.fail("is of shapes " + shapeString(op.shape(2)) + " and " +
                   shapeString(op.output().shape) +
                   ", but four dimensions are expected");
  Shape weights = op.shape(1), image = op.shape(2), made = op.output().shape;
  std::array<int64_t, 2> strides{options->stride_h(), options->stride_w()};
  std::array<int64_t, 4> pads{};
  std::array<int64_t, 2> behind{};
  for (size_t d = 0; d < 2; ++d) {
    if (strides[d] < 1 || strides[d] > (1 << 20))
      return op.fail("has a stride of " + llvm::Twine(strides[d]));
    int64_t full = (image[d + 1] - 1) * strides[d] + weights[d + 1];
    int64_t total = options->padding() == tflite::Padding::SAME
                        ? std::max<int64_t>(full - made[d + 1], 0)
                        : 0;
    pads[d] = total / 2;
    pads[d + 2] = total - total / 2;
    behind[d] = made[d + 1] - (full - total);
    if (behind[d] < 0 || behind[d] > (1 << 20))
      return op.fail("makes " + shapeString(made) + " of " +
                     shapeString(image) + ", which no padding does");
  }
  std::vector<std::string> operands{
      op.channelsFirst(2),
      op.constant(
          1,
          {{3, 0, 1, 2}, {weights[3], weights[0], weights[1], weights[2]}, 1})};
  if (op.hasInput(3))
    operands.push_back(op.bias(3, 2, 1));
  op.setImage(op.emit("ConvTranspose", operands,
                      Attributes()
                          .integers("strides", strides)
                          .integers("pads", pads)
                          .integers("output_padding", behind)),
              options->fused_activation_function());
}

//===----------------------------------------------------------------------===//
// Pools
//===----------------------------------------------------------------------===//

static void translatePool(OperatorContext &op, const char *name) {
  const auto *options = op.options<tflite::Pool2DOptions>();
  if (!options)
    return;
  Window window{{options->filter_height(), options->filter_width()},
                {options->stride_h(), options->stride_w()},
                {1, 1},
                options->padding()};
  if (!check(op, window))
    return;
  Attributes attributes = Attributes()
                              .integers("kernel_shape", window.kernel)
                              .integers("strides", window.strides)
                              .integers("pads", getPads(window, op.shape(0)));
  op.setImage(op.emit(name, op.channelsFirst(0), attributes),
              options->fused_activation_function());
}

//===----------------------------------------------------------------------===//
// Products of matrices
//===----------------------------------------------------------------------===//

static void translateFullyConnected(OperatorContext &op) {
  const auto *options = op.options<tflite::FullyConnectedOptions>();
  if (!options)
    return;
  if (options->weights_format() !=
      tflite::FullyConnectedOptionsWeightsFormat::DEFAULT)
    return op.fail("has weights in an order of their own (format " +
                   llvm::Twine(static_cast<int>(options->weights_format())) +
                   "), which is not supported");
  if (op.rank(1) != 2 || op.shape(1)[1] < 1)
    return op.fail("weights '" + op.input(1).name + "' have shape " +
                   shapeString(op.shape(1)) +
                   ", but two dimensions are expected");
  Shape weights = op.shape(1);
  std::optional<int64_t> count = countElements(op.shape(0));
  if (!count || *count % weights[1] != 0)
    return op.fail("input '" + op.input(0).name + "' of shape " +
                   shapeString(op.shape(0)) + " does not go with weights '" +
                   op.input(1).name + "' of shape " + shapeString(weights));
  std::string rows = op.value(0);
  if (op.rank(0) != 2 || op.shape(0)[1] != weights[1])
    rows = op.reshape(rows, {*count / weights[1], weights[1]});
  std::vector<std::string> operands{rows, op.value(1)};
  if (op.hasInput(2))
    operands.push_back(op.bias(2, 0, 1));
  std::string product =
      op.emit("Gemm", operands, Attributes().integer("transB", 1));
  const Shape &made = op.output().shape;
  // The clamp stands next to what it clamps.
  if (made != Shape{*count / weights[1], weights[0]} &&
      options->fused_activation_function() == ActivationFunctionType::NONE)
    product = op.reshape(product, made);
  else if (made.size() != 2)
    return op.set(op.reshape(product, made),
                  options->fused_activation_function());
  op.set(product, options->fused_activation_function());
}

static void translateBatchMatMul(OperatorContext &op) {
  const auto *options = op.options<tflite::BatchMatMulOptions>();
  if (!options)
    return;
  auto operand = [&](size_t index, bool isTransposed) {
    std::string value = op.value(index);
    if (!isTransposed || op.rank(index) < 2)
      return value;
    std::vector<int64_t> perm(op.rank(index));
    for (size_t d = 0; d < perm.size(); ++d)
      perm[d] = static_cast<int64_t>(d);
    std::swap(perm[perm.size() - 1], perm[perm.size() - 2]);
    return op.transpose(value, perm);
  };
  std::string left = operand(0, options->adj_x());
  op.set(op.emit("MatMul", {left, operand(1, options->adj_y())}));
}

void addWindowTranslations(TranslationTable &table) {
  using B = BuiltinOperator;
  table[B::CONV_2D] = translateConv;
  table[B::DEPTHWISE_CONV_2D] = translateDepthwise;
  table[B::TRANSPOSE_CONV] = translateTransposeConv;
  table[B::AVERAGE_POOL_2D] = [](OperatorContext &op) {
    translatePool(op, "AveragePool");
  };
  table[B::MAX_POOL_2D] = [](OperatorContext &op) {
    translatePool(op, "MaxPool");
  };
  table[B::FULLY_CONNECTED] = translateFullyConnected;
  table[B::BATCH_MATMUL] = translateBatchMatMul;
}

} // namespace qc::tfliteimport
