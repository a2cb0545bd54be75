// Reductions, softmax, normalization over a dimension, resizes.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "../OperatorContext.h"

namespace qc::tfliteimport {

/// Axes come as an operand, which ONNX's ReduceSum takes as one, too.
static void translateReduce(OperatorContext &op, const char *name) {
  const auto *options = op.options<tflite::ReducerOptions>();
  std::vector<int64_t> axes = op.integers(1, "the dimensions");
  if (!options || op.failed())
    return;
  bool keeps = options->keep_dims();
  for (int64_t &axis : axes)
    axis = op.axis(axis, op.rank(0));
  auto reduce = [&](const std::string &value) {
    return op.emit(name, {value, op.ints(axes)},
                   Attributes().integer("keepdims", keeps));
  };
  std::vector<int64_t> sorted = axes;
  llvm::sort(sorted);
  // Over whole images it is channels that are left, wherever they were.
  if (!op.isMadeFirst(0) || sorted != std::vector<int64_t>{1, 2})
    return op.set(reduce(op.value(0)));
  axes = {2, 3};
  std::string value = reduce(op.channelsFirst(0));
  keeps ? op.setImage(value) : op.set(value);
}

static void translateSoftmax(OperatorContext &op) {
  const auto *options = op.options<tflite::SoftmaxOptions>();
  if (!options)
    return;
  std::string value = op.value(0);
  if (options->beta() != 1)
    value = op.emit("Mul", {value, op.scalar(options->beta())});
  op.set(op.emit("Softmax", value, Attributes().integer("axis", -1)));
}

static void translateLogSoftmax(OperatorContext &op) {
  op.set(op.emit("LogSoftmax", op.value(0), Attributes().integer("axis", -1)));
}

static void translateL2Norm(OperatorContext &op) {
  const auto *options = op.options<tflite::L2NormOptions>();
  std::string value = op.value(0);
  std::string norm = op.emit("ReduceL2", {value, op.ints(-1)},
                             Attributes().integer("keepdims", 1));
  // The kernels divide by no less.
  norm = op.emit("Max", {norm, op.scalar(1e-6F)});
  if (options)
    op.set(op.emit("Div", {value, norm}), options->fused_activation_function());
}

/// The size is that of the result.
template <typename Options>
static void translateResize(OperatorContext &op, bool isLinear) {
  const auto *options = op.options<Options>();
  const Shape &made = op.output().shape;
  if (op.rank(0) != 4 || made.size() != 4)
    return op.fail("resizes " + shapeString(op.shape(0)) + " to " +
                   shapeString(made) +
                   ", but batch, height, width and channels are expected");
  if (!options)
    return;
  const char *positions = options->align_corners()        ? "align_corners"
                          : options->half_pixel_centers() ? "half_pixel"
                                                          : "asymmetric";
  Attributes attributes =
      Attributes()
          .text("mode", isLinear ? "linear" : "nearest")
          .text("coordinate_transformation_mode", positions);
  bool rounds = options->align_corners() || options->half_pixel_centers();
  if (!isLinear)
    attributes.text("nearest_mode", rounds ? "round_prefer_ceil" : "floor");
  op.setImage(op.emit("Resize",
                      {op.channelsFirst(0), "", "",
                       op.ints({made[0], made[3], made[1], made[2]})},
                      attributes));
}

void addReductionTranslations(TranslationTable &table) {
  using B = BuiltinOperator;
  table[B::MEAN] = [](OperatorContext &op) {
    translateReduce(op, "ReduceMean");
  };
  table[B::SUM] = [](OperatorContext &op) { translateReduce(op, "ReduceSum"); };
  table[B::REDUCE_MAX] = [](OperatorContext &op) {
    translateReduce(op, "ReduceMax");
  };
  table[B::REDUCE_MIN] = [](OperatorContext &op) {
    translateReduce(op, "ReduceMin");
  };
  table[B::REDUCE_PROD] = [](OperatorContext &op) {
    translateReduce(op, "ReduceProd");
  };
  table[B::SOFTMAX] = translateSoftmax;
  table[B::LOG_SOFTMAX] = translateLogSoftmax;
  table[B::L2_NORMALIZATION] = translateL2Norm;
  table[B::RESIZE_BILINEAR] = [](OperatorContext &op) {
    translateResize<tflite::ResizeBilinearOptions>(op, true);
  };
  table[B::RESIZE_NEAREST_NEIGHBOR] = [](OperatorContext &op) {
    translateResize<tflite::ResizeNearestNeighborOptions>(op, false);
  };
}

} // namespace qc::tfliteimport
