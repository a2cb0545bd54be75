// Pooling and reductions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "../Exporter.h"

namespace qc::onnxexport {

//===----------------------------------------------------------------------===//
// Pools
//===----------------------------------------------------------------------===//

/// True if the result has windows that start inside but end beyond the padded
/// input: ONNX counts those only when told to.
template <typename OpTy> static bool roundsUp(OpTy op) {
  for (int i = 0; i < 2; ++i) {
    int64_t padded =
        getShape(op.getInput())[i + 1] + op.getPads()[i] + op.getPads()[i + 2];
    int64_t extent = (op.getKernel()[i] - 1) * op.getDilations()[i] + 1;
    if ((getShape(op.getOutput())[i + 1] - 1) * op.getStrides()[i] + extent >
        padded)
      return true;
  }
  return false;
}

template <typename OpTy>
static SmallVector<NodeAttribute> getWindow(OpTy op, ArrayRef<int64_t> pads) {
  SmallVector<NodeAttribute> attributes{{"kernel_shape", op.getKernel()},
                                        {"strides", op.getStrides()},
                                        {"pads", pads}};
  if (roundsUp(op))
    attributes.push_back({"ceil_mode", int64_t(1)});
  if (llvm::any_of(op.getDilations(), [](int64_t d) { return d != 1; }))
    attributes.push_back({"dilations", op.getDilations()});
  return attributes;
}

static LogicalResult writeMaxPool(tpu::MaxPoolOp op, Exporter &exporter) {
  std::string input = exporter.get(op.getInput(), getImageOrder());
  exporter.finish(op.getOutput(),
                  exporter.emit("MaxPool", {input},
                                getWindow(op, op.getPads())),
                  getImageOrder());
  return success();
}

/// The padded input, where a pool counts its pads but has windows that end
/// beyond them: readers disagree about what those count. With pads that are
/// elements like others nothing is left to disagree about. A pair of its own
/// keeps readers from taking them for pads again.
static std::string padInput(tpu::AvgPoolOp op, const std::string &input,
                            Exporter &exporter) {
  ArrayRef<int64_t> pads = op.getPads();
  SmallVector<int64_t> begin(4, 0), end(4, 0);
  for (int i = 0; i < 2; ++i) {
    // Where the last window ends; rows beyond it are of no use.
    int64_t needed =
        (getShape(op.getOutput())[i + 1] - 1) * op.getStrides()[i] +
        (op.getKernel()[i] - 1) * op.getDilations()[i] + 1;
    int64_t size = getShape(op.getInput())[i + 1] + pads[i];
    begin[i + 2] = pads[i];
    end[i + 2] = std::clamp<int64_t>(needed - size, 0, pads[i + 2]);
  }
  SmallVector<int64_t> all(begin);
  llvm::append_range(all, end);
  std::string padded = exporter.emit("Pad",
                                     {input, exporter.ints("pads", all),
                                      exporter.scalar("pad_value", 0.0f)},
                                     {{"mode", StringRef("constant")}});
  SmallVector<int64_t> shape =
      reorder(getShape(op.getInput()), getImageOrder());
  for (int i = 2; i < 4; ++i)
    shape[i] += begin[i] + end[i];
  return exporter.pair(padded, "padded",
                       tpu::getActivationElement(op.getInput().getType()),
                       shape);
}

static LogicalResult writeAvgPool(tpu::AvgPoolOp op, Exporter &exporter) {
  std::string input = exporter.get(op.getInput(), getImageOrder());
  bool padded = llvm::any_of(op.getPads(), [](int64_t pad) { return pad != 0; });
  bool counts = op.getCountIncludePad() && padded;
  SmallVector<int64_t> pads(op.getPads());
  if (counts && roundsUp(op)) {
    input = padInput(op, input, exporter);
    pads.assign(4, 0);
    counts = false;
  }
  SmallVector<NodeAttribute> attributes = getWindow(op, pads);
  attributes.push_back({"count_include_pad", int64_t(counts)});
  exporter.finish(op.getOutput(),
                  exporter.emit("AveragePool", {input}, attributes),
                  getImageOrder(), op.getClamp());
  return success();
}

/// AveragePool learned of dilations late.
static int64_t getAvgPoolOpset(tpu::AvgPoolOp op) {
  bool dilated =
      llvm::any_of(op.getDilations(), [](int64_t d) { return d != 1; });
  return dilated ? 19 : 0;
}

//===----------------------------------------------------------------------===//
// Reductions
//===----------------------------------------------------------------------===//

/// The order of a reduction's result: dimensions that vanish renumber others.
static Order getReducedOrder(ArrayRef<int64_t> order, ArrayRef<int64_t> axes,
                             bool keep) {
  if (keep)
    return llvm::to_vector(order);
  Order result;
  for (int64_t dim : order)
    if (!llvm::is_contained(axes, dim))
      result.push_back(
          dim - llvm::count_if(axes, [&](int64_t axis) { return axis < dim; }));
  return result;
}

/// Emits `opType`. Operator set 13 takes the axes of a sum as an operand, those
/// of the others as an attribute, which 18 changed.
template <typename OpTy>
static void writeReduce(OpTy op, StringRef opType, bool axesAreOperand,
                        std::optional<ArrayRef<int64_t>> clamp,
                        Exporter &exporter) {
  Order order = exporter.getOrder(op.getInput());
  SmallVector<int64_t> axes;
  for (int64_t axis : op.getAxes())
    axes.push_back(mapAxis(axis, order));
  llvm::sort(axes);
  SmallVector<std::string> inputs{exporter.get(op.getInput(), order)};
  SmallVector<NodeAttribute> attributes{
      {"keepdims", int64_t(op.getKeepdims())}};
  if (axesAreOperand)
    inputs.push_back(exporter.ints("axes", axes));
  else
    attributes.push_back({"axes", ArrayRef<int64_t>(axes)});
  exporter.finish(op.getOutput(), exporter.emit(opType, inputs, attributes),
                  getReducedOrder(order, op.getAxes(), op.getKeepdims()),
                  clamp);
}

static LogicalResult writeReduceMean(tpu::ReduceMeanOp op, Exporter &exporter) {
  // The name that readers of ONNX know for the mean of whole images.
  if (op.getKeepdims() && getRank(op.getInput()) == 4 &&
      op.getAxes() == ArrayRef<int64_t>{1, 2} &&
      exporter.getOrder(op.getInput()) == getImageOrder()) {
    std::string input = exporter.get(op.getInput(), getImageOrder());
    exporter.finish(op.getOutput(), exporter.emit("GlobalAveragePool", {input}),
                    getImageOrder(), op.getClamp());
    return success();
  }
  writeReduce(op, "ReduceMean", exporter.opset >= 18, op.getClamp(), exporter);
  return success();
}

static LogicalResult writeReduceSum(tpu::ReduceSumOp op, Exporter &exporter) {
  writeReduce(op, "ReduceSum", true, op.getClamp(), exporter);
  return success();
}
static LogicalResult writeReduceMax(tpu::ReduceMaxOp op, Exporter &exporter) {
  writeReduce(op, "ReduceMax", exporter.opset >= 18, std::nullopt, exporter);
  return success();
}
static LogicalResult writeReduceMin(tpu::ReduceMinOp op, Exporter &exporter) {
  writeReduce(op, "ReduceMin", exporter.opset >= 18, std::nullopt, exporter);
  return success();
}

void populatePoolExporters(ExporterRegistry &registry) {
  registry.add<tpu::MaxPoolOp>(writeMaxPool);
  registry.add<tpu::AvgPoolOp>(writeAvgPool, getAvgPoolOpset);
  registry.add<tpu::ReduceMeanOp>(writeReduceMean);
  registry.add<tpu::ReduceSumOp>(writeReduceSum);
  registry.add<tpu::ReduceMaxOp>(writeReduceMax);
  registry.add<tpu::ReduceMinOp>(writeReduceMin);
}

} // namespace qc::onnxexport
