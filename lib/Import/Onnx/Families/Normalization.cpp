// Batch, layer, instance and group normalization, as inference has them.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "../Handlers.h"
#include "../HostOps.h"

#include "qc/Dialect/Top/IR/Top.h"

namespace qc::onnximport {

namespace {

/// Scale or bias under the shape of the normalized dimensions; ONNX lets them
/// broadcast.
Value getParameter(NodeContext &node, size_t index, StringRef suffix,
                   ArrayRef<int64_t> normalized) {
  if (node.shape(index) == normalized)
    return node.input(index);
  const Tensor *known =
      node.requireConstant(index, "a " + suffix.str() + " that broadcasts");
  if (!known)
    return {};
  Result<Tensor> full = host::expand(
      node.budget(), *known, Shape(normalized.begin(), normalized.end()));
  if (full)
    return node.helperConstant(suffix, *full);
  (void)node.fail(suffix + ": " + full.message());
  return {};
}

LogicalResult importLayerNorm(NodeContext &node) {
  node.expectOutputs(1, "mean and deviation are not given out");
  node.expectAttr("stash_type", 1);
  double epsilon = node.realAttr("epsilon", 1e-5);
  int64_t axis = node.normalizeAxis(node.integerAttr("axis", -1), node.rank(0));
  if (node.failed())
    return failure();
  ArrayRef<int64_t> normalized = node.shape(0).drop_front(axis);
  SmallVector<Value> operands{node.input(0),
                              getParameter(node, 1, "scale", normalized)};
  bool hasBias = node.hasInput(2);
  if (hasBias)
    operands.push_back(getParameter(node, 2, "bias", normalized));
  return node.setResult(node.create<top::LayerNormOp>(
      operands, OpAttributes()
                    .integer("axis", axis)
                    .real("epsilon", epsilon)
                    .segments({1, 1, hasBias ? 1 : 0})));
}

bool isAll(const Tensor &tensor, double value) {
  return llvm::all_of(host::toReals(tensor),
                      [&](double element) { return element == value; });
}

/// Scale or bias of a group norm: a constant for each channel. Null after an
/// error.
const Tensor *getChannels(NodeContext &node, size_t index, StringRef what) {
  const Tensor *known = node.requireConstant(index, what);
  int64_t channels = node.shape(0)[1];
  if (!known || known->shape() == Shape{channels})
    return known;
  (void)node.fail(what + " of shape " + shapeText(node.shape(index)) +
                  " does not fit " + Twine(channels) + " channels");
  return nullptr;
}

/// The channels of each group, and the positions of an image, are normalized
/// as one layer; what follows is a factor and an addend for each channel.
LogicalResult importGroups(NodeContext &node, int64_t groups) {
  double epsilon = node.realAttr("epsilon", 1e-5);
  if (node.rank(0) < 2)
    return node.fail("an input of shape " + shapeText(node.shape(0)) +
                     " has no channels");
  SmallVector<int64_t> shape(node.shape(0));
  if (groups < 1 || shape[1] % groups != 0)
    return node.fail(Twine(shape[1]) + " channels do not make " +
                     Twine(groups) + " groups");
  const Tensor *scale = getChannels(node, 1, "the scale");
  const Tensor *bias = getChannels(node, 2, "the bias");
  if (node.failed())
    return failure();
  int64_t size = shape[1] / groups;
  for (int64_t dim : ArrayRef<int64_t>(shape).drop_front(2))
    size *= dim;
  Type element = node.elementType(0);
  Value rows = node.createHelper<top::ReshapeOp>(
      "rows", node.input(0), {},
      RankedTensorType::get({shape[0], groups, size}, element));
  Value normal =
      node.createHelper<top::LayerNormOp>("normalized", rows,
                                          OpAttributes()
                                              .integer("axis", 2)
                                              .real("epsilon", epsilon)
                                              .segments({1, 0, 0}));
  auto type = RankedTensorType::get(shape, element);
  if (isAll(*scale, 1) && isAll(*bias, 0))
    return node.setResult(node.create<top::ReshapeOp>(normal, {}, type));
  Value image = node.createHelper<top::ReshapeOp>("image", normal, {}, type);
  return node.setResult(
      node.create<top::ScaleOp>({image, node.input(1), node.input(2)}));
}

/// Before operator set 14, a node that lists results of training normalizes by
/// the statistics of what it is given, whether they are read or not.
LogicalResult importBatchNorm(NodeContext &node) {
  node.expectOutputs(1, "statistics are only computed in training");
  // How fast training updates the statistics.
  node.ignoreAttr("momentum");
  node.expectAttr("training_mode", 0);
  node.expectAttr("spatial", 1);
  if (node.since() < 14 && node.numOutputs() > 1) {
    if (node.failed())
      return failure();
    if (node.rank(0) < 2 || node.shape(0)[0] != 1)
      return node.fail("lists results of training, so that it normalizes by "
                       "the statistics of a batch of " +
                       shapeText(node.shape(0)) +
                       "; export the model for inference");
    node.warn(
        "'" + node.outputName(0) +
        "' is normalized by the statistics of each input instead of those "
        "of the model, as its node lists results of training; export the "
        "model for inference, or delete these results");
    return importGroups(node, node.shape(0)[1]);
  }
  double epsilon = node.realAttr("epsilon", 1e-5);
  SmallVector<Value> operands;
  for (size_t i = 0; i < 5; ++i)
    operands.push_back(node.input(i));
  return node.setResult(node.create<top::BatchNormOp>(
      operands, OpAttributes().real("epsilon", epsilon)));
}

LogicalResult importInstanceNorm(NodeContext &node) {
  return importGroups(node, node.rank(0) < 2 ? 1 : node.shape(0)[1]);
}

LogicalResult importGroupNorm(NodeContext &node) {
  node.expectAttr("stash_type", 1);
  return importGroups(node, node.integerAttr("num_groups", 0));
}

/// x / (bias + alpha / size * sum of squares over neighbouring channels)^beta;
/// the sum is a convolution.
LogicalResult importLRN(NodeContext &node) {
  double alpha = node.realAttr("alpha", 1e-4),
         beta = node.realAttr("beta", 0.75);
  double bias = node.realAttr("bias", 1);
  int64_t size = node.integerAttr("size", 0);
  if (node.rank(0) != 4 || size < 1)
    return node.fail("an input of shape " + shapeText(node.shape(0)) +
                     " with size = " + Twine(size) + " is not supported");
  if (node.failed())
    return failure();
  int64_t channels = node.shape(0)[1];
  if (Status paid = node.budget().spend(channels * channels); !paid)
    return node.fail(paid.message());
  std::vector<float> band(channels * channels, 0);
  int64_t before = (size - 1) / 2, behind = size - 1 - before;
  for (int64_t c = 0; c < channels; ++c)
    for (int64_t i = std::max<int64_t>(c - before, 0);
         i <= std::min(c + behind, channels - 1); ++i)
      band[c * channels + i] =
          static_cast<float>(alpha / static_cast<double>(size));
  Value input = node.input(0);
  Value square = node.createHelper<top::MulOp>("square", {input, input});
  Value sum = node.createHelper<top::ConvOp>(
      "sum",
      {square,
       node.helperConstant(
           "band", Tensor::fromVector(band, {channels, channels, 1, 1})),
       node.helperConstant(
           "bias", Tensor::fromVector(
                       std::vector<float>(channels, static_cast<float>(bias)),
                       {channels}))},
      OpAttributes()
          .integers("strides", {1, 1})
          .integers("pads", {0, 0, 0, 0})
          .integers("dilations", {1, 1})
          .integer("group", 1));
  Value exponent = node.helperConstant("beta", host::scalar(DType::F32, beta));
  Value divisor = node.createHelper<top::PowOp>("divisor", {sum, exponent});
  return node.setResult(node.create<top::DivOp>({input, divisor}));
}

} // namespace

void registerNormalizationFamily(HandlerRegistry &registry) {
  registry.add("BatchNormalization", {7, 9, 14, 15}, {importBatchNorm});
  registry.add("LayerNormalization", {17}, {importLayerNorm});
  registry.add("InstanceNormalization", {6, 22}, {importInstanceNorm});
  registry.add("LRN", {1, 13}, {importLRN});
  // The form of 18, with a scale for each group, was withdrawn as a mistake.
  registry.add("GroupNormalization", {21}, {importGroupNorm});
}

} // namespace qc::onnximport
