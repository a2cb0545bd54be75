// Data movement: parameters pass through, dimensions are where they are stored.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "../Operators.h"

#include <limits>

namespace qc::onnxexport {

template <typename OpTy>
static LogicalResult writeConcat(OpTy op, Exporter &exporter) {
  Order order = exporter.chooseOrder(op.getInputs(), getRank(op.getOutput()));
  SmallVector<std::string> inputs;
  for (Value input : op.getInputs())
    inputs.push_back(exporter.get(input, order));
  finish(
      op, exporter,
      exporter.emit("Concat", inputs, {{"axis", mapAxis(op.getAxis(), order)}}),
      order);
  return success();
}

static LogicalResult writeSplit(top::SplitOp op, Exporter &exporter) {
  Order order = exporter.getOrder(op.getInput());
  SmallVector<int64_t> sizes =
      llvm::map_to_vector(op.getOutputs(), [&](Value part) {
        return getShape(part)[op.getAxis()];
      });
  SmallVector<std::string> parts =
      emitSplit(exporter, exporter.get(op.getInput(), order),
                mapAxis(op.getAxis(), order), sizes);
  for (auto [part, made] : llvm::zip_equal(op.getOutputs(), parts))
    exporter.finish(part, made, order);
  return success();
}

template <typename OpTy>
static LogicalResult writeSlice(OpTy op, Exporter &exporter) {
  Order order = exporter.getOrder(op.getInput());
  ArrayRef<int64_t> shape = getShape(op.getInput());
  SmallVector<int64_t> starts, ends, axes, steps;
  for (auto [axis, dim] : llvm::enumerate(order)) {
    int64_t offset = op.getOffsets()[dim], step = op.getStrides()[dim];
    if (offset == 0 && step == 1 && op.getSizes()[dim] == shape[dim])
      continue;
    int64_t end = offset + op.getSizes()[dim] * step;
    starts.push_back(offset);
    // An end before the first element is no index from the end.
    ends.push_back(end < 0 ? std::numeric_limits<int64_t>::min() : end);
    axes.push_back(axis);
    steps.push_back(step);
  }
  std::string input = exporter.get(op.getInput(), order);
  if (axes.empty()) {
    finish(op, exporter, exporter.emit("Identity", {input}), order);
    return success();
  }
  finish(op, exporter,
         exporter.emit("Slice", {input, exporter.ints("starts", starts),
                                 exporter.ints("ends", ends),
                                 exporter.ints("axes", axes),
                                 exporter.ints("steps", steps)}),
         order);
  return success();
}

/// What an op of tpu or of top pads with.
static double getPadding(tpu::PadOp op) {
  auto value = static_cast<int64_t>(op.getValue());
  auto type = dyn_cast<quant::UniformQuantizedType>(
      op.getInput().getType().getElementType());
  return type ? (value - type.getZeroPoint()) * type.getScale() : value;
}
static double getPadding(top::PadOp op) {
  return op.getValue().convertToDouble();
}

template <typename OpTy>
static LogicalResult writePad(OpTy op, Exporter &exporter) {
  Order order = exporter.getOrder(op.getInput());
  int64_t rank = order.size();
  SmallVector<int64_t> pads = reorder(op.getPads().take_front(rank), order);
  llvm::append_range(pads, reorder(op.getPads().take_back(rank), order));
  auto padded = emitPad(exporter, exporter.get(op.getInput(), order), pads,
                        op.getMode(), getTensorDType(op.getInput()),
                        op.getMode() == "constant" ? getPadding(op) : 0);
  if (failed(padded))
    return failure();
  finish(op, exporter, *padded, order);
  return success();
}

/// In integer networks a transpose only says how to read what is stored.
static LogicalResult writeTranspose(tpu::TransposeOp op, Exporter &exporter) {
  Order order = exporter.getOrder(op.getInput());
  SmallVector<int64_t> inverse(op.getPerm().size());
  for (auto [to, from] : llvm::enumerate(op.getPerm()))
    inverse[from] = to;
  exporter.alias(op.getOutput(), exporter.get(op.getInput(), order),
                 reorder(inverse, order));
  return success();
}

/// In float networks it is a layer of the source.
static LogicalResult writeTranspose(top::TransposeOp op, Exporter &exporter) {
  finish(op, exporter,
         exporter.emit("Transpose", {exporter.getPlain(op.getInput())},
                       {{"perm", op.getPerm()}}),
         getPlainOrder(getRank(op.getOutput())));
  return success();
}

//===----------------------------------------------------------------------===//
// Reshape
//===----------------------------------------------------------------------===//

namespace {
/// Dimensions of operand and result that hold the same elements, both
/// consecutive but for dimensions of one.
struct Segment {
  SmallVector<int64_t> from, to;
};

/// How to read the operand of a reshape, and how the result then is stored.
struct ReshapeOrders {
  Order operand, result;
};
} // namespace

/// The dimensions in `order` whose size is not one.
static SmallVector<int64_t> dropUnits(ArrayRef<int64_t> order,
                                      ArrayRef<int64_t> shape) {
  SmallVector<int64_t> kept;
  for (int64_t dim : order)
    if (shape[dim] != 1)
      kept.push_back(dim);
  return kept;
}

/// The finest segments of a reshape; sizes are positive.
static SmallVector<Segment> getSegments(ArrayRef<int64_t> from,
                                        ArrayRef<int64_t> to) {
  SmallVector<int64_t> left = dropUnits(getPlainOrder(from.size()), from);
  SmallVector<int64_t> right = dropUnits(getPlainOrder(to.size()), to);
  SmallVector<Segment> segments;
  size_t i = 0, j = 0;
  while (i < left.size() && j < right.size()) {
    Segment segment{{left[i]}, {right[j]}};
    int64_t a = from[left[i++]], b = to[right[j++]];
    while (a != b) {
      if (a < b) {
        segment.from.push_back(left[i]);
        a *= from[left[i++]];
      } else {
        segment.to.push_back(right[j]);
        b *= to[right[j++]];
      }
    }
    segments.push_back(std::move(segment));
  }
  return segments;
}

/// `order` with the dimensions that are not one in `sequence`; those of one
/// stay where they are.
static Order fill(ArrayRef<int64_t> order, ArrayRef<int64_t> shape,
                  ArrayRef<int64_t> sequence) {
  Order filled = llvm::to_vector(order);
  auto next = sequence.begin();
  for (int64_t &dim : filled)
    if (shape[dim] != 1)
      dim = *next++;
  return filled;
}

/// A segment's elements must lie together and in their own order; segments may
/// lie in any order, so that images stay channels first while channels are
/// split and joined.
static ReshapeOrders getReshapeOrders(ArrayRef<int64_t> stored,
                                      ArrayRef<int64_t> from,
                                      ArrayRef<int64_t> to) {
  Order plain = getPlainOrder(to.size());
  if (llvm::is_contained(from, 0))
    return {getPlainOrder(from.size()), plain};
  SmallVector<Segment> segments = getSegments(from, to);
  SmallVector<int64_t> fromSequence, toSequence;
  for (int64_t dim : dropUnits(stored, from)) {
    if (llvm::is_contained(fromSequence, dim))
      continue;
    const Segment *segment = llvm::find_if(segments, [&](const Segment &s) {
      return llvm::is_contained(s.from, dim);
    });
    llvm::append_range(fromSequence, segment->from);
    llvm::append_range(toSequence, segment->to);
  }
  Order result = fill(plain, to, toSequence);
  // What may as well be channels first is most useful so.
  if (to.size() == 4 && dropUnits(getImageOrder(), to) == toSequence)
    result = getImageOrder();
  Order operand = fill(stored, from, fromSequence);
  // A transpose that is needed anyhow may as well bring the plain order, unless
  // what comes out is an image.
  if (!llvm::equal(operand, stored) && result != getImageOrder())
    return {getPlainOrder(from.size()), plain};
  return {operand, result};
}

template <typename OpTy>
static LogicalResult writeReshape(OpTy op, const ReshapeOrders &orders,
                                  Exporter &exporter) {
  std::string input = exporter.get(op.getInput(), orders.operand);
  std::string shape =
      exporter.ints("shape", reorder(getShape(op.getOutput()), orders.result));
  finish(op, exporter, exporter.emit("Reshape", {input, shape}), orders.result);
  return success();
}

static LogicalResult writeReshape(tpu::ReshapeOp op, Exporter &exporter) {
  return writeReshape(op,
                      getReshapeOrders(exporter.getOrder(op.getInput()),
                                       getShape(op.getInput()),
                                       getShape(op.getOutput())),
                      exporter);
}

static LogicalResult writeReshape(top::ReshapeOp op, Exporter &exporter) {
  return writeReshape(op,
                      {getPlainOrder(getRank(op.getInput())),
                       getPlainOrder(getRank(op.getOutput()))},
                      exporter);
}

//===----------------------------------------------------------------------===//
// Expand and gather
//===----------------------------------------------------------------------===//

template <typename OpTy>
static LogicalResult writeExpand(OpTy op, Exporter &exporter) {
  Order order = exporter.chooseOrder(op.getInput(), getRank(op.getOutput()));
  std::string input = getRank(op.getInput()) == getRank(op.getOutput())
                          ? exporter.get(op.getInput(), order)
                          : exporter.getPlain(op.getInput());
  std::string shape =
      exporter.ints("shape", reorder(getShape(op.getOutput()), order));
  finish(op, exporter, exporter.emit("Expand", {input, shape}), order);
  return success();
}

template <typename OpTy>
static LogicalResult writeGather(OpTy op, Exporter &exporter) {
  std::string input = exporter.getPlain(op.getInput());
  std::string indices = exporter.getPlain(op.getIndices());
  finish(op, exporter,
         exporter.emit("Gather", {input, indices},
                       {{"axis", static_cast<int64_t>(op.getAxis())}}),
         getPlainOrder(getRank(op.getOutput())));
  return success();
}

/// The ops that both dialects have and write alike.
template <typename Concat, typename Slice, typename Pad, typename Expand,
          typename Gather>
static void addAlike(ExporterRegistry &registry) {
  registry.add<Concat>(writeConcat<Concat>);
  registry.add<Slice>(writeSlice<Slice>);
  registry.add<Pad>(writePad<Pad>);
  registry.add<Expand>(writeExpand<Expand>);
  registry.add<Gather>(writeGather<Gather>);
}

void populateMovementExporters(ExporterRegistry &registry) {
  addAlike<tpu::ConcatOp, tpu::SliceOp, tpu::PadOp, tpu::ExpandOp,
           tpu::GatherOp>(registry);
  addAlike<top::ConcatOp, top::SliceOp, top::PadOp, top::ExpandOp,
           top::GatherOp>(registry);
  registry.add<top::SplitOp>(writeSplit);
  registry.add<tpu::TransposeOp>(writeTranspose);
  registry.add<top::TransposeOp>(writeTranspose);
  registry.add<tpu::ReshapeOp>(writeReshape);
  registry.add<top::ReshapeOp>(writeReshape);
}

} // namespace qc::onnxexport
