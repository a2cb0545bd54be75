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
        "value", static_cast<float>((int64_t(op.getValue()) -
                                     type.getZeroPoint()) *
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

/// The dimensions of `order` that are not one, in their stored sequence.
static SmallVector<int64_t> dropUnits(ArrayRef<int64_t> order,
                                      ArrayRef<int64_t> shape) {
  SmallVector<int64_t> kept;
  for (int64_t dim : order)
    if (shape[dim] != 1)
      kept.push_back(dim);
  return kept;
}

/// When only dimensions of one come and go, the elements may stay in the order
/// that they are stored in: then the order of the result, else nothing.
static std::optional<Order> getSqueezedOrder(ArrayRef<int64_t> order,
                                             ArrayRef<int64_t> from,
                                             ArrayRef<int64_t> to) {
  Order plain = getPlainOrder(to.size());
  SmallVector<int64_t> fromDims =
      dropUnits(getPlainOrder(from.size()), from);
  SmallVector<int64_t> toDims = dropUnits(plain, to);
  if (reorder(from, fromDims) != reorder(to, toDims))
    return std::nullopt;
  // Stored sequence of the result's dimensions.
  SmallVector<int64_t> sequence;
  for (int64_t dim : dropUnits(order, from))
    sequence.push_back(toDims[llvm::find(fromDims, dim) - fromDims.begin()]);
  if (to.size() == 4 && dropUnits(getImageOrder(), to) == sequence)
    return getImageOrder();
  Order result = plain;
  for (auto [slot, dim] : llvm::zip(toDims, sequence))
    result[slot] = dim;
  return result;
}

static LogicalResult writeReshape(tpu::ReshapeOp op, Exporter &exporter) {
  ArrayRef<int64_t> from = getShape(op.getInput());
  ArrayRef<int64_t> to = getShape(op.getOutput());
  Order order = exporter.getOrder(op.getInput());
  Order resultOrder = getPlainOrder(to.size());
  if (auto squeezed = getSqueezedOrder(order, from, to))
    resultOrder = *squeezed;
  else if (!llvm::is_sorted(dropUnits(order, from)))
    order = getPlainOrder(from.size());
  std::string input = exporter.get(op.getInput(), order);
  std::string shape = exporter.ints("shape", reorder(to, resultOrder));
  exporter.finish(op.getOutput(), exporter.emit("Reshape", {input, shape}),
                  resultOrder);
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
