// Pooling and reductions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "../Operators.h"

namespace qc::onnxexport {

//===----------------------------------------------------------------------===//
// Pools
//===----------------------------------------------------------------------===//

namespace {
/// A pool's shapes as ONNX has them, [N, C, d...].
struct Shapes {
  SmallVector<int64_t> from, to;
};
} // namespace

template <typename OpTy> static Shapes getShapes(OpTy op) {
  Order order = getImageOrder(op);
  return {reorder(getShape(op.getInput()), order),
          reorder(getShape(op.getOutput()), order)};
}

/// Elements along spatial dimension `i` of the input from the first element of
/// the first window to the last one of the last.
template <typename OpTy> static int64_t getReach(OpTy op, size_t i) {
  int64_t extent = (op.getKernel()[i] - 1) * op.getDilations()[i] + 1;
  return (getShapes(op).to[i + 2] - 1) * op.getStrides()[i] + extent;
}

/// True if the result has windows that start inside but end beyond the padded
/// input: ONNX counts those only when told to.
template <typename OpTy> static bool roundsUp(OpTy op) {
  Shapes shapes = getShapes(op);
  size_t rank = op.getKernel().size();
  for (size_t i = 0; i < rank; ++i)
    if (getReach(op, i) >
        shapes.from[i + 2] + op.getPads()[i] + op.getPads()[i + rank])
      return true;
  return false;
}

template <typename OpTy> static bool isDilated(OpTy op) {
  return llvm::any_of(op.getDilations(), [](int64_t d) { return d != 1; });
}

template <typename OpTy>
static SmallVector<NodeAttribute> getWindow(OpTy op, ArrayRef<int64_t> pads) {
  SmallVector<NodeAttribute> attributes{{"kernel_shape", op.getKernel()},
                                        {"strides", op.getStrides()},
                                        {"pads", pads}};
  if (roundsUp(op))
    attributes.push_back({"ceil_mode", int64_t(1)});
  if (isDilated(op))
    attributes.push_back({"dilations", op.getDilations()});
  return attributes;
}

template <typename OpTy>
static LogicalResult writeMaxPool(OpTy op, Exporter &exporter) {
  Order order = getImageOrder(op);
  std::string input = exporter.get(op.getInput(), order);
  finish(op, exporter,
         exporter.emit("MaxPool", {input}, getWindow(op, op.getPads())), order);
  return success();
}

/// The padded input, where a pool counts its pads but has windows that end
/// beyond them: readers disagree about what those count. With pads that are
/// elements like others nothing is left to disagree about. A pair of its own
/// keeps readers of integers from taking them for pads again.
template <typename OpTy>
static FailureOr<std::string> padInput(OpTy op, const std::string &input,
                                       Exporter &exporter) {
  SmallVector<int64_t> shape = getShapes(op).from;
  size_t rank = op.getKernel().size();
  SmallVector<int64_t> begin(shape.size(), 0), end(shape.size(), 0);
  for (size_t i = 0; i < rank; ++i) {
    // Rows behind the last window are of no use.
    int64_t missing = getReach(op, i) - shape[i + 2] - op.getPads()[i];
    begin[i + 2] = op.getPads()[i];
    end[i + 2] = std::clamp<int64_t>(missing, 0, op.getPads()[i + rank]);
    shape[i + 2] += begin[i + 2] + end[i + 2];
  }
  SmallVector<int64_t> all(begin);
  llvm::append_range(all, end);
  auto padded = emitPad(exporter, input, all, "constant");
  if (failed(padded) || !isa<tpu::TpuDialect>(op->getDialect()))
    return padded;
  return exporter.pair(*padded, "padded",
                       tpu::getActivationElement(op.getInput().getType()),
                       shape);
}

template <typename OpTy>
static LogicalResult writeAvgPool(OpTy op, Exporter &exporter) {
  if (isDilated(op) &&
      failed(exporter.require(19, "AveragePool with dilations")))
    return failure();
  Order order = getImageOrder(op);
  std::string input = exporter.get(op.getInput(), order);
  bool padded =
      llvm::any_of(op.getPads(), [](int64_t pad) { return pad != 0; });
  bool counts = op.getCountIncludePad() && padded;
  SmallVector<int64_t> pads(op.getPads());
  if (counts && roundsUp(op)) {
    auto made = padInput(op, input, exporter);
    if (failed(made))
      return failure();
    input = *made;
    pads.assign(pads.size(), 0);
    counts = false;
  }
  SmallVector<NodeAttribute> attributes = getWindow(op, pads);
  attributes.push_back({"count_include_pad", int64_t(counts)});
  finish(op, exporter, exporter.emit("AveragePool", {input}, attributes),
         order);
  return success();
}

/// AveragePool learned of dilations late.
template <typename OpTy> static int64_t getAvgPoolOpset(OpTy op) {
  return isDilated(op) ? 19 : 0;
}

//===----------------------------------------------------------------------===//
// Reductions
//===----------------------------------------------------------------------===//

/// Writes `OpTy` as node `opType`, a literal.
template <typename OpTy, const char *opType>
static LogicalResult writeReduce(OpTy op, Exporter &exporter) {
  Order order = exporter.getOrder(op.getInput());
  SmallVector<int64_t> axes;
  for (int64_t axis : op.getAxes())
    axes.push_back(mapAxis(axis, order));
  llvm::sort(axes);
  finish(op, exporter,
         emitReduction(exporter, opType, exporter.get(op.getInput(), order),
                       axes, op.getKeepdims()),
         getReducedOrder(order, op.getAxes(), op.getKeepdims()));
  return success();
}

static constexpr char kMean[] = "ReduceMean", kSum[] = "ReduceSum",
                      kMax[] = "ReduceMax", kMin[] = "ReduceMin";

template <typename OpTy>
static LogicalResult writeReduceMean(OpTy op, Exporter &exporter) {
  // The name that readers of ONNX know for the mean of whole images.
  Order order = getImageOrder(op);
  bool isImage = getRank(op.getInput()) == 4 && op.getKeepdims() &&
                 op.getAxes() == ArrayRef<int64_t>{order[2], order[3]};
  if (!isImage || exporter.getOrder(op.getInput()) != order)
    return writeReduce<OpTy, kMean>(op, exporter);
  std::string input = exporter.get(op.getInput(), order);
  finish(op, exporter, exporter.emit("GlobalAveragePool", {input}), order);
  return success();
}

template <const char *opType, typename... Ops>
static void add(ExporterRegistry &registry) {
  (registry.add<Ops>(writeReduce<Ops, opType>), ...);
}

/// The pools of a dialect, and its mean.
template <typename MaxPool, typename AvgPool, typename ReduceMean>
static void addPools(ExporterRegistry &registry) {
  registry.add<MaxPool>(writeMaxPool<MaxPool>);
  registry.add<AvgPool>(writeAvgPool<AvgPool>, getAvgPoolOpset<AvgPool>);
  registry.add<ReduceMean>(writeReduceMean<ReduceMean>);
}

void populatePoolExporters(ExporterRegistry &registry) {
  addPools<tpu::MaxPoolOp, tpu::AvgPoolOp, tpu::ReduceMeanOp>(registry);
  addPools<top::MaxPoolOp, top::AvgPoolOp, top::ReduceMeanOp>(registry);
  add<kSum, tpu::ReduceSumOp, top::ReduceSumOp>(registry);
  add<kMax, tpu::ReduceMaxOp, top::ReduceMaxOp>(registry);
  add<kMin, tpu::ReduceMinOp, top::ReduceMinOp>(registry);
}

} // namespace qc::onnxexport
