// Pooling and reductions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "../Windows.h"

namespace qc::tfliteexport {

//===----------------------------------------------------------------------===//
// Pools
//===----------------------------------------------------------------------===//

static TensorId emitPool(Exporter &exporter, BuiltinOperator code,
                         const Placement &placed, const Window &window,
                         Form form, ActivationFunctionType fused) {
  tflite::Pool2DOptionsT table;
  table.padding = placed.padding;
  table.stride_h = window.strides[0];
  table.stride_w = window.strides[1];
  table.filter_height = window.kernel[0];
  table.filter_width = window.kernel[1];
  table.fused_activation_function = fused;
  return exporter.emit(code, {placed.input}, std::move(form),
                       makeOptions(std::move(table)));
}

static bool isDilated(ArrayRef<int64_t> dilations) {
  return llvm::any_of(dilations, [](int64_t d) { return d != 1; });
}

template <typename OpTy>
static LogicalResult writeMaxPool(OpTy op, Exporter &exporter) {
  Window window = makeWindow(op, op.getKernel());
  TensorId image = getImage(op, op.getInput(), exporter);
  Form form = getImageForm(op, op.getOutput(), exporter);
  // Padding never wins.
  double least =
      form.isQuantized() ? form.getMin() : std::numeric_limits<float>::lowest();
  Placement placed =
      *place(exporter, image, window, form.shape[1], form.shape[2], least);
  TensorId made =
      emitPool(exporter, BuiltinOperator::MAX_POOL_2D, placed, window,
               std::move(form), ActivationFunctionType::NONE);
  finishImage(op, op.getOutput(), made, {}, exporter);
  return success();
}

template <typename OpTy> static std::string refuseDilated(OpTy op) {
  return isDilated(op.getDilations()) ? "MAX_POOL_2D has no dilations" : "";
}

/// A mean as a sum of products with a constant: the divisor is in the scale of
/// the weights. The constant is large, so that kernels which round sums twice
/// round the first time where it does not matter.
static TensorId emitSum(Exporter &exporter, const Placement &placed,
                        const Window &window, int64_t divisor, Form form,
                        ActivationFunctionType fused) {
  tflite::DepthwiseConv2DOptionsT table;
  table.padding = placed.padding;
  table.stride_h = window.strides[0];
  table.stride_w = window.strides[1];
  table.dilation_h_factor = window.dilations[0];
  table.dilation_w_factor = window.dilations[1];
  table.depth_multiplier = 1;
  table.fused_activation_function = fused;
  const Form input = exporter.getForm(placed.input);
  int64_t channels = input.shape[3];
  Shape shape{1, window.kernel[0], window.kernel[1], channels};
  auto share = static_cast<float>(1.0 / double(divisor));
  TensorId weights, bias;
  if (form.isQuantized()) {
    constexpr int8_t kLarge = 127;
    Tensor ones(DType::I8, shape);
    std::fill_n(ones.data<int8_t>(), ones.numElements(), kLarge);
    share /= kLarge;
    weights = exporter.constant("weights", ones, {{share}, {0}, 0});
    bias = exporter.constant(
        "bias",
        Tensor::zeros(input.isWide() ? DType::I64 : DType::I32, {channels}),
        {{share * input.getScale()}, {0}, 0});
  } else {
    Tensor ones(DType::F32, shape);
    std::fill_n(ones.data<float>(), ones.numElements(), share);
    weights = exporter.constant("weights", ones);
    bias = exporter.constant("bias", Tensor::zeros(DType::F32, {channels}));
  }
  return exporter.emit(BuiltinOperator::DEPTHWISE_CONV_2D,
                       {placed.input, weights, bias}, std::move(form),
                       makeOptions(std::move(table)));
}

/// Elements of each window along dimension `i` that count.
static SmallVector<int64_t> countAlong(const Window &window, size_t i,
                                       int64_t size, int64_t windows,
                                       bool countsPads) {
  int64_t first = countsPads ? -window.pads[i] : 0;
  int64_t last = size + (countsPads ? window.pads[i + 2] : 0);
  SmallVector<int64_t> counts;
  for (int64_t n = 0; n < windows; ++n) {
    int64_t count = 0;
    for (int64_t k = 0; k < window.kernel[i]; ++k) {
      int64_t at =
          n * window.strides[i] - window.pads[i] + k * window.dilations[i];
      count += at >= first && at < last;
    }
    counts.push_back(count);
  }
  return counts;
}

/// A mean in floats with a divisor for each position: that of whole windows,
/// times what that is over the divisor.
static TensorId emitUneven(Exporter &exporter, TensorId image,
                           const Window &window, bool countsPads,
                           const Shape &shape) {
  const Shape from = exporter.getForm(image).shape;
  Placement placed = *place(exporter, image, window, shape[1], shape[2]);
  // SAME would leave out pads by itself.
  if (placed.padding == tflite::Padding::SAME) {
    SmallVector<int64_t> begins(4, 0), ends(4, 0);
    for (size_t i = 0; i < 2; ++i) {
      begins[i + 1] = window.pads[i];
      ends[i + 1] = (shape[i + 1] - 1) * window.strides[i] +
                    window.getExtent(i) - from[i + 1] - begins[i + 1];
    }
    placed = {exporter.pad(image, begins, ends), tflite::Padding::VALID};
  }
  TensorId means =
      emitPool(exporter, BuiltinOperator::AVERAGE_POOL_2D, placed, window,
               {TensorType::FLOAT32, shape, {}}, ActivationFunctionType::NONE);
  SmallVector<int64_t> rows =
      countAlong(window, 0, from[1], shape[1], countsPads);
  SmallVector<int64_t> columns =
      countAlong(window, 1, from[2], shape[2], countsPads);
  std::vector<float> factors;
  for (int64_t row : rows)
    for (int64_t column : columns)
      factors.push_back(static_cast<float>(
          double(window.kernel[0] * window.kernel[1]) / double(row * column)));
  TensorId map =
      exporter.floats("divisors", factors, {1, shape[1], shape[2], 1});
  return exporter.emit(BuiltinOperator::MUL, {means, map},
                       {TensorType::FLOAT32, shape, {}},
                       makeOptions(tflite::MulOptionsT()));
}

template <typename OpTy>
static LogicalResult writeAvgPool(OpTy op, Exporter &exporter) {
  Window window = makeWindow(op, op.getKernel());
  TensorId image = getImage(op, op.getInput(), exporter);
  Form form = getImageForm(op, op.getOutput(), exporter);
  Bounds bounds = getBounds(op);
  Activation activation = exporter.unifyWidths(image, form, bounds);
  const Form from = exporter.getForm(image);
  auto divisors = op.getDivisors();
  bool isWhole = window.kernel[0] == from.shape[1] &&
                 window.kernel[1] == from.shape[2] && !window.isPadded();
  bool isEven = divisors.size() == 1;
  TensorId made;
  if (isEven && isWhole) {
    tflite::ReducerOptionsT table;
    table.keep_dims = true;
    TensorId axes = exporter.ints("axes", {1, 2});
    made = exporter.emit(BuiltinOperator::MEAN, {image, axes}, std::move(form),
                         makeOptions(std::move(table)));
    activation = {ActivationFunctionType::NONE, bounds};
  } else if (isEven) {
    Placement placed =
        *place(exporter, image, window, form.shape[1], form.shape[2]);
    // AVERAGE_POOL_2D leaves out the pads of SAME, keeps parameters, and has no
    // dilations.
    bool isPool = placed.padding == tflite::Padding::VALID &&
                  divisors[0] == window.kernel[0] * window.kernel[1] &&
                  !isDilated(window.dilations) && form.hasSameNumbers(from);
    made = isPool ? emitPool(exporter, BuiltinOperator::AVERAGE_POOL_2D, placed,
                             window, std::move(form), activation.fused)
                  : emitSum(exporter, placed, window, divisors[0],
                            std::move(form), activation.fused);
  } else if (auto placed =
                 op.getCountIncludePad()
                     ? std::nullopt
                     : place(exporter, image, window, form.shape[1],
                             form.shape[2], std::nullopt, /*mayPad=*/false)) {
    bool isSame = form.hasSameNumbers(from);
    made = emitPool(exporter, BuiltinOperator::AVERAGE_POOL_2D, *placed, window,
                    form.withNumbersOf(from),
                    isSame ? activation.fused : ActivationFunctionType::NONE);
    if (!isSame)
      activation = {ActivationFunctionType::NONE, bounds};
  } else {
    made = emitUneven(exporter, exporter.dequantize(image), window,
                      op.getCountIncludePad(), form.shape);
    activation = {ActivationFunctionType::NONE, bounds};
  }
  finishImage(op, op.getOutput(), made, activation.rest, exporter);
  return success();
}

template <typename OpTy> static std::string refuseUnevenDilated(OpTy op) {
  return isDilated(op.getDilations()) && op.getDivisors().size() > 1
             ? "AVERAGE_POOL_2D has no dilations"
             : "";
}

//===----------------------------------------------------------------------===//
// Reductions
//===----------------------------------------------------------------------===//

/// Writes `OpTy` as operator `code`.
template <typename OpTy, BuiltinOperator code>
static LogicalResult writeReduce(OpTy op, Exporter &exporter) {
  Order order = exporter.getOrder(op.getInput());
  SmallVector<int64_t> axes;
  for (int64_t axis : op.getAxes())
    axes.push_back(mapAxis(axis, order));
  llvm::sort(axes);
  Order reduced = getReducedOrder(order, op.getAxes(), op.getKeepdims());
  tflite::ReducerOptionsT table;
  table.keep_dims = op.getKeepdims();
  TensorId input = exporter.get(op.getInput(), order);
  Form form = exporter.form(op.getOutput(), reduced);
  (void)exporter.unifyWidths(input, form, {});
  // Sums are of bytes or of floats.
  if (code == BuiltinOperator::SUM && exporter.getForm(input).isWide()) {
    input = exporter.dequantize(input);
    form = {TensorType::FLOAT32, form.shape, {}};
  }
  TensorId along = exporter.ints("axes", axes);
  TensorId made = exporter.emit(code, {input, along}, std::move(form),
                                makeOptions(std::move(table)));
  exporter.finish(op.getOutput(), made, reduced, getBounds(op));
  return success();
}

template <BuiltinOperator code, typename... Ops>
static void add(ExporterRegistry &registry) {
  (registry.add<Ops>(writeReduce<Ops, code>), ...);
}

template <typename MaxPool, typename AvgPool>
static void addPools(ExporterRegistry &registry) {
  registry.add<MaxPool>(writeMaxPool<MaxPool>, refuseDilated<MaxPool>);
  registry.add<AvgPool>(writeAvgPool<AvgPool>, refuseUnevenDilated<AvgPool>);
}

void populatePoolExporters(ExporterRegistry &registry) {
  addPools<tpu::MaxPoolOp, tpu::AvgPoolOp>(registry);
  addPools<top::MaxPoolOp, top::AvgPoolOp>(registry);
  add<BuiltinOperator::MEAN, tpu::ReduceMeanOp, top::ReduceMeanOp>(registry);
  add<BuiltinOperator::SUM, tpu::ReduceSumOp, top::ReduceSumOp>(registry);
  add<BuiltinOperator::REDUCE_MAX, tpu::ReduceMaxOp, top::ReduceMaxOp>(
      registry);
  add<BuiltinOperator::REDUCE_MIN, tpu::ReduceMinOp, top::ReduceMinOp>(
      registry);
}

} // namespace qc::tfliteexport
