// Slice and Pad.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "../Handlers.h"
#include "../HostOps.h"
#include "../StoredIntegers.h"

#include "qc/Dialect/Top/IR/Top.h"

#include <numeric>

namespace qc::onnximport {

namespace {

/// Parameters of top.slice.
struct Region {
  std::vector<int64_t> offsets, sizes, strides;

  explicit Region(ArrayRef<int64_t> shape)
      : offsets(shape.size(), 0), sizes(shape.begin(), shape.end()),
        strides(shape.size(), 1) {}
};

/// Elements `start`, `start` + `step`, ... before `end` of a dimension, all
/// three as ONNX has them: negative from the end, out of range cut.
void setRange(Region &region, int64_t axis, int64_t start, int64_t end,
              int64_t step) {
  int64_t size = region.sizes[axis];
  if (size == 0)
    return;
  bool forward = step > 0;
  int64_t lowest = forward ? 0 : -1, highest = forward ? size : size - 1;
  auto normalize = [&](int64_t position, int64_t least) {
    if (position < 0)
      position = position < -size ? least : position + size;
    return std::clamp(position, least, std::max(highest, least));
  };
  start = normalize(start, 0);
  end = normalize(end, lowest);
  int64_t span = forward ? end - start : start - end;
  // A step beyond the dimension takes one element, whatever its size.
  int64_t distance = std::clamp<int64_t>(step, -size - 1, size + 1);
  int64_t length = forward ? distance : -distance;
  region.sizes[axis] = span <= 0 ? 0 : (span + length - 1) / length;
  region.offsets[axis] = start;
  region.strides[axis] = region.sizes[axis] > 1 ? distance : 1;
}

std::vector<int64_t> readSliceList(NodeContext &node, size_t index,
                                   StringRef name, size_t size) {
  std::vector<int64_t> otherwise(size, 1);
  if (name == "axes")
    std::iota(otherwise.begin(), otherwise.end(), 0);
  bool isInput = node.since() >= 10;
  if (isInput && !node.hasInput(index))
    return otherwise;
  auto values = isInput ? std::optional(node.integers(index, name))
                        : node.integersAttr(name);
  if (values && values->size() != size)
    (void)node.fail(name + " has " + Twine(values->size()) +
                    " values, expected " + Twine(size));
  return values.value_or(otherwise);
}

std::optional<Region> readRegion(NodeContext &node) {
  bool isInput = node.since() >= 10;
  auto starts = isInput ? std::optional(node.integers(1, "starts"))
                        : node.integersAttr("starts");
  if (!starts) {
    (void)node.fail("starts is missing");
    return std::nullopt;
  }
  size_t count = starts->size();
  std::vector<int64_t> ends = readSliceList(node, 2, "ends", count);
  std::vector<int64_t> axes =
      node.normalizeAxes(readSliceList(node, 3, "axes", count), node.rank(0));
  std::vector<int64_t> steps(count, 1);
  if (isInput)
    steps = readSliceList(node, 4, "steps", count);
  for (int64_t step : steps)
    if (step == 0)
      (void)node.fail("a step is 0");
  if (node.failed())
    return std::nullopt;
  Region region(node.shape(0));
  for (size_t i = 0; i < count; ++i)
    setRange(region, axes[i], (*starts)[i], ends[i], steps[i]);
  return region;
}

OpAttributes getAttributes(const Region &region) {
  return OpAttributes()
      .integers("offsets", region.offsets)
      .integers("sizes", region.sizes)
      .integers("strides", region.strides);
}

LogicalResult importSlice(NodeContext &node) {
  std::optional<Region> region = readRegion(node);
  if (!region)
    return failure();
  if (const Tensor *known = node.constant(0)) {
    Result<Tensor> result = host::slice(node.budget(), *known, region->offsets,
                                        region->sizes, region->strides);
    return result ? node.setConstant(*result) : node.fail(result.message());
  }
  if (llvm::is_contained(region->sizes, 0))
    return node.fail("the result is empty");
  if (node.shape(0) == ArrayRef<int64_t>(region->sizes) &&
      llvm::all_of(region->strides, [](int64_t s) { return s == 1; }))
    return node.forward(0);
  return node.setResult(
      node.create<top::SliceOp>(node.input(0), getAttributes(*region)));
}

/// Pads of all dimensions: begins, then ends.
std::vector<int64_t> readPads(NodeContext &node) {
  bool isInput = node.since() >= 11;
  std::vector<int64_t> given =
      isInput ? node.integers(1, "pads")
              : node.integersAttr("pads").value_or(std::vector<int64_t>());
  int64_t rank = node.rank(0);
  std::vector<int64_t> axes(rank);
  std::iota(axes.begin(), axes.end(), 0);
  if (node.since() >= 18 && node.hasInput(3))
    axes = node.normalizeAxes(node.integers(3, "axes"), rank);
  if (given.size() != 2 * axes.size()) {
    (void)node.fail("pads has " + Twine(given.size()) + " values, expected " +
                    Twine(2 * axes.size()));
    return {};
  }
  std::vector<int64_t> pads(2 * rank, 0);
  for (size_t i = 0; i < axes.size(); ++i) {
    pads[axes[i]] = given[i];
    pads[rank + axes[i]] = given[axes.size() + i];
  }
  constexpr int64_t largest = int64_t(1) << 31;
  for (int64_t pad : pads)
    if (pad < -largest || pad > largest)
      (void)node.fail("pads holds " + Twine(pad) + ", which is out of range");
  return pads;
}

/// As the file has it: where the input holds integers, one of them.
double readWrittenPadValue(NodeContext &node) {
  if (node.since() < 11)
    return node.realAttr("value", 0);
  if (!node.hasInput(2))
    return 0;
  std::vector<double> values = node.reals(2, "constant_value");
  if (values.size() == 1)
    return values.front();
  (void)node.fail("constant_value is not a scalar");
  return 0;
}

/// The real number that is padded with.
double readPadValue(NodeContext &node) {
  double value = readWrittenPadValue(node);
  if (!node.isStored(0))
    return value;
  auto type = getStoredType(node, 0);
  return type ? (value - static_cast<double>(type->getZeroPoint())) *
                    type->getScale()
              : 0;
}

/// Negative pads cut the tensor; what is left of `pads` is not negative. Null
/// when nothing would remain.
Value crop(NodeContext &node, std::vector<int64_t> &pads, bool &changed) {
  Region region(node.shape(0));
  size_t rank = region.sizes.size();
  changed = false;
  for (size_t d = 0; d < rank; ++d) {
    int64_t begin = std::max<int64_t>(-pads[d], 0);
    int64_t end = std::max<int64_t>(-pads[rank + d], 0);
    changed |= begin > 0 || end > 0;
    region.offsets[d] = begin;
    region.sizes[d] -= begin + end;
    if (region.sizes[d] <= 0) {
      (void)node.fail("negative pads leave nothing of dimension " + Twine(d));
      return {};
    }
    pads[d] = std::max<int64_t>(pads[d], 0);
    pads[rank + d] = std::max<int64_t>(pads[rank + d], 0);
  }
  if (!changed)
    return node.input(0);
  bool isAll = llvm::all_of(pads, [](int64_t pad) { return pad == 0; });
  return isAll ? node.create<top::SliceOp>(node.input(0), getAttributes(region))
               : node.createHelper<top::SliceOp>("crop", node.input(0),
                                                 getAttributes(region));
}

/// What is beyond one end comes from the other: elements are picked anew.
LogicalResult wrap(NodeContext &node, Value value, ArrayRef<int64_t> pads) {
  size_t rank = pads.size() / 2;
  SmallVector<size_t> dims;
  for (size_t d = 0; d < rank; ++d)
    if (pads[d] != 0 || pads[rank + d] != 0)
      dims.push_back(d);
  for (size_t d : dims) {
    if (!value)
      return failure();
    int64_t size = top::getShape(value)[d];
    int64_t total = size + pads[d] + pads[rank + d];
    if (Status paid = node.budget().spend(total); !paid)
      return node.fail(paid.message());
    std::vector<int64_t> picked(total);
    for (int64_t i = 0; i < total; ++i)
      picked[i] = ((i - pads[d]) % size + size) % size;
    std::string suffix = std::to_string(d);
    SmallVector<Value> operands{
        value, node.helperConstant("wrapped" + suffix,
                                   Tensor::fromVector(picked, {total}))};
    auto axis = OpAttributes().integer("axis", static_cast<int64_t>(d));
    value = d == dims.back() ? node.create<top::GatherOp>(operands, axis)
                             : node.createHelper<top::GatherOp>(
                                   "along" + suffix, operands, axis);
  }
  return node.setResult(value);
}

LogicalResult importPad(NodeContext &node) {
  std::string mode = node.stringAttr("mode", "constant");
  if (!is_contained({"constant", "reflect", "edge", "wrap"}, StringRef(mode)))
    return node.fail("mode = '" + mode + "' is not supported");
  std::vector<int64_t> pads = readPads(node);
  double value = readPadValue(node);
  if (node.failed())
    return failure();
  bool cropped;
  Value input = crop(node, pads, cropped);
  if (llvm::all_of(pads, [](int64_t pad) { return pad == 0; }))
    return cropped ? node.setResult(input) : node.forward(0);
  if (mode == "wrap")
    return wrap(node, input, pads);
  return node.setResult(
      node.create<top::PadOp>(input, OpAttributes()
                                         .integers("pads", pads)
                                         .string("mode", mode)
                                         .real("value", value)));
}

} // namespace

void registerSliceFamily(HandlerRegistry &registry) {
  registry.add("Slice", {1, 10, 11, 13},
               {importSlice, nullptr, StoredIntegers::Moved});
  registry.add("Pad", {2, 11, 13, 18, 19, 21, 23, 24, 25},
               {importPad, nullptr, StoredIntegers::Moved});
}

} // namespace qc::onnximport
