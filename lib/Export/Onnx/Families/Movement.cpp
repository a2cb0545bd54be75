// Data movement: parameters pass through, dimensions are where they are stored.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "../Exporter.h"

#include <limits>

namespace qc::onnxexport {

static LogicalResult writeConcat(tpu::ConcatOp op, Exporter &exporter) {
  Order order = exporter.chooseOrder(op.getInputs(), getRank(op.getOutput()));
  SmallVector<std::string> inputs;
  for (Value input : op.getInputs())
    inputs.push_back(exporter.get(input, order));
  exporter.finish(
      op.getOutput(),
      exporter.emit("Concat", inputs, {{"axis", mapAxis(op.getAxis(), order)}}),
      order);
  return success();
}

static LogicalResult writeSlice(tpu::SliceOp op, Exporter &exporter) {
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
    exporter.finish(op.getOutput(), exporter.emit("Identity", {input}), order);
    return success();
  }
  exporter.finish(
      op.getOutput(),
      exporter.emit("Slice",
                    {input, exporter.ints("starts", starts),
                     exporter.ints("ends", ends), exporter.ints("axes", axes),
                     exporter.ints("steps", steps)}),
      order);
  return success();
}

static LogicalResult writePad(tpu::PadOp op, Exporter &exporter) {
  Order order = exporter.getOrder(op.getInput());
  int64_t rank = order.size();
  SmallVector<int64_t> pads = reorder(op.getPads().take_front(rank), order);
  llvm::append_range(pads, reorder(op.getPads().take_back(rank), order));
  SmallVector<std::string> inputs{exporter.get(op.getInput(), order),
                                  exporter.ints("pads", pads)};
  if (op.getMode() == "constant") {
    auto type = tpu::getActivationElement(op.getInput().getType());
    inputs.push_back(exporter.scalar(
        "value",
        static_cast<float>((int64_t(op.getValue()) - type.getZeroPoint()) *
                           type.getScale())));
  }
  exporter.finish(op.getOutput(),
                  exporter.emit("Pad", inputs, {{"mode", op.getMode()}}),
                  order);
  return success();
}

/// A transpose only says how to read what is stored.
static LogicalResult writeTranspose(tpu::TransposeOp op, Exporter &exporter) {
  Order order = exporter.getOrder(op.getInput());
  SmallVector<int64_t> inverse(op.getPerm().size());
  for (auto [to, from] : llvm::enumerate(op.getPerm()))
    inverse[from] = to;
  exporter.alias(op.getOutput(), exporter.get(op.getInput(), order),
                 reorder(inverse, order));
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

static LogicalResult writeReshape(tpu::ReshapeOp op, Exporter &exporter) {
  ReshapeOrders orders =
      getReshapeOrders(exporter.getOrder(op.getInput()),
                       getShape(op.getInput()), getShape(op.getOutput()));
  std::string input = exporter.get(op.getInput(), orders.operand);
  std::string shape =
      exporter.ints("shape", reorder(getShape(op.getOutput()), orders.result));
  exporter.finish(op.getOutput(), exporter.emit("Reshape", {input, shape}),
                  orders.result);
  return success();
}

//===----------------------------------------------------------------------===//
// Expand and gather
//===----------------------------------------------------------------------===//

static LogicalResult writeExpand(tpu::ExpandOp op, Exporter &exporter) {
  Order order = exporter.chooseOrder(op.getInput(), getRank(op.getOutput()));
  std::string input = getRank(op.getInput()) == getRank(op.getOutput())
                          ? exporter.get(op.getInput(), order)
                          : exporter.getPlain(op.getInput());
  std::string shape =
      exporter.ints("shape", reorder(getShape(op.getOutput()), order));
  exporter.finish(op.getOutput(), exporter.emit("Expand", {input, shape}),
                  order);
  return success();
}

static LogicalResult writeGather(tpu::GatherOp op, Exporter &exporter) {
  std::string input = exporter.getPlain(op.getInput());
  std::string indices = exporter.getPlain(op.getIndices());
  exporter.finish(op.getOutput(),
                  exporter.emit("Gather", {input, indices},
                                {{"axis", static_cast<int64_t>(op.getAxis())}}),
                  getPlainOrder(getRank(op.getOutput())));
  return success();
}

void populateMovementExporters(ExporterRegistry &registry) {
  registry.add<tpu::ConcatOp>(writeConcat);
  registry.add<tpu::SliceOp>(writeSlice);
  registry.add<tpu::PadOp>(writePad);
  registry.add<tpu::TransposeOp>(writeTranspose);
  registry.add<tpu::ReshapeOp>(writeReshape);
  registry.add<tpu::ExpandOp>(writeExpand);
  registry.add<tpu::GatherOp>(writeGather);
}

} // namespace qc::onnxexport
