// Data movement: parameters pass through, dimensions are where they are stored.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "../Exporter.h"

namespace qc::tfliteexport {

template <typename OpTy>
static LogicalResult writeConcat(OpTy op, Exporter &exporter) {
  Order order = exporter.chooseOrder(op.getInputs(), getRank(op.getOutput()));
  SmallVector<TensorId> inputs;
  for (Value input : op.getInputs())
    inputs.push_back(exporter.get(input, order));
  tflite::ConcatenationOptionsT table;
  table.axis = mapAxis(op.getAxis(), order);
  exporter.finish(op.getOutput(),
                  exporter.emit(BuiltinOperator::CONCATENATION, inputs,
                                exporter.form(op.getOutput(), order),
                                makeOptions(std::move(table))),
                  order);
  return success();
}

static LogicalResult writeSplit(top::SplitOp op, Exporter &exporter) {
  Order order = exporter.getOrder(op.getInput());
  TensorId input = exporter.get(op.getInput(), order);
  SmallVector<int64_t> offsets(order.size(), 0), strides(order.size(), 1);
  int64_t axis = mapAxis(op.getAxis(), order);
  for (Value part : op.getOutputs()) {
    SmallVector<int64_t> sizes = reorder(getShape(part), order);
    exporter.finish(part, exporter.slice(input, offsets, sizes, strides),
                    order);
    offsets[axis] += sizes[axis];
  }
  return success();
}

template <typename OpTy>
static LogicalResult writeSlice(OpTy op, Exporter &exporter) {
  Order order = exporter.getOrder(op.getInput());
  exporter.finish(op.getOutput(),
                  exporter.slice(exporter.get(op.getInput(), order),
                                 reorder(op.getOffsets(), order),
                                 reorder(op.getSizes(), order),
                                 reorder(op.getStrides(), order)),
                  order);
  return success();
}

/// What an op of tpu or of top pads with, as it is stored.
static double getFill(tpu::PadOp op) {
  return static_cast<double>(static_cast<int64_t>(op.getValue())) +
         getShift(op.getInput().getType().getElementType());
}
static double getFill(top::PadOp op) { return op.getValue().convertToDouble(); }

/// Indices along a dimension of `size` whose first and last elements repeat.
static SmallVector<int64_t> getEdges(int64_t begin, int64_t size, int64_t end) {
  SmallVector<int64_t> indices;
  for (int64_t i = -begin; i < size + end; ++i)
    indices.push_back(std::clamp<int64_t>(i, 0, size - 1));
  return indices;
}

template <typename OpTy>
static LogicalResult writePad(OpTy op, Exporter &exporter) {
  Order order = exporter.getOrder(op.getInput());
  auto rank = static_cast<int64_t>(order.size());
  SmallVector<int64_t> begins = reorder(op.getPads().take_front(rank), order);
  SmallVector<int64_t> ends = reorder(op.getPads().take_back(rank), order);
  TensorId padded = exporter.get(op.getInput(), order);
  // Pads below zero cut.
  SmallVector<int64_t> offsets(rank, 0), strides(rank, 1), sizes;
  for (int64_t i = 0; i < rank; ++i) {
    offsets[i] = std::max<int64_t>(-begins[i], 0);
    sizes.push_back(exporter.getForm(padded).shape[i] - offsets[i] -
                    std::max<int64_t>(-ends[i], 0));
    begins[i] = std::max<int64_t>(begins[i], 0);
    ends[i] = std::max<int64_t>(ends[i], 0);
  }
  padded = exporter.slice(padded, offsets, sizes, strides);
  if (op.getMode() == "constant") {
    padded = exporter.pad(padded, begins, ends, getFill(op));
  } else if (op.getMode() == "reflect") {
    std::vector<int32_t> pads;
    for (auto [begin, end] : llvm::zip_equal(begins, ends)) {
      pads.push_back(static_cast<int32_t>(begin));
      pads.push_back(static_cast<int32_t>(end));
    }
    TensorId paddings =
        exporter.constant("paddings", Tensor::fromVector(pads, {rank, 2}));
    padded = exporter.emit(BuiltinOperator::MIRROR_PAD, {padded, paddings},
                           exporter.form(op.getOutput(), order),
                           makeOptions(tflite::MirrorPadOptionsT()));
  } else {
    for (int64_t i = 0; i < rank; ++i)
      if (begins[i] != 0 || ends[i] != 0)
        padded =
            exporter.gather(padded, getEdges(begins[i], sizes[i], ends[i]), i);
  }
  exporter.finish(op.getOutput(), padded, order);
  return success();
}

template <typename OpTy> static std::string refusePad(OpTy op) {
  return llvm::is_contained({"constant", "reflect", "edge"}, op.getMode())
             ? ""
             : "LiteRT does not pad in mode '" + op.getMode().str() + "'";
}

/// A transpose only says how to read what is stored.
template <typename OpTy>
static LogicalResult writeTranspose(OpTy op, Exporter &exporter) {
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

/// The dimensions in `order` whose size is not one.
static SmallVector<int64_t> dropUnits(ArrayRef<int64_t> order,
                                      ArrayRef<int64_t> shape) {
  SmallVector<int64_t> kept;
  for (int64_t dim : order)
    if (shape[dim] != 1)
      kept.push_back(dim);
  return kept;
}

/// The order in which the result of a reshape lies if its operand is taken as
/// it is `stored`; nothing where elements of a dimension would be torn apart.
static std::optional<Order> getReshapedOrder(ArrayRef<int64_t> stored,
                                             ArrayRef<int64_t> from,
                                             ArrayRef<int64_t> to) {
  if (llvm::is_contained(from, 0))
    return std::nullopt;
  // Segments of dimensions that hold the same elements, by their first one.
  std::map<int64_t, std::pair<SmallVector<int64_t>, SmallVector<int64_t>>> all;
  SmallVector<int64_t> left = dropUnits(getPlainOrder(from.size()), from);
  SmallVector<int64_t> right = dropUnits(getPlainOrder(to.size()), to);
  for (size_t i = 0, j = 0; i < left.size() && j < right.size();) {
    auto &[sources, results] = all[left[i]];
    int64_t a = 1, b = 1;
    do {
      if (a <= b) {
        a *= from[left[i]];
        sources.push_back(left[i++]);
      } else {
        b *= to[right[j]];
        results.push_back(right[j++]);
      }
    } while (a != b);
  }
  SmallVector<int64_t> sequence, lying = dropUnits(stored, from);
  for (size_t at = 0; at < lying.size();) {
    auto found = all.find(lying[at]);
    if (found == all.end())
      return std::nullopt;
    auto &[sources, results] = found->second;
    if (!llvm::equal(sources,
                     ArrayRef<int64_t>(lying).slice(
                         at, std::min(sources.size(), lying.size() - at))))
      return std::nullopt;
    at += sources.size();
    llvm::append_range(sequence, results);
  }
  // What may as well be channels last is most useful so.
  Order result = getPlainOrder(to.size());
  if (to.size() == 4 && dropUnits({0, 2, 3, 1}, to) == sequence &&
      !llvm::is_sorted(sequence))
    return Order{0, 2, 3, 1};
  auto next = sequence.begin();
  for (int64_t &dim : result)
    if (to[dim] != 1)
      dim = *next++;
  return result;
}

template <typename OpTy>
static LogicalResult writeReshape(OpTy op, Exporter &exporter) {
  Order stored = exporter.getOrder(op.getInput());
  auto order = getReshapedOrder(stored, getShape(op.getInput()),
                                getShape(op.getOutput()));
  TensorId input = exporter.get(op.getInput(),
                                order ? stored : getPlainOrder(stored.size()));
  if (!order)
    order = getPlainOrder(getRank(op.getOutput()));
  exporter.finish(
      op.getOutput(),
      exporter.reshape(input, exporter.form(op.getOutput(), *order).shape),
      *order);
  return success();
}

//===----------------------------------------------------------------------===//
// Expand and gather
//===----------------------------------------------------------------------===//

template <typename OpTy>
static LogicalResult writeExpand(OpTy op, Exporter &exporter) {
  Order order = exporter.chooseOrder(op.getInput(), getRank(op.getOutput()));
  TensorId input = getRank(op.getInput()) == getRank(op.getOutput())
                       ? exporter.get(op.getInput(), order)
                       : exporter.getPlain(op.getInput());
  Form form = exporter.form(op.getOutput(), order);
  TensorId shape = exporter.ints("shape", form.shape);
  exporter.finish(op.getOutput(),
                  exporter.emit(BuiltinOperator::BROADCAST_TO, {input, shape},
                                std::move(form),
                                makeOptions(tflite::BroadcastToOptionsT())),
                  order);
  return success();
}

template <typename OpTy>
static LogicalResult writeGather(OpTy op, Exporter &exporter) {
  Value indices = op.getIndices();
  Order order = getPlainOrder(getRank(op.getOutput()));
  TensorId input = exporter.getPlain(op.getInput());
  TensorId picked;
  int64_t size = getShape(op.getInput())[op.getAxis()];
  // An index from the end is one from the front.
  if (getElements(indices)) {
    FailureOr<Tensor> tensor = exporter.getConstant(indices);
    if (failed(tensor))
      return failure();
    std::vector<int32_t> values;
    for (int64_t i = 0; i < tensor->numElements(); ++i) {
      int64_t index = tensor->dtype() == DType::I64
                          ? tensor->template data<int64_t>()[i]
                          : tensor->template data<int32_t>()[i];
      values.push_back(static_cast<int32_t>(index < 0 ? index + size : index));
    }
    picked = exporter.constant("indices",
                               Tensor::fromVector(values, tensor->shape()));
  } else {
    picked = exporter.getPlain(indices);
    Form form = exporter.getForm(picked);
    Tensor count(form.type == TensorType::INT64 ? DType::I64 : DType::I32, {1});
    if (count.dtype() == DType::I64)
      count.data<int64_t>()[0] = size;
    else
      count.data<int32_t>()[0] = static_cast<int32_t>(size);
    TensorId sizes = exporter.constant("size", count);
    picked =
        exporter.emit(BuiltinOperator::FLOOR_MOD, {picked, sizes},
                      std::move(form), makeOptions(tflite::FloorModOptionsT()));
  }
  tflite::GatherOptionsT table;
  table.axis = op.getAxis();
  exporter.finish(op.getOutput(),
                  exporter.emit(BuiltinOperator::GATHER, {input, picked},
                                exporter.form(op.getOutput(), order)
                                    .withNumbersOf(exporter.getForm(input)),
                                makeOptions(std::move(table))),
                  order);
  return success();
}

/// The ops that both dialects have and write alike.
template <typename Concat, typename Slice, typename Pad, typename Expand,
          typename Gather, typename Transpose, typename Reshape>
static void addAlike(ExporterRegistry &registry) {
  registry.add<Concat>(writeConcat<Concat>);
  registry.add<Slice>(writeSlice<Slice>);
  registry.add<Pad>(writePad<Pad>, refusePad<Pad>);
  registry.add<Expand>(writeExpand<Expand>);
  registry.add<Gather>(writeGather<Gather>);
  registry.add<Transpose>(writeTranspose<Transpose>);
  registry.add<Reshape>(writeReshape<Reshape>);
}

void populateMovementExporters(ExporterRegistry &registry) {
  addAlike<tpu::ConcatOp, tpu::SliceOp, tpu::PadOp, tpu::ExpandOp,
           tpu::GatherOp, tpu::TransposeOp, tpu::ReshapeOp>(registry);
  addAlike<top::ConcatOp, top::SliceOp, top::PadOp, top::ExpandOp,
           top::GatherOp, top::TransposeOp, top::ReshapeOp>(registry);
  registry.add<top::SplitOp>(writeSplit);
}

} // namespace qc::tfliteexport
