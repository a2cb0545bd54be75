// Operators that move elements.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "../OperatorContext.h"

namespace qc::tfliteimport {

/// RESHAPE, SQUEEZE, EXPAND_DIMS: the shape that the file says of the result.
static void translateReshape(OperatorContext &op) {
  op.set(op.reshape(op.value(0), op.output().shape));
}

static void translateTranspose(OperatorContext &op) {
  std::vector<int64_t> perm = op.integers(1, "the permutation");
  op.set(op.transpose(op.value(0), perm));
}

static void translateConcat(OperatorContext &op) {
  const auto *options = op.options<tflite::ConcatenationOptions>();
  if (!options || op.numInputs() == 0)
    return op.fail("has no inputs");
  int64_t axis = op.axis(options->axis(), op.rank(0));
  bool isImage = op.isMadeFirst();
  constexpr std::array<int64_t, 4> kPlaces{0, 2, 3, 1};
  std::vector<std::string> operands;
  operands.reserve(op.numInputs());
  for (size_t i = 0; i < op.numInputs(); ++i)
    operands.push_back(isImage ? op.channelsFirst(i) : op.value(i));
  if (op.failed())
    return;
  std::string value =
      op.emit("Concat", operands,
              Attributes().integer("axis", isImage ? kPlaces[axis] : axis));
  isImage ? op.setImage(value, options->fused_activation_function())
          : op.set(value, options->fused_activation_function());
}

static void translatePack(OperatorContext &op) {
  const auto *options = op.options<tflite::PackOptions>();
  if (!options)
    return;
  int64_t axis = op.axis(options->axis(), op.rank(0) + 1);
  std::vector<std::string> operands;
  for (size_t i = 0; i < op.numInputs() && !op.failed(); ++i) {
    Shape shape = op.shape(i);
    if (axis > static_cast<int64_t>(shape.size()))
      return op.fail("inputs differ in rank");
    shape.insert(shape.begin() + axis, 1);
    operands.push_back(op.reshape(op.value(i), shape));
  }
  op.set(op.emit("Concat", operands, Attributes().integer("axis", axis)));
}

/// Slices [`begin`, `end`) of dimension `axis`, one a result of the operator.
static void setSlices(OperatorContext &op, size_t data, int64_t axis,
                      ArrayRef<int64_t> sizes, bool dropsAxis) {
  int64_t begin = 0;
  for (auto [i, size] : llvm::enumerate(sizes)) {
    std::string slice =
        op.emit("Slice", {op.value(data), op.ints(begin), op.ints(begin + size),
                          op.ints(axis)});
    begin += size;
    if (i >= op.numOutputs())
      return op.fail("has fewer outputs than parts");
    op.set(dropsAxis ? op.reshape(slice, op.output(i).shape) : slice,
           ActivationFunctionType::NONE, i);
  }
}

static void translateUnpack(OperatorContext &op) {
  const auto *options = op.options<tflite::UnpackOptions>();
  if (!options)
    return;
  int64_t axis = op.axis(options->axis(), op.rank(0));
  if (op.failed() || op.shape(0)[axis] != static_cast<int64_t>(op.numOutputs()))
    return op.fail("has not one output for each element of its dimension");
  setSlices(op, 0, axis, std::vector<int64_t>(op.numOutputs(), 1), true);
}

static void setSplit(OperatorContext &op, size_t data, size_t axisInput) {
  std::vector<int64_t> axes = op.integers(axisInput, "the axis");
  if (op.failed())
    return;
  if (axes.size() != 1)
    return op.fail("has not one axis");
  int64_t axis = op.axis(axes.front(), op.rank(data));
  std::vector<int64_t> sizes;
  for (size_t i = 0; i < op.numOutputs() && !op.failed(); ++i) {
    if (op.output(i).shape.size() != op.shape(data).size())
      return op.fail("output '" + op.output(i).name + "' has another rank");
    sizes.push_back(op.output(i).shape[axis]);
  }
  if (!op.failed())
    setSlices(op, data, axis, sizes, false);
}

static void translateSlice(OperatorContext &op) {
  std::vector<int64_t> begins = op.integers(1, "the beginning");
  std::vector<int64_t> sizes = op.integers(2, "the size");
  if (op.failed())
    return;
  if (begins.size() != op.shape(0).size() || sizes.size() != begins.size())
    return op.fail("has not one beginning and one size a dimension");
  std::vector<int64_t> ends, axes;
  for (size_t d = 0; d < begins.size(); ++d) {
    if (begins[d] < 0 || sizes[d] < -1 || begins[d] > op.shape(0)[d] ||
        sizes[d] > op.shape(0)[d] - begins[d])
      return op.fail("takes " + llvm::Twine(sizes[d]) + " elements from " +
                     llvm::Twine(begins[d]) + " on of dimension " +
                     llvm::Twine(d) + ", which has " +
                     llvm::Twine(op.shape(0)[d]));
    ends.push_back(sizes[d] < 0 ? op.shape(0)[d] : begins[d] + sizes[d]);
    axes.push_back(static_cast<int64_t>(d));
  }
  op.set(op.emit("Slice",
                 {op.value(0), op.ints(begins), op.ints(ends), op.ints(axes)}));
}

static void translateStridedSlice(OperatorContext &op) {
  const auto *options = op.options<tflite::StridedSliceOptions>();
  std::vector<int64_t> begins = op.integers(1, "the beginning");
  std::vector<int64_t> ends = op.integers(2, "the end");
  std::vector<int64_t> strides = op.integers(3, "the stride");
  if (op.failed())
    return;
  if (options->ellipsis_mask() || options->new_axis_mask())
    return op.fail("has an ellipsis or new dimensions, which is not supported");
  size_t count = begins.size();
  if (count > op.shape(0).size() || ends.size() != count ||
      strides.size() != count)
    return op.fail("has beginnings, ends and strides of different counts");
  std::vector<int64_t> axes;
  for (size_t d = 0; d < count; ++d) {
    int64_t size = op.shape(0)[d], bit = int64_t(1) << d;
    if (strides[d] == 0)
      return op.fail("has a stride of 0");
    if (options->offset())
      ends[d] += begins[d];
    if (options->begin_mask() & bit)
      begins[d] = strides[d] > 0 ? 0 : size - 1;
    if (options->end_mask() & bit)
      ends[d] = strides[d] > 0 ? size : INT64_MIN;
    if (options->shrink_axis_mask() & bit) {
      // One element, whatever the end says.
      begins[d] += begins[d] < 0 ? size : 0;
      ends[d] = begins[d] + 1;
      strides[d] = 1;
    }
    axes.push_back(static_cast<int64_t>(d));
  }
  std::string slice =
      op.emit("Slice", {op.value(0), op.ints(begins), op.ints(ends),
                        op.ints(axes), op.ints(strides)});
  op.set(options->shrink_axis_mask() ? op.reshape(slice, op.output().shape)
                                     : slice);
}

/// Pads by the pairs of input 1: begins, then ends.
static void setPad(OperatorContext &op, const std::string &number,
                   const Attributes &attributes) {
  std::vector<int64_t> pairs = op.integers(1, "the padding");
  if (!op.failed() && pairs.size() != 2 * op.shape(0).size())
    op.fail("has not two paddings a dimension");
  if (op.failed())
    return;
  size_t rank = pairs.size() / 2;
  bool isImage = op.isMadeFirst(0);
  constexpr std::array<size_t, 4> kOrder{0, 3, 1, 2};
  std::vector<int64_t> pads(pairs.size());
  for (size_t d = 0; d < rank; ++d)
    for (size_t end = 0; end < 2; ++end)
      pads[end * rank + d] = pairs[2 * (isImage ? kOrder[d] : d) + end];
  std::vector<std::string> operands{isImage ? op.channelsFirst(0) : op.value(0),
                                    op.ints(pads)};
  if (!number.empty())
    operands.push_back(number);
  std::string value = op.emit("Pad", operands, attributes);
  isImage ? op.setImage(value) : op.set(value);
}

static void translatePad(OperatorContext &op) { setPad(op, "", {}); }

static void translatePadV2(OperatorContext &op) {
  float number = op.real(2, "the value");
  bool isReal =
      op.input(0).isQuantized() || op.input(0).type == TensorType::FLOAT32;
  if (!isReal)
    return op.fail("pads integers, which is not supported");
  setPad(op, op.scalar(number), {});
}

/// Repeats the edge as well: each dimension is gathered anew.
static void setSymmetricPad(OperatorContext &op) {
  std::vector<int64_t> pairs = op.integers(1, "the padding");
  std::vector<int64_t> shape(op.shape(0).begin(), op.shape(0).end());
  if (!op.failed() && pairs.size() != 2 * shape.size())
    op.fail("has not two paddings a dimension");
  if (op.failed())
    return;
  std::string value = op.value(0);
  for (size_t d = 0; d < shape.size(); ++d) {
    int64_t before = pairs[2 * d], after = pairs[2 * d + 1], size = shape[d];
    if (before == 0 && after == 0)
      continue;
    if (before < 0 || after < 0 || before > size || after > size)
      return op.fail("mirrors " + llvm::Twine(std::max(before, after)) +
                     " elements of " + llvm::Twine(size));
    std::vector<int64_t> indices;
    for (int64_t i = -before; i < size + after; ++i)
      indices.push_back(i < 0 ? -1 - i : i < size ? i : 2 * size - 1 - i);
    value = op.emit("Gather", {value, op.ints(indices)},
                    Attributes().integer("axis", static_cast<int64_t>(d)));
  }
  op.set(value);
}

static void translateMirrorPad(OperatorContext &op) {
  const auto *options = op.options<tflite::MirrorPadOptions>();
  if (!options)
    return;
  if (options->mode() != tflite::MirrorPadMode::REFLECT)
    return setSymmetricPad(op);
  setPad(op, "", Attributes().text("mode", "reflect"));
}

static void translateGather(OperatorContext &op) {
  const auto *options = op.options<tflite::GatherOptions>();
  if (!options)
    return;
  if (options->batch_dims() != 0)
    return op.fail("has batch_dims = " + llvm::Twine(options->batch_dims()) +
                   ", which is not supported");
  op.set(op.emit("Gather", {op.value(0), op.value(1)},
                 Attributes().integer("axis", options->axis())));
}

static void translateTile(OperatorContext &op) {
  std::vector<int64_t> counts = op.integers(1, "the counts");
  op.set(op.emit("Tile", {op.value(0), op.ints(counts)}));
}

static void translateBroadcast(OperatorContext &op) {
  op.set(op.emit("Expand", {op.value(0), op.ints(op.output().shape)}));
}

template <typename Options>
static void translateDepth(OperatorContext &op, const char *name) {
  if (const auto *options = op.options<Options>())
    op.setImage(
        op.emit(name, op.channelsFirst(0),
                Attributes().integer("blocksize", options->block_size())));
}

void addMovementTranslations(TranslationTable &table) {
  using B = BuiltinOperator;
  table[B::RESHAPE] = translateReshape;
  table[B::SQUEEZE] = translateReshape;
  table[B::EXPAND_DIMS] = translateReshape;
  table[B::TRANSPOSE] = translateTranspose;
  table[B::CONCATENATION] = translateConcat;
  table[B::PACK] = translatePack;
  table[B::UNPACK] = translateUnpack;
  table[B::SPLIT] = [](OperatorContext &op) { setSplit(op, 1, 0); };
  table[B::SPLIT_V] = [](OperatorContext &op) { setSplit(op, 0, 2); };
  table[B::SLICE] = translateSlice;
  table[B::STRIDED_SLICE] = translateStridedSlice;
  table[B::PAD] = translatePad;
  table[B::PADV2] = translatePadV2;
  table[B::MIRROR_PAD] = translateMirrorPad;
  table[B::GATHER] = translateGather;
  table[B::TILE] = translateTile;
  table[B::BROADCAST_TO] = translateBroadcast;
  table[B::DEPTH_TO_SPACE] = [](OperatorContext &op) {
    translateDepth<tflite::DepthToSpaceOptions>(op, "DepthToSpace");
  };
  table[B::SPACE_TO_DEPTH] = [](OperatorContext &op) {
    translateDepth<tflite::SpaceToDepthOptions>(op, "SpaceToDepth");
  };
}

} // namespace qc::tfliteimport
