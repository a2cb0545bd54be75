// Images read at given places: GridSample and RoiAlign; Col2Im.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "../Handlers.h"
#include "../HostOps.h"
#include "../Numbers.h"

#include "qc/Dialect/Top/IR/Top.h"

namespace qc::onnximport {

namespace {

/// `word` as the op calls it, or an error.
std::string readWord(NodeContext &node, StringRef name, StringRef otherwise,
                     ArrayRef<std::pair<StringRef, StringRef>> words) {
  std::string word = node.stringAttr(name, otherwise);
  for (auto [theirs, ours] : words)
    if (theirs == word)
      return ours.str();
  (void)node.fail(name + " = '" + word + "' is not supported");
  return "";
}

LogicalResult importGridSample(NodeContext &node) {
  std::string mode = readWord(node, "mode", "linear",
                              {{"linear", "linear"},
                               {"bilinear", "linear"},
                               {"nearest", "nearest"},
                               {"cubic", "cubic"},
                               {"bicubic", "cubic"}});
  std::string padding = readWord(
      node, "padding_mode", "zeros",
      {{"zeros", "zeros"}, {"border", "border"}, {"reflection", "reflection"}});
  bool corners = node.integerAttr("align_corners", 0) != 0;
  if (!node.failed() && node.rank(0) != 4)
    return node.fail("an input of shape " + shapeText(node.shape(0)) +
                     " is no image; 2 spatial dimensions are supported");
  return node.setResult(node.create<top::GridSampleOp>(
      {node.input(0), node.input(1)}, OpAttributes()
                                          .string("mode", mode)
                                          .string("padding", padding)
                                          .boolean("align_corners", corners)));
}

LogicalResult importRoiAlign(NodeContext &node) {
  std::string mode =
      readWord(node, "mode", "avg", {{"avg", "avg"}, {"max", "max"}});
  std::string transform =
      node.stringAttr("coordinate_transformation_mode",
                      node.since() < 16 ? "output_half_pixel" : "half_pixel");
  if (transform != "half_pixel" && transform != "output_half_pixel")
    return node.fail("coordinate_transformation_mode = '" + transform +
                     "' is not supported");
  auto attributes =
      OpAttributes()
          .integer("height", node.integerAttr("output_height", 1))
          .integer("width", node.integerAttr("output_width", 1))
          .integer("sampling_ratio", node.integerAttr("sampling_ratio", 0))
          .real("spatial_scale", node.realAttr("spatial_scale", 1))
          .boolean("half_pixel", transform == "half_pixel")
          .string("mode", mode);
  return node.setResult(node.create<top::RoiAlignOp>(
      {node.input(0), node.input(1), getWide(node, 2)}, attributes));
}

/// Columns are put back, overlaps summed: a transposed convolution whose
/// weights are 1 at the place that a row of the columns stands for.
LogicalResult importCol2Im(NodeContext &node) {
  std::vector<int64_t> image = node.integers(1, "the shape of the image");
  std::vector<int64_t> block = node.integers(2, "the shape of a block");
  size_t rank = image.size();
  auto list = [&](StringRef name, size_t size, int64_t otherwise) {
    auto given = node.integersAttr(name);
    std::vector<int64_t> values =
        given.value_or(std::vector<int64_t>(size, otherwise));
    if (values.size() != size)
      (void)node.fail(name + " has " + Twine(values.size()) +
                      " values, expected " + Twine(size));
    values.resize(size, otherwise);
    return values;
  };
  std::vector<int64_t> dilations = list("dilations", rank, 1);
  std::vector<int64_t> strides = list("strides", rank, 1);
  std::vector<int64_t> pads = list("pads", 2 * rank, 0);
  if (node.failed())
    return failure();
  if (rank < 1 || rank > 2 || block.size() != rank || node.rank(0) != 3)
    return node.fail("columns of shape " + shapeText(node.shape(0)) +
                     " for an image of " + Twine(rank) +
                     " dimensions are not supported; 1 and 2 are");
  int64_t taps = 1;
  SmallVector<int64_t> counts, outputPads;
  int64_t blocks = 1;
  for (size_t d = 0; d < rank; ++d) {
    if (block[d] < 1 || block[d] > 4096)
      return node.fail("a block of size " + Twine(block[d]));
    taps *= block[d];
    auto count = top::getWindowCount(image[d], block[d], strides[d],
                                     dilations[d], pads[d], pads[rank + d]);
    if (!count || *count < 1)
      return node.fail("no block fits the image");
    counts.push_back(*count);
    blocks *= *count;
    // What the last block does not reach.
    outputPads.push_back(
        image[d] + pads[d] + pads[rank + d] -
        ((*count - 1) * strides[d] + dilations[d] * (block[d] - 1) + 1));
  }
  ArrayRef<int64_t> columns = node.shape(0);
  if (columns[1] % taps != 0 || columns[2] != blocks)
    return node.fail("columns of shape " + shapeText(columns) +
                     " do not fit the image and its blocks");
  int64_t channels = columns[1] / taps;
  SmallVector<int64_t> shape{columns[0], columns[1]}, kernel{columns[1], 1};
  llvm::append_range(shape, counts);
  llvm::append_range(kernel, block);
  Result<Tensor> weights = host::allocate(node.budget(), DType::F32,
                                          Shape(kernel.begin(), kernel.end()));
  if (!weights)
    return node.fail(weights.message());
  float *ones = weights->data<float>();
  std::fill_n(ones, weights->numElements(), 0.0f);
  for (int64_t i = 0; i < columns[1]; ++i)
    ones[i * taps + i % taps] = 1;
  Value places = node.createHelper<top::ReshapeOp>(
      "places", node.input(0), {},
      RankedTensorType::get(shape, node.elementType(0)));
  return node.setResult(node.create<top::DeconvOp>(
      {places, node.helperConstant("ones", *weights)},
      OpAttributes()
          .integers("strides", strides)
          .integers("pads", pads)
          .integers("dilations", dilations)
          .integers("output_padding", outputPads)
          .integer("group", channels)));
}

} // namespace

void registerSampleFamily(HandlerRegistry &registry) {
  registry.add("GridSample", {16, 20, 22}, {importGridSample});
  registry.add("RoiAlign", {10, 16, 22}, {importRoiAlign});
  registry.add("Col2Im", {18}, {importCol2Im});
}

} // namespace qc::onnximport
